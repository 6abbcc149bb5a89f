import type { IncidentBody } from '../../../common/api';
import { titleOf } from '../../../common/incidents';
import { formatTime } from '../values/format';
import { incidentCount, incidentTime, incidentWhat } from './incident_text';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const incident = (
  counts: Partial<IncidentBody['counts']>,
  change: Partial<IncidentBody> = {},
): IncidentBody =>
  ({
    scope: { kind: 'entity', value: 'shop' },
    title: 'GET /cart of shop',
    counts: { logs: 0, buckets: 0, ...counts },
    reasons: [],
    counted: { patterns: 1, routes: 1, sources: 1 },
    routes: ['GET /cart'],
    patterns: ['GET <*>'],
    sources: [{ field: 'client.ip', value: '192.0.2.1' }],
    ...change,
  }) as unknown as IncidentBody;

it('is told of a single log when it was, and of several from when to when', () => {
  const [start, end] = ['2026-11-29T03:08:45.167Z', '2026-11-29T03:09:00.000Z'];
  expect(incidentTime({ start, end: start })).toBe(formatTime(start));
  expect(incidentTime({ start, end })).toBe(`${formatTime(start)} to ${formatTime(end)}`);
});

describe('what an incident is', () => {
  it('is its route, its client, or its buckets as a whole', () => {
    expect(incidentWhat(incident({ logs: 3 }))).toBe('GET /cart');
    expect(incidentWhat(incident({ logs: 3 }, { counted: { patterns: 4, routes: 4, sources: 1 } }))).toBe(
      '192.0.2.1, 4 different patterns',
    );
    expect(incidentWhat(incident({ buckets: 2 }))).toMatch(/^Unusual as a whole/);
  });

  it('stays what it was once all its anomalies were hidden', () => {
    expect(incidentWhat(incident({}))).toBe('GET /cart');
    expect(incidentCount(incident({}))).toBe('no anomalies any more');
  });

  const reason = (...attribution: object[]): Partial<IncidentBody> => ({
    reasons: [{ attribution }] as unknown as IncidentBody['reasons'],
  });
  const signs = {
    feature: 'url.original',
    field: 'url.original',
    share: 0.3,
    comparison: { kind: 'signs', value: '/search?q=', signs: [{ category: 'sql_injection', name: "' or" }] },
  };
  const status = {
    feature: 'http.response.status_code',
    field: 'http.response.status_code',
    share: 0.5,
    comparison: { kind: 'status', value: '500' },
  };

  it('begins with the attack that its most severe log shows signs of, and else with what stands out most', () => {
    const many = { counted: { patterns: 4, routes: 4, sources: 1 } };
    expect(incidentWhat(incident({ logs: 3 }, { ...reason(status, signs), ...many }))).toBe(
      'Signs of SQL injection: 192.0.2.1, 4 different patterns',
    );
    expect(incidentWhat(incident({ logs: 3 }, reason(status)))).toBe('Status 500: GET /cart');
    const count = { field: 'bucket.count', feature: 'bucket.count', share: 1 };
    const flood = { ...count, comparison: { kind: 'number', value: 12_000 } };
    expect(incidentWhat(incident({ logs: 3, buckets: 1 }, reason(flood)))).toBe('Number of logs 12,000');
  });

  it('keeps the attack of a log beside a span of time that is more severe, with all kinds that there are', () => {
    const share = { field: 'bucket.error_share', feature: 'bucket.error_share', share: 1 };
    const whole = { ...share, comparison: { kind: 'number', value: 1, unit: 'share' } };
    const other = {
      ...signs,
      comparison: { ...signs.comparison, signs: [{ category: 'scanner', name: 'x' }] },
    };
    const reasons = [whole, signs, other].map((each) => ({ attribution: [each] }));
    expect(
      incidentWhat(
        incident({ logs: 3, buckets: 1 }, { reasons: reasons as unknown as IncidentBody['reasons'] }),
      ),
    ).toBe('Signs of SQL injection, scanner: GET /cart');
  });

  it('is a line where the one pattern is next to nothing but masks', () => {
    const masks = {
      routes: [],
      patterns: ['GET <*> <num> <num>B'],
      counted: { patterns: 1, routes: 0, sources: 0 },
    };
    const line = { result_id: 'a', time: '', line: 'GET /a 200 5B' };
    expect(incidentWhat(incident({ logs: 1 }, { ...masks, first_line: line }))).toBe('GET /a 200 5B');
    expect(incidentWhat(incident({ logs: 1 }, masks))).toBe('GET <*> <num> <num>B');
  });

  it('is no longer named by a reason once none of its anomalies counts', () => {
    expect(incidentWhat(incident({}, reason(signs)))).toBe('GET /cart');
  });

  it('names the one pattern or route that the title of the server leads with, and the reason once', () => {
    const group = {
      scope: { kind: 'entity' as const, value: 'shop' },
      patterns: ['a', 'b'],
      routes: ['GET /a', 'GET /b'],
      sources: [],
    };
    const title = titleOf(group, { key: 'GET /b', headline: 'Status 500' }, 'shop');
    expect(title).toBe('Status 500: GET /b and 1 more of shop');
    const counted = { patterns: 2, routes: 2, sources: 0 };
    expect(incidentWhat(incident({ logs: 3 }, { ...reason(status), title, counted }))).toBe(
      'Status 500: GET /b and 1 more',
    );
    // One whose reason had other words once.
    const routes = ['GET /a', 'GET /b'];
    const reworded = titleOf(group, { key: 'GET /b', headline: 'Method + URL GET with /b' }, 'shop');
    expect(incidentWhat(incident({ logs: 3 }, { ...reason(status), title: reworded, routes, counted }))).toBe(
      'Status 500: GET /b and 1 more',
    );
    // One that is not among those that are kept, though another ends like it.
    const far = titleOf(group, { key: 'GET /admin/', headline: 'Status 500' }, 'shop');
    expect(
      incidentWhat(
        incident({ logs: 3 }, { ...reason(status), title: far, routes: ['/', 'GET /a'], counted }),
      ),
    ).toBe('Status 500: GET /admin/ and 1 more');
    // Those that were written before titles began with a capital letter, and before they had a reason.
    for (const headline of ['status 500', undefined]) {
      const old = titleOf(group, { key: 'GET /b', headline }, 'shop');
      expect(incidentWhat(incident({ logs: 3 }, { ...reason(status), title: old, counted }))).toBe(
        'Status 500: GET /b and 1 more',
      );
    }
  });
});
