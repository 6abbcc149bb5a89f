import { type DetectionError } from '../detection_error';
import { parseDetector } from '../detector';
import { hashOfJson } from '../model_snapshot/canonical_json';

const input = (change: Record<string, unknown> = {}) => ({
  name: 'services',
  source: { index: 'weblogs' },
  unit: 'bucket',
  entity_field: 'service.name',
  ...change,
});

const issuesOf = (change: Record<string, unknown>): readonly string[] => {
  try {
    parseDetector(input(change));
  } catch (error) {
    return (error as DetectionError).details?.issues as string[];
  }
  return [];
};

describe('a detector of buckets', () => {
  it('takes every number of the row as a feature, compared within its entity, where none is named', () => {
    const detector = parseDetector(
      input({
        bucket: {
          latency: 'event.duration',
          distinct: { clients: 'client.ip' },
          rare: { codes: 'event.code' },
        },
      }),
    );
    expect(detector.bucket).toMatchObject({ span: '5m', silence: true, max_entities: 1_000 });
    expect(detector.features.map(({ type, field, by }) => [type, field, by])).toEqual(
      [
        'bucket.count',
        'bucket.errors',
        'bucket.error_share',
        'bucket.latency_p50',
        'bucket.latency_p95',
        'bucket.distinct_clients',
        'bucket.per_clients',
        'bucket.rare_codes',
      ].map((field) => ['deviation', field, 'service.name']),
    );
    expect(parseDetector(detector)).toEqual(detector);
    expect(parseDetector(JSON.parse(JSON.stringify(detector)))).toEqual(detector);
  });

  it('keeps features that are named, with hour and weekday of the start of the bucket', () => {
    const features = [
      { type: 'number', field: 'bucket.error_share' },
      { type: 'hour_of_day', field: '@timestamp' },
    ];
    expect(parseDetector(input({ features })).features).toHaveLength(2);
  });

  it('is compared within several entity fields from wide to narrow; one alone is the setting of 0.1.0', () => {
    const several = parseDetector(
      input({ entity_field: undefined, entity_fields: ['service.name', 'host.name'] }),
    );
    expect(several.features[0]).toMatchObject({ by: ['service.name', 'host.name'] });
    expect(parseDetector(several)).toEqual(several);
    const one = parseDetector(input({ entity_field: undefined, entity_fields: ['service.name'] }));
    expect(hashOfJson(one)).toBe(hashOfJson(parseDetector(input())));
    expect(JSON.stringify(one)).not.toContain('entity_fields');
  });

  it.each([
    [{ entity_fields: ['host.name'] }, /^entity_fields: cannot be given beside entity_field.*service\.name/],
    [{ entity_field: undefined, entity_fields: ['a', 'a'] }, /^entity_fields: must name each field once/],
    [{ entity_field: undefined, entity_fields: ['a', 'b', 'c', 'd'] }, /^entity_fields: .*3/],
    [
      {
        entity_field: undefined,
        entity_fields: ['a', 'b'],
        features: [{ type: 'deviation', field: 'bucket.count', by: 'c' }],
      },
      /^features\.0\.by: must be of the entity_fields.*allowed: a, b/,
    ],
    [
      { features: [{ type: 'number', field: 'response_time' }] },
      /features\.0\.field: .*allowed: bucket\.count.*response_time/,
    ],
    [{ entity_field: undefined }, /^entity_field: must be given/],
    [{ scoring: 'ingest' }, /^scoring: cannot be ingest with unit: bucket/],
    [{ features: [{ type: 'deviation', field: 'bucket.count' }] }, /^features\.0\.by: must be given/],
    [
      { features: [{ type: 'deviation', field: 'bucket.count', by: 'host.name' }] },
      /^features\.0\.by: must be the entity_field.*service\.name.*host\.name/,
    ],
    [
      { unit: 'log', features: [{ type: 'number', field: 'a' }], bucket: {} },
      /^bucket: is only for unit: bucket/,
    ],
    [{ unit: 'log' }, /^features: must name at least one feature/],
    [{ bucket: { span: '5 minutes' } }, /^bucket\.span: must be a duration.*5 minutes/],
    [{ bucket: { distinct: { 'Client IPs': 'client.ip' } } }, /bucket\.distinct\.Client IPs/],
  ])('refuses %j', (change, message) => {
    expect(issuesOf(change).join('\n')).toMatch(message);
  });
});
