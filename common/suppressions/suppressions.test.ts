import type { AnomalyResult } from '../anomaly';
import {
  becauseOf,
  checkLimits,
  contradictionsOf,
  createMatcher,
  factsOf,
  matchOfScope,
  mustExpire,
  patternOf,
  suppressionDraftSchema,
  SUPPRESSION_LIMITS,
  trainingExclusions,
  type Suppression,
} from '.';

const NOW = Date.UTC(2026, 10, 10);
const DAY = 86_400_000;
const iso = (time: number): string => new Date(time).toISOString();

const resultOf = (change: {
  time?: number;
  entity?: string;
  detector?: string;
  id?: string;
  [contextField: string]: unknown;
}): AnomalyResult => {
  const { time = NOW, entity = 'shop', detector = 'web', id = '1', ...context } = change;
  return {
    ...context,
    '@timestamp': iso(time),
    event: { ingested: iso(time), kind: 'alert' },
    detector: { id: detector, name: 'Web' },
    model: { version: '1' },
    anomaly: {
      score: 0.7,
      confidence: 0.9,
      severity: 'major',
      threshold: 0.6,
      attribution: [
        { feature: 'other', field: 'other', share: 0.2, actual: '1', typical: '2' },
        { feature: 'status', field: 'status', share: 0.8, actual: '500 (<0.1%)', typical: '200' },
      ],
      reason: '',
      entity,
    },
    source: { index: 'weblogs', id },
    run: { id: 'run' },
    result: { type: 'log' },
  };
};
const suppression = (change: Partial<Suppression>): Suppression => ({
  id: 's',
  detector_ids: [],
  name: 'Nightly job',
  origin: 'mute',
  exclude_from_training: false,
  at: iso(NOW),
  ...change,
});

describe('the pattern of a result', () => {
  it.each([
    [{ message: 'User 17 of 10.0.0.1 logged in after 30ms' }, 'User <num> of <ip> logged in after <num>ms'],
    [
      {
        message: '10.0.0.1 - - [10/Nov/2026:10:00:00 +0000] "GET /cart/7 HTTP/1.1" 500 12',
        url: { path: '/cart/7' },
        http: { request: { method: 'GET' }, response: { status_code: 500 } },
      },
      'GET /cart/<num> 500',
    ],
    [{ url: { original: '/find?q=shoes' } }, '/find'],
    [{}, 'status: 500'],
  ])('of %j is %s', (context, pattern) => {
    expect(patternOf(resultOf(context))).toBe(pattern);
  });

  it('is cut', () => {
    expect(patternOf(resultOf({ message: 'word '.repeat(1_000) }))).toHaveLength(512);
  });
});

