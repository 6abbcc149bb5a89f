import { presetFor, suggestFeatures } from '..';
import type { LogDocument } from '../../log_document';
import { isTime } from './number_kinds';

const START = Date.UTC(2026, 10, 2);
const times = Array.from({ length: 400 }, (_none, index) => START + index * 61_000);

/** In no order, as a sample from Elasticsearch. */
const logs: LogDocument[] = times
  .map((time, index) => ({
    '@timestamp': new Date(time).toISOString(),
    service: `service-${index % 3}`,
    took: 1 + ((index * 37) % 101),
    queue_time: 1 + ((index * 53) % 89),
    ts: time / 1_000 + 0.25,
    time: time + 3,
    epoch: index === 7 ? 0 : Math.round(time / 1_000),
    timestamp_us: time * 1_000,
    timeNanos: String(time * 1e6),
    monotonic_time: 5_000 + index * 61,
    seen: Math.round(time / 1_000) - 86_400,
    bytes: 900_000_000 + ((index * 7_919) % 1_000) * 1_000_000,
  }))
  .sort((one, other) => one.took - other.took);

describe('isTime', () => {
  it.each(['ts', 'time', 'epoch', 'timestamp_us', 'timeNanos', 'monotonic_time', 'seen'])(
    'takes %s for a time, as a suggestion and beside a preset',
    (field) => {
      const definitions = suggestFeatures(logs, { timestampField: '@timestamp', limit: 30 });
      expect(definitions.map(({ definition }) => definition.field)).not.toContain(field);
      const application = logs.map((log) => ({
        '@timestamp': log['@timestamp'],
        level: 'INFO',
        logger: 'jobs',
        service: log.service,
        message: 'done',
        [field]: log[field],
      }));
      expect(presetFor(application)!.definitions.map((definition) => definition.field)).not.toContain(field);
    },
  );

  it('leaves amounts alone, also those of the size of a time or named by one', () => {
    const suggested = suggestFeatures(logs, { timestampField: '@timestamp', limit: 30 });
    const fields = suggested.map(({ definition }) => definition.field);
    expect(fields).toEqual(expect.arrayContaining(['took', 'queue_time', 'bytes']));
    const rising = times.map((_time, row) => row % 200);
    expect(isTime('response_time', rising, times)).toBe(false);
    expect(isTime('rows', rising, times)).toBe(false);
    expect(
      isTime(
        'time',
        times.map((_time, row) => (row * 37) % 101),
        times,
      ),
    ).toBe(false);
    expect(
      isTime(
        'time',
        times.map((_time, row) => (row % 50 === 0 ? 5 : 0)),
        times,
      ),
    ).toBe(false);
  });

  it('leaves amounts alone where the logs tell their times in seconds, and those named as sizes', () => {
    const inSeconds = times.map((time) => Math.floor(time / 1_000));
    const amounts = times.map((_time, row) => 200 + ((row * 7_919) % 90_000));
    expect(isTime('orig_len', amounts, inSeconds)).toBe(false);
    expect(isTime('ts', inSeconds, inSeconds)).toBe(true);
    const near = times.map((time) => Math.floor(time / 1_000));
    expect(isTime('heap_used', near, times)).toBe(false);
    expect(isTime('started', near, times)).toBe(true);
  });

  it('goes by the order of logs that have no time of their own', () => {
    const none = times.map(() => undefined);
    expect(
      isTime(
        'ts',
        times.map((time) => time / 1_000),
        none,
      ),
    ).toBe(true);
    expect(
      isTime(
        'date',
        times.map((_time, row) => 20_261_102 + Math.floor(row / 200)),
        none,
      ),
    ).toBe(true);
    expect(
      isTime(
        'heap',
        times.map((_time, row) => 1e9 + ((row * 7_919) % 1_000) * 1e6),
        none,
      ),
    ).toBe(false);
  });
});

describe('codes and ports', () => {
  const suggested = (values: Record<string, (row: number) => unknown>): Record<string, string> => {
    const documents = times.map((time, row) => ({
      '@timestamp': new Date(time).toISOString(),
      zone: `zone-${'abcde'[((row * row) % 19) % 5]}`,
      ...Object.fromEntries(Object.entries(values).map(([field, valueOf]) => [field, valueOf(row)])),
    }));
    return Object.fromEntries(
      suggestFeatures(documents, { timestampField: '@timestamp', limit: 30 }).map(
        ({ definition: { field, type } }) => [field, type],
      ),
    );
  };
  const drawn = (row: number, prime: number): number => 32_768 + ((row * prime) % 28_000);

  it('takes ports of clients for nothing, and those of few values for categories', () => {
    const found = suggested({
      'id.orig_p': (row) => drawn(row, 7_919),
      'id.resp_p': (row) => [53, 80, 443, 853][((row * row) % 7) % 4],
      src_port: (row) => drawn(row, 6_007),
      sport: (row) => drawn(row, 5_003),
      clientPort: (row) => drawn(row, 9_001),
    });
    for (const field of ['id.orig_p', 'src_port', 'sport', 'clientPort'])
      expect(found).not.toHaveProperty([field]);
    expect(found['id.resp_p']).toBe('category');
  });

  it('takes numeric codes for categories, and amounts for amounts', () => {
    const found = suggested({
      qtype: (row) => [1, 28, 65, 12, 15][((row * row) % 11) % 5],
      opcode: (row) => [0, 4, 5][((row * row) % 13) % 3],
      retries: (row) => ((row * row) % 17) % 4,
      decode_ms: (row) => (row * 37) % 89,
      exports: (row) => (row * 41) % 83,
      water_level: (row) => ((row * 53) % 79) / 10,
      status_count: (row) => (row * 59) % 73,
    });
    expect(found).toMatchObject({ qtype: 'category', opcode: 'category' });
    expect(
      ['retries', 'decode_ms', 'exports', 'status_count', 'water_level'].map((field) => found[field]),
    ).toEqual(new Array(5).fill('number'));
  });

  it('rates statuses of HTTP that have a few odd ones among them, and codes of gRPC', () => {
    const status = (row: number): number => (row === 9 ? 0 : row % 20 === 3 ? 404 : 200);
    expect(suggested({ response_code: status })['response_code']).toBe('severity');
    expect(suggested({ status: (row) => (row === 9 ? -1 : status(row)) })['status']).toBe('severity');
    expect(suggested({ code: (row) => (row % 40 === 0 ? 13 : 0) })['code']).toBe('severity');
    expect(suggested({ code: (row) => (row * 7) % 50 })['code']).toBe('category');
  });
});
