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

  it('looks only at more logs of clients and users, who come and go, and at both sides of services', () => {
    const directionsOf = (entity: string): Record<string, unknown> =>
      Object.fromEntries(
        parseDetector(input({ entity_field: entity })).features.map(({ field, direction }) => [
          field,
          direction,
        ]),
      );
    const { 'bucket.count': count, ...others } = directionsOf('client.ip.keyword');
    expect(count).toBe('high');
    const { 'bucket.count': ofService, ...othersOfService } = directionsOf('service.name');
    expect(ofService).not.toBe('high');
    expect(others).toEqual(othersOfService);
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

describe('a detector of sessions', () => {
  const bucket = { session: { field: 'trace.id' }, events: { field: 'message' } };
  const sessions = (change: Record<string, unknown> = {}) => ({ entity_field: undefined, bucket, ...change });

  it('has the session as entity, and reads steps and numbers that are compared with those of all sessions', () => {
    const detector = parseDetector(input(sessions()));
    expect(detector.entity_field).toBe('trace.id');
    expect(detector.bucket?.session).toEqual({ field: 'trace.id', gap: '5m', max_length: '1h' });
    expect(detector.features.map(({ type, field, by }) => [type, field, by])).toEqual([
      ['event_counts', 'bucket.events', undefined],
      ...['count', 'errors', 'error_share', 'duration'].map((name) => [
        'number',
        `bucket.${name}`,
        undefined,
      ]),
    ]);
    // The stored settings are read again as they are.
    expect(parseDetector(JSON.parse(JSON.stringify(detector)))).toEqual(detector);
  });

  it('counts messages of spans of time within their entity', () => {
    const { features } = parseDetector(input({ bucket: { events: { field: 'message', templates: 20 } } }));
    expect(features[0]).toMatchObject({ type: 'event_counts', by: 'service.name', templates: 20 });
  });

  it.each([
    [
      sessions({ entity_field: 'service.name' }),
      /entity_field: must be left out with bucket.session.*got service.name.*trace.id/,
    ],
    [
      sessions({ entity_fields: ['trace.id', 'service.name'] }),
      /entity_fields: must be left out with bucket.session/,
    ],
    [
      sessions({ bucket: { session: { field: 'trace.id', gap: '2h' } } }),
      /gap: must not be longer than .*max_length \(got 2h\)/,
    ],
    [
      sessions({ bucket: { session: { field: 'trace.id', max_length: '2d' } } }),
      /max_length: must be at most a day.*got 2d/,
    ],
    [sessions({ scoring: 'ingest' }), /scoring: cannot be ingest with unit: bucket/],
    [sessions({ unit: 'log' }), /bucket: is only for unit: bucket/],
    [
      sessions({ features: [{ type: 'deviation', field: 'bucket.count', by: 'trace.id' }] }),
      /by: cannot be given with bucket.session/,
    ],
    [
      { features: [{ type: 'event_counts', field: 'bucket.events' }] },
      /cannot be event_counts without bucket.events/,
    ],
    [sessions({ features: [{ type: 'number', field: 'bucket.events' }] }), /type: must be event_counts/],
    [
      sessions({ features: [{ type: 'event_counts', field: 'bucket.count' }] }),
      /field: must be bucket.events/,
    ],
    [sessions({ bucket: { ...bucket, events: { field: 'message', templates: 51 } } }), /templates/],
  ])('refuses what does not go together: %j', (change, expected) => {
    expect(issuesOf(change).join('\n')).toMatch(expected);
  });
});
