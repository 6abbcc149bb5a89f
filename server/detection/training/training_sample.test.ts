import { parseDetector, type DetectorInput } from '../../../common/detector';
import type { SourceLog } from '../../../common/log_document';
import type { LogRange, LogSource, SampleOptions } from '../ports';
import { drawTrainingSample, type TrainingSampleRequest } from './training_sample';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 30);

const detectorOf = (change: Partial<DetectorInput> = {}) =>
  parseDetector({
    name: 'shop',
    source: { index: 'logs', query: 'service.name:shop' },
    features: [{ type: 'number', field: 'duration' }],
    entity_field: 'service.name',
    schedule: { query_delay: '1s' },
    training: { window: '7d' },
    ...change,
  });

/** Logs of an hour each, drawn evenly; what the source was asked for is kept. */
function sourceOf(perHour: number): { source: LogSource; asked: (LogRange & SampleOptions)[] } {
  const asked: (LogRange & SampleOptions)[] = [];
  const sample: LogSource['sample'] = (range, options) => {
    asked.push({ ...range, ...options });
    const total = Math.floor((range.to - range.from) / (3_600_000 / perHour));
    const size = Math.min(options.size, total);
    const logs = Array.from({ length: size }, (_none, i): SourceLog => {
      const time = range.from + Math.floor(((i + 0.5) * (range.to - range.from)) / size);
      return {
        index: 'logs',
        id: `log-${time}`,
        document: {
          '@timestamp': new Date(time).toISOString(),
          'service.name': i % 2 === 0 ? 'shop' : 'blog',
          duration: i,
        },
      };
    });
    return Promise.resolve({ logs, total, method: 'all' });
  };
  return { source: { sample } as LogSource, asked };
}

const draw = (source: LogSource, change: Partial<TrainingSampleRequest> = {}) =>
  drawTrainingSample({ detector: detectorOf(), source, now: NOW, rows: 1_000, ...change });
const timesOf = (logs: readonly SourceLog[]): number[] =>
  logs.map(({ document }) => Date.parse(document['@timestamp'] as string));

it('draws the window as it stands where nothing is to be left out', async () => {
  const { source, asked } = sourceOf(100);
  const sample = await draw(source);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    query: 'service.name:shop',
    from: NOW - 1_000 - 7 * DAY,
    identified: false,
  });
  expect(sample).toMatchObject({ logsInWindow: 16_800, olderLogs: 0, excludedMilliseconds: 0 });
});

it('asks the cluster to leave out confirmed anomalies, by index, and excluded times', async () => {
  const { source, asked } = sourceOf(100);
  const exclusions = [
    { from: NOW - 2 * DAY, to: NOW - DAY },
    { from: NOW - 90 * DAY, to: NOW - 80 * DAY },
  ];
  const confirmed = [
    { index: 'logs-1', id: 'a' },
    { index: 'logs-1', id: 'b' },
    { index: 'logs-2', id: 'c' },
  ];
  const sample = await draw(source, { exclusions, confirmed });
  expect(asked[0].query).toEqual({
    bool: {
      filter: [{ query_string: { query: 'service.name:shop' } }],
      must_not: [
        { range: { '@timestamp': { gte: NOW - 2 * DAY, lt: NOW - DAY, format: 'epoch_millis' } } },
        { bool: { filter: [{ term: { _index: 'logs-1' } }, { ids: { values: ['a', 'b'] } }] } },
        { bool: { filter: [{ term: { _index: 'logs-2' } }, { ids: { values: ['c'] } }] } },
      ],
    },
  });
  expect(sample.excludedMilliseconds).toBe(DAY);
  // The rate of logs is that of the six days that count.
  expect(sample.logsInWindow / ((16_800 * 7) / 6)).toBeCloseTo(1, 3);
});

it('counts excluded times once where they overlap', async () => {
  const { source } = sourceOf(100);
  const exclusions = [
    { from: NOW - 3 * DAY, to: NOW - DAY },
    { from: NOW - 2 * DAY, to: NOW - DAY },
    { from: NOW - 2 * DAY, to: NOW - 1.5 * DAY },
  ];
  expect((await draw(source, { exclusions })).excludedMilliseconds).toBe(2 * DAY);
});

it('leaves out an excluded time of one entity, and nothing of the others', async () => {
  const { source } = sourceOf(100);
  const excluded = { from: NOW - 2 * DAY, to: NOW - DAY, entity: 'shop' };
  const { logs, excludedMilliseconds, timesOfEntities } = await draw(source, { exclusions: [excluded] });
  expect(timesOfEntities).toBe(1);
  const within = logs.filter((_log, i) => {
    const time = timesOf(logs)[i];
    return time >= excluded.from && time < excluded.to;
  });
  expect(within.length).toBeGreaterThan(50);
  expect(within.every(({ document }) => document['service.name'] === 'blog')).toBe(true);
  expect(logs.some(({ document }) => document['service.name'] === 'shop')).toBe(true);
  expect(excludedMilliseconds).toBe(0);
});

