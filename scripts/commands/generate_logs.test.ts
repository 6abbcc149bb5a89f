import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from '../../test/unit/command_output';
import { generateLogs } from './generate_logs';

/** Called once after logs were taken. */
let answered: (() => void) | undefined;

/** An Elasticsearch that refuses every third log. */
const elasticsearch = createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString()));
  request.on('end', () => {
    const count = body.split('\n').filter((line) => line !== '').length / 2;
    const items = Array.from({ length: count }, (_none, place) =>
      place % 3 === 0
        ? { create: { status: 400, error: { type: 'document_parsing_exception', reason: 'no number' } } }
        : { create: { status: 201 } },
    );
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify({ took: 1, errors: true, items }));
    if (count < 1) return;
    answered?.();
    answered = undefined;
  });
});
const { ELASTICSEARCH_URL: before } = process.env;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate-logs-'));
  await new Promise<void>((done) => elasticsearch.listen(0, '127.0.0.1', done));
  process.env.ELASTICSEARCH_URL = `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  if (before === undefined) delete process.env.ELASTICSEARCH_URL;
  else process.env.ELASTICSEARCH_URL = before;
  await new Promise((done) => elasticsearch.close(done));
});

it('ends with 2 where Elasticsearch refuses logs, and says how many and why', async () => {
  const options = ['--backfill', '10m', '--rate', '1', '--seed', '1', '--until', '2026-05-01T10:00:00'];
  const { code, stdout, stderr } = await outputOf(generateLogs(), '--index', 'web', '--json', ...options);
  const said = JSON.parse(stdout) as { logs: number; refused: number; to: string };
  expect(said).toMatchObject({ refused: Math.ceil(said.logs / 3), to: '2026-05-01T10:00:00.000Z' });
  expect(code).toBe(2);
  expect(stderr).toContain(
    `web refused ${said.refused} logs, e.g. 400 document_parsing_exception: no number`,
  );
});

/** Interrupts the command, as Ctrl-C does, at a moment of its work. */
const interrupt = (): void => void process.emit('SIGINT');

it('ends with 130 where it is interrupted, and says how much it wrote', async () => {
  const file = join(folder, 'incidents.json');
  const options = ['--backfill', '1d', '--rate', '1', '--seed', '1', '--until', '2026-05-01T10:00:00'];
  answered = interrupt;
  const { code, stdout, stderr } = await outputOf(
    generateLogs(),
    ...['--index', 'web', '--json', '--incidents', file, ...options],
  );
  const said = JSON.parse(stdout) as { logs: number; refused: number; to: string };
  // The first batch, and nothing after it.
  expect(said).toMatchObject({ logs: 2_000, refused: 667, interrupted: true });
  expect(Date.parse(said.to)).toBeLessThan(Date.UTC(2026, 3, 30, 12));
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /Interrupted: 1,333 of about 86,400 logs were written to web\. web refused 667 logs/,
  );
  const incidents = JSON.parse(await readFile(file, 'utf8')) as { from: number }[];
  expect(incidents.length).toBeGreaterThan(0);
  expect(Math.max(...incidents.map(({ from }) => from))).toBeLessThan(Date.parse(said.to));
});

it('leaves a file as it was where it is interrupted', async () => {
  const file = join(folder, 'logs.ndjson');
  await writeFile(file, 'old');
  setTimeout(interrupt, 0);
  const { code, stderr } = await outputOf(
    generateLogs(),
    ...['--output', file, '--backfill', '30d', '--rate', '10', '--seed', '1'],
  );
  expect(code).toBe(130);
  expect(stderr).toContain(`Interrupted; ${file} was not written.`);
  expect(await readFile(file, 'utf8')).toBe('old');
});

it('refuses an end of live traffic to an index, which begins now', async () => {
  const { code, stderr } = await outputOf(
    generateLogs(),
    ...['--index', 'web', '--duration', '1', '--until', '2026-05-01T10:00:00'],
  );
  expect(code).toBe(2);
  expect(stderr).toContain('--until is the end of a history');
});

it('refuses an end that is no time', async () => {
  await expect(
    outputOf(
      generateLogs()
        .exitOverride()
        .configureOutput({ writeErr: () => undefined }),
      '--until',
      'soon',
    ),
  ).rejects.toThrow(/must be a time such as 2026-01-31T00:00:00Z, not "soon"/);
});
