import { bucketSchema } from '../detector';
import type { LogField } from '../log_features/fields/log_fields';
import { bucketNameOf, proposeBucket } from './propose_bucket';

const field = (name: string, change: Partial<LogField> = {}): LogField => ({
  field: name,
  kind: 'value',
  share: 1,
  distinct: 5,
  examples: [],
  ...change,
});

describe('proposeBucket', () => {
  it('takes what logs of web services have in ECS', () => {
    const { entity_field: entity, bucket } = proposeBucket([
      field('client.ip'),
      field('event.duration', { kind: 'number' }),
      field('host.name'),
      field('http.response.status_code', { kind: 'number', examples: ['200', '404'] }),
      field('log.level', { examples: ['info'] }),
      field('response_time', { kind: 'number' }),
      field('service.name'),
      field('url.path'),
      field('user.name'),
      field('user_agent.original'),
    ]);
    expect(entity).toBe('service.name');
    expect(bucket).toEqual({
      errors: 'http.response.status_code:>=500',
      failures: 'http.response.status_code:>=400',
      latency: 'event.duration',
      distinct: { clients: 'client.ip', paths: 'url.path' },
      rare: { agents: 'user_agent.original' },
      silence: true,
    });
    expect(bucketSchema.safeParse(bucket).success).toBe(true);
  });

  it('takes only what can be counted: the part .keyword of a text, numbers for the latency', () => {
    const { entity_field: entity, bucket } = proposeBucket([
      field('service.name', { kind: 'text' }),
      field('service.name.keyword'),
      field('duration', { kind: 'text' }),
      field('took_ms', { kind: 'number' }),
      field('url.path', { kind: 'text' }),
    ]);
    expect(entity).toBe('service.name.keyword');
    expect(bucket).toEqual({ latency: 'took_ms', distinct: {}, rare: {}, silence: true });
  });

  it('knows errors by their level, written as the logs write it, where there is no status for most', () => {
    const errorsFor = (...fields: LogField[]) => proposeBucket(fields).bucket.errors;
    const status = field('status', { kind: 'number', examples: ['200'], share: 0.2 });
    expect(errorsFor(field('log.level', { examples: ['info', 'warn'] }), status)).toBe(
      'log.level:(error OR critical OR fatal OR alert OR emergency)',
    );
    expect(errorsFor(field('level', { examples: ['INFO'] }))).toMatch(/^level:\(ERROR OR CRITICAL OR/);
    expect(errorsFor(field('level', { examples: ['Info'] }))).toMatch(/^level:\(Error OR Critical OR/);
    expect(errorsFor(status)).toBe('status:>=500');
    expect(errorsFor(field('status', { examples: ['ok', 'failed'] }))).toBeUndefined();
  });

  it('judges clients where there is nothing else, without their silence, and counts them nowhere else', () => {
    const { entity_field: entity, bucket } = proposeBucket([
      field('client.ip'),
      field('host.name', { share: 0.1 }),
    ]);
    expect(entity).toBe('client.ip');
    expect(bucket).toMatchObject({ silence: false, distinct: {} });
    expect(proposeBucket([field('client.ip'), field('service.name')], 'client.ip')).toEqual({
      entity_field: 'client.ip',
      bucket: { distinct: {}, rare: {}, silence: false },
    });
    expect(proposeBucket([])).toEqual({ bucket: { distinct: {}, rare: {} } });
  });
});

describe('bucketNameOf', () => {
  it.each([
    ['client.ip', 'clients'],
    ['client.ip.keyword', 'clients'],
    ['Geo.Country-ISO', 'geo_country_iso'],
    ['@version', 'version'],
    ['404', 'field'],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('of %s is %s', (name, expected) => {
    expect(bucketNameOf(name, [])).toBe(expected);
    expect(bucketSchema.safeParse({ distinct: { [expected]: 'a' } }).success).toBe(true);
  });

  it('is not one that is taken', () => {
    expect(bucketNameOf('a.b', ['a_b', 'a_b_2'])).toBe('a_b_3');
    const long = 'x'.repeat(40);
    expect(bucketNameOf(long, [long])).toBe(`${'x'.repeat(38)}_2`);
  });
});
