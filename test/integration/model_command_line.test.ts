import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriftMeasurement } from '../../common/api';
import type { LogDocument } from '../../common/log_document';
import {
  createModelScorer,
  createModelSnapshot,
  decodeModelSnapshot,
  encodeModelSnapshot,
} from '../../common/model_snapshot';
import { createFeedbackStore } from '../../server/elasticsearch';
import { addLogs, administrator, createLogs, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';
import { run } from './fixtures/command_line_fixture';
import { thisMinute, webDetector, webLogs } from './fixtures/kibana_logs';

jest.setTimeout(240_000);

/** A model that is trained, deployed, measured and replaced by the command line alone. */

const admin = administrator();
const index = uniqueName('cli-upkeep');
const id = uniqueName('cli-detector').toLowerCase();
const end = thisMinute();
let folder: string;

const day = (place: number): string => new Date(end + place).toISOString();
const json = <Value>(text: string): Value => JSON.parse(text) as Value;
const ok = async <Value>(...parameters: string[]): Promise<Value> => {
  const { code, stdout, stderr } = await run(folder, ...parameters, '--json');
  if (code !== 0) throw new Error(`${parameters[0]}: ${code} ${stderr}`);
  return json<Value>(stdout);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-test-'));
  await createLogs(admin, index, webLogs({ from: end - 120 * MINUTE, to: end }), {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        event: { properties: { ingested: { type: 'date' } } },
      },
    },
  });
  const detector = webDetector(index, {
    name: id,
    drift: { window: '10m' },
    schedule: { query_delay: '1s' },
  });
  await writeFile(join(folder, 'detector.json'), JSON.stringify(detector));
});

afterAll(async () => {
  await admin.indices.delete({ index, ignore_unavailable: true });
  await admin.close();
  await rm(folder, { recursive: true, force: true });
});

