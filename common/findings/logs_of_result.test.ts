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

it('a change of a pattern stands for the logs of the pattern, of one that vanished for the last ones', () => {
  const result = {
    '@timestamp': time,
    event: { start: time, end: '2026-11-01T12:15:00.000Z' },
    anomaly: {
      entity: 'web-1',
      entity_field: 'host.name',
      change: { kind: 'surging', kql: 'message : "Disk"' },
    },
    source: { id: 'pattern/1' },
  };
  expect(logsOfResult(result)).toEqual({
    query: 'message : "Disk" and host.name : "web-1"',
    isBucket: true,
    timeRange: { from: time, to: '2026-11-01T12:15:00.000Z' },
  });
  const gone = { ...result, anomaly: { change: { kind: 'vanished', kql: 'message : "Disk"' } } };
  expect(logsOfResult(gone)).toMatchObject({
    query: 'message : "Disk"',
    timeRange: { from: '2026-10-31T12:00:00.000Z' },
  });
  const longGone = { kind: 'vanished', kql: 'message : "Disk"', last_seen: '2026-10-20T08:00:00.000Z' };
  expect(logsOfResult({ ...result, anomaly: { change: longGone } }).timeRange).toEqual({
    from: '2026-10-19T08:00:00.000Z',
    to: '2026-11-01T12:15:00.000Z',
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
