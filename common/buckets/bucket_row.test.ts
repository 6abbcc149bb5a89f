import type { Attribution } from '../anomaly';
import { parseDetector } from '../detector';
import { bucketDocuments, bucketMessage, labelSilences, silentRow } from './index';

const START = Date.UTC(2026, 10, 1, 12);
const detector = parseDetector({
  name: 'services',
  source: { index: 'weblogs' },
  unit: 'bucket',
  entity_field: 'service.name',
  bucket: { latency: 'event.duration', distinct: { clients: 'client.ip' }, rare: { codes: 'event.code' } },
});
const row = {
  start: START,
  entity: 'checkout-api',
  count: 40,
  errors: 4,
  latencyP50: 12,
  latencyP95: 80,
  distinct: { clients: 7 },
  rare: { codes: 2 },
};
const part = (
  feature: string,
  field: string,
  share: number,
  actual: string,
  typical: string,
): Attribution => ({
  feature,
  field,
  share,
  actual,
  typical,
});

describe('a bucket row', () => {
  it('is a document that holds its window, its entity and its numbers', () => {
    expect(bucketDocuments(detector)(row)).toEqual({
      '@timestamp': '2026-11-01T12:00:00.000Z',
      'event.start': '2026-11-01T12:00:00.000Z',
      'event.end': '2026-11-01T12:05:00.000Z',
      'service.name': 'checkout-api',
      message: 'checkout-api: 40 logs in 5 min',
      bucket: {
        count: 40,
        errors: 4,
        error_share: 0.1,
        latency_p50: 12,
        latency_p95: 80,
        distinct_clients: 7,
        per_clients: 50 / 17,
        rare_codes: 2,
      },
    });
  });

  it('takes the share of errors of at least 10 logs, so that one error of two is no outage', () => {
    const { bucket } = bucketDocuments(detector)({ ...row, count: 2, errors: 1 });
    expect(bucket).toMatchObject({ error_share: 0.1 });
  });

  it('of a silent entity counts nothing and has no latency', () => {
    const { bucket } = bucketDocuments(detector)(silentRow(START, 'a', detector));
    expect(bucket).toEqual({
      count: 0,
      errors: 0,
      error_share: 0,
      distinct_clients: 0,
      per_clients: 1,
      rare_codes: 0,
    });
  });

  it('has the share of failures where the detector counts them, of at least 10 logs', () => {
    const counting = bucketDocuments(
      parseDetector({ ...detector, bucket: { ...detector.bucket, failures: 'status:>=400' } }),
    );
    expect(counting({ ...row, failures: 20 }).bucket).toMatchObject({ failure_share: 0.5 });
    expect(counting({ ...row, count: 2, errors: 0, failures: 2 }).bucket).toMatchObject({
      failure_share: 0.2,
    });
    expect(counting(silentRow(START, 'a', detector)).bucket).not.toHaveProperty('failure_share');
  });

  it('counts logs for each value as if ten more had come, each with its own', () => {
    const { bucket } = bucketDocuments(detector)({ ...row, count: 2, distinct: { clients: 1 } });
    expect(bucket).toMatchObject({ per_clients: 12 / 11 });
  });

  it('is told in one line, with what is usual', () => {
    const silent = bucketDocuments(detector)(silentRow(START, 'checkout-api', detector));
    expect(
      bucketMessage(silent, [
        part('logs', 'bucket.count', 0.6, '0', '120 to 180'),
        part('distinct clients', 'bucket.distinct_clients', 0.4, '0', '90 to 120'),
      ]),
    ).toBe('checkout-api: 0 logs in 5 min, usually 120 to 180');
    expect(
      bucketMessage(bucketDocuments(detector)(row), [
        part('error share', 'bucket.error_share', 0.7, '0.1', '0 to 0.01'),
        part('logs', 'bucket.count', 0.2, '40', '30 to 50'),
        part('errors', 'bucket.errors', 0.1, '4', '0'),
      ]),
    ).toBe('checkout-api: 40 logs in 5 min, usually 30 to 50; error share 0.1, usually 0 to 0.01');
  });
});

describe('units of a bucket', () => {
  it('are those of the field that its durations are taken of', () => {
    const { features } = parseDetector({
      name: 'a',
      source: { index: 'logs' },
      unit: 'bucket',
      entity_field: 'service.name',
      bucket: { latency: 'event.duration' },
    });
    const units = new Map(features.map(({ field, unit }) => [field, unit]));
    expect(units.get('bucket.latency_p95')).toBe('ns');
    expect(units.get('bucket.count')).toBeUndefined();
  });
});

describe('labels of silences', () => {
  const silence = (from: number, to: number, service = 'checkout-api') => ({
    id: 'silence-1',
    kind: 'silence',
    service,
    from: START + from * 1_000,
    to: START + to * 1_000,
    logs: 0,
  });
  const labelsOf = (incidents: unknown) =>
    labelSilences([bucketDocuments(detector)(row)], detector, incidents)[0].labels;

  it('go to buckets that a silence covers by half or more', () => {
    const label = { anomaly: 'true', kind: 'silence', incident: 'silence-1' };
    expect(labelsOf([silence(-60, 150)])).toEqual(label);
    expect(labelsOf([silence(-60, 149)])).toBeUndefined();
    expect(labelsOf([silence(151, 900)])).toBeUndefined();
    expect(labelsOf([silence(0, 300, 'auth-api')])).toBeUndefined();
    expect(labelsOf([{ ...silence(0, 300), logs: 3 }])).toBeUndefined();
  });

  it('are refused from anything that is no list of incidents', () => {
    expect(() => labelsOf({ silence: 1 })).toThrow(/list of incidents/);
  });
});
