import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Colours as CSS writes them, by number or by name. */
const COLOUR =
  /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\b(?:rgb|hsl)a?\(|(?:colou?r|background|fill|stroke|border\w*)['"]?\s*[:=]\s*[{'"`]*(?:white|black|red|green|blue|gr[ae]y|yellow|orange|pink|purple)\b/i;

const coloursIn = (code: string): string[] =>
  code
    .split('\n')
    .filter((line) => COLOUR.test(line) && !/^\s*(?:\*|\/\/|\/\*)/.test(line))
    .map((line) => line.trim());

it('finds a colour', () => {
  expect(coloursIn("style={{ color: '#FFF' }}\nbackground: 'rgba(0, 0, 0, 0.5)'\nfill: 'red',")).toHaveLength(
    3,
  );
  expect(coloursIn('color: euiTheme.colors.danger,\ncolor="danger"\nhref={\'#list\'}')).toEqual([]);
});

it('none is written in pages and panels: each comes from the theme of this Kibana, light or dark', () => {
  const folder = resolve(__dirname, '..');
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .flatMap((entry) =>
      coloursIn(readFileSync(join(entry.parentPath, entry.name), 'utf8')).map(
        (line) => `${entry.name}: ${line}`,
      ),
    );
  expect(found).toEqual([]);
});
