import type { SourceLog } from '../../common/log_document';
import { connect, createDetectorSource } from '../../server/elasticsearch';
import { getField } from '../../common/log_features';
import type { LogPage } from '../../server/detection/ports';
import { bucketDetector, LOG_MAPPINGS, logsOf, pagesOf, shortly, sourceFor } from './fixtures/bucket_fixture';
import {
  addLogs,
  createLogs,
  MINUTE,
  QUICK,
  rangeOf,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const client = connect();
const index = uniqueName('buckets');

interface Log {
  readonly minute: number;
  readonly second?: number;
  readonly service?: string;
  readonly status?: number;
  readonly duration?: number;
  readonly client?: number;
  readonly code?: string;
}

const documentOf = ({ minute, second = 0, service, status = 200, duration, client: ip = 1, code }: Log) => ({
  '@timestamp': new Date(START + minute * MINUTE + second * 1_000).toISOString(),
  ...(service === undefined ? {} : { service: { name: service } }),
  http: { response: { status_code: status } },
  ...(duration === undefined ? {} : { event: { duration } }),
  client: { ip: `10.0.0.${ip}` },
  ...(code === undefined ? {} : { code }),
});

const times = (count: number, log: Log): Log[] =>
  Array.from({ length: count }, (_, i) => ({ ...log, second: (i * 7) % 60, client: 1 + (i % 3) }));

/** Minutes 0 to 9: `a` logs in each but 4 and 5, `b` only in 2, `c` from 8 on, and one log has no service. */
const LOGS: Log[] = [
  ...[0, 1, 2, 3, 6, 7, 8, 9].flatMap((minute) => times(20, { minute, service: 'a', code: 'usual' })),
  ...times(5, { minute: 2, service: 'b', duration: 10 }),
  ...[8, 9].flatMap((minute) => times(3, { minute, service: 'c' })),
  { minute: 3, service: 'a', status: 503, duration: 9_000, client: 200, code: 'odd' },
  { minute: 3, service: undefined },
];

const range = rangeOf(index, { from: START, to: START + 10 * MINUTE });
const detector = bucketDetector(index, {
  bucket: {
    latency: 'event.duration',
    distinct: { clients: 'client.ip' },
    rare: { codes: 'code' },
    look_back: '3m',
  },
});

beforeAll(async () => {
  await createLogs(
    client,
    index,
    LOGS.map((log) => ({ document: documentOf(log) })),
    {
      mappings: LOG_MAPPINGS,
      shards: 2,
    },
  );
});
afterAll(async () => {
  await client.indices.delete({ index, ignore_unavailable: true });
  await client.close();
});

const ALL = [
  ...['0 a 20', '1 a 20', '2 a 20', '2 b 5', '3 a 21', '3 b 0', '4 a 0', '4 b 0', '5 a 0', '5 b 0'],
  ...['6 a 20', '7 a 20', '8 a 20', '8 c 3', '9 a 20', '9 c 3'],
];

describe('bucket rows on a real Elasticsearch', () => {
  it('hold what the logs of an entity are together, and silence of known entities until look_back is over', async () => {
    const logs = logsOf(await pagesOf(sourceFor(client, detector), range));
    expect(shortly(logs).sort()).toEqual([...ALL].sort());
    const busy = logs.find(({ id }) => id === '1m/2026-11-01T00:03:00.000Z/a');
    expect(busy?.index).toBe(index);
    expect(busy?.document).toMatchObject({
      'service.name': 'a',
      'event.end': '2026-11-01T00:04:00.000Z',
      message: 'a: 21 logs in 1 min',
      bucket: {
        count: 21,
        errors: 1,
        error_share: 1 / 21,
        latency_p50: 9_000,
        latency_p95: 9_000,
        distinct_clients: 4,
        per_clients: 31 / 14,
      },
    });
    const b = logs.find(({ id }) => id === '1m/2026-11-01T00:02:00.000Z/b');
    expect(getField(b?.document, 'bucket.latency_p95')).toBe(10);
  });

  it('count logs whose value is rare in the training window', async () => {
    const source = sourceFor(client, { ...detector, training: { ...detector.training, window: '10m' } });
    const later = { ...range, from: START + 3 * MINUTE, to: START + 4 * MINUTE };
    const [row] = logsOf(await pagesOf(source, later));
    expect(getField(row.document, 'bucket.count')).toBe(21);
    expect(getField(row.document, 'bucket.rare_codes')).toBe(1);
    // Nothing is known of what is common before the first log: then nothing is said of what is rare.
    const [first] = logsOf(await pagesOf(source, { ...range, to: START + MINUTE }));
    expect(getField(first.document, 'bucket.rare_codes')).toBeUndefined();
  });

  it('are read for closed buckets only, from the beginning of the first one', async () => {
    const within = { ...range, from: START + 1.5 * MINUTE, to: START + 3.9 * MINUTE };
    expect(shortly(logsOf(await pagesOf(sourceFor(client, detector), within)))).toEqual([
      ...['1 a 20', '2 a 20', '2 b 5'],
    ]);
  });

  it('go on after any page where another process stopped, silent entities included', async () => {
    const source = sourceFor(client, detector);
    const pages = await pagesOf(source, range, { pageSize: 2 });
    expect(pages.length).toBeGreaterThan(3);
    expect(shortly(logsOf(pages)).sort()).toEqual([...ALL].sort());
    for (const [place, page] of pages.slice(1).entries()) {
      const { position: after, memory } = JSON.parse(JSON.stringify(page)) as LogPage;
      const rest = logsOf(await pagesOf(sourceFor(client, detector), range, { after, memory }));
      expect(shortly(rest)).toEqual(shortly(logsOf(pages.slice(place + 2))));
      expect(rest.map(({ id }) => id)).toEqual(logsOf(pages.slice(place + 2)).map(({ id }) => id));
    }
  });

  it('remember entities from range to range, and look back for them where there is no memory', async () => {
    const source = sourceFor(client, detector);
    const silent = { ...range, from: START + 4 * MINUTE, to: START + 5 * MINUTE };
    const before = await pagesOf(source, { ...range, to: silent.from });
    const { memory } = before[before.length - 1];
    expect(shortly(logsOf(await pagesOf(source, silent, { memory }))).sort()).toEqual(['4 a 0', '4 b 0']);
    expect(shortly(logsOf(await pagesOf(source, silent))).sort()).toEqual(['4 a 0', '4 b 0']);
    // A memory that belongs to other settings is ignored.
    const other = bucketDetector(index, { bucket: { look_back: '3m', silence: false } });
    expect(await pagesOf(sourceFor(client, other), silent, { memory })).toEqual([]);
  });

  it('are sampled by whole spans of time, the same for the same seed, with the number there is', async () => {
    const source = sourceFor(client, detector);
    const all = await source.sample(range, { size: 1_000, seed: 1 });
    expect([all.method, all.total]).toEqual(['all', ALL.length]);
    expect(shortly(all.logs).sort()).toEqual([...ALL].sort());
    const some = await source.sample(range, { size: 5, seed: 1 });
    expect([some.method, some.logs.length, some.total]).toEqual(['random_buckets', 5, ALL.length]);
    expect(await source.sample(range, { size: 5, seed: 1 })).toEqual(some);
    expect((await source.sample(range, { size: 5, seed: 2 })).logs).not.toEqual(some.logs);
    expect(await source.count(range)).toBeGreaterThanOrEqual(ALL.length);
  });

  it('are those of the busiest entities beyond max_entities, and say what was left out', async () => {
    const narrow = bucketDetector(index, { bucket: { max_entities: 2, look_back: '15m' } });
    const source = sourceFor(client, narrow);
    const pages = await pagesOf(source, range);
    const { memory, bound } = pages[pages.length - 1];
    expect(bound).toEqual({ kept: 2, of: 3, left_out_logs: 5, logs: 172 });
    // The third one comes in with the next choice, since it has more logs than the second.
    const entitiesOf = (logs: readonly SourceLog[]): string[] =>
      [...new Set(shortly(logs).map((row) => row.split(' ')[1]))].sort();
    expect(entitiesOf(logsOf(pages))).toEqual(['a', 'b']);
    const last = { ...range, from: START + 9 * MINUTE, to: START + 11 * MINUTE };
    const kept = await pagesOf(source, last, { memory: JSON.parse(JSON.stringify(memory)) });
    expect(shortly(logsOf(kept)).sort()).toEqual(['10 a 0', '10 c 0', '9 a 20', '9 c 3']);
    expect(kept[0].bound).toEqual(bound);
    expect(entitiesOf((await source.sample(range, { size: 1_000, seed: 1 })).logs)).toEqual(['a', 'c']);
  });

  it('keep the most anomalous entities before the busiest', async () => {
    const narrow = bucketDetector(index, { bucket: { max_entities: 2, look_back: '15m' } });
    const asked: number[] = [];
    const source = createDetectorSource(client, narrow, {
      policy: QUICK,
      anomalous: (_range, most) => {
        asked.push(most);
        return Promise.resolve(['b']);
      },
    });
    const last = { ...range, from: START + 9.1 * MINUTE, to: START + 11 * MINUTE };
    expect(shortly(logsOf(await pagesOf(source, last))).sort()).toEqual([
      '10 a 0',
      '10 b 0',
      '9 a 20',
      '9 b 0',
    ]);
    expect(asked).toEqual([1]);
  });

  it('are those of the busiest entities of each bucket where silence is not told', async () => {
    const narrow = bucketDetector(index, { bucket: { max_entities: 1, silence: false } });
    const pages = await pagesOf(sourceFor(client, narrow), range);
    expect(shortly(logsOf(pages)).every((row) => row.includes(' a '))).toBe(true);
    expect(logsOf(pages)).toHaveLength(8);
    expect(pages[0].bound).toEqual({ kept: 1, of: 2, left_out_logs: 5, logs: 25 });
    const oneAtATime = bucketDetector(index, { bucket: { max_entities: 2, silence: false } });
    const whole = await pagesOf(sourceFor(client, oneAtATime), range);
    expect(logsOf(whole)).toHaveLength(11);
    expect(whole[0].bound).toBeUndefined();
  });

  it('say which field cannot be summed up', async () => {
    const wrong = bucketDetector(index, { bucket: { latency: 'code' } });
    await expect(pagesOf(sourceFor(client, wrong), range)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/sum up .*\[code\]/) as string,
    });
  });

  it('are none where no index matches', async () => {
    const nowhere = bucketDetector(`${index}-none-*`);
    const other = { ...range, index: `${index}-none-*` };
    expect(await pagesOf(sourceFor(client, nowhere), other)).toEqual([]);
    expect((await sourceFor(client, nowhere).sample(other, { size: 5, seed: 1 })).logs).toEqual([]);
  });
});