it('leaves named times and confirmed anomalies out of the training logs', async () => {
  const collect = (output: string, ...more: string[]) =>
    ok<{ rows: number; logs_in_window: number }>(
      ...['collect-training-data', '--detector', 'detector.json', '--days', '1', '--output', output, ...more],
    );
  expect(await collect('all.ndjson')).toMatchObject({ rows: 7_200 });
  const [from, to] = [end - 90 * MINUTE, end - 60 * MINUTE].map((time) => new Date(time).toISOString());
  await ok('feedback', '--detector-id', id, '--index', index, '--id', 'log-100', '--verdict', 'real');
  expect(await collect('clean.ndjson', '--exclude', `${from}/${to}`, '--detector-id', id)).toMatchObject({
    rows: 7_200 - 1_800 - 1,
  });
  const times = (await readFile(join(folder, 'clean.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => json<{ '@timestamp': string }>(line)['@timestamp']);
  expect(times.filter((time) => time >= from && time < to)).toEqual([]);
  const wrong = await run(
    folder,
    ...[
      'collect-training-data',
      '--detector',
      'detector.json',
      '--output',
      'x.json',
      '--exclude',
      'yesterday',
    ],
  );
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('--exclude is "yesterday"');
});

it('trains and says what keeps the detector from being ready', async () => {
  const trained = await ok<{ readiness: { kind: string }[]; verdicts: number }>(
    ...['train-model', '--input', 'clean.ndjson', '--detector', 'detector.json', '--output', 'model.json'],
  );
  expect([trained.readiness, trained.verdicts]).toEqual([[], 0]);
  const features = [...webDetector(index).features!, { type: 'category', field: 'no.such' }];
  await writeFile(join(folder, 'odd.json'), JSON.stringify({ ...webDetector(index), features }));
  const odd = await ok<{ readiness: { kind: string; message: string }[] }>(
    ...['train-model', '--input', 'clean.ndjson', '--detector', 'odd.json', '--output', 'odd_model.json'],
  );
  expect(odd.readiness.map(({ message }) => message).join()).toMatch(/no.such is missing in 100%/);
  // A field that some logs have is named rightly.
  const logs = (await readFile(join(folder, 'clean.ndjson'), 'utf8')).trim().split('\n');
  const some = logs.map((line, place) =>
    JSON.stringify({ ...JSON.parse(line), ...(place % 13 > 0 && { size: place % 90 }) }),
  );
  await writeFile(join(folder, 'some.ndjson'), some.join('\n'));
  const sized = [...webDetector(index).features!, { type: 'number', field: 'size' }];
  await writeFile(join(folder, 'sized.json'), JSON.stringify({ ...webDetector(index), features: sized }));
  const seldom = await ok<{ readiness: unknown[]; dirt: Record<string, { missing: number }> }>(
    ...['train-model', '--input', 'some.ndjson', '--detector', 'sized.json', '--output', 'sized_model.json'],
  );
  expect(seldom.dirt.size.missing).toBeGreaterThan(logs.length / 20);
  expect(seldom.readiness).toEqual([]);
});

it('learns from verdicts where it is told to', async () => {
  const feedback = createFeedbackStore(admin);
  const judged = `${id}-judged`;
  for (let place = 0; place < 12; place++) {
    const source = { index, id: `log-${100 + 200 * place}` };
    await feedback.save({ detectorId: judged, source, verdict: 'not_an_anomaly', at: day(place) });
  }
  const learned = await ok<{ verdicts: number }>(
    ...['train-model', '--input', 'clean.ndjson', '--detector', 'detector.json'],
    ...['--output', 'learned.json', '--feedback', judged],
  );
  expect(learned.verdicts).toBe(12);
  const odd = webLogs({ from: end - 120 * MINUTE, to: end })[100].document as LogDocument;
  const scoreBy = async (file: string): Promise<number> =>
    createModelScorer(decodeModelSnapshot(await readFile(join(folder, file), 'utf8'))).score([odd]).scores[0];
  expect(await scoreBy('learned.json')).toBeLessThan(await scoreBy('model.json'));
  await Promise.all((await feedback.list(judged)).map(({ source }) => feedback.remove(judged, source)));
});

it('gates a model beside the active one and writes down who deployed what', async () => {
  const [deploy, beside] = [
    ['deploy-model', '--model', 'model.json', '--detector-id', id],
    ['deploy-model', '--model', 'bad.json', '--detector-id', id],
  ];
  await ok(...deploy);
  const model = decodeModelSnapshot(await readFile(join(folder, 'model.json'), 'utf8'));
  const bad = createModelSnapshot({ ...model, threshold: 1.1 });
  await writeFile(join(folder, 'bad.json'), encodeModelSnapshot(bad));
  const refused = await run(folder, ...beside);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toMatch(/by its threshold it flags 0 of 80 trial anomalies/);
  const { features } = model.detector;
  const prying = createModelSnapshot({
    ...model,
    detector: {
      ...model.detector,
      features: features.map((feature, i) => (i === 0 ? { ...feature, field: 'user.secret' } : feature)),
    },
  });
  await writeFile(join(folder, 'prying.json'), encodeModelSnapshot(prying));
  const pried = await run(folder, 'deploy-model', '--model', 'prying.json', '--detector-id', id);
  expect(pried.code).toBe(7);
  expect(pried.stderr).toContain('reads what the detector of the active model does not name: "user.secret"');
  const listed = await ok<{ version: string; status: string; gate?: { verdict: string } }[]>(
    ...['list-models', '--detector-id', id],
  );
  expect(listed.find(({ version }) => version === bad.version)).toMatchObject({
    status: 'candidate',
    gate: { verdict: 'fail' },
  });
  await ok(...beside, '--force');
  await ok('rollback-model', '--detector-id', id, '--note', 'it finds nothing');
  const { entries } = await ok<{ entries: { action: string; by: string; reason: string }[] }>(
    ...['audit', '--detector-id', id],
  );
  expect(entries.map(({ action }) => action).filter((action) => action.startsWith('model'))).toEqual([
    'model_reverted',
    'model_promoted',
    'model_refused',
    'model_refused',
    'model_promoted',
  ]);
  expect(entries[0]).toMatchObject({ reason: 'it finds nothing', by: expect.any(String) });
});

it('measures drift, keeps it on request, and exits with 7 over the limit', async () => {
  const calm = await ok<DriftMeasurement>('drift', '--detector-id', id, '--window', '2h', '--store');
  expect(calm).toMatchObject({ over: false });
  const logs = webLogs({ from: end - 9 * MINUTE, to: Date.now() - 2_000 }, () => false, 'slow');
  await addLogs(
    admin,
    index,
    logs.map(({ id: log, document }) => ({ id: log, document: { ...document, response_time: 5_000 } })),
  );
  const moved = await run(folder, 'drift', '--detector-id', id, '--window', '9m', '--store');
  expect(moved.code).toBe(7);
  expect(moved.stderr).toMatch(/no longer like those of the training: .*response_time by/);
  expect(moved.stdout).toMatch(/moved .* response_time/);
  await admin.indices.refresh({ index: 'log-anomalies-results.*' });
  const { measurements } = await ok<{ measurements: DriftMeasurement[] }>(
    ...['drift', '--detector-id', id, '--history'],
  );
  expect(measurements.map(({ over }) => over)).toEqual([false, true]);
  expect((await run(folder, 'drift')).code).toBe(2);
});
