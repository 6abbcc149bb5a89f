import { featureSchema } from '../../common/detector';
import { bucketsText, ofPreset, settingsGiven } from './suggest_features';

it('a detector file says all that a proposed feature is, and no defaults', () => {
  const deviation = {
    type: 'deviation' as const,
    field: 'event.duration',
    by: ['service.name', { route: 'url.original' }],
    direction: 'both' as const,
  };
  expect(settingsGiven(featureSchema.parse(deviation))).toEqual(deviation);
  const number = { type: 'number' as const, field: 'bytes' };
  expect(settingsGiven(featureSchema.parse(number))).toEqual(number);
});

test('buckets are said to count errors and to show slowness only of logs that have them', () => {
  const input = {
    name: 'sshd',
    source: { index: 'sshd' },
    unit: 'bucket' as const,
    entity_field: 'host.name',
  };
  const told = (bucket: object): string => bucketsText({ ...input, bucket });
  expect(told({ rare: { processes: 'process.name' } })).toMatch(
    /: logs, rare process.name\n +shows floods, bursts, silences, which no single log does$/,
  );
  expect(told({ errors: 'log.level:error', latency: 'took' })).toMatch(
    /: logs, errors \(log.level:error\), median and 95th percentile of took\n.*silences, a rising share of errors, slowness, which/,
  );
});

describe('a preset', () => {
  const logs = Array.from({ length: 20 }, (_none, place) => ({
    verb: 'GET',
    path: `/cart/${place}`,
    status: place % 5 === 0 ? 404 : 200,
    response_time: 100 + place,
  }));
  it('is taken with the fields that the logs have', () => {
    const found = ofPreset('web_simple', logs);
    expect(found.map(({ definition: { type, field } }) => [type, field])).toEqual(
      expect.arrayContaining([
        ['severity', 'status'],
        ['route', 'path'],
        ['deviation', 'response_time'],
      ]),
    );
    expect(found[0]).toMatchObject({ coverage: 1, examples: ['404', '200'] });
    expect(ofPreset('auto', logs)).toEqual(found);
  });
  it('is refused with its name where the logs lack its fields', () => {
    expect(() => ofPreset('kubernetes', logs)).toThrow(
      '--preset kubernetes: 20 logs have too few of its fields',
    );
  });
});
