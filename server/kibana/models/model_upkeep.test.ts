import type { CandidateGate, CandidateState, TrainingReport, WatchState } from '../../../common/api';
import { DetectionError } from '../../../common/detection_error';
import { DAY, HOUR, MINUTE } from '../../../common/duration';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { modelRecord, modelWork, savedDetector } from '../../../test/fakes/model_work';
import { trainModel } from '../../detection/training/train_model';
import { isUpkeepDue, keepModelGood } from './model_upkeep';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const iso = (time: number): string => new Date(time).toISOString();
const detector = savedDetector({ promotion: { shadow: '1h', watch: '1d' } });

/** Durations around 100, as all logs have them. */
const logs = Array.from({ length: 1_200 }, (_none, i) => ({
  time: NOW - 3 * HOUR + i * 9_000,
  duration: 90 + ((i * 7) % 21),
}));

function snapshotOf(version: string, change: object = {}): ModelSnapshot {
  const { snapshot } = trainModel({
    detector: { ...detector, ...change },
    documents: logs.map(({ time, duration }) => ({ '@timestamp': time, duration })),
    source: 'logs',
    window: { from: NOW - 3 * HOUR, to: NOW },
    clock: { now: () => NOW },
  });
  return { ...snapshot, version };
}
const OLD = snapshotOf('old');
const NEW = snapshotOf('new');

const shadowing: CandidateState = {
  version: 'new',
  state: 'shadowing',
  since: iso(NOW - HOUR),
  until: iso(NOW),
};
const watching: WatchState = {
  version: 'new',
  previous: 'old',
  state: 'watching',
  since: iso(NOW - DAY),
  until: iso(NOW),
};

function workOf(active: 'old' | 'new', snapshots: readonly ModelSnapshot[] = [OLD, NEW]) {
  const promotedAt = iso(NOW - HOUR);
  const records = [
    modelRecord('old', active === 'old' ? { status: 'active', promotedAt } : { status: 'retired' }),
    modelRecord(
      'new',
      active === 'old'
        ? {}
        : {
            status: 'active',
            promotedAt,
            promotions: ['old', 'new'].map((version) => ({ version, isBack: false })),
          },
    ),
  ];
  const byVersion = new Map(snapshots.map((snapshot) => [snapshot.version, snapshot]));
  const work = modelWork({ now: NOW, detector, records, snapshots: byVersion, logs });
  // Drift is looked at by tests of its own.
  work.parts.set('drift', { tried_at: iso(NOW), over_in_a_row: 0 });
  work.parts.set('training', {
    state: 'shadowing',
    requested_at: iso(NOW - HOUR),
    version: 'new',
  } satisfies TrainingReport);
  const keep = async (): Promise<void> => {
    const model = (await work.job.models.active('shop'))!;
    const signal = new AbortController().signal;
    await keepModelGood({ services: work.services, job: work.job, model, counted: undefined, signal });
  };
  const part = <Part>(name: string) => work.parts.get(name) as Part | undefined;
  return { ...work, keep, part };
}
const due = async ({ job, services }: ReturnType<typeof workOf>): Promise<boolean> =>
  isUpkeepDue(services, job, (await job.models.active('shop'))!, { mayMeasure: false });