it('leaves out an annotated time by a part of an entity, and by the host where there is none', async () => {
  const log = (id: string, document: object): SourceLog => ({
    ...{ index: 'logs', id },
    document: { '@timestamp': new Date(NOW - 1.5 * DAY).toISOString(), ...document },
  });
  const logs = [
    log('cart', { 'service.name': 'cart', region: 'eu', 'host.name': 'web-1' }),
    log('shop', { 'service.name': 'shop', region: 'us', 'host.name': 'cart' }),
  ];
  const asked: SampleOptions[] = [];
  const source = {
    sample: (_range: LogRange, options: SampleOptions) => {
      asked.push(options);
      return Promise.resolve({ logs, total: 2, method: 'all' });
    },
  } as unknown as LogSource;
  const exclusions = [{ from: NOW - 2 * DAY, to: NOW - DAY, names: ['cart', 'web-9'] }];
  const kept = async (change: Partial<DetectorInput>): Promise<string[]> =>
    (await draw(source, { detector: detectorOf(change), exclusions })).logs.map(({ id }) => id).sort();
  const pair = { entity_field: undefined, entity_fields: ['service.name', 'region'] };
  expect(await kept(pair)).toEqual(['shop']);
  expect(asked[0].fields).toEqual(expect.arrayContaining(['service.name', 'region', 'host.name']));
  expect(await kept({})).toEqual(['shop']);
  // Incidents of logs without an entity are those of their host.
  expect(await kept({ entity_field: undefined })).toEqual(['cart']);
});

it('annotations of many entities push no window of all out of the query', async () => {
  const { source, asked } = sourceOf(1);
  const ofAll = Array.from({ length: 300 }, (_, place) => ({
    from: NOW - 6 * DAY + place * 600_000,
    to: NOW - 6 * DAY + place * 600_000 + 60_000,
  }));
  const noted = Array.from({ length: 500 }, () => ({ from: NOW - 2 * DAY, to: NOW - DAY, names: ['cart'] }));
  const { excludedMilliseconds } = await draw(source, { exclusions: [...ofAll, ...noted] });
  expect((asked[0].query as { bool: { must_not: object[] } }).bool.must_not).toHaveLength(300);
  expect(excludedMilliseconds).toBe(300 * 60_000);
});

it('mixes older weeks into the sample, by their share', async () => {
  const { source, asked } = sourceOf(100);
  const detector = detectorOf({ training: { window: '7d', older: { weeks: 4, share: 0.25 } } });
  const { logs, olderLogs, window } = await draw(source, { detector });
  expect(asked[1]).toMatchObject({ from: window.from - 28 * DAY, to: window.from, size: 250 });
  expect(logs).toHaveLength(1_000);
  expect(olderLogs).toBe(250);
  expect(timesOf(logs).filter((time) => time < window.from)).toHaveLength(250);
});

it('keeps the share of older logs where few recent ones are found', async () => {
  const { source } = sourceOf(1);
  const detector = detectorOf({ training: { window: '1d', older: { weeks: 4, share: 0.5 } } });
  const { logs, olderLogs } = await draw(source, { detector });
  expect(olderLogs).toBe(24);
  expect(logs).toHaveLength(48);
});

it('leaves out each bucket that holds a part of an excluded time', async () => {
  const { source } = sourceOf(12);
  const detector = detectorOf({
    unit: 'bucket',
    bucket: { span: '1h' },
    features: [{ type: 'number', field: 'bucket.count' }],
  });
  const excluded = { from: NOW - 2 * DAY, to: NOW - 2 * DAY + 60_000 };
  const { logs } = await draw(source, { detector, exclusions: [excluded] });
  const starts = timesOf(logs).map((time) => time - excluded.from);
  expect(starts.filter((start) => start > -3_600_000 && start < 60_000)).toEqual([]);
  expect(starts.some((start) => start > -2 * 3_600_000 && start <= -3_600_000)).toBe(true);
});

it('sifts rows of buckets after they are drawn, so that none looks like a silence', async () => {
  const { source, asked } = sourceOf(10);
  const detector = detectorOf({
    unit: 'bucket',
    bucket: {},
    features: [{ type: 'number', field: 'bucket.count' }],
  });
  const whole = await draw(source, { detector });
  const exclusions = [{ from: NOW - 2 * DAY, to: NOW - DAY }];
  const confirmed = [whole.logs[0]];
  const sample = await draw(source, { detector, exclusions, confirmed });
  expect(asked[1].query).toBe('service.name:shop');
  expect(timesOf(sample.logs).some((time) => time >= NOW - 2 * DAY && time < NOW - DAY)).toBe(false);
  expect(sample.logs.map(({ id }) => id)).not.toContain(whole.logs[0].id);
  expect(sample.logs.length).toBeGreaterThan(700);
  // They are counted with the others, and not once more.
  expect(sample.logsInWindow).toBe(1_680);
});

it('makes nothing up for what is kept out of the time before the first log', async () => {
  const { source } = sourceOf(100);
  const sample: LogSource['sample'] = (range, options) =>
    source.sample({ ...range, from: Math.max(range.from, NOW - DAY - 1_000) }, options);
  const young = { sample } as LogSource;
  const exclusions = [{ from: NOW - 5 * DAY, to: NOW - 2 * DAY }];
  expect((await draw(young, { exclusions })).logsInWindow).toBe(2_400);
});
