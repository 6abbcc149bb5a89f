import type { AnomalyResult } from '../anomaly';
import { foundBy, mergeResults, spanFinder, spanWords, entityNoun } from './index';

const START = Date.UTC(2026, 10, 1, 12);
const MINUTE = 60_000;
const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

const result = (
  id: string,
  detector: string,
  minutes: number,
  confidence: number,
  more: object = {},
  anomaly: object = {},
): AnomalyResult =>
  ({
    '@timestamp': at(minutes),
    event: { ingested: at(60), kind: 'alert' },
    detector: { id: detector, name: detector },
    model: { version: '1' },
    anomaly: {
      ...{ score: 0.6, confidence, severity: 'minor', threshold: 0.5, attribution: [], reason: '' },
      ...anomaly,
    },
    source: { index: 'logs', id },
    run: { id: 'run' },
    result: { type: 'log' },
    ...more,
  }) as unknown as AnomalyResult;
const log = (id: string, minutes: number, service: string, more: object = {}) =>
  result(id, 'logs', minutes, 0.9, { service: { name: service }, ...more }, { entity: service });
const bucket = (id: string, from: number, length: number, service: string, more: object = {}) =>
  result(
    id,
    `buckets-${length}`,
    from,
    0.7,
    { event: { ingested: at(60), kind: 'alert', start: at(from), end: at(from + length) }, ...more },
    { entity: service, entity_field: 'service.name' },
  );
const listOf = (...results: AnomalyResult[]): string[] =>
  mergeResults(results, (each) => each).map(({ lead, parts }) =>
    [lead, ...parts].map(({ source }) => source.id).join('>'),
  );

describe('one list of what several units found', () => {
  it('has one row for a bucket and the logs in it: the same entity, the same time', () => {
    expect(
      listOf(
        log('in', 4, 'checkout'),
        log('after', 5, 'checkout'),
        log('other', 4, 'search'),
        bucket('bucket', 0, 5, 'checkout'),
      ),
    ).toEqual(['after', 'other', 'bucket>in']);
  });

  it('says who found it and is as sure as the surest', () => {
    const [finding] = mergeResults(
      [bucket('bucket', 0, 5, 'checkout'), log('in', 1, 'checkout')],
      (each) => each,
    );
    expect(finding.found_by).toEqual(['per 5 minutes and service', 'single log']);
    expect(finding.confidence).toBe(0.9);
  });

  it('takes shorter spans into longer ones of other detectors, with their logs, and leaves neighbours apart', () => {
    expect(
      listOf(
        bucket('minute', 4, 1, 'checkout'),
        log('in', 4, 'checkout'),
        bucket('five', 0, 5, 'checkout'),
        bucket('next', 5, 5, 'checkout'),
      ),
    ).toEqual(['five>minute>in', 'next']);
  });

  it('counts a span that two detectors judge once', () => {
    const twin = { ...bucket('twin', 0, 5, 'checkout'), detector: { id: 'other', name: 'other' } };
    expect(listOf(bucket('five', 0, 5, 'checkout'), twin)).toEqual(['five>twin']);
  });

  it('leaves hidden results as they are', () => {
    const hidden = bucket('hidden', 0, 5, 'checkout', { result: { type: 'suppressed' } });
    expect(listOf(hidden, log('in', 1, 'checkout'))).toEqual(['hidden', 'in']);
  });

  it('knows a log that copies no fields by its entity', () => {
    const bare = result('bare', 'logs', 1, 0.9, {}, { entity: 'checkout' });
    expect(listOf(bucket('five', 0, 5, 'checkout'), bare)).toEqual(['five>bare']);
  });
});

it('names units in words', () => {
  expect(foundBy(log('a', 1, 'checkout'))).toBe('single log');
  expect(spanWords(60_000)).toBe('minute');
  expect(spanWords(5_400_000)).toBe('90 minutes');
  expect(
    ['host.name', 'client.ip', 'kubernetes.deployment.name', 'app', 'user_name.keyword'].map(entityNoun),
  ).toEqual(['host', 'client', 'deployment', 'app', 'user name']);
});

it('finds the span of an event, the longest first', () => {
  const span = (length: number, entity: string) => ({
    ...{ entityField: 'host.name', entity, confidence: 0.5 },
    from: START,
    to: START + length * MINUTE,
  });
  const find = spanFinder([span(1, 'a'), span(5, 'a'), span(5, 'b')]);
  const of = (name: string) => (field: string) => (field === 'host.name' ? name : undefined);
  expect(find(of('a'), START + 30_000)).toBe(1);
  expect(find(of('b'), START + 4 * MINUTE)).toBe(2);
  expect(find(of('b'), START + 5 * MINUTE)).toBeUndefined();
  expect(find(() => undefined, START)).toBeUndefined();
});
