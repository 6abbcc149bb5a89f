import { logsOfResult } from './logs_of_result';

const time = '2026-11-01T12:00:00.000Z';

it('a log is found by its id, with what happened around it', () => {
  const result = { '@timestamp': time, event: {}, anomaly: { entity: 'a' }, source: { id: 'x"1' } };
  expect(logsOfResult(result)).toEqual({
    query: '_id : "x\\"1"',
    isBucket: false,
    timeRange: { from: '2026-11-01T11:45:00.000Z', to: '2026-11-01T12:15:00.000Z' },
  });
});

it('a bucket stands for the logs of its entity in its span, since it is no document itself', () => {
  const result = {
    '@timestamp': time,
    event: { start: time, end: '2026-11-01T12:05:00.000Z' },
    anomaly: { entity: 'checkout-api', entity_field: 'service.name' },
    source: { id: '5m/2026-11-01T12:00:00.000Z/checkout-api' },
  };
  expect(logsOfResult(result)).toEqual({
    query: 'service.name : "checkout-api"',
    isBucket: true,
    timeRange: { from: time, to: '2026-11-01T12:05:00.000Z' },
  });
});
