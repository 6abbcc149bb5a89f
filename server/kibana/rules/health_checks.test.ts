import { parseDetector } from '../../../common/detector';
import { detectorHealthParamsSchema } from '../../../common/rules';
import type { StoredDetector } from '../records/detector_repository';
import { NEVER_RUN } from '../records/detector_state';
import { checkHealth, inWords, type HealthFacts } from './health_checks';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.UTC(2026, 10, 1);
const ago = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();
const params = detectorHealthParamsSchema.parse({});
const stored = (change: Partial<StoredDetector> = {}): StoredDetector => ({
  id: 'web',
  version: '1',
  detector: parseDetector({
    name: 'Web',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'bytes' }],
  }),
  enabled: true,
  created_at: ago(DAY),
  updated_at: ago(DAY),
  apiKeyObject: undefined,
  modelReads: [],
  isOf010: false,
  steering: '',
  ...change,
});
const healthy: HealthFacts = {
  stored: stored(),
  status: {
    runs: {
      consecutive_failures: 0,
      last_run: { finished_at: ago(MINUTE) } as never,
      last_log_at: ago(MINUTE),
    },
  },
  checkpoint: { detectorId: 'web', timestampTo: NOW - MINUTE, ingestedTo: NOW - MINUTE, runId: 'r' },
  model: {
    version: '1',
    detectorId: 'web',
    status: 'active',
    createdAt: ago(DAY),
    threshold: 0.6,
    rows: 1,
    sha256: '',
  },
  now: NOW,
};
const problems = (change: Partial<HealthFacts>, given = params): string[] =>
  checkHealth({ ...healthy, ...change }, given).map(({ problem }) => problem);

describe('the health of a detector', () => {
  it('is good, and of no interest once it is stopped', () => {
    expect(problems({})).toEqual([]);
    expect(
      problems({ status: undefined, checkpoint: undefined, stored: stored({ enabled: false }) }),
    ).toEqual([]);
  });

  it('counts a run without logs by the checkpoint that it moved', () => {
    const runs = {
      consecutive_failures: 0,
      last_run: { finished_at: ago(DAY) } as never,
      last_log_at: ago(1),
    };
    expect(problems({ status: { runs } })).toEqual([]);
    const checkpoint = { ...healthy.checkpoint!, timestampTo: NOW - 20 * MINUTE };
    expect(problems({ status: { runs }, checkpoint })).toEqual(['no_run', 'lag']);
  });

  it('takes no pause that the schedule asks for as a silence or a lag', () => {
    const scheduled = (schedule: object): StoredDetector => {
      const { detector } = stored();
      return stored({ detector: { ...detector, schedule: { ...detector.schedule, ...schedule } } });
    };
    const reached = (minutes: number) => {
      const time = NOW - minutes * MINUTE;
      return { ...healthy.checkpoint!, timestampTo: time, ingestedTo: time };
    };
    const ranAgo = (minutes: number, logs: number) => ({
      runs: { ...healthy.status!.runs, last_run: { finished_at: ago(minutes * MINUTE), logs } as never },
    });
    const delayed = scheduled({ query_delay: '20m' });
    expect(problems({ stored: delayed, checkpoint: reached(21) })).toEqual([]);
    expect(problems({ stored: delayed, checkpoint: reached(36) })).toEqual(['lag']);
    const hourly = { stored: scheduled({ interval: '1h' }), status: ranAgo(61, 5) };
    expect(problems({ ...hourly, checkpoint: reached(62) })).toEqual([]);
    expect(problems({ ...hourly, status: ranAgo(130, 5), checkpoint: reached(131) })).toEqual([
      'no_run',
      'lag',
    ]);
    const idle = scheduled({ idle_interval: '40m' });
    expect(problems({ stored: idle, status: ranAgo(40, 0), checkpoint: reached(40) })).toEqual([]);
    expect(problems({ stored: idle, status: ranAgo(40, 5), checkpoint: reached(40) })).toEqual([
      'no_run',
      'lag',
    ]);
  });

  it('takes no pause that the limits of Kibana ask for as a silence', () => {
    const { schedule } = stored().detector;
    const ran = { runs: { ...healthy.status!.runs, last_run: { finished_at: ago(25 * MINUTE) } as never } };
    const reached = { ...healthy.checkpoint!, timestampTo: NOW - 25 * MINUTE };
    const facts = { status: ran, checkpoint: reached };
    expect(problems(facts)).toEqual(['no_run', 'lag']);
    expect(problems({ ...facts, schedule: { ...schedule, interval: '20m' } })).toEqual([]);
  });

  it('takes a wait for the first model as no silence while trainings are asked for', () => {
    const waiting = { ...healthy, model: undefined, checkpoint: undefined };
    const asked = (minutes: number, state: 'queued' | 'failed') => ({
      status: { runs: NEVER_RUN, training: { state, requested_at: ago(minutes * MINUTE) } as const },
    });
    expect(problems({ ...waiting, ...asked(9, 'failed') })).toEqual([]);
    expect(problems({ ...waiting, ...asked(40, 'queued') })).toEqual([]);
    expect(problems({ ...waiting, ...asked(61, 'queued') })).toEqual(['no_run']);
    expect(problems({ ...waiting, status: undefined })).toEqual(['no_run']);
    expect(problems({ ...healthy, model: undefined, ...asked(9, 'queued') })).toEqual([]);
  });

  it('tells failures, silence, and an old model', () => {
    const { runs } = healthy.status!;
    expect(problems({ status: { runs: { ...runs, consecutive_failures: 3 } } })).toEqual(['failing']);
    expect(problems({ status: { runs: { ...runs, last_log_at: ago(61 * MINUTE) } } })).toEqual(['no_data']);
    expect(problems({ model: { ...healthy.model!, createdAt: ago(31 * DAY) } })).toEqual(['old_model']);
  });

  it('gives a detector that was just started its time', () => {
    const fresh = stored({ updated_at: ago(MINUTE) });
    expect(problems({ stored: fresh, status: undefined, checkpoint: undefined, model: undefined })).toEqual(
      [],
    );
  });

  it('tells why there is no model', () => {
    const failure = {
      at: ago(1),
      code: 'too_few_logs',
      message: 'Too few.',
      next_step: 'Wait.',
      retried: true,
    } as const;
    const training = { state: 'failed', requested_at: ago(MINUTE), failure } as const;
    expect(problems({ model: undefined, status: { ...healthy.status!, training } })).toEqual(['no_model']);
  });

  it('leaves out what nobody asks for', () => {
    const none = detectorHealthParamsSchema.parse({
      max_silence: null,
      max_lag: null,
      max_failures: null,
      max_time_without_logs: null,
      max_model_age: null,
    });
    const ancient = { ...healthy.checkpoint!, timestampTo: 0, ingestedTo: 0 };
    expect(problems({ checkpoint: ancient, status: undefined }, none)).toEqual([]);
  });

  it('speaks of durations in words', () => {
    expect([40_000, 15 * MINUTE, 125 * MINUTE, 3 * DAY].map(inWords)).toEqual([
      '40s',
      '15m',
      '2h 05m',
      '3d 0h',
    ]);
  });
});
