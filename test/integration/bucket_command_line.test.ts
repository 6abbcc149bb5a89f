import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resultsPattern, connect, createSnapshotStore } from '../../server/elasticsearch';
import { outcomeOf, start, type Outcome } from './fixtures/command_line_fixture';
import { uniqueName } from './fixtures/elasticsearch_fixture';

jest.setTimeout(240_000);

const client = connect();
const index = uniqueName('bucket-cli');
const detectorId = uniqueName('services');
let folder: string;

const run = (...parameters: string[]): Promise<Outcome> => outcomeOf(start(folder, parameters));
async function ok(...parameters: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...parameters);
  if (code !== 0) throw new Error(`${parameters.join(' ')}: ${code} ${stderr}`);
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-buckets-'));
  await writeFile(
    join(folder, 'services.yml'),
    [
      'name: services',
      `source: { index: ${index} }`,
      'unit: bucket',
      'entity_field: service.name',
      'bucket: { span: 1m, latency: event.duration, distinct: { clients: client.ip } }',
      'threshold: { method: contamination, contamination: 0.05 }',
    ].join('\n'),
  );
  const settings = ['--rate', '5', '--anomaly-rate', '0.02', '--seed', '3', '--kinds', 'silence,burst'];
  await ok(
    'generate-logs',
    '--backfill',
    '4h',
    ...settings,
    '--index',
    index,
    '--incidents',
    'incidents.json',
  );
});
afterAll(async () => {
  const { hits } = await client.search({
    index: resultsPattern('default'),
    allow_no_indices: true,
    size: 0,
    query: { term: { 'detector.id': detectorId } },
  });
  if (hits.total !== 0) {
    await client.deleteByQuery({
      index: resultsPattern('default'),
      query: { term: { 'detector.id': detectorId } },
      conflicts: 'proceed',
    });
  }
  await client.indices.delete({ index, ignore_unavailable: true });
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

it('a detector of buckets goes from logs to results by the command line alone', async () => {
  const collected = await ok(
    ...['collect-training-data', '--detector', 'services.yml', '--days', '0.2'],
    ...['--incidents', 'incidents.json', '--output', 'rows.ndjson', '--json'],
  );
  expect((JSON.parse(collected) as { rows: number }).rows).toBeGreaterThan(900);
  const rows = (await readFile(join(folder, 'rows.ndjson'), 'utf8')).trim().split('\n');
  expect(rows.filter((row) => row.includes('"kind":"silence"')).length).toBeGreaterThan(0);

  // The rows of other logs than those that the detector names, which need not be there.
  const elsewhere = (await readFile(join(folder, 'services.yml'), 'utf8')).replaceAll(index, `${index}-none`);
  await writeFile(join(folder, 'elsewhere.yml'), elsewhere);
  await ok(
    ...['collect-training-data', '--detector', 'elsewhere.yml', '--index', index, '--days', '0.2'],
    ...['--output', 'elsewhere.ndjson'],
  );
  const timesOf = async (file: string): Promise<number[]> =>
    (await readFile(join(folder, file), 'utf8'))
      .trim()
      .split('\n')
      .map((row) => Date.parse((JSON.parse(row) as { '@timestamp': string })['@timestamp']));
  // A time that is left out is no silence: no row of it stays.
  const times = (await timesOf('elsewhere.ndjson')).sort((left, right) => left - right);
  const middle = times[Math.floor(times.length / 2)];
  const isLeftOut = (time: number): boolean => time >= middle && time < middle + 30 * 60_000;
  expect(times.filter(isLeftOut).length).toBeGreaterThan(20);
  await ok(
    ...['collect-training-data', '--detector', 'elsewhere.yml', '--index', index, '--days', '0.2'],
    ...['--exclude', `${new Date(middle).toISOString()}/${new Date(middle + 30 * 60_000).toISOString()}`],
    ...['--output', 'without.ndjson'],
  );
  const left = await timesOf('without.ndjson');
  expect(left.length).toBeGreaterThan(400);
  expect(left.filter(isLeftOut)).toEqual([]);

  await ok('train-model', '--detector', 'services.yml', '--input', 'rows.ndjson', '--output', 'model.json');
  const evaluation = JSON.parse(
    await ok(
      ...['evaluate-model', '--model', 'model.json', '--test-data', 'rows.ndjson'],
      ...['--label-field', 'labels.anomaly', '--json'],
    ),
  ) as { labelled: { by_kind: { kind: string; roc_auc: number }[] } };
  const silence = evaluation.labelled.by_kind.find(({ kind }) => kind === 'silence');
  expect(silence?.roc_auc).toBeGreaterThan(0.9);

  const refused = await run('deploy-model', '--model', 'model.json', '--detector-id', detectorId, '--ingest');
  expect(refused.stderr).toMatch(/unit is bucket, which an ingest pipeline cannot score/);
  expect(await createSnapshotStore(client).active(detectorId)).toBeUndefined();

  await ok('deploy-model', '--model', 'model.json', '--detector-id', detectorId, '--window', '4h', '--force');
  const detected = await ok('detect', '--detector-id', detectorId, '--once', '--from', '4h', '--json');
  const lines = detected
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { message?: string; summary?: { logs: number; created: number } });
  const summary = lines.find((line) => line.summary !== undefined)?.summary;
  expect(summary?.logs).toBeGreaterThan(900);
  expect(lines.some(({ message }) => /: 0 logs in 1 min, usually /.test(message ?? ''))).toBe(true);

  const to = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 600_000);
  const from = new Date(to.getTime() - 3_600_000);
  const backfilled = JSON.parse(
    await ok(
      ...['backfill', '--detector-id', detectorId, '--json'],
      ...['--from', from.toISOString(), '--to', to.toISOString()],
    ),
  ) as { logs: number; created: number };
  // All of it was scored before: the same ids, nothing doubled.
  expect(backfilled.logs).toBeGreaterThan(200);
  expect(backfilled.created).toBe(0);
});
