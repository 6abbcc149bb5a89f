import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from './program';
import { commandReference, settingsReference } from './reference';

const page = (name: string): string => readFileSync(join(__dirname, '../..', name), 'utf8');

describe('the reference pages', () => {
  it('say what the program says (else: npm run reference)', () => {
    expect(page('docs/commands.md')).toBe(commandReference());
    expect(page('docs/settings.md')).toBe(settingsReference());
  });

  it('every command has an example and stands in the README', () => {
    const readme = page('README.md');
    for (const command of createProgram().commands) {
      expect(commandReference()).toContain(`log-anomalies ${command.name()}`);
      expect(readme).toContain(`\`${command.name()}\``);
    }
  });
});