describe('rows that count messages by template', () => {
  it('hold how often each masked message came, whatever is in its variable places', async () => {
    const name = uniqueName('bucket-events');
    const logs = [
      ...[1, 2, 3].map((n) => ({
        second: n,
        service: 'a',
        message: `Received block blk_${n} of size ${n * 17}`,
      })),
      { second: 4, service: 'a', message: 'Disk is full' },
      { second: 61, service: 'a', message: 'Received block blk_9 of size 5' },
      { second: 5, service: 'b', message: 'Received block blk_7 of size 5' },
      { second: 6, service: 'b', message: undefined },
    ];
    await createLogs(
      client,
      name,
      logs.map(({ second, service, message }) => ({
        document: {
          '@timestamp': new Date(START + second * 1_000).toISOString(),
          service: { name: service },
          ...(message !== undefined && { message }),
        },
      })),
      {
        mappings: { ...LOG_MAPPINGS, properties: { ...LOG_MAPPINGS.properties, message: { type: 'text' } } },
      },
    );
    try {
      const counting = bucketDetector(name, { bucket: { events: { field: 'message' }, look_back: '3m' } });
      const of = rangeOf(name, { from: START, to: START + 3 * MINUTE });
      const source = sourceFor(client, counting);
      const eventsOf = (rows: readonly SourceLog[]) =>
        rows.map(({ id, document }) => [id.slice(3), getField(document, 'bucket.events')]);
      const block = 'Received\u001f block\u001f <id>\u001f of\u001f size\u001f <num>';
      const expected = [
        ['2026-11-01T00:00:00.000Z/a', { texts: [block, 'Disk\u001f is\u001f full'], counts: [3, 1] }],
        ['2026-11-01T00:00:00.000Z/b', { texts: [block], counts: [1] }],
        ['2026-11-01T00:01:00.000Z/a', { texts: [block], counts: [1] }],
        ['2026-11-01T00:01:00.000Z/b', { texts: [], counts: [] }],
        ['2026-11-01T00:02:00.000Z/a', { texts: [], counts: [] }],
        ['2026-11-01T00:02:00.000Z/b', { texts: [], counts: [] }],
      ];
      expect(eventsOf(logsOf(await pagesOf(source, of)))).toEqual(expected);
      const sampled = eventsOf((await source.sample(of, { size: 100, seed: 1 })).logs);
      expect(sampled.sort()).toEqual(expected.filter(([id]) => !String(id).includes('00:02')).sort());
    } finally {
      await client.indices.delete({ index: name });
    }
  });
});

