import type { Client, estypes } from '@elastic/elasticsearch';
import { parseDetector } from '../../common/detector';
import { getField } from '../../common/log_features';
import { timestampOf } from '../../server/detection/scoring/log_values';
import { runDetection } from '../../server/detection/scoring/run_detection';
import { trainModel } from '../../server/detection/training/train_model';
import { connect, countOddTimes, createLogSource } from '../../server/elasticsearch';
import { compositePages } from '../../server/elasticsearch/transport/composite_pages';
import type { LogRange, LogSource } from '../../server/detection/ports';
import {
  administrator,
  createLogs,
  QUICK,
  rangeOf,
  START,
  startFaultyProxy,
  uniqueName,
} from './fixtures/elasticsearch_fixture';
import { checkpointStore, resultStore } from '../fakes/run_stores';

const LOGS = 600;
const LONG_PATH = `/a?x=${'y'.repeat(600)}`;
const secondOf = (number: number): number => START / 1_000 + number;

/** One log as it is written, and its fields as Elasticsearch reads them. */
const written = (number: number): Record<string, unknown> => ({
  when: secondOf(number),
  service: number % 2 === 0 ? 'shop' : 'mail',
  path: number === 7 ? LONG_PATH : `/p/${number % 5}`,
  hidden: { name: `user-${number % 3}` },
  first: 'a',
  second: 'b',
  share: 0.1,
  codes: [5, 900 + number, 7],
  enabled: 'true',
  address: '192.0.2.7',
  address6: '2001:DB8:0::1',
  raw: `line ${number}`,
  labels: { env: 'test' },
  items: [{ x: 1 }, { code: 'c' }],
  parts: [{ x: 1 }, { code: 'c' }],
  loose: [{ x: 1 }, { code: 'c' }],
  unmapped: { extra: number },
  size: number === 8 ? 'many' : number,
});
const mappings = {
  dynamic: false as const,
  _source: { excludes: ['hidden.*'] },
  runtime: {
    doubled: {
      type: 'long' as const,
      script: { source: "emit(doc['size'].size() == 0 ? -1 : doc['size'].value * 2)" },
    },
  },
  properties: {
    when: { type: 'date' as const, format: 'epoch_second' },
    '@timestamp': { type: 'alias' as const, path: 'when' },
    service: { type: 'text' as const, fields: { keyword: { type: 'keyword' as const } } },
    team: { type: 'alias' as const, path: 'service.keyword' },
    words: { type: 'alias' as const, path: 'service' },
    path: { type: 'keyword' as const, ignore_above: 256 },
    hidden: { properties: { name: { type: 'keyword' as const } } },
    first: { type: 'keyword' as const, copy_to: 'both' },
    second: { type: 'keyword' as const, copy_to: 'both' },
    both: { type: 'keyword' as const },
    share: { type: 'float' as const },
    codes: { type: 'integer' as const },
    enabled: { type: 'boolean' as const },
    address: { type: 'ip' as const },
    address6: { type: 'ip' as const },
    raw: { type: 'text' as const },
    labels: { type: 'flattened' as const },
    items: {
      type: 'nested' as const,
      properties: { x: { type: 'long' as const }, code: { type: 'keyword' as const } },
    },
    parts: { properties: { code: { type: 'keyword' as const } } },
    size: { type: 'long' as const, ignore_malformed: true },
  },
};
const expected = (number: number): Record<string, unknown> => ({
  '@timestamp': new Date(START + number * 1_000).toISOString(),
  'service.keyword': number % 2 === 0 ? 'shop' : 'mail',
  team: number % 2 === 0 ? 'shop' : 'mail',
  words: number % 2 === 0 ? 'shop' : 'mail',
  path: number === 7 ? LONG_PATH : `/p/${number % 5}`,
  'hidden.name': `user-${number % 3}`,
  both: ['a', 'b'],
  share: 0.1,
  codes: [5, 7, 900 + number],
  enabled: true,
  address: '192.0.2.7',
  address6: '2001:db8::1',
  raw: `line ${number}`,
  'labels.env': 'test',
  'items.code': 'c',
  'parts.code': 'c',
  'loose.code': 'c',
  'unmapped.extra': number,
  size: number === 8 ? 'many' : number,
  doubled: number === 8 ? -1 : number * 2,
});
const FIELDS = Object.keys(expected(0));
/** Those that have doc values: the cluster collects them by a script. */
const COLUMNS = FIELDS.filter(
  (field) => !['words', 'raw', 'labels.env', 'unmapped.extra', 'items.code', 'loose.code'].includes(field),
);

