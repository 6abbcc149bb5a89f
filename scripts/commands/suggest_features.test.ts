import { featureSchema } from '../../common/detector';
import { bucketsText, settingsGiven } from './suggest_features';

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
