import { generateLogs } from '../../../common/demo_logs';
import { parseDetector, type DetectorInput } from '../../../common/detector';
import { readGroundTruth } from '../../../common/evaluation';
import type { SourceLog } from '../../../common/log_document';
import { createModelSnapshot, type ModelSnapshot } from '../../../common/model_snapshot';
import {
  acceptedChecks,
  compareCandidate,
  hasSameMakeup,
  type CandidateComparison,
} from './compare_candidate';
import type { Feedback, LogRange, LogSource } from '../ports';
import { trainModel } from '../training/train_model';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);
const NOW = START + DAY;

const detectorOf = (change: Partial<DetectorInput> = {}) =>
  parseDetector({
    name: 'demo',
    source: { index: 'logs', query: 'a:b' },
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'status_code' },
    ],
    threshold: { method: 'contamination', contamination: 0.02 },
    forest: { tree_count: 50 },
    training: { holdout: 0.5 },
    schedule: { query_delay: '1s' },
    ...change,
  });
const detector = detectorOf();
const logs: SourceLog[] = [
  ...generateLogs({
    seed: 1,
    from: START,
    to: NOW,
    ratePerSecond: 0.06,
    anomalyRate: 0.02,
    dirtRate: 0,
    kinds: ['slow_response'],
  }),
].map(({ document }, i) => ({ index: 'logs', id: `log-${i}`, document: { ...document } }));
const documents = logs.map(({ document }) => document);

const train = (of: typeof detector, seed: number): ModelSnapshot =>
  trainModel({
    detector: { ...of, forest: { ...of.forest, seed } },
    documents,
    source: 'demo',
    clock: { now: () => START },
  }).snapshot;
const active = train(detector, 1);
const candidate = train(detector, 2);

/** Holds the logs of its day; what it was asked for is kept. */
function sourceOf(): { source: LogSource; asked: LogRange[] } {
  const asked: LogRange[] = [];
  const sample: LogSource['sample'] = (range) => {
    asked.push(range);
    const within = logs.filter(({ document }) => {
      const time = Date.parse(document['@timestamp'] as string);
      return time >= range.from && time < range.to;
    });
    return Promise.resolve({ logs: within, total: 10 * within.length, method: 'all' });
  };
  const fetch: LogSource['fetch'] = (wanted) =>
    Promise.resolve(logs.filter(({ id }) => wanted.some((each) => each.id === id)));
  return { source: { sample, fetch } as LogSource, asked };
}

const compare = (change: Partial<CandidateComparison> = {}) => {
  const { source, asked } = sourceOf();
  const gate = compareCandidate({
    detector,
    candidate,
    active,
    source,
    feedback: [],
    clock: { now: () => NOW },
    ...change,
  });
  return { gate, asked };
};

it('compares over the logs of the window of drift, and says so', async () => {
  const { gate, asked } = compare();
  const report = await gate;
  expect(report).toMatchObject({
    verdict: 'pass',
    active_version: active.version,
    shadow: false,
    reasons: [],
    at: new Date(NOW).toISOString(),
    asked_share: 0.02,
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ index: 'logs', query: 'a:b', from: NOW - 1_000 - DAY, to: NOW - 1_000 });
  expect(report.logs_per_day).toBeCloseTo(10 * report.logs, -1);
  expect(report.candidate.planted.logs).toBe(80);
});

it('draws the training window where the recent one holds next to nothing', async () => {
  const quiet = detectorOf({ drift: { window: '5m' } });
  const { gate, asked } = compare({ detector: quiet });
  await gate;
  expect(asked.map(({ from }) => from)).toEqual([NOW - 1_000 - 300_000, NOW - 1_000 - 7 * DAY]);
});

it('in shadow looks at nothing but what came after the training', async () => {
  const since = NOW - 12 * HOUR;
  const { gate, asked } = compare({ since });
  expect(await gate).toMatchObject({ shadow: true, from: new Date(since).toISOString() });
  expect(asked.map(({ from }) => from)).toEqual([since]);
});

it('counts anomalies that labels and people tell of as known, and plants none into them', async () => {
  const feedback = logs.slice(0, 3).map(({ index, id }, i): Feedback => ({
    detectorId: 'a',
    source: { index, id },
    verdict: i === 0 ? 'not_an_anomaly' : 'real',
    at: '',
  }));
  const labelled = readGroundTruth(documents, 'labels.anomaly').filter((truth) => truth?.anomaly).length;
  expect(labelled).toBeGreaterThan(10);
  const { candidate: measured } = await compare({ feedback }).gate;
  expect(measured.known.logs).toBe(labelled + 2);
  expect(measured.false_alarms_per_day).toBeLessThan(measured.alerts_per_day);
});

it('refuses what finds nothing, until a person has accepted that', async () => {
  const deaf = createModelSnapshot({ ...candidate, threshold: 0.99 });
  const report = await compare({ candidate: deaf }).gate;
  expect(report.verdict).toBe('fail');
  const failed = report.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
  expect(failed).toContain('silence');
  expect(acceptedChecks(report, failed)).toMatchObject({ verdict: 'pass', reasons: [] });
  expect(acceptedChecks(report, ['cost']).verdict).toBe('fail');
});

it('has nothing to say without logs', async () => {
  const { gate } = compare({ clock: { now: () => NOW + 60 * DAY } });
  await expect(gate).rejects.toMatchObject({ code: 'too_few_logs' });
});

it('holds a candidate to nothing that was trained on other logs, though both have the settings of today', async () => {
  const failed = async (trained: CandidateComparison['trained']): Promise<string[]> => {
    const { checks } = await compare({ trained }).gate;
    return checks.map(({ name }) => name);
  };
  expect(await failed({ candidate: detector, active: detector })).toContain('agreement');
  const before = detectorOf({ source: { index: 'logs', query: 'c:d' } });
  expect(await failed({ candidate: detector, active: before })).not.toContain('agreement');
});

it('knows which models look at the same features of the same logs', () => {
  expect(hasSameMakeup(detector, detectorOf({ threshold: { method: 'adaptive' } }))).toBe(true);
  expect(hasSameMakeup(detector, detectorOf({ source: { index: 'others', query: 'a:b' } }))).toBe(false);
  expect(hasSameMakeup(detector, detectorOf({ features: [detector.features[0]] }))).toBe(false);
});
