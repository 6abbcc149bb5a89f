import { featureSchema, type FeatureDefinition } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';
import { plantAnomalies } from './planted_anomalies';

const feature = (given: object): FeatureDefinition => featureSchema.parse(given);
const features = [
  feature({ type: 'number', field: 'event.duration' }),
  feature({ type: 'category', field: 'http.response.status_code', name: 'status' }),
  feature({ type: 'category', field: 'http.request.method' }),
  feature({ type: 'text', field: 'url.original' }),
  feature({ type: 'template', field: 'message' }),
  feature({ type: 'hour_of_day', field: '@timestamp' }),
];
const logs: LogDocument[] = Array.from({ length: 500 }, (_none, i) => ({
  '@timestamp': new Date(Date.UTC(2026, 0, 5) + i * 60_000).toISOString(),
  event: { duration: 10 + (i % 90) },
  http: { request: { method: i % 3 ? 'GET' : 'POST' }, response: { status_code: i % 100 ? 200 : 503 } },
  'url.original': `/items/${i}`,
  message: `served item ${i}`,
}));
const planted = plantAnomalies({ features }, logs, { seed: 7 });
const of = (kind: string) => planted.filter((each) => each.kind === kind);

it('makes forty of each kind that the features can see, and leaves times alone', () => {
  expect([...new Set(planted.map(({ kind }) => kind))]).toEqual([
    'far value in event.duration',
    'failing status in status',
    'unseen value in http.request.method',
    'attack in url.original',
    'unknown message in message',
  ]);
  expect(planted).toHaveLength(200);
  for (const { document } of planted) {
    expect(logs.some((log) => log['@timestamp'] === document['@timestamp'])).toBe(true);
  }
});

it('changes what the feature reads, however the log is nested, to something never seen', () => {
  for (const { document } of of('far value in event.duration')) {
    expect(getField(document, 'event.duration')).toBeGreaterThan(1_000);
  }
  for (const { document } of of('failing status in status')) {
    expect([500, 502, 503]).toContain(getField(document, 'http.response.status_code'));
  }
  for (const { document } of of('unseen value in http.request.method')) {
    expect(getField(document, 'http.request.method')).toMatch(/^unseen-/);
  }
  for (const { document } of of('attack in url.original')) {
    expect(getField(document, 'url.original')).toMatch(/union select|<script|passwd|shadow|jndi/);
  }
});

it('makes each odd in another feature as well, so that it is none of those that lie on the line', () => {
  const isUsual = (document: LogDocument): boolean[] => [
    (getField(document, 'event.duration') as number) < 100,
    getField(document, 'http.response.status_code') === 200,
    ['GET', 'POST'].includes(getField(document, 'http.request.method') as string),
    /^\/items\/\d+$/.test(getField(document, 'url.original') as string),
    /^served item \d+$/.test(getField(document, 'message') as string),
  ];
  const odd = planted.map(({ document }) => isUsual(document).filter((usual) => !usual).length);
  expect(Math.min(...odd)).toBeGreaterThanOrEqual(2);
  const alone = plantAnomalies({ features: features.slice(0, 1) }, logs, { seed: 7, each: 5 });
  expect(alone).toHaveLength(5);
});

it('depends on the seed alone', () => {
  expect(plantAnomalies({ features }, logs, { seed: 7 })).toEqual(planted);
  expect(plantAnomalies({ features }, logs, { seed: 8 })).not.toEqual(planted);
});

it('plants nothing that would be usual', () => {
  const failing = logs.map((log, i) => ({ ...log, 'http.response.status_code': i % 4 ? 200 : 500 }));
  const kinds = plantAnomalies({ features: [features[1]] }, failing, { seed: 1 }).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['unseen value in status']));
  const own = feature({ type: 'category', field: 'url.original' });
  expect(plantAnomalies({ features: [own] }, logs, { seed: 1 })).toEqual([]);
  const absent = feature({ type: 'number', field: 'no.such.field' });
  expect(plantAnomalies({ features: [absent] }, logs, { seed: 1 })).toEqual([]);
  expect(plantAnomalies({ features }, [], { seed: 1 })).toEqual([]);
});

it('makes a number in a message far larger, where messages tell what took how long', () => {
  const numbers = [feature({ type: 'message_numbers', field: 'message' })];
  const timed = logs.map((log, row) => ({ ...log, message: `served item ${row} in ${row % 90} ms` }));
  const far = plantAnomalies({ features: numbers }, timed, { seed: 7 });
  expect(far).toHaveLength(40);
  for (const { kind, document } of far) {
    expect(kind).toBe('far number in message');
    expect(getField(document, 'message')).toMatch(/^served item \d+ in \d{5,} ms$/);
  }
  // Numbers without a unit may be ids.
  expect(plantAnomalies({ features: numbers }, logs, { seed: 7 })).toEqual([]);
});
