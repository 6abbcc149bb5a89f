import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { outputOf, type CommandOutput } from '../../test/unit/command_output';
import { ingestLogs } from './ingest_logs';

/** An Elasticsearch that refuses logs with `bad` in them. */
let stored = 0;
let documents: Record<string, unknown>[] = [];
let onBulk: () => void = () => undefined;
const elasticsearch = createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString()));
  request.on('end', () => {
    const lines = body.trim().split('\n');
    const items = lines.flatMap((line, place) => {
      if (place % 2 === 0) return [];
      const error = { type: 'document_parsing_exception', reason: 'no number' };
      if (line.includes('bad')) return [{ create: { status: 400, error } }];
      stored++;
      documents.push(JSON.parse(line) as Record<string, unknown>);
      return [{ create: { status: 201 } }];
    });
    if (body !== '') onBulk();
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(
      JSON.stringify({ took: 1, errors: items.some(({ create }) => create.status === 400), items }),
    );
  });
});
let folder: string;
const file = (): string => join(folder, 'logs');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-ingest-'));
  await new Promise<void>((done) => elasticsearch.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  stored = 0;
  documents = [];
  onBulk = () => undefined;
});
afterAll(async () => {
  await new Promise((done) => elasticsearch.close(done));
  await rm(folder, { recursive: true });
});

async function ingest(...options: string[]): Promise<CommandOutput> {
  const { ELASTICSEARCH_URL: before } = process.env;
  process.env.ELASTICSEARCH_URL = `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}`;
  try {
    return await outputOf(ingestLogs(), file(), '--index', 'web', ...options);
  } finally {
    if (before === undefined) delete process.env.ELASTICSEARCH_URL;
    else process.env.ELASTICSEARCH_URL = before;
  }
}

const log = (message: string): string =>
  JSON.stringify({ '@timestamp': '2026-05-01T10:00:00.000Z', message });

it('ends with 0 where all is written', async () => {
  await writeFile(file(), `${log('a')}\n${log('b')}\n`);
  expect(await ingest()).toMatchObject({ code: undefined, stdout: expect.stringContaining('2 logs to web') });
  expect(stored).toBe(2);
});

it.each([
  ['some', [log('a'), log('bad')], 1, 'web refused 1 log, e.g. 400 document_parsing_exception: no number'],
  ['all', [log('bad 1'), log('bad 2')], 0, 'web refused 2 logs, e.g. 400 document_parsing_exception'],
  ['no line that is a log', ['{"a":', '{"b":'], 0, ''],
])(
  'ends with 2 and names the cause where Elasticsearch refuses %s',
  async (_which, lines, written, words) => {
    await writeFile(file(), `${lines.join('\n')}\n`);
    const { code, stdout, stderr } = await ingest('--format', 'json');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(words || 'No line of any file could be read as a log'),
    });
    expect(stdout).toContain(`${written} logs to web`);
    expect(stored).toBe(written);
  },
);

it('writes what stands before the end of a gzip that is cut off, counts it and ends with 2', async () => {
  const lines = Array.from({ length: 5_000 }, (_none, place) => log(`a ${Math.sin(place)}`)).join('\n');
  const zipped = gzipSync(lines);
  await writeFile(file(), zipped.subarray(0, zipped.length - 2_000));
  const { code, stdout, stderr } = await ingest();
  expect(code).toBe(2);
  expect(stored).toBeGreaterThan(2_000);
  expect(stdout).toContain(`${stored.toLocaleString('en')} logs to web`);
  expect(stderr).toContain('cannot be read to its end: unexpected end of file');
  expect(stderr).toContain(`(${stored.toLocaleString('en')} logs of it are written)`);
});

it.each([
  [[], 'Start again to write the rest.'],
  [['--shift-to-now'], 'delete web before, or name another index'],
])('says with %j how to go on after an interruption', async (options, words) => {
  await writeFile(file(), Array.from({ length: 5_000 }, (_none, place) => log(`a ${place}`)).join('\n'));
  onBulk = () => process.emit('SIGINT');
  expect(await ingest(...options)).toMatchObject({ code: 130, stderr: expect.stringContaining(words) });
  expect(stored).toBe(2_000);
});

