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

  it('has one row for a session, which begins and ends at any time, and the logs in it', () => {
    const session = (id: string, from: number, length: number) =>
      result(
        `session/${id}`,
        'sessions',
        from,
        0.7,
        { event: { ingested: at(60), kind: 'alert', start: at(from), end: at(from + length) } },
        { entity: id, entity_field: 'order.id' },
      );
    const of = (id: string) => ({ order: { id } });
    expect(
      listOf(
        log('in', 4, 'checkout', of('a')),
        log('begin', 1.37, 'checkout', of('a')),
        log('end', 4.87, 'checkout', of('a')),
        log('before', 1.36, 'checkout', of('a')),
        log('other', 4, 'checkout', of('b')),
        session('a', 1.37, 3.5),
        session('a', 7.1, 3.3),
      ),
    ).toEqual(['end', 'before', 'other', 'session/a>in>begin', 'session/a']);
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

it('finds the span of an event among those that begin at any time', () => {
  const span = (from: number, to: number, confidence = 0.5) => ({
    ...{ entityField: 'order.id', entity: 'a', confidence },
    ...{ from: START + from, to: START + to },
  });
  const spans = [span(7, 1_000), span(20, 30), span(900, 1_900), span(7, 1_000, 0.6), span(2_000, 2_007)];
  const find = spanFinder(spans);
  const a = () => 'a';
  expect([6, 7, 25, 899, 950, 999, 1_000, 1_900, 2_006].map((time) => find(a, START + time))).toEqual([
    ...[undefined, 3, 3, 3, 2, 2, 2, undefined, 4],
  ]);
  expect(find(a, START + 25, 10)).toBe(3);
  expect(find(a, START + 2_003, 8)).toBeUndefined();
  expect(find(() => 'b', START + 25)).toBeUndefined();
});
