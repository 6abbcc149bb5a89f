import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../server/elasticsearch';
import { run } from './fixtures/command_line_fixture';
import { uniqueName } from './fixtures/elasticsearch_fixture';

const client = connect();
const index = uniqueName('application-logs');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-ingest-'));
});
afterAll(async () => {
  const made = await client.indices.get({ index: `${index}*`, allow_no_indices: true });
  await client.indices.delete({ index: [...Object.keys(made), `${index}-none`], ignore_unavailable: true });
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

async function ingested(name: string, lines: string[], ...options: string[]): Promise<object[]> {
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  const where = `${index}-${name.replace(/\W/g, '-')}`;
  const { code, stderr } = await run(folder, 'ingest-logs', name, '--index', where, ...options);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  await client.indices.refresh({ index: where });
  const { hits } = await client.search<object>({ index: where, sort: '@timestamp', size: 100 });
  return hits.hits.map(({ _source }) => _source as object);
}

it('a log of an application with a stack trace is recognised and read', async () => {
  const documents = await ingested('app.log', [
    '2026-05-01 10:00:00,123 INFO [main] com.example.Shop: open',
    '2026-05-01 10:00:01,000 ERROR [main] com.example.Shop: failed',
    'java.lang.IllegalStateException: closed',
    '\tat com.example.Shop.open(Shop.java:12)',
  ]);
  expect(documents).toEqual([
    expect.objectContaining({ '@timestamp': '2026-05-01T10:00:00.123Z', message: 'open' }),
    expect.objectContaining({
      log: { level: 'error', logger: 'com.example.Shop' },
      message: 'failed\njava.lang.IllegalStateException: closed\n\tat com.example.Shop.open(Shop.java:12)',
    }),
  ]);
});

it('a field may be a number in one log and a word in the next', async () => {
  const documents = await ingested('mixed.log', [
    'time=2026-05-01T10:00:00Z level=info msg=first size=10 user.id=7',
    'time=2026-05-01T10:00:01Z level=info msg=second size=unknown user.id=ann',
  ]);
  expect(documents).toEqual([
    expect.objectContaining({ size: 10, 'user.id': 7 }),
    expect.objectContaining({ size: 'unknown', 'user.id': 'ann' }),
  ]);
});

it('times without year and zone are completed as asked', async () => {
  const line = 'Jul 14 02:00:00 web sshd[7]: Accepted password for ann';
  expect(await ingested('auth.log', [line], '--year', '2019', '--time-zone', 'Europe/Berlin')).toEqual([
    expect.objectContaining({ '@timestamp': '2019-07-14T00:00:00.000Z' }),
  ]);
});

it.each([
  [['--year', '19'], '--year is "19"; allowed: 1970 to 2999.'],
  [['--time-zone', 'Berlin'], 'time_zone "Berlin" is not known'],
  [['--format', 'logs'], '--format is "logs"; it must be auto'],
])('%j is refused before anything is written', async (options, words) => {
  const { code, stderr } = await run(
    folder,
    'ingest-logs',
    'app.log',
    '--index',
    `${index}-none`,
    ...options,
  );
  expect(code).toBe(2);
  expect(stderr).toContain(words);
  expect(await client.indices.exists({ index: `${index}-none` })).toBe(false);
});