it.each([[[]], [['--format', 'json']]])(
  'tells nothing but the error of a file that is not there, with %j',
  async (options) => {
    await rm(file(), { force: true });
    const { code, stdout, stderr } = await ingest(...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`The file ${file()} cannot be read`);
    // Files that were written before it are told.
    await writeFile(file(), log('a'));
    const both = await ingest(`${file()}.none`, ...options);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining(`${file()}.none cannot be read`) });
    expect(both.stdout).toContain('1 logs to web (json)');
    expect(both.stdout).not.toContain('.none');
  },
);

it('names the service of logs that name none, nested or dotted', async () => {
  const services = [{}, { 'service.name': 'a' }, { service: { name: 'b' } }, { service: { version: '1' } }];
  const lines = services.map((service) =>
    JSON.stringify({ time: '2026-05-01T10:00:00Z', message: 'm', ...service }),
  );
  await writeFile(file(), lines.join('\n'));
  await ingest('--service', 'shop');
  expect(documents.map((each) => [each.service, each['service.name']])).toEqual([
    [{ name: 'shop' }, undefined],
    [undefined, 'a'],
    [{ name: 'b' }, undefined],
    [{ version: '1', name: 'shop' }, undefined],
  ]);
});

it('ends with 2 and names the files of which no line is a log, but for empty ones', async () => {
  await writeFile(file(), `${log('a')}\n`);
  await writeFile(`${file()}.bad`, 'no log\n');
  await writeFile(`${file()}.empty`, '');
  expect(await ingest(`${file()}.bad`, `${file()}.empty`, '--format', 'json')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`No line of ${file()}.bad could be read as a log`),
  });
  expect(stored).toBe(1);
  expect(await ingest(`${file()}.empty`, '--format', 'json')).toMatchObject({ code: undefined });
});

it('writes what stands before the end of a short file that is cut off, the last log with it', async () => {
  const lines = Array.from(
    { length: 20 },
    (_none, place) => `2026-05-01 10:00:00 ERROR ${Math.sin(place)}\n\tat ${place}`,
  );
  const zipped = gzipSync(`${lines.join('\n')}\n${'x'.repeat(1_000_000)}`);
  await writeFile(file(), zipped.subarray(0, zipped.length - 20));
  const { code, stderr } = await ingest();
  expect([code, stored]).toEqual([2, 20]);
  expect(stderr).toContain('cannot be read to its end: unexpected end of file (20 logs of it are written)');
  expect(documents[19].message).toContain('\tat 19');
});

it('counts a log of many parts that is too long, and ends with 9', async () => {
  const part = `2026-05-01T10:00:00.123456789Z stdout P ${'x'.repeat(16_384)}`;
  const last = '2026-05-01T10:00:00.123456789Z stdout F end';
  await writeFile(file(), [last, ...new Array<string>(100).fill(part), last, last].join('\n'));
  expect(await ingest()).toMatchObject({ code: 9, stderr: expect.stringContaining('the first: line 2 of') });
  expect(stored).toBe(2);
});

it('keeps an event that is no object as its action, and gives event.ingested one value', async () => {
  const events = [
    { event: 'login' },
    { event: 7 },
    { event: ['a', 'b'] },
    { event: null },
    { event: { kind: 'alert', ingested: '2020-01-01T00:00:00Z' } },
    { 'event.ingested': '2020-01-01T00:00:00Z', 'event.kind': 'alert' },
    { event: [{ kind: 'alert', ingested: '2020-01-01T00:00:00Z' }] },
  ];
  const lines = events.map((event) =>
    JSON.stringify({ time: '2026-05-01T10:00:00Z', message: 'm', ...event }),
  );
  await writeFile(file(), lines.join('\n'));
  await ingest();
  const ingested = expect.stringMatching(/^20[^0]/);
  expect(documents.map((each) => ({ ...each, message: undefined, '@timestamp': undefined }))).toEqual([
    { event: { action: 'login', ingested } },
    { event: { action: '7', ingested } },
    { event: { action: ['a', 'b'], ingested } },
    { event: { ingested } },
    { event: { kind: 'alert', ingested } },
    { event: { ingested }, 'event.kind': 'alert' },
    { event: [{ kind: 'alert' }, { ingested }] },
  ]);
});
