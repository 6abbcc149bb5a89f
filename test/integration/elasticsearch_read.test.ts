import type { Client } from '@elastic/elasticsearch';
import { closedIndices, createLogSource } from '../../server/elasticsearch';
import type { LogPage, LogRange, ReadOptions } from '../../server/detection/ports';
import {
  addLogs,
  administrator,
  createLogs,
  QUICK,
  rangeOf,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const mappings = {
  properties: {
    '@timestamp': { type: 'date' as const },
    event: { properties: { ingested: { type: 'date' as const } } },
    number: { type: 'long' as const },
  },
};

describe('LogSource.read on a real Elasticsearch', () => {
  let client: Client;
  const made: string[] = [];
  const newIndex = (what: string): string => {
    const name = uniqueName(what);
    made.push(name);
    return name;
  };
  beforeAll(() => {
    client = administrator();
  });
  afterAll(async () => {
    await client.indices.delete({ index: made, ignore_unavailable: true });
    await client.close();
  });

  async function readAll(
    range: LogRange,
    options: ReadOptions = {},
    using: Client = client,
  ): Promise<LogPage[]> {
    const pages: LogPage[] = [];
    for await (const page of createLogSource(using, { policy: QUICK }).read(range, options)) pages.push(page);
    return pages;
  }
  const idsOf = (pages: readonly LogPage[]): string[] =>
    pages.flatMap(({ logs }) => logs.map(({ index, id }) => `${index}/${id}`));

  /** 600 logs in five shards of two indices, 40 of each millisecond, with nanoseconds in one of them. */
  async function tiedLogs(): Promise<{ pattern: string; expected: string[] }> {
    const base = newIndex('ties');
    const names = [`${base}-a`, `${base}-b`];
    made.push(...names);
    for (const [position, name] of names.entries()) {
      await createLogs(
        client,
        name,
        Array.from({ length: 300 }, (_, number) => ({
          id: String(number),
          document: {
            '@timestamp': new Date(START + Math.floor(number / 20)).toISOString(),
            number,
          },
        })),
        {
          shards: position === 0 ? 3 : 2,
          mappings: {
            properties: {
              ...mappings.properties,
              '@timestamp': { type: position === 0 ? 'date' : 'date_nanos' },
            },
          },
        },
      );
    }
    return {
      pattern: names.join(','),
      expected: names.flatMap((name) => Array.from({ length: 300 }, (_, number) => `${name}/${number}`)),
    };
  }

  test('reads everything once, oldest first', async () => {
    const { pattern, expected } = await tiedLogs();
    const pages = await readAll(rangeOf(pattern), { pageSize: 70 });
    expect(pages.every(({ logs }) => logs.length <= 70)).toBe(true);
    expect(idsOf(pages).sort()).toEqual([...expected].sort());
    const times = pages.flatMap(({ logs }) => logs.map(({ document }) => document['@timestamp'] as string));
    expect(times).toEqual([...times].sort());
  });

  test('goes on from any position in a new process without loss or doubles, ties across shards included', async () => {
    const { pattern, expected } = await tiedLogs();
    for (const pageSize of [1, 7, 33]) {
      const ids: string[] = [];
      let after: unknown;
      for (;;) {
        // One page at a time, each in a point in time of its own, the position as it comes back from JSON.
        let page: LogPage | undefined;
        for await (const next of createLogSource(client).read(rangeOf(pattern), { pageSize, after })) {
          page = next;
          break;
        }
        if (page === undefined) break;
        ids.push(...idsOf([page]));
        after = JSON.parse(JSON.stringify(page.position)) as unknown;
        if (pageSize === 1 && ids.length === 100) break;
      }
      expect(new Set(ids).size).toBe(ids.length);
      if (pageSize > 1) expect([...ids].sort()).toEqual([...expected].sort());
    }
  }, 60_000);

  test('a position stays valid while logs arrive and segments merge', async () => {
    const index = newIndex('growing');
    const log = (number: number) => ({
      id: String(number),
      document: { '@timestamp': new Date(START + number).toISOString(), number },
    });
    const some = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, offset) => log(from + offset));
    await createLogs(client, index, some(0, 100), { mappings, shards: 2 });
    const [first] = await readAll(rangeOf(index), { pageSize: 100 });
    await addLogs(client, index, some(100, 150));
    await client.indices.forcemerge({ index, max_num_segments: 1 });
    const rest = await readAll(rangeOf(index), { after: first.position });
    expect(rest.flatMap(({ logs }) => logs.map(({ document }) => document.number))).toEqual(
      some(100, 150).map(({ document }) => document.number),
    );
    expect(await readAll(rangeOf(index), { after: rest[0].position })).toEqual([]);
  });

  test('opens a lost point in time again where it was', async () => {
    const { pattern, expected } = await tiedLogs();
    const opened: string[] = [];
    const watching = new Proxy(client, {
      get(target, name: string) {
        if (name === 'openPointInTime') {
          return async (...parameters: Parameters<Client['openPointInTime']>) => {
            const answer = await target.openPointInTime(...parameters);
            opened.push(answer.id);
            return answer;
          };
        }
        const member = target[name as keyof Client] as unknown;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const ids: string[] = [];
    for await (const page of createLogSource(watching, { policy: QUICK }).read(rangeOf(pattern), {
      pageSize: 50,
    })) {
      ids.push(...idsOf([page]));
      if (opened.length < 4) await client.closePointInTime({ id: opened[opened.length - 1] }).catch(() => {});
    }
    expect(opened.length).toBeGreaterThan(2);
    expect(ids.sort()).toEqual([...expected].sort());
  });

  /** 1,200 logs in bursts and lulls; every fifth has several times, some of them before the range. */
  async function logsOfSeveralTimes(): Promise<string> {
    const index = newIndex('times');
    const at = (second: number): string => new Date(START + second * 1_000).toISOString();
    await createLogs(
      client,
      index,
      Array.from({ length: 1_200 }, (_none, number) => {
        const own = number < 300 ? 100 : (number * 7) % 3_000;
        const others = number % 10 === 0 ? [at((number * 13) % 3_000), at(-50)] : [at((number * 11) % 3_000)];
        return {
          id: String(number),
          document: { '@timestamp': number % 5 === 0 ? [at(own), ...others] : at(own), number },
        };
      }),
      { mappings, shards: 2 },
    );
    return index;
  }

  test('reads two pages at once in the order of one search, logs with several times included, and goes on from anywhere', async () => {
    const index = await logsOfSeveralTimes();
    const [whole, ...others] = await readAll(rangeOf(index), { pageSize: 10_000 });
    const expected = idsOf([whole, ...others]);
    expect(expected).toHaveLength(1_200);
    const pages = await readAll(rangeOf(index), { pageSize: 40 });
    expect(idsOf(pages)).toEqual(expected);
    for (const place of [0, 3, 9, Math.floor(pages.length / 2), pages.length - 2]) {
      const rest = await readAll(rangeOf(index), { pageSize: 40, after: pages[place].position });
      expect(idsOf([...pages.slice(0, place + 1), ...rest])).toEqual(expected);
    }
    // Earlier versions wrote the time of a position as ISO 8601.
    const { last, ...position } = pages[9].position as { last: [number, string, number] };
    const after = { ...position, last: [new Date(last[0]).toISOString(), ...last.slice(1)] };
    const rest = await readAll(rangeOf(index), { after });
    expect(idsOf([...pages.slice(0, 10), ...rest])).toEqual(expected);
  });

  test.each([
    ['closed', (index: string) => client.indices.close({ index })],
    ['deleted', (index: string) => client.indices.delete({ index })],
  ])(
    'ends where an index is %s between two pages, and goes on without it the next time',
    async (how, end) => {
      const base = newIndex('leaving');
      const names = [`${base}-stays`, `${base}-leaves`];
      made.push(...names);
      for (const name of names) {
        const logs = Array.from({ length: 300 }, (_none, number) => ({
          id: `${name}/${number}`,
          document: { '@timestamp': new Date(START + number * 1_000).toISOString(), number },
        }));
        await createLogs(client, name, logs, { mappings });
      }
      const range = rangeOf(`${base}-*`);
      const read: LogPage[] = [];
      await expect(
        (async () => {
          for await (const page of createLogSource(client, { policy: QUICK }).read(range, { pageSize: 50 })) {
            read.push(page);
            if (read.length === 2) await end(names[1]);
          }
        })(),
      ).rejects.toMatchObject({
        code: expect.stringMatching(/^(unavailable|not_found)$/),
        message: expect.stringContaining(names[1]),
      });
      const rest = await readAll(range, { pageSize: 50, after: read[read.length - 1].position });
      const ids = idsOf([...read, ...rest]);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => id.startsWith(names[0]))).toHaveLength(300);
      expect(await closedIndices(client, range.index)).toEqual(how === 'closed' ? [names[1]] : []);
    },
  );

  test('reads a data stream once that rolls over between two pages', async () => {
    const name = uniqueName('rolling');
    const log = (number: number) => [
      { create: {} },
      { '@timestamp': new Date(START + number * 1_000).toISOString(), number },
    ];
    await client.indices.putIndexTemplate({
      name,
      index_patterns: [name],
      data_stream: {},
      template: { settings: { number_of_replicas: 0 }, mappings },
    });
    const write = (from: number, to: number) =>
      client.bulk({
        index: name,
        refresh: true,
        operations: Array.from({ length: to - from }, (_none, place) => log(from + place)).flat(),
      });
    await write(0, 300);
    const read: LogPage[] = [];
    for await (const page of createLogSource(client, { policy: QUICK }).read(rangeOf(name), {
      pageSize: 50,
    })) {
      read.push(page);
      if (read.length !== 2) continue;
      await client.indices.rollover({ alias: name });
      await write(300, 400);
    }
    read.push(...(await readAll(rangeOf(name), { pageSize: 50, after: read[read.length - 1].position })));
    const numbers = read.flatMap(({ logs }) => logs.map(({ document }) => document.number));
    expect(numbers).toEqual(Array.from({ length: 400 }, (_none, number) => number));
  });

  test('reads by the time of indexing: late logs come when they were indexed; others are left out', async () => {
    const index = newIndex('late');
    const at = (time: number, ingested?: number) => ({
      '@timestamp': new Date(START + time).toISOString(),
      ...(ingested === undefined ? {} : { event: { ingested: new Date(START + ingested).toISOString() } }),
    });
    await createLogs(
      client,
      index,
      [
        { id: 'late', document: at(1_000, 90_000) },
        { id: 'on-time', document: at(50_000, 51_000) },
        { id: 'unstamped', document: at(60_000) },
      ],
      { mappings },
    );
    const ids = async (change: Partial<LogRange>) =>
      (await readAll(rangeOf(index, change), { by: 'ingested' })).flatMap(({ logs }) =>
        logs.map(({ id }) => id),
      );
    expect(await ids({})).toEqual(['on-time', 'late']);
    expect(await ids({ from: START + 51_001 })).toEqual(['late']);
    const plain = newIndex('plain');
    await createLogs(client, plain, [{ document: { '@timestamp': new Date(START).toISOString() } }], {
      mappings: { properties: { '@timestamp': { type: 'date' } } },
    });
    expect(await readAll(rangeOf(plain), { by: 'ingested' })).toEqual([]);
  });

  test('takes dates as text and as numbers, and bounds the range on the left only', async () => {
    const index = newIndex('formats');
    await createLogs(
      client,
      index,
      [START - 1, START, START + 500.0, START + 1_000].map((time, number) => ({
        id: String(number),
        document: { '@timestamp': number % 2 ? time : new Date(time).toISOString() },
      })),
      { mappings },
    );
    const pages = await readAll(rangeOf(index, { to: START + 1_000 }));
    expect(pages.flatMap(({ logs }) => logs.map(({ id }) => id))).toEqual(['1', '2']);
  });

  test('brings only the fields asked for', async () => {
    const index = newIndex('fields');
    await createLogs(
      client,
      index,
      [{ document: { '@timestamp': new Date(START).toISOString(), 'a.b': 1, a: { c: 2 }, secret: 3 } }],
      { mappings: { dynamic: false, ...mappings } },
    );
    const [page] = await readAll(rangeOf(index), { fields: ['a.b', 'a.c'] });
    expect(page.logs[0].document).toEqual({ 'a.b': 1, a: { c: 2 } });
  });

  test('holds large logs in small pages', async () => {
    const index = newIndex('large');
    const count = 60;
    await createLogs(
      client,
      index,
      Array.from({ length: count }, (_, number) => ({
        id: String(number),
        document: {
          '@timestamp': new Date(START + number).toISOString(),
          number,
          message: 'x'.repeat(1_000_000),
        },
      })),
      { mappings: { dynamic: false, ...mappings } },
    );
    const pages = await readAll(rangeOf(index));
    const bytes = pages.map(({ logs }) =>
      logs.reduce((sum, { document }) => sum + (document.message as string).length, 0),
    );
    expect(idsOf(pages)).toHaveLength(count);
    expect(Math.max(...bytes)).toBeLessThan(32_000_000);
    const lean = await readAll(rangeOf(index), { fields: ['number'] });
    expect(lean).toHaveLength(1);
  }, 60_000);

  test('fetches whole documents and leaves out what is not there', async () => {
    const index = newIndex('fetch');
    await createLogs(client, index, [{ id: 'one', document: { '@timestamp': START, number: 1, other: 2 } }], {
      mappings,
    });
    const source = createLogSource(client);
    const wanted = [
      { index, id: 'one' },
      { index, id: 'gone' },
      { index: uniqueName('missing'), id: 'one' },
    ];
    expect(await source.fetch(wanted)).toEqual([
      { index, id: 'one', document: { '@timestamp': START, number: 1, other: 2 } },
    ]);
    expect(await source.fetch(wanted, ['other'])).toEqual([{ index, id: 'one', document: { other: 2 } }]);
    expect(await source.fetch([])).toEqual([]);
  });

  test('names a missing index, a wrong timestamp field and a position from elsewhere', async () => {
    const missing = uniqueName('missing');
    await expect(readAll(rangeOf(missing))).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining(missing),
    });
    expect(await readAll(rangeOf(`${missing}-*`))).toEqual([]);
    const index = newIndex('wrong');
    await createLogs(client, index, [{ document: { '@timestamp': START, number: 1 } }], { mappings });
    await expect(readAll(rangeOf(index, { timestampField: 'number' }))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('is of type long'),
    });
    await expect(readAll(rangeOf(index, { timestampField: 'nowhere' }))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('nowhere'),
    });
    await expect(readAll(rangeOf(index), { after: { v: 2 } })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  test('stops at once when it is interrupted', async () => {
    const { pattern } = await tiedLogs();
    const interruption = new AbortController();
    const reading = (async () => {
      for await (const page of createLogSource(client).read(rangeOf(pattern), {
        pageSize: 10,
        signal: interruption.signal,
      })) {
        expect(page.logs).toHaveLength(10);
        interruption.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'interrupted' });
  });
});