describe('the matcher', () => {
  const result = resultOf({ message: 'Payment 4 failed' });
  const hidden = (change: Partial<Suppression>, of = result): boolean =>
    createMatcher([suppression(change)])(of).length === 1;

  it('hides what all that is named holds of', () => {
    const { pattern, entity, top_feature, source } = factsOf(result);
    expect([pattern, entity, top_feature]).toEqual(['Payment <num> failed', 'shop', 'status']);
    expect(hidden({ match: { pattern, entity, top_feature } })).toBe(true);
    expect(hidden({ match: { pattern, entity: 'blog' } })).toBe(false);
    expect(hidden({ match: { pattern, top_feature: 'path' } })).toBe(false);
    expect(hidden({ match: { source } })).toBe(true);
    expect(hidden({ match: { source: { index: 'weblogs', id: '2' } } })).toBe(false);
    expect(hidden({ detector_ids: ['mail'] })).toBe(false);
    expect(hidden({ detector_ids: ['mail', 'web'] })).toBe(true);
  });

  it('goes by the time of the log', () => {
    const schedule = { type: 'once' as const, windows: [{ from: iso(NOW), to: iso(NOW + 1_000) }] };
    expect(hidden({ schedule })).toBe(true);
    expect(hidden({ schedule }, resultOf({ time: NOW + 1_000 }))).toBe(false);
    expect(hidden({ expires_at: iso(NOW + 1) })).toBe(true);
    expect(hidden({ expires_at: iso(NOW) })).toBe(false);
  });

  it('names all that hide a result', () => {
    const both = createMatcher([
      suppression({ id: 'a' }),
      suppression({ id: 'b', match: { entity: 'shop' } }),
    ]);
    expect(both(result).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(both(resultOf({ entity: 'blog' })).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('limits', () => {
  const check =
    (change: Partial<Suppression>, others: Suppression[] = [], added = 0) =>
    () =>
      checkLimits(suppression(change), others, added, NOW);
  const pattern = { pattern: 'Payment <num> failed' };

  it('ask for an end where an entity or more is hidden', () => {
    expect(check({ match: { entity: 'shop' } })).toThrow('expires_at is absent');
    expect(check({ match: { top_feature: 'status' }, expires_at: iso(NOW + 366 * DAY) })).toThrow('365 days');
    expect(check({ match: { entity: 'shop' }, expires_at: iso(NOW + 365 * DAY) })).not.toThrow();
    expect(check({ match: pattern })).not.toThrow();
    expect(check({ match: pattern, expires_at: iso(NOW) })).toThrow('in the future');
  });

  it('take a schedule for an end unless it is most of the time', () => {
    const weekly = (days: string[]) =>
      suppressionDraftSchema.parse({
        name: 'x',
        schedule: { type: 'weekly', days, from: '00:00', to: '24:00', time_zone: 'Europe/Berlin' },
      });
    expect(mustExpire(weekly(['sunday']), NOW)).toBe(false);
    expect(mustExpire(weekly(['sunday', 'monday', 'tuesday', 'wednesday']), NOW)).toBe(true);
  });

  it('take no schedule for an end that holds most of the time later on', () => {
    const once = (...days: (readonly [from: number, to: number])[]) => ({
      schedule: {
        type: 'once' as const,
        windows: days.map(([from, to]) => ({ from: iso(NOW + from * DAY), to: iso(NOW + to * DAY) })),
      },
    });
    expect(mustExpire(once([31, 27_000]), NOW)).toBe(true);
    expect(mustExpire(once([31, 44.9], [45, 60]), NOW)).toBe(true);
    expect(mustExpire(once([31, 45], [400, 401]), NOW)).toBe(false);
    const calendar = (...lines: string[]) => ({
      schedule: {
        type: 'icalendar' as const,
        text: ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:a', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join(
          '\r\n',
        ),
        time_zone: 'Europe/Berlin',
      },
    });
    expect(mustExpire(calendar('DTSTART:20270601T000000Z', 'DTEND:20990101T000000Z'), NOW)).toBe(true);
    const nights = ['DTSTART:20261101T200000', 'DTEND:20261102T080000', 'RRULE:FREQ=DAILY'];
    expect(mustExpire(calendar(...nights), NOW)).toBe(false);
  });

  it('bound how many there are and how many are new', () => {
    const others = Array.from({ length: SUPPRESSION_LIMITS.active }, (_, place) =>
      suppression({ id: String(place), match: pattern }),
    );
    expect(check({ match: pattern }, others)).toThrow('100 suppressions in effect; allowed: 100');
    expect(check({ id: '7', match: pattern }, others)).not.toThrow();
    const [first, ...rest] = others;
    expect(check({ match: pattern }, [{ ...first, expires_at: iso(NOW) }, ...rest])).not.toThrow();
    expect(check({ match: pattern }, [], SUPPRESSION_LIMITS.newWideADay)).toThrow('allowed: 50');
    expect(check({ match: { source: { index: 'a', id: 'b' } } }, others, 1_000)).not.toThrow();
  });

  it('need something to go by', () => {
    expect(suppressionDraftSchema.safeParse({ name: 'all' }).success).toBe(false);
    expect(suppressionDraftSchema.safeParse({ name: 'all', match: {} }).success).toBe(false);
    expect(suppressionDraftSchema.safeParse({ name: 'all', expires_at: '2026-12-01' }).data?.expires_at).toBe(
      '2026-12-01T00:00:00.000Z',
    );
  });
});

it('a verdict reaches as far as its scope', () => {
  const source = { index: 'weblogs', id: '1' };
  const facts = { pattern: 'p', entity: 'e', top_feature: 'f', time: iso(NOW), confidence: 0.9 };
  expect(matchOfScope('one', source, facts)).toEqual({ source });
  expect(matchOfScope('pattern', source, facts)).toEqual({ pattern: 'p' });
  expect(matchOfScope('entity', source, facts)).toEqual({ entity: 'e' });
  expect(matchOfScope('combination', source, facts)).toEqual({ pattern: 'p', entity: 'e', top_feature: 'f' });
  expect(matchOfScope('entity', source, { pattern: 'p' })).toBeUndefined();
});

it('labels that contradict each other are shown', () => {
  const said = (verdict: 'real' | 'not_an_anomaly', pattern?: string) => ({ verdict, judged: { pattern } });
  const all = [said('real', 'a'), said('not_an_anomaly', 'a'), said('real', 'b'), said('not_an_anomaly')];
  expect(contradictionsOf(all)).toEqual([{ pattern: 'a', real: [all[0]], not_an_anomaly: [all[1]] }]);
});

it('training leaves out scheduled times, for an entity where one is named', () => {
  const schedule = { type: 'once' as const, windows: [{ from: iso(NOW - DAY), to: iso(NOW + DAY) }] };
  const range = { from: NOW - 10 * DAY, to: NOW };
  const out = (change: Partial<Suppression>) =>
    trainingExclusions([suppression({ exclude_from_training: true, ...change })], 'web', range);
  expect(out({ schedule })).toEqual([{ from: NOW - DAY, to: NOW }]);
  expect(out({ schedule, match: { entity: 'shop' } })).toEqual([
    { from: NOW - DAY, to: NOW, entity: 'shop' },
  ]);
  expect(out({ schedule, expires_at: iso(NOW - DAY / 2) })).toEqual([{ from: NOW - DAY, to: NOW - DAY / 2 }]);
  expect(out({ schedule, exclude_from_training: false })).toEqual([]);
  expect(out({ schedule, detector_ids: ['mail'] })).toEqual([]);
  expect(out({ schedule, match: { pattern: 'p' } })).toEqual([]);
});

it('a hidden result says why', () => {
  expect(becauseOf(suppression({ origin: 'calendar' }))).toBe('Quiet time: Nightly job');
  expect(becauseOf(suppression({ origin: 'feedback', by: 'olga' }))).toBe(
    'olga said: not an anomaly (Nightly job)',
  );
});
