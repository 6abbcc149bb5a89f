import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const server = resolve(__dirname, '../../server');
const COMMAND = /["'`]log-anomalies [a-z][a-z-]+/;
/** Hints are printed by the command line alone. */
const HINT = /\b[A-Z]+_HINT = |^\s*return '"log-anomalies check-connection"/;

const commandsIn = (code: string): string[] =>
  code
    .split('\n')
    .filter((line) => COMMAND.test(line) && !HINT.test(line) && !/^\s*(?:\*|\/\/|\/\*)/.test(line));

it('finds a message that names a command', () => {
  expect(commandsIn(`message: 'Somebody runs "log-anomalies migrate" first.',`)).toHaveLength(1);
  expect(commandsIn(`const MOVE_HINT = '"log-anomalies migrate" does.';`)).toEqual([]);
});

it('messages of the server, which pages show, name no command of the command line', () => {
  const named = readdirSync(server, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .flatMap((entry) =>
      commandsIn(readFileSync(join(entry.parentPath, entry.name), 'utf8')).map(
        (line) => `${entry.name}: ${line.trim()}`,
      ),
    );
  expect(named).toEqual([]);
});
