import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** EUI of Kibana 8.12, with one icon under its later name. */
jest.mock('@elastic/eui', () => ({ ICON_TYPES: ['launch', 'undo'] }));

import { icon, RENAMED_ICONS } from './icons';

it('takes the name that this Kibana knows', () => {
  expect(icon('launch')).toBe('launch');
  expect(icon('editorUndo')).toBe('undo');
});

it('is asked for every icon that was renamed', () => {
  const folder = resolve(__dirname, '..');
  const literal = new RegExp(`(iconType|icon)=?[ :{]*['"](${Object.keys(RENAMED_ICONS).join('|')})['"]`);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const code = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    expect([entry.name, literal.exec(code)?.[0]]).toEqual([entry.name, undefined]);
  }
});
