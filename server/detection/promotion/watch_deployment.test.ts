import { parseDetector } from '../../../common/detector';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { AdaptiveThreshold } from '../../../common/threshold';
import { trainModel } from '../training/train_model';
import type { CheckpointStore, LogSource } from '../ports';
import { watchDeployment, type DeploymentWatch } from './watch_deployment';

const watch = {
  detectorId: 'web',
  snapshot: {
    detector: { source: { index: 'weblogs' }, schedule: { query_delay: '1m' } },
    encoder: { fields: [] },
  } as unknown as ModelSnapshot,
  source: { sample: async () => ({ logs: [], total: 0 }) } as unknown as LogSource,
  clock: { now: () => 0, sleep: () => Promise.resolve() },
  window: 1_000,
  maxLag: 1_000,
  duration: 0,
} as Partial<DeploymentWatch> as DeploymentWatch;
const checkpoints = (read: CheckpointStore['read']): CheckpointStore => ({
  read,
  write: () => Promise.resolve(undefined),
});

it('does not pass where the checkpoint that would tell the lag is not there', async () => {
  const missing = checkpoints(() => Promise.resolve(undefined));
  await expect(watchDeployment({ ...watch, checkpoints: missing })).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('no checkpoint of detector "web"'),
  });
});

it('says that there were no logs, with a checkpoint or without being asked for one', async () => {
  const checkpoint = { detectorId: 'web', timestampTo: 0, ingestedTo: 0, runId: 'r' };
  const present = checkpoints(() => Promise.resolve({ checkpoint, revision: 1 }));
  for (const given of [present, undefined]) {
    await expect(watchDeployment({ ...watch, checkpoints: given })).rejects.toMatchObject({
      code: 'too_few_logs',
    });
  }
});

describe('with logs', () => {
  const DAY = 86_400_000;
  const logs = Array.from({ length: 400 }, (_none, row) => ({
    index: 'weblogs',
    id: String(row),
    document: { '@timestamp': (row * DAY) / 400, duration: (row * 7919) % 997 },
  }));
  const { snapshot } = trainModel({
    detector: parseDetector({
      name: 'web',
      source: { index: 'weblogs' },
      features: [{ type: 'number', field: 'duration' }],
      threshold: { method: 'adaptive', contamination: 0.2, alerts_per_day: 10 },
      forest: { tree_count: 10 },
    }),
    documents: logs.map(({ document }) => document),
    source: 'weblogs',
    window: { from: 0, to: DAY },
    logsInWindow: 400,
    clock: { now: () => DAY },
  });
  const limits = {
    max_alert_share: 1,
    max_score_drift: 1,
    max_alerts_per_day: 40,
  } as DeploymentWatch['limits'];
  const found = (counts: readonly number[]): LogSource => {
    const left = [...counts];
    const sample = () => {
      const few = logs.slice(0, left.shift());
      return Promise.resolve({ logs: few, total: few.length, method: 'all' as const });
    };
    return { sample } as Partial<LogSource> as LogSource;
  };
  const all = { ...watch, snapshot, limits, window: DAY };
  /** Two looks, ten seconds apart. */
  const twice = (): Partial<DeploymentWatch> => {
    let now = DAY;
    const sleep = (milliseconds: number): Promise<void> => {
      now += milliseconds;
      return Promise.resolve();
    };
    return { clock: { now: () => now, sleep }, duration: 10_000, interval: 10_000 };
  };

  it('counts the alerts that an adaptive threshold raises, not those of its start value', async () => {
    const report = await watchDeployment({ ...all, source: found([400]) });
    expect(report.verdict).toBe('pass');
    expect(report.measures?.alertsPerDay).toBeLessThan(40);
    const threshold = { ...AdaptiveThreshold.start(snapshot).toJSON(), threshold: 0.999 };
    const place = { detectorId: 'web', timestampTo: 0, ingestedTo: 0, runId: 'r', threshold };
    const measured = async (modelVersion: string) => {
      const read = () => Promise.resolve({ checkpoint: { ...place, modelVersion }, revision: 1 });
      const { measures } = await watchDeployment({
        ...all,
        source: found([400]),
        checkpoints: checkpoints(read),
      });
      return measures?.alertsPerDay;
    };
    expect(await measured(snapshot.version)).toBe(0);
    expect(await measured('another')).toBe(report.measures?.alertsPerDay);
  });

  it('says where logs come no more', async () => {
    const report = await watchDeployment({ ...all, ...twice(), source: found([400, 0]) });
    expect(report).toMatchObject({ verdict: 'ask', looks: 2, measures: { logs: 400 } });
    expect(report.reasons).toEqual(['weblogs held no log in the 86400 s before the latest look']);
    expect(await watchDeployment({ ...all, ...twice(), source: found([0, 400]) })).toMatchObject({
      verdict: 'pass',
    });
  });

  it('judges the lag of looks without logs', async () => {
    const place = { detectorId: 'web', timestampTo: DAY, ingestedTo: DAY, runId: 'r' };
    const read = () => Promise.resolve({ checkpoint: place, revision: 1 });
    const late = { checkpoints: checkpoints(read), maxLag: 5_000 };
    const report = await watchDeployment({ ...all, ...twice(), ...late, source: found([400, 0]) });
    expect(report).toMatchObject({ verdict: 'fail', looks: 2, lagMilliseconds: 10_000 });
    const never = await watchDeployment({ ...all, ...twice(), ...late, source: found([0, 0]) });
    expect(never).toMatchObject({ verdict: 'fail', looks: 2 });
    expect(never).not.toHaveProperty('measures');
  });
});