describe('a candidate in shadow', () => {
  it.each(['audit', 'write candidate', 'write training', 'write watch'])(
    'is settled and watched once, though its promotion was cut off at: %s',
    async (call) => {
      const work = workOf('old');
      work.parts.set('candidate', shadowing);
      work.failing.add(call);
      await work.keep();
      expect(work.warnings).toHaveLength(1);
      expect(work.failing.size).toBe(0);
      if (call !== 'write watch') expect(await due(work)).toBe(true);
      await work.keep();
      expect((await work.job.models.active('shop'))?.version).toBe('new');
      expect(work.part('candidate')).toBeUndefined();
      expect(work.part('training')).toMatchObject({ state: 'promoted' });
      expect(work.part('watch')).toMatchObject({ version: 'new', previous: 'old', state: 'watching' });
      expect(work.entries.filter(({ action }) => action === 'model_promoted')).toMatchObject([
        { from: 'old', to: 'new' },
      ]);
    },
  );

  it('is refused, with the reason, once its model is lost', async () => {
    const work = workOf('old', [OLD]);
    work.parts.set('candidate', shadowing);
    await work.keep();
    expect(work.part('candidate')).toBeUndefined();
    expect(work.part('training')).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('There is no model new'),
    });
    expect(work.entries).toMatchObject([{ action: 'model_refused', to: 'new' }]);
  });

  it('is refused where its model reads what an edit has taken out of the detector', async () => {
    const foreign = snapshotOf('new');
    const reads = {
      ...foreign.detector,
      features: savedDetector().features.map((one) => ({ ...one, field: 'bytes' })),
    };
    const work = workOf('old', [OLD, { ...foreign, detector: reads }]);
    work.parts.set('candidate', shadowing);
    await work.keep();
    expect(work.part('training')).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('bytes'),
    });
  });

  it('waits for a person once its gate fails to the end of twice its time', async () => {
    const work = workOf('old');
    work.parts.set('candidate', shadowing);
    work.job.source.count = () => Promise.reject(new Error('too many shards'));
    await work.keep();
    expect(work.part('candidate')).toEqual(shadowing);
    work.clock.at += HOUR;
    await work.keep();
    expect(work.part('candidate')).toMatchObject({ version: 'new', state: 'waiting' });
    expect(work.part('training')).toMatchObject({
      state: 'waiting',
      message: expect.stringContaining('shards'),
    });
  });

  it('is decided on later where its last look meets an error that passes', async () => {
    const work = workOf('old');
    work.parts.set('candidate', shadowing);
    const { count } = work.job.source;
    work.job.source.count = () => Promise.reject(new DetectionError('busy', 'too many requests'));
    work.clock.at += HOUR;
    await work.keep();
    expect(work.part('candidate')).toEqual(shadowing);
    work.job.source.count = count;
    await work.keep();
    expect(work.part('candidate')).toBeUndefined();
    expect(work.part('training')).toMatchObject({ state: 'promoted' });
  });

  it('waits for a person where errors do not pass', async () => {
    const work = workOf('old');
    work.parts.set('candidate', shadowing);
    work.job.source.count = () => Promise.reject(new DetectionError('busy', 'too many requests'));
    work.clock.at += 2 * HOUR;
    await work.keep();
    expect(work.part('candidate')).toMatchObject({ version: 'new', state: 'waiting' });
  });

  it('keeps what a person has accepted, though the promotion was cut off', async () => {
    const work = workOf('new');
    const failed = {
      name: 'false_alarms',
      verdict: 'fail',
      value: 9,
      limit: 1,
      message: 'too many',
    } as const;
    const place = work.records.findIndex(({ version }) => version === 'new');
    const gate = { verdict: 'fail', checks: [failed], reasons: ['too many'] } as unknown as CandidateGate;
    work.records[place] = { ...work.records[place], gate };
    work.parts.set('candidate', { version: 'new', state: 'waiting', since: iso(NOW - HOUR) });
    await work.keep();
    expect(work.part('watch')).toMatchObject({ state: 'watching', accepted: ['false_alarms'] });
  });

  it('is due in a detector that has no time or no logs to be measured', async () => {
    const work = workOf('old');
    expect(await due(work)).toBe(false);
    work.parts.set('candidate', shadowing);
    expect(await due(work)).toBe(true);
  });
});

