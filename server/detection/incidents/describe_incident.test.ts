import type { AnomalyResult } from '../../../common/anomaly';
import type { Group } from '../../../common/incidents';
import { describeIncident } from './describe_incident';

const at = (minutes: number): number => Date.UTC(2026, 0, 5, 12) + minutes * 60_000;

it('an incident that begins with a bucket began by its end, and one that begins with a log at that', () => {
  const group: Group = {
    ...{ scope: { kind: 'detector', value: 'till' }, from: at(0), to: at(60), quiet: 30 * 60_000 },
    ...{ patterns: [], routes: [], sources: [], bucketDetectors: [] },
    buckets: { from: at(0), to: at(60) },
  };
  const begunBy = (anomaly: object) => {
    const result = {
      '@timestamp': new Date(at(0)).toISOString(),
      detector: { id: 'till', name: 'Till' },
      source: { index: 'till', id: 'a' },
      event: { start: new Date(at(0)).toISOString(), end: new Date(at(60)).toISOString() },
      anomaly: { score: 0.7, confidence: 0.7, severity: 'minor', pattern: 'x', ...anomaly },
    } as unknown as AnomalyResult;
    const first = { id: 'first', result };
    const figures = { counts: { logs: 0, buckets: 1 }, detectors: [], score: 0.7, confidence: 0.7 };
    return describeIncident(group, { ...figures, first, last: first, leading: [first] }).began_by;
  };
  expect(begunBy({ entity_field: 'service.name' })).toBe('2026-01-05T13:00:00.000Z');
  expect(begunBy({})).toBeUndefined();
});

it('an incident lasts to the end of its buckets, though its last result is a log within one', () => {
  const group: Group = {
    ...{ scope: { kind: 'detector', value: 'till' }, from: at(0), to: at(60), quiet: 30 * 60_000 },
    ...{ patterns: ['Disk <*> is full'], routes: [], sources: [], bucketDetectors: [] },
    buckets: { from: at(0), to: at(60) },
  };
  const found = (minutes: number) => ({
    id: `log ${minutes}`,
    result: {
      '@timestamp': new Date(at(minutes)).toISOString(),
      message: 'Disk sda is full',
      detector: { id: 'till', name: 'Till' },
      anomaly: { score: 0.7, confidence: 0.7, severity: 'minor', pattern: 'Disk <*> is full' },
    } as unknown as AnomalyResult,
  });
  const [first, last] = [found(0), found(5)];
  const figures = { counts: { logs: 2, buckets: 0 }, detectors: [], score: 0.7, confidence: 0.7 };
  const { end, closes_at } = describeIncident(group, { ...figures, first, last, leading: [first] });
  expect([end, closes_at]).toEqual(['2026-01-05T13:00:00.000Z', '2026-01-05T13:30:00.000Z']);
});

it('a title leads with attacks, else with the reason of the most severe result that counts', () => {
  const group: Group = {
    ...{ scope: { kind: 'entity', value: 'shop' }, from: at(0), to: at(5), quiet: 30 * 60_000 },
    ...{ patterns: ['a', 'b'], routes: ['GET /a', 'GET /b'], sources: [], bucketDetectors: [] },
  };
  const found = (path: string, comparison: object) => ({
    id: path,
    result: {
      '@timestamp': new Date(at(0)).toISOString(),
      http: { request: { method: 'GET' } },
      url: { path },
      detector: { id: 'web', name: 'Web' },
      anomaly: {
        ...{ score: 0.7, confidence: 0.7, severity: 'minor', pattern: path },
        attribution: [{ feature: 'url.path', field: 'url.path', share: 1, comparison }],
      },
    } as unknown as AnomalyResult,
  });
  const attack = found('/a', { kind: 'signs', signs: [{ category: 'sql_injection', name: "' or" }] });
  const other = found('/b', { kind: 'value', value: '/b', count: 0, logs: 9 });
  const titled = (...leading: (typeof attack)[]): string => {
    const figures = {
      counts: { logs: leading.length, buckets: 0 },
      detectors: [],
      score: 0.7,
      confidence: 0.7,
    };
    return describeIncident(group, { ...figures, first: other, last: other, leading }).title;
  };
  expect(titled(attack, other)).toBe('Signs of SQL injection: GET /a and 1 more of shop');
  // A span of time joins with a higher confidence, and so do attacks of other kinds.
  const bucket = found('/', { kind: 'number', value: 1 });
  const [share] = bucket.result.anomaly.attribution;
  const louder = {
    id: 'bucket',
    result: {
      ...bucket.result,
      event: { start: new Date(at(0)).toISOString(), end: new Date(at(5)).toISOString() },
      anomaly: {
        ...bucket.result.anomaly,
        entity_field: 'client.ip',
        attribution: [{ ...share, field: 'bucket.error_share', feature: 'bucket.error_share' }],
      },
    } as unknown as AnomalyResult,
  };
  const command = found('/b', {
    kind: 'signs',
    signs: ['command_injection', 'sql_injection'].map((category) => ({ category, name: '&&' })),
  });
  expect(titled(louder)).toBe('Error share 1 of shop');
  expect(titled(louder, attack)).toBe('Signs of SQL injection: GET /a and 1 more of shop');
  expect(titled(louder, attack, other, command)).toBe(
    'Signs of SQL injection, command injection: GET /a and 1 more of shop',
  );
  // The attack was judged to be none.
  expect(titled(other)).toBe('URL never seen before: GET /b and 1 more of shop');
});

it('a pattern of next to nothing but masks gives its place to the request or the line', () => {
  const masks = 'GET <*> <num> <num>B <num>ms';
  const titled = (pattern: string, routes: string[], message: string, path?: string): string => {
    const result = {
      '@timestamp': new Date(at(0)).toISOString(),
      message,
      ...(path !== undefined && { http: { request: { method: 'GET' } }, url: { path } }),
      detector: { id: 'web', name: 'Web' },
      anomaly: { score: 0.7, confidence: 0.7, severity: 'minor', pattern },
    } as unknown as AnomalyResult;
    const first = { id: 'first', result };
    return describeIncident(
      {
        ...{ scope: { kind: 'entity', value: 'shop' }, from: at(0), to: at(5), quiet: 30 * 60_000 },
        ...{ patterns: [pattern], routes, sources: [], bucketDetectors: [] },
      },
      {
        ...{ counts: { logs: 1, buckets: 0 }, detectors: [], score: 0.7, confidence: 0.7 },
        ...{ first, last: first, leading: [first] },
      },
    ).title;
  };
  const line = 'GET /api/stock 200 512B 12ms';
  expect(titled(masks, [], line)).toBe(`${line} of shop`);
  expect(titled(masks, ['GET /a', 'GET /b'], line, '/b')).toBe('GET /b and 1 more of shop');
  const block = 'BLOCK* ask <ip> to delete blk_-<num> blk_<num> blk_<num> blk_<num>';
  expect(titled(block, [], 'BLOCK* ask 10.0.0.1 to delete blk_-1 blk_2 blk_3 blk_4')).toBe(
    `${block} of shop`,
  );
  expect(titled('disk <num> failed', ['GET /a', 'GET /b'], 'disk 1 failed', '/b')).toBe(
    'disk <num> failed of shop',
  );
});
