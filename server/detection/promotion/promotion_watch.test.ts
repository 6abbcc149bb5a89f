import type { CandidateCheck, CandidateGate } from '../../../common/api/gate';
import type { WatchState } from '../../../common/api/status';
import { promotionSettingsSchema } from '../../../common/detector/upkeep_settings';
import { afterLook, alertRateCheck, countRun, isLookDue, startWatch } from './promotion_watch';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);
const settings = promotionSettingsSchema.parse({ watch: '1d' });
const watch = startWatch(settings, 'new', 'old', START)!;

const check = (name: CandidateCheck['name'], verdict: CandidateCheck['verdict']): CandidateCheck => ({
  name,
  verdict,
  value: 1,
  limit: 0,
  message: `${name} is ${verdict}`,
});
const gateOf = (...checks: CandidateCheck[]): CandidateGate => ({
  verdict: checks.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'pass',
  at: '',
  from: '',
  to: '',
  shadow: true,
  logs: 1_000,
  logs_per_day: 1_000,
  asked_share: 0.01,
  candidate: {} as CandidateGate['candidate'],
  planted: [],
  checks,
  reasons: [],
});

describe('a watch', () => {
  it('lasts as long as is set, and there is none without a model to go back to', () => {
    expect(watch).toMatchObject({ state: 'watching', version: 'new', previous: 'old' });
    expect(Date.parse(watch.until) - START).toBe(24 * 60 * MINUTE);
    expect(startWatch({ ...settings, watch: 'off' }, 'new', 'old', START)).toBeUndefined();
    expect(startWatch(settings, 'new', undefined, START)).toBeUndefined();
  });

  it('looks every hour of a day, every five minutes of an hour, and at its end', () => {
    expect(isLookDue(watch, START + 59 * MINUTE)).toBe(false);
    expect(isLookDue(watch, START + 60 * MINUTE)).toBe(true);
    const looked = { ...watch, looked_at: new Date(START + 23.5 * 60 * MINUTE).toISOString() };
    expect(isLookDue(looked, START + 23.9 * 60 * MINUTE)).toBe(false);
    expect(isLookDue(looked, START + 24 * 60 * MINUTE)).toBe(true);
    const short = startWatch({ ...settings, watch: '1h' }, 'new', 'old', START)!;
    expect(isLookDue(short, START + 4 * MINUTE)).toBe(false);
    expect(isLookDue(short, START + 5 * MINUTE)).toBe(true);
  });

  const look = (gate: CandidateGate | undefined, of: WatchState = watch, hours = 2, rate?: CandidateCheck) =>
    afterLook({ watch: of, gate, alertRate: rate, now: START + hours * 60 * MINUTE });

  it('goes on while the limits hold, and keeps the model at its end', () => {
    expect(look(gateOf(check('score_drift', 'pass')))).toMatchObject({ state: 'watching' });
    expect(look(gateOf(check('score_drift', 'ask'))).state).toBe('watching');
    expect(look(undefined).looked_at).toBeDefined();
    expect(look(gateOf(check('score_drift', 'pass')), watch, 24).state).toBe('kept');
  });

  it('takes the model back when one is broken, at its end, too', () => {
    const broken = gateOf(check('planted_found', 'fail'), check('cost', 'pass'));
    expect(look(broken)).toMatchObject({ state: 'taken_back', reasons: ['planted_found is fail'] });
    expect(look(broken, watch, 24).state).toBe('taken_back');
    expect(look(gateOf(check('cost', 'pass')), watch, 2, check('false_alarms', 'fail')).state).toBe(
      'taken_back',
    );
  });

  it('lets pass what a person has accepted, and that alone', () => {
    const accepted: WatchState = { ...watch, accepted: ['training_rows'] };
    expect(look(gateOf(check('training_rows', 'fail')), accepted).state).toBe('watching');
    const more = gateOf(check('training_rows', 'fail'), check('false_alarms', 'fail'));
    expect(look(more, accepted)).toMatchObject({ state: 'taken_back', reasons: ['false_alarms is fail'] });
  });
});

describe('the rate of alerts since a promotion', () => {
  const rate = { askedShare: 0.01, maxRatio: 1.5 };
  const before = { version: 'old', logs: 100_000, anomalies: 1_000 };
  const verdict = (anomalies: number, sharedAlerts?: number, of = before): string =>
    alertRateCheck({
      ...rate,
      before: of,
      after: { version: 'new', logs: 10_000, anomalies },
      sharedAlerts,
    }).verdict;

  it('may be that of the model before, and somewhat more', () => {
    expect(verdict(100)).toBe('pass');
    expect(verdict(150, 0)).toBe('pass');
  });

  it('takes a model back for alerts that are its own, and not for those of an incident', () => {
    expect(verdict(400, 0.1)).toBe('fail');
    expect(verdict(400, 0.9)).toBe('ask');
    expect(verdict(400)).toBe('ask');
  });

  it('is held against what was asked for where the model before was quiet', () => {
    expect(verdict(100, 0, { ...before, anomalies: 0 })).toBe('pass');
  });
});

it('counts what was scored with the model of now and the one before', () => {
  const run = (version: string, logs: number) => ({ version, logs, anomalies: 1 });
  let counted = countRun(undefined, run('a', 10));
  counted = countRun(counted, run('a', 20));
  expect(counted).toEqual([{ version: 'a', logs: 30, anomalies: 2 }]);
  counted = countRun(counted, run('b', 5));
  counted = countRun(counted, run('c', 1));
  expect(counted).toEqual([run('c', 1), run('b', 5)]);
});
