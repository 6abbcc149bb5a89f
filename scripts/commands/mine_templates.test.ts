import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from '../../test/unit/command_output';
import { mineTemplatesCommand } from './mine_templates';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-mine-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function mine(lines: readonly string[], ...options: string[]) {
  const input = join(folder, 'logs');
  await writeFile(input, lines.join('\n'));
  return outputOf(mineTemplatesCommand(), '--input', input, '--json', ...options);
}
const AUTH = Array.from(
  { length: 60 },
  (_none, place) =>
    `Jul 14 02:00:${String(place).padStart(2, '0')} web sshd[7]: Accepted password for ann from port ${4_000 + place}`,
);
const TEMPLATES = [{ id: 0, count: 60, text: 'Accepted password for ann from port <num>' }];

it.each([[[]], [['--format', 'syslog']], [['--year', '2019', '--time-zone', 'Europe/Berlin']]])(
  'reads times without a year as ingest-logs does, with %j',
  async (options: string[]) => {
    const { code, stdout, stderr } = await mine(AUTH, ...options);
    expect([code, stderr]).toEqual([undefined, '']);
    expect(JSON.parse(stdout)).toMatchObject({ logs: 60, malformed: 0, templates: TEMPLATES });
  },
);

it('completes times by the year and the zone', async () => {
  const output = join(folder, 'out.json');
  await mine(AUTH, '--year', '2019', '--time-zone', 'Europe/Berlin', '--output', output);
  const [first] = JSON.parse(await readFile(output, 'utf8')) as { '@timestamp': string }[];
  expect(first['@timestamp']).toBe('2019-07-14T00:00:00.000Z');
});

it('reads a pattern', async () => {
  const { stdout } = await mine(
    ['1714557600 info a 1', '1714557601 info a 2'],
    '--pattern',
    '$msec $level $message',
  );
  expect(JSON.parse(stdout)).toMatchObject({ templates: [{ count: 2, text: 'a <num>' }] });
});

it.each([
  [['--year', '19'], '--year is'],
  [['--time-zone', 'Berlin'], 'time_zone'],
  [['--format', 'klog'], 'could be read as a log (line 1: has no head of klog'],
])('says with %j what is wrong', async (options, words) => {
  expect(await mine(AUTH, ...options)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(words),
  });
});
