import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { outputOf } from '../../test/unit/command_output';
import { generateLogs } from './generate_logs';

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
  });
});
const { ELASTICSEARCH_URL: before } = process.env;
beforeAll(async () => {
  await new Promise<void>((done) => elasticsearch.listen(0, '127.0.0.1', done));
  process.env.ELASTICSEARCH_URL = `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}`;
});
afterAll(async () => {
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