describe('sessions on a real Elasticsearch', () => {
  const name = uniqueName('sessions');
  const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();
  const log = (id: string, seconds: number, message = 'step', status = 200) => ({
    '@timestamp': at(seconds),
    trace: { id },
    message,
    http: { response: { status_code: status } },
    event: { ingested: at(seconds) },
  });
  const sessions = bucketDetector(name, {
    entity_field: undefined,
    bucket: { session: { field: 'trace.id', gap: '1m', max_length: '5m' }, events: { field: 'message' } },
  });
  const source = sourceFor(client, sessions);
  const of = (from: number, to: number) =>
    rangeOf(name, { from: START + from * 1_000, to: START + to * 1_000 });
  const rowsOf = (logs: readonly SourceLog[]): string[] =>
    logs.map(({ id, document }) => {
      const [, start, entity] = id.split('/');
      const seconds = (Date.parse(start) - START) / 1_000;
      return `${entity} from ${seconds}: ${String(getField(document, 'bucket.count'))}`;
    });
  const ALL = ['again from 10: 2', 'again from 200: 1', 'endless from 0: 10', 'one from 30: 3'];

  beforeAll(async () => {
    await createLogs(
      client,
      name,
      [
        ...[log('one', 30, 'begin 1'), log('one', 31, 'work 2'), log('one', 45, 'end 3', 503)],
        ...[log('again', 10), log('again', 50), log('again', 200)],
        // Every half minute for ten minutes: it is over after five, and the rest belongs to nothing.
        ...Array.from({ length: 20 }, (_none, i) => log('endless', i * 30)),
        { ...log('none', 5), trace: {} },
      ].map((document) => ({ document })),
      {
        mappings: { ...LOG_MAPPINGS, properties: { ...LOG_MAPPINGS.properties, message: { type: 'text' } } },
      },
    );
  });
  afterAll(() => client.indices.delete({ index: name, ignore_unavailable: true }));

  it('are a row each, once, whichever ranges they are read by', async () => {
    const whole = await pagesOf(source, of(0, 900));
    expect(rowsOf(logsOf(whole)).sort()).toEqual(ALL);
    expect(whole.every(({ replaces }) => replaces === true)).toBe(true);
    const parts: SourceLog[] = [];
    for (let from = 0; from < 900; from += 60)
      parts.push(...logsOf(await pagesOf(source, of(from, from + 60))));
    expect(rowsOf(parts)).toHaveLength(4);
    expect([...parts].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      [...logsOf(whole)].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    // One that is not over yet is no row.
    expect(rowsOf(logsOf(await pagesOf(source, of(0, 60))))).toEqual([]);
    expect(rowsOf(logsOf(await pagesOf(source, of(60, 120)))).sort()).toEqual([
      'again from 10: 2',
      'one from 30: 3',
    ]);
    const { logs, total, method } = await source.sample(of(0, 900), { size: 100, seed: 1 });
    expect([rowsOf(logs).sort(), total, method]).toEqual([ALL, 4, 'all']);
  });

  it('hold their steps in order, what the cluster sums up, and say when they were cut', async () => {
    const rows = logsOf(await pagesOf(source, of(0, 900)));
    const one = rows.find(({ id }) => id.endsWith('/one'))?.document;
    expect(one).toMatchObject({
      '@timestamp': at(30),
      'event.start': at(30),
      'event.end': new Date(Date.parse(at(45)) + 1).toISOString(),
      'trace.id': 'one',
      message: 'one: 3 logs in 15 s',
      bucket: {
        count: 3,
        errors: 1,
        duration: 15_000,
        events: {
          texts: ['begin\u001f <num>', 'work\u001f <num>', 'end\u001f <num>'],
          counts: [1, 1, 1],
          first: [0, 1, 2],
          last: [0, 1, 2],
        },
      },
    });
    expect(rows.find(({ id }) => id.endsWith('/endless'))?.document.message).toBe(
      'endless: 10 logs in its first 5 min',
    );
  });

  it('are cut anew by late logs; one that began elsewhere is gone', async () => {
    const ingested = at(1_000);
    const late = [
      { ...log('one', 20, 'hello 1'), event: { ingested } },
      { ...log('again', 100), event: { ingested } },
      { ...log('again', 155), event: { ingested } },
    ];
    await addLogs(
      client,
      name,
      late.map((document, i) => ({ id: `late-${i}`, document })),
    );
    try {
      const pages: LogPage[] = [];
      const range = { ...of(990, 1_010), closedTo: START + 990_000 };
      for await (const page of source.read(range, { by: 'ingested' })) pages.push(page);
      const changed = pages.filter(({ areGone }) => areGone !== true);
      expect(rowsOf(logsOf(changed)).sort()).toEqual(['again from 10: 5', 'one from 20: 4']);
      expect(changed.every(({ revises }) => revises === true)).toBe(true);
      const gone = pages.filter(({ areGone }) => areGone === true);
      expect(rowsOf(logsOf(gone))).toEqual(expect.arrayContaining(['one from 30: 0', 'again from 200: 0']));
      expect(gone.every(({ onlyStanding }) => onlyStanding === true)).toBe(true);
    } finally {
      await client.deleteByQuery({
        index: name,
        refresh: true,
        query: { ids: { values: late.map((_log, i) => `late-${i}`) } },
      });
    }
  });

  it('are bounded in each minute, and say what was left out', async () => {
    const narrow = bucketDetector(name, {
      entity_field: undefined,
      bucket: { session: { field: 'trace.id', gap: '1m', max_length: '5m' }, max_entities: 1 },
    });
    const pages = await pagesOf(sourceFor(client, narrow), of(60, 120));
    expect(logsOf(pages)).toHaveLength(1);
    expect(pages[0].bound).toMatchObject({ kept: 1, of: 2 });
  });
});

describe('an entity field of two types in one pattern', () => {
  const names = [uniqueName('two-types-a'), uniqueName('two-types-b')];
  const pattern = names.join(',');
  beforeAll(async () => {
    for (const [place, name] of names.entries()) {
      await createLogs(
        client,
        name,
        [0, 1, 2].flatMap((minute) =>
          [5, 7].map((host) => ({
            document: {
              '@timestamp': new Date(START + minute * MINUTE).toISOString(),
              host: place === 0 ? `web-${host}` : host,
              http: { response: { status_code: 200 } },
              event: { ingested: new Date(START + minute * MINUTE).toISOString() },
            },
          })),
        ),
        {
          mappings: {
            properties: {
              ...LOG_MAPPINGS.properties,
              host: { type: place === 0 ? 'keyword' : 'long' },
              event: { properties: { ingested: { type: 'date' } } },
            },
          },
        },
      );
    }
  });
  afterAll(() => client.indices.delete({ index: names, ignore_unavailable: true }));

  it('is counted as text, with what comes late and with the sample', async () => {
    const mixed = { ...bucketDetector(pattern, { bucket: { silence: true } }), entity_field: 'host' };
    const source = sourceFor(client, mixed);
    const of = rangeOf(pattern, { from: START, to: START + 3 * MINUTE });
    const expected = [0, 1, 2].flatMap((minute) =>
      ['5', '7', 'web-5', 'web-7'].map((host) => `${minute} ${host} 1`),
    );
    const rows = (pages: LogPage[]) =>
      logsOf(pages)
        .map(({ id, document }) => {
          const minute = (Date.parse(id.split('/')[1]) - START) / MINUTE;
          return `${minute} ${id.split('/')[2]} ${String(getField(document, 'bucket.count'))}`;
        })
        .sort();
    expect(rows(await pagesOf(source, of))).toEqual(expected);
    const late: LogPage[] = [];
    for await (const page of source.read(of, { by: 'ingested' })) late.push(page);
    expect(rows(late)).toEqual(expected);
    expect((await source.sample(of, { size: 50, seed: 1 })).logs).toHaveLength(12);
  });
});

it('ends where an index is closed between two pages: its entities are not silent', async () => {
  const leaving = `${index}-leaving`;
  const logs = times(20, { minute: 1, service: 'd' }).concat(times(20, { minute: 9, service: 'd' }));
  await createLogs(
    client,
    leaving,
    logs.map((log) => ({ document: documentOf(log) })),
    { mappings: LOG_MAPPINGS },
  );
  const both = { ...range, index: `${index}*` };
  const pages: LogPage[] = [];
  const reading = async (): Promise<void> => {
    const source = createDetectorSource(client, detector, { policy: QUICK });
    for await (const page of source.read(both, { pageSize: 3 })) {
      pages.push(page);
      if (pages.length === 1) await client.indices.close({ index: leaving });
    }
  };
  try {
    await expect(reading()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`"${leaving}" was closed or deleted`),
    });
    expect(pages).toHaveLength(1);
  } finally {
    await client.indices.delete({ index: leaving });
  }
});