describe('fields of logs are what Elasticsearch has read', () => {
  let client: Client;
  let source: LogSource;
  const index = uniqueName('fields');
  const made = [index];
  beforeAll(async () => {
    client = administrator();
    source = createLogSource(client, { policy: QUICK, within: index });
    await createLogs(
      client,
      index,
      Array.from({ length: LOGS }, (_, number) => ({ id: String(number), document: written(number) })),
      { mappings },
    );
  });
  afterAll(async () => {
    await client.indices.delete({ index: made, ignore_unavailable: true });
    await client.close();
  });

  const show = (document: unknown, fields: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      fields.map((field) => {
        const value = getField(document, field);
        // The sample tells times without a fraction that is zero.
        return [field, field === '@timestamp' ? new Date(value as string).toISOString() : value];
      }),
    );
  async function readAll(range: LogRange, fields?: readonly string[], from = source, pageSize?: number) {
    const logs = [];
    for await (const page of from.read(range, { fields, pageSize })) logs.push(...page.logs);
    return logs;
  }

  it.each([undefined, 40])('when they are read page by page, by %p', async (pageSize) => {
    const logs = await readAll(rangeOf(index), FIELDS, source, pageSize);
    expect(logs.map(({ id }) => Number(id))).toEqual(Array.from({ length: LOGS }, (_none, id) => id));
    for (const { id, document } of logs) expect(show(document, FIELDS)).toEqual(expected(Number(id)));
  });

  it.each([
    ['by a script', 'random_sampler', COLUMNS],
    ['by a score', 'random_score', FIELDS],
  ])('when they are sampled %s', async (_how, method, fields) => {
    const sample = await source.sample(rangeOf(index), { size: 150, seed: 3, fields });
    expect(sample).toMatchObject({ method, total: LOGS });
    expect(sample.logs).toHaveLength(150);
    for (const { document } of sample.logs) {
      const number = (Date.parse(getField(document, '@timestamp') as string) - START) / 1_000;
      const wanted = expected(number);
      expect(show(document, fields)).toEqual(
        Object.fromEntries(fields.map((field) => [field, wanted[field]])),
      );
    }
  });

  it('when single logs are fetched', async () => {
    const found = await source.fetch(
      [7, 8].map((id) => ({ index, id: String(id) })),
      FIELDS,
    );
    for (const { id, document } of found) expect(show(document, FIELDS)).toEqual(expected(Number(id)));
    expect(found).toHaveLength(2);
  });

  it('and the time of whole logs, too', async () => {
    const logs = await readAll(rangeOf(index, { to: START + 10_000 }));
    expect(logs.map(({ document }) => timestampOf(document, '@timestamp'))).toEqual(
      Array.from({ length: 10 }, (_, number) => START + number * 1_000),
    );
    expect(logs[3].document).toMatchObject({ when: secondOf(3), items: [{ x: 1 }, { code: 'c' }] });
  });

  it.each([
    ['dd/MM/yyyy HH:mm:ss', '03/11/2026 04:05:06', Date.UTC(2026, 10, 3, 4, 5, 6)],
    ["yyyy-MM-dd'T'HH:mm:ss", '2026-11-03T04:05:06', Date.UTC(2026, 10, 3, 4, 5, 6)],
    ['epoch_second', '1793678706', 1793678706000],
    ['epoch_millis', 1793678706123, 1793678706123],
    ['strict_date_optional_time', '2026-11-03T04:05:06.789+05:30', Date.UTC(2026, 10, 2, 22, 35, 6, 789)],
  ])('with times in the format %s', async (format, text, time) => {
    const name = uniqueName('format');
    made.push(name);
    const properties = { '@timestamp': { type: 'date' as const, format } };
    await createLogs(client, name, [{ document: { '@timestamp': text } }], { mappings: { properties } });
    const [log] = await readAll(rangeOf(name), ['@timestamp'], createLogSource(client, { policy: QUICK }));
    expect(timestampOf(log.document, '@timestamp')).toBe(time);
  });

  it('with nanoseconds, through an alias of indices of which some lack a field', async () => {
    const names = ['one', 'two'].map(uniqueName);
    const alias = uniqueName('alias');
    made.push(...names);
    const text = '2026-11-03T04:05:06.123456789Z';
    for (const [place, name] of names.entries()) {
      await createLogs(client, name, [{ id: name, document: { '@timestamp': text, code: 5 + place } }], {
        mappings: {
          dynamic: false,
          properties: {
            '@timestamp': { type: 'date_nanos' },
            ...(place === 0 && { code: { type: 'long' } }),
          },
        },
      });
    }
    await client.indices.putAlias({ index: names, name: alias });
    const of = createLogSource(client, { policy: QUICK, within: alias });
    const logs = await readAll(rangeOf(alias), ['@timestamp', 'code'], of);
    expect(logs.map(({ document }) => document.code).sort()).toEqual([5, 6]);
    for (const { document } of logs) {
      expect(document['@timestamp']).toBe(text);
      expect(timestampOf(document, '@timestamp')).toBe(Date.UTC(2026, 10, 3, 4, 5, 6, 123));
    }
    const fetched = await of.fetch(logs, ['code']);
    expect(fetched.map(({ document }) => document).sort((a, b) => Number(a.code) - Number(b.code))).toEqual([
      { code: 5 },
      { code: 6 },
    ]);
  });

  describe('of an index that keeps no _source', () => {
    const bare = uniqueName('bare');
    beforeAll(async () => {
      made.push(bare);
      await createLogs(
        client,
        bare,
        Array.from({ length: LOGS }, (_, number) => ({
          id: String(number),
          document: {
            '@timestamp': new Date(START + number * 1_000).toISOString(),
            ...(number % 2 === 0 && { size: number }),
            message: `line ${number}`,
          },
        })),
        {
          mappings: {
            _source: { enabled: false },
            properties: {
              '@timestamp': { type: 'date' },
              size: { type: 'long' },
              message: { type: 'text' },
            },
          },
        },
      );
    });

    it('are read, sampled and shown where they have doc values', async () => {
      const of = createLogSource(client, { policy: QUICK });
      const logs = await readAll(rangeOf(bare), ['@timestamp', 'size'], of);
      expect(logs.map(({ document }) => document.size).slice(0, 3)).toEqual([0, undefined, 2]);
      for (const size of [50, 400]) {
        const sample = await of.sample(rangeOf(bare), { size, seed: 1, fields: ['@timestamp', 'size'] });
        expect(sample.logs).toHaveLength(size);
      }
      const [log] = await of.fetch([{ index: bare, id: '2' }], ['size', 'message', 'client.address']);
      expect(log.document).toEqual({ size: 2 });
    });

    it.each([[['message']], [['@timestamp', 'size', 'client.address']], [undefined]])(
      'and are refused in words where %j is wanted',
      async (fields) => {
        const of = createLogSource(client, { policy: QUICK });
        const words = /_source is disabled|keeps no _source/;
        await expect(readAll(rangeOf(bare), fields, of)).rejects.toThrow(words);
        await expect(of.sample(rangeOf(bare), { size: 50, seed: 1, fields })).rejects.toThrow(words);
      },
    );
  });

  it('of several types in one pattern, each as it is in its index', async () => {
    const types = ['long', 'keyword', 'text', 'boolean', 'date'] as const;
    const values = [5, '7', 'nine', true, '2026-01-01'];
    const base = uniqueName('types');
    for (const [place, type] of types.entries()) {
      const name = `${base}-${place}`;
      made.push(name);
      const document = { '@timestamp': new Date(START + place).toISOString(), code: values[place] };
      await createLogs(client, name, [{ document }], {
        mappings: { properties: { '@timestamp': { type: 'date' }, code: { type } } },
      });
    }
    const range = rangeOf(`${base}-*`);
    const of = createLogSource(client, { policy: QUICK });
    const expected = [5, '7', 'nine', true, '2026-01-01T00:00:00.000Z'];
    const codesOf = (logs: readonly { document: Record<string, unknown> }[]): unknown[] =>
      logs.map(({ document }) => document.code);
    expect(codesOf(await readAll(range, ['code'], of))).toEqual(expected);
    const { logs } = await of.sample(range, { size: 10, seed: 1, fields: ['code'] });
    expect(codesOf(logs)).toEqual(expect.arrayContaining(expected));
    expect(logs).toHaveLength(expected.length);
    const [first, second] = [0, 1]
      .map((place) => `${base}-${place}`)
      .map((name) => ({ ...range, index: name }));
    const two = { ...range, index: `${first.index},${second.index}` };
    expect(codesOf(await readAll(two, ['code'], of))).toEqual([5, '7']);
  });

  it('that a script cannot give, with the script in the error', async () => {
    const name = uniqueName('throws');
    made.push(name);
    const script = { source: "emit(doc['size'].value * 2)" };
    await createLogs(
      client,
      name,
      [{ size: 1 }, {}].map((document) => ({
        document: { '@timestamp': new Date(START).toISOString(), ...document },
      })),
      {
        mappings: {
          runtime: {
            doubled: { type: 'long', script },
            // The client's types lack this setting.
            forgiving: { type: 'long', script, ...({ on_script_error: 'continue' } as object) },
          },
          properties: { '@timestamp': { type: 'date' }, size: { type: 'long' } },
        },
      },
    );
    const of = createLogSource(client, { policy: QUICK });
    const failing = { code: 'invalid_input', message: expect.stringContaining(script.source) };
    await expect(readAll(rangeOf(name), ['doubled'], of)).rejects.toMatchObject(failing);
    const sample = of.sample(rangeOf(name), { size: 1, seed: 1, fields: ['doubled'] });
    await expect(sample).rejects.toMatchObject(failing);
    const logs = await readAll(rangeOf(name), ['forgiving'], of);
    expect(logs.map(({ document }) => document.forgiving)).toEqual([2, undefined]);
  });

  it('that come without a time, or ahead of time, are counted', async () => {
    const name = uniqueName('odd-times');
    made.push(name);
    const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
    await createLogs(
      client,
      name,
      [
        { '@timestamp': at(0) },
        { '@timestamp': at(59) },
        { '@timestamp': at(61) },
        { size: 1 },
        { size: 2 },
      ].map((document) => ({ document })),
      { mappings: { properties: { '@timestamp': { type: 'date' }, size: { type: 'long' } } } },
    );
    const count = (query?: string) =>
      countOddTimes(client, { ...rangeOf(name), ...(query && { query }) }, START);
    expect(await count()).toEqual({ untimed: 2, ahead: 1 });
    expect(await count('size:1')).toEqual({ untimed: 1, ahead: 0 });
    expect(
      await readAll(rangeOf(name), ['@timestamp'], createLogSource(client, { policy: QUICK })),
    ).toHaveLength(3);
  });

  describe('with integers that a double cannot hold', () => {
    const large = uniqueName('large');
    /** Neighbours that are one and the same double, and the ends of what 64 bits hold. */
    const ids = ['9007199254740992', '9007199254740993', '-9223372036854775808', '9223372036854775807'];
    const idOf = (number: number): string => ids[number % ids.length];
    beforeAll(async () => {
      made.push(large);
      await client.indices.create({
        index: large,
        settings: { number_of_replicas: 0 },
        mappings: {
          dynamic: false,
          properties: {
            '@timestamp': { type: 'date' },
            id: { type: 'long' },
            list: { type: 'long' },
            labels: { type: 'flattened' },
          },
        },
      });
      const lines = Array.from({ length: LOGS }, (_, number) => {
        const id = idOf(number);
        const time = new Date(START + number * 1_000).toISOString();
        // JavaScript cannot write these numbers either.
        return `{"index":{"_id":"${number}"}}\n{"@timestamp":"${time}","id":${id},"list":[5,${id}],"labels":{"id":${id}},"extra":{"id":${id}},"code":7}`;
      });
      await client.bulk({ index: large, operations: [`${lines.join('\n')}\n`], refresh: true });
    });
    const wantedOf = (number: number): Record<string, unknown> => {
      const id = idOf(number);
      return { id, list: id.startsWith('-') ? [id, 5] : [5, id], 'labels.id': id, 'extra.id': id, code: 7 };
    };
    const names = Object.keys(wantedOf(0));
    const numberIn = (document: unknown): number =>
      (Date.parse(getField(document, '@timestamp') as string) - START) / 1_000;

    it('keeps all digits when logs are read, sampled in either way, and fetched', async () => {
      const of = createLogSource(client, { policy: QUICK, within: large });
      const logs = await readAll(rangeOf(large), ['@timestamp', ...names], of);
      expect(logs).toHaveLength(LOGS);
      const fetched = await of.fetch(logs.slice(0, 8), ['@timestamp', ...names]);
      expect(fetched).toHaveLength(8);
      const drawn = await of.sample(rangeOf(large), { size: 150, seed: 3, fields: ['@timestamp', ...names] });
      expect(drawn.method).toBe('random_score');
      for (const { document } of [...logs, ...fetched, ...drawn.logs])
        expect(show(document, names)).toEqual(wantedOf(numberIn(document)));
      const script = await of.sample(rangeOf(large), {
        size: 150,
        seed: 3,
        fields: ['@timestamp', 'id', 'list'],
      });
      expect(script.method).toBe('random_sampler');
      for (const { document } of script.logs) {
        const { id, list } = wantedOf(numberIn(document));
        expect(show(document, ['id', 'list'])).toEqual({ id, list });
      }
      const whole = await readAll(rangeOf(large), undefined, of);
      expect(whole.map(({ document }) => getField(document, 'extra.id')).slice(0, 4)).toEqual(ids);
    });

    it('pages through groups of them without losing one or going in circles', async () => {
      const groups: unknown[] = [];
      const pages = compositePages<{ key: { id: unknown }; doc_count: number }>(
        client,
        {
          index: large,
          query: { match_all: {} },
          sources: [{ id: { terms: { field: 'id' } } }],
          size: 1,
          what: 'list ids',
        },
        { policy: QUICK },
      );
      for await (const { buckets } of pages) {
        groups.push(...buckets.map(({ key, doc_count: logs }) => [key.id, logs]));
        expect(groups.length).toBeLessThanOrEqual(ids.length);
      }
      const sorted = [...ids].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1));
      expect(groups).toEqual(sorted.map((id) => [id, LOGS / ids.length]));
    });

    it('asks no script for unsigned ones, which it would see as negative', async () => {
      const proxy = await startFaultyProxy();
      const { ELASTICSEARCH_USERNAME: username = '', ELASTICSEARCH_PASSWORD: password = '' } = process.env;
      const own = connect({ url: proxy.url, ...(username && { username, password }) });
      const sent: string[] = [];
      // This Elasticsearch lacks the type: it is said to be there.
      proxy.behave(({ path, body }) => {
        sent.push(body);
        return path.includes('_field_caps')
          ? { alter: (text) => text.replaceAll('long', 'unsigned_long') }
          : 'pass';
      });
      try {
        const of = createLogSource(own, { policy: QUICK });
        const { logs } = await of.sample(rangeOf(large), { size: 50, seed: 1, fields: ['@timestamp', 'id'] });
        expect(logs.map(({ document }) => document.id)).toEqual(
          logs.map(({ document }) => idOf(numberIn(document))),
        );
      } finally {
        await own.close();
        await proxy.close();
      }
      expect(sent.some((body) => body.includes('scripted_metric'))).toBe(false);
      expect(sent.some((body) => /"docvalue_fields":\[[^\]]*"id"/.test(body))).toBe(true);
    });
  });

  describe('of indices of every kind', () => {
    const TRAINED = 400;
    const SCORED = 40;
    const ODD = TRAINED + 17;
    const usualIds = ['9007199254740992', '9007199254740994'];
    const properties: Record<string, estypes.MappingProperty> = {
      '@timestamp': { type: 'date' },
      host: { type: 'keyword' },
      size: { type: 'long' },
      trace: { type: 'long' },
      ok: { type: 'boolean' },
      address: { type: 'ip' },
      labels: { type: 'flattened' },
      message: { type: 'text' },
    };
    const timeOf = (number: number): number => START + number * 1_000;
    const lineOf = (number: number): string => {
      const isOdd = number === ODD;
      const rest = {
        '@timestamp': new Date(timeOf(number)).toISOString(),
        host: `host-${number % 3}`,
        size: isOdd ? 90_000 : 100 + (number % 7),
        ok: !isOdd,
        address: isOdd ? '2001:DB8:0::9' : '192.0.2.7',
        labels: { env: isOdd ? 'lab' : 'live' },
        message: isOdd ? 'disk is on fire' : 'request was served',
      };
      const trace = isOdd ? '9007199254740993' : usualIds[number % 2];
      return `{"create":{}}\n${JSON.stringify(rest).slice(0, -1)},"trace":${trace}}`;
    };
    const settings = { number_of_replicas: 0 };
    const bounds = {
      start_time: new Date(START - 60_000).toISOString(),
      end_time: new Date(timeOf(TRAINED + SCORED)).toISOString(),
    };
    const templates: string[] = [];
    afterAll(async () => {
      for (const name of templates) {
        await client.transport
          .request({ method: 'DELETE', path: `/_data_stream/${name}` })
          .catch(() => undefined);
        await client.indices.deleteIndexTemplate({ name }).catch(() => undefined);
      }
    });
    const create = async (name: string, more: object, mapped = properties): Promise<void> => {
      made.push(name);
      await client.indices.create({
        index: name,
        settings: { ...settings, ...more },
        mappings: { properties: mapped },
      });
    };
    const kinds: Record<string, (name: string) => Promise<void>> = {
      'a data stream': async (name) => {
        templates.push(name);
        await client.indices.putIndexTemplate({
          name,
          index_patterns: [name],
          data_stream: {},
          template: { settings, mappings: { properties } },
        });
      },
      'index.mode: logsdb': (name) =>
        create(name, {
          index: { mode: 'logsdb', sort: { field: ['host', '@timestamp'], order: ['asc', 'desc'] } },
        }),
      'a time series': (name) =>
        create(
          name,
          { index: { mode: 'time_series', routing_path: ['host'], time_series: bounds } },
          { ...properties, host: { type: 'keyword', time_series_dimension: true } },
        ),
      'a synthetic _source': (name) =>
        create(name, { index: { mapping: { source: { mode: 'synthetic' } } } }),
    };

    it.each(Object.keys(kinds))(
      '%s: trains, scores and explains by the values that were written',
      async (kind) => {
        const name = uniqueName('kind');
        await kinds[kind](name);
        const lines = Array.from({ length: TRAINED + SCORED }, (_, number) => lineOf(number));
        const answer = await client.bulk({
          index: name,
          operations: [`${lines.join('\n')}\n`],
          refresh: true,
        });
        expect(answer.items.flatMap((item) => item.create?.error ?? [])).toEqual([]);
        const detector = parseDetector({
          name: 'kinds',
          source: { index: name },
          entity_field: 'host',
          features: [
            { type: 'number', field: 'size' },
            ...['trace', 'ok', 'address', 'labels.env'].map((field) => ({
              type: 'category' as const,
              field,
            })),
            { type: 'template', field: 'message' },
          ],
          schedule: { query_delay: '1s' },
        });
        const of = createLogSource(client, { policy: QUICK, within: name });
        const fields = [...detector.features.map(({ field }) => field), '@timestamp', 'host'];
        const past = rangeOf(name, { to: timeOf(TRAINED) });
        const { logs } = await of.sample(past, { size: 1_000, seed: 1, fields });
        expect(logs).toHaveLength(TRAINED);
        const drawn = await of.sample(past, { size: 100, seed: 1, fields });
        for (const { document } of [...logs, ...drawn.logs]) {
          expect(show(document, fields.slice(0, 5))).toEqual({
            size: 100 + (((Date.parse(document['@timestamp'] as string) - START) / 1_000) % 7),
            trace: usualIds[((Date.parse(document['@timestamp'] as string) - START) / 1_000) % 2],
            ok: true,
            address: '192.0.2.7',
            'labels.env': 'live',
          });
        }
        const { snapshot } = trainModel({
          detector,
          documents: logs.map(({ document }) => document),
          source: name,
          clock: { now: () => timeOf(TRAINED) },
        });
        const results = resultStore();
        const run = await runDetection({
          detectorId: 'kinds',
          snapshot,
          source: of,
          results,
          checkpoints: checkpointStore(),
          clock: { now: () => timeOf(TRAINED + SCORED) + 1_000, sleep: async () => undefined },
          runId: 'run',
          startFrom: timeOf(TRAINED),
        });
        expect(run.logs).toBe(SCORED);
        const [result, ...others] = results.stored.values();
        expect(others).toEqual([]);
        expect(result).toMatchObject({
          '@timestamp': new Date(timeOf(ODD)).toISOString(),
          size: 90_000,
          trace: '9007199254740993',
          ok: false,
          address: '2001:db8::9',
          labels: { env: 'lab' },
          message: 'disk is on fire',
          anomaly: { entity: `host-${ODD % 3}` },
        });
        const actual = Object.fromEntries(
          result.anomaly.attribution.map((each) => [each.field, each.actual]),
        );
        const unseen = (value: string): string => `${value} (not seen in training)`;
        expect(actual).toMatchObject({
          trace: unseen('9007199254740993'),
          ok: unseen('false'),
          address: unseen('2001:db8::9'),
        });
      },
    );
  });
});
