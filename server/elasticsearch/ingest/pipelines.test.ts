import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demoDocuments, trainOn } from '../../../test/integration/fixtures/ingest_models';
import { connect } from '../transport/connection';
import { tryPipeline, versionsBefore } from './pipelines';

/** Pipelines by name, as Elasticsearch keeps them. */
const pipelines = new Map<string, { _meta?: { put_at?: string } }>();
const put: string[] = [];
const elasticsearch = createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString()));
  request.on('end', () => {
    const name = decodeURIComponent(/^\/_ingest\/pipeline\/([^?/]+)/.exec(request.url!)?.[1] ?? '');
    const found = [...pipelines].filter(([key]) => key.startsWith(name.replace(/\*$/, '')));
    if (request.method === 'PUT') {
      put.push(name);
      pipelines.set(name, JSON.parse(body) as object);
    }
    if (request.method === 'DELETE') pipelines.delete(name);
    response.writeHead(request.method === 'GET' && found.length === 0 ? 404 : 200, {
      'content-type': 'application/json',
      'x-elastic-product': 'Elasticsearch',
    });
    response.end(request.method === 'GET' ? JSON.stringify(Object.fromEntries(found)) : '{}');
  });
});
beforeAll(() => new Promise<void>((done) => elasticsearch.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise((done) => elasticsearch.close(done)));

it('each trial has a name of its own; one that a dead process left behind goes with the next', async () => {
  const hours = 3_600_000;
  const at = Date.UTC(2026, 10, 27);
  const name = 'log-anomalies-score.default.web';
  for (const [trial, age] of Object.entries({ old: 2, now: 0 }))
    pipelines.set(`${name}.trial.${trial}`, { _meta: { put_at: new Date(at - age * hours).toISOString() } });
  const client = connect({ url: `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}` });
  const snapshot = trainOn(demoDocuments(0.002, 0), [{ type: 'number', field: 'response_time' }]);
  const trial = { now: () => 0, documents: [] };
  const tries = await Promise.allSettled(
    [1, 2].map(() => tryPipeline(client, snapshot, { detectorId: 'web', at, trial })),
  );
  // There is no log to try them on.
  expect(
    tries.map((tried) => tried.status === 'rejected' && (tried.reason as { code: string }).code),
  ).toEqual(['too_few_logs', 'too_few_logs']);
  expect(new Set(put).size).toBe(2);
  expect([...pipelines.keys()]).toEqual([`${name}.trial.now`]);
  await client.close();
});

it('goes back further each time, and never to a version that it has left behind so', () => {
  let live: Parameters<typeof versionsBefore>[0];
  const put = (version: string, goesBack?: boolean): void => {
    const [previousVersion, ...earlierVersions] = versionsBefore(live, version, { goesBack });
    live = { version, ...(previousVersion !== undefined && { previousVersion, earlierVersions }) };
  };
  for (const version of ['a', 'b', 'b', 'c']) put(version);
  const steps: string[] = [];
  while (live?.previousVersion !== undefined) {
    put(live.previousVersion, true);
    steps.push(live.version);
  }
  expect(steps).toEqual(['b', 'a']);
  put('d');
  expect(live).toMatchObject({ version: 'd', previousVersion: 'a' });
  // A pipeline that an earlier version of the plugin has put knows of one.
  expect(versionsBefore({ version: 'b', previousVersion: 'a' }, 'a', { goesBack: true })).toEqual([]);
});

it('never goes back to a version that was put at the same time and did not become active', () => {
  const live = (version: string, [previousVersion, ...earlierVersions]: readonly string[]) => ({
    version,
    previousVersion,
    earlierVersions,
  });
  const won = live('b', versionsBefore({ version: 'a' }, 'b'));
  const lost = live('c', versionsBefore(won, 'c'));
  expect(versionsBefore(lost, 'b', { refused: 'c' })).toEqual(['a']);
  // The other one was put first.
  const first = live('c', versionsBefore({ version: 'a' }, 'c'));
  expect(versionsBefore(live('b', versionsBefore(first, 'b')), 'b', { refused: 'c' })).toEqual(['a']);
  // It had been live before.
  const again = live('b', ['c', 'a', 'c']);
  expect(versionsBefore(again, 'b', { refused: 'c' })).toEqual(['a', 'c']);
});
