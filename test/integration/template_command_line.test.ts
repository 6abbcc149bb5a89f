import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogDocument } from '../../common/log_document';
import { run } from './fixtures/command_line_fixture';

jest.setTimeout(120_000);

let folder: string;
const mine = (...parameters: string[]) => run(folder, 'mine-templates', ...parameters);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-test-'));
  const logs = Array.from({ length: 300 }, (_, i) => ({
    text: i % 3 === 0 ? `job ${i} finished in ${i} ms` : `user755${i} logged in from 10.0.0.${i % 250}`,
  }));
  await writeFile(
    join(folder, 'logs.ndjson'),
    [...logs, { other: 1 }].map((log) => JSON.stringify(log)).join('\n'),
  );
  await writeFile(join(folder, 'logs.json'), JSON.stringify(logs, undefined, 1));
  await writeFile(join(folder, 'app.log'), logs.map(({ text }) => text).join('\n'));
  const letters = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
  await writeFile(
    join(folder, 'orders.log'),
    logs.map((_, i) => `${letters(i)}-${letters(i + 1)} ${letters(i + 2)}`).join('\n'),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const TEMPLATES = [
  { id: 0, count: 200, text: '<id> logged in from <ip>' },
  { id: 1, count: 100, text: 'job <num> finished in <duration>' },
];

test('lists templates with counts and writes each log with its own', async () => {
  const { code, stdout } = await mine(
    '--input',
    'logs.ndjson',
    '--field',
    'text',
    '--output',
    'out.ndjson',
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ logs: 301, without_message: 1, templates: TEMPLATES });
  const written = (await readFile(join(folder, 'out.ndjson'), 'utf8')).trim().split('\n');
  const documents = written.map((line) => JSON.parse(line) as LogDocument);
  expect(documents).toHaveLength(301);
  expect(documents[1]).toEqual({
    text: 'user7551 logged in from 10.0.0.1',
    template: { id: 0, text: '<id> logged in from <ip>' },
  });
  expect(documents[300]).toEqual({ other: 1 });
});

test.each([
  ['logs.json', 'text'],
  ['app.log', 'message'],
])('reads %s', async (input, field) => {
  const { stdout, stderr } = await mine('--input', input, '--field', field, '--json');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ logs: 300, templates: TEMPLATES });
});

test('lists for people, most frequent first', async () => {
  const { stdout } = await mine('--input', 'app.log', '--limit', '1');
  expect(stdout).toContain('  200     0  <id> logged in from <ip>');
  expect(stdout).toContain('2 templates in 300 logs; 1 rarer ones are not listed (--limit)');
});

test('says what to do where templates explode, and masks do it', async () => {
  const before = await mine('--input', 'orders.log', '--format', 'lines');
  expect(before.stderr).toMatch(
    /300 messages follow \d+ templates: what varies in them is not recognised.*masks/,
  );
  const after = await mine(
    '--input',
    'orders.log',
    '--format',
    'lines',
    '--mask',
    'order=[a-z]{2}-[a-z]{2} [a-z]{2}',
    '--json',
  );
  expect(JSON.parse(after.stdout)).toMatchObject({ templates: [{ id: 0, count: 300, text: '<order>' }] });
});

test.each([
  [['--input', 'app.log', '--field', 'text'], /None of the 300 logs of app.log has a text in the field text/],
  [['--input', 'app.log', '--mask', 'x'], /--mask is "x"/],
  [['--input', 'app.log', '--mask', 'x=(a)\\1'], /of pattern "x" refers back/],
  [['--input', 'app.log', '--format', 'xml'], /--format is "xml"; it must be auto, lines/],
  [['--input', 'none.log'], /none.log cannot be read/],
])('refuses %j', async (parameters, expected) => {
  const { code, stderr } = await mine(...parameters);
  expect(stderr).toMatch(expected);
  expect(code).toBe(2);
});