describe('the watch of a promoted model', () => {
  it('ends with the reason once there is no model to go back to', async () => {
    const work = workOf('new', [NEW]);
    work.parts.set('watch', { ...watching, until: iso(NOW + DAY) });
    await work.keep();
    expect(work.part('watch')).toMatchObject({
      state: 'ended',
      reasons: [expect.stringContaining('There is no model old')],
    });
    expect(await due(work)).toBe(false);
  });

  it('ends at its time, though its looks fail', async () => {
    const work = workOf('new');
    work.parts.set('watch', { ...watching, until: iso(NOW + MINUTE) });
    work.job.source.count = () => Promise.reject(new Error('too many shards'));
    await work.keep();
    expect(work.part('watch')).toMatchObject({ state: 'watching' });
    work.clock.at += MINUTE;
    await work.keep();
    expect(work.part('watch')).toMatchObject({
      state: 'ended',
      reasons: [expect.stringContaining('shards')],
    });
  });

  it('goes on past its time while errors pass, and ends where they do not', async () => {
    const work = workOf('new');
    work.parts.set('watch', watching);
    const { count } = work.job.source;
    const fail = () => Promise.reject(new DetectionError('unavailable', 'timed out'));
    work.job.source.count = fail;
    await work.keep();
    expect(work.part('watch')).toEqual(watching);
    work.job.source.count = count;
    await work.keep();
    expect(work.part('watch')).toMatchObject({ state: 'kept' });
    work.parts.set('watch', watching);
    work.job.source.count = fail;
    work.clock.at += DAY;
    await work.keep();
    expect(work.part('watch')).toMatchObject({
      state: 'ended',
      reasons: [expect.stringContaining('timed out')],
    });
  });

  it.each(['audit', 'write watch again'])(
    'tells of a model that was taken back, though that was cut off at: %s',
    async (call) => {
      const strict = { ...NEW, threshold: 0.01 };
      const work = workOf('new', [OLD, strict]);
      work.parts.set('watch', { ...watching, until: iso(NOW + DAY) });
      const write = work.job.status.writePart;
      let writes = 0;
      work.job.status.writePart = async (id, name, value) => {
        if (name === 'watch' && ++writes === 2 && call !== 'audit') throw new Error('Kibana has died');
        return write(id, name, value);
      };
      if (call === 'audit') work.failing.add('audit');
      await work.keep();
      expect(work.warnings).toHaveLength(1);
      expect((await work.job.models.active('shop'))?.version).toBe('old');
      expect(work.part('watch')).toMatchObject({ state: 'watching' });
      await work.keep();
      expect(work.part('watch')).toMatchObject({ state: 'taken_back', reasons: [expect.any(String)] });
      expect(work.entries).toMatchObject([{ action: 'model_reverted', from: 'new', to: 'old' }]);
      expect(work.entries).toHaveLength(1);
    },
  );

  it('ends without a word where a person has made another model active', async () => {
    const work = workOf('old');
    work.parts.set('watch', watching);
    await work.keep();
    expect(work.part('watch')).toEqual({ ...watching, state: 'ended' });
  });
});

describe('drift', () => {
  const drifting = () => {
    const work = workOf('old', [snapshotOf('old'), NEW]);
    const moved = logs.map(({ time }, i) => ({ time, duration: 900 + i }));
    const sample = moved.map(({ time, duration }) => ({
      index: 'logs',
      id: String(time),
      document: { '@timestamp': time, duration },
    }));
    const source = {
      ...work.job.source,
      sample: async () => ({ logs: sample, total: 1_200, method: 'all' as const }),
    };
    Object.assign(work.job, { sourceOf: () => source });
    work.parts.delete('training');
    const measure = async (): Promise<void> => {
      work.parts.set('drift', {
        ...(work.part<object>('drift') ?? { over_in_a_row: 5 }),
        tried_at: iso(NOW - 10 * DAY),
        latest: { model_version: 'old' },
        over_in_a_row: 5,
      });
      work.records[0] = { ...work.records[0], promotedAt: iso(NOW - 10 * DAY) };
      await work.keep();
    };
    return { ...work, measure };
  };

  it('asks for a model, and says so once it has', async () => {
    const { measure, part, entries } = drifting();
    await measure();
    expect(part('training')).toMatchObject({ state: 'queued', reason: 'drift' });
    expect(part('drift')).toMatchObject({ retraining_requested_at: iso(NOW) });
    expect(entries).toMatchObject([{ action: 'retraining_requested' }]);
  });

  it('asks again where it could not ask', async () => {
    const { measure, part, parts, entries, failing } = drifting();
    failing.add('write training');
    await measure();
    expect(part('drift')).not.toHaveProperty('retraining_requested_at');
    parts.set('training', { state: 'running', requested_at: iso(NOW), beat_at: iso(NOW) });
    await measure();
    expect(part('drift')).not.toHaveProperty('retraining_requested_at');
    expect(entries).toEqual([]);
    parts.delete('training');
    await measure();
    expect(part('training')).toMatchObject({ reason: 'drift' });
    expect(entries).toHaveLength(1);
  });
});
