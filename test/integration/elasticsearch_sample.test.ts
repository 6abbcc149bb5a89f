import type { Client } from '@elastic/elasticsearch';
import { createLogSource } from '../../server/elasticsearch';
import { measureLogs, sampleLogs } from '../../server/elasticsearch/logs/sample_logs';
import { DetectionError } from '../../common/detection_error';
import type { LogSample } from '../../server/detection/ports';
import {
  administrator,
  createLogs,
  MINUTE,
  rangeOf,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const LOGS = 130_000;
const STEP_MS = 1_000;
const SLICES = 20;
/** Exceeded once in a million by chi-square with 19 degrees of freedom (Wilson & Hilferty 1931). */
const CHI_SQUARE_LIMIT = 64.4;
const SHARDS = 3;

describe('LogSource.sample on a real Elasticsearch', () => {
  const index = uniqueName('sample');
  let client: Client;
  const source = () => createLogSource(client);
  const columns = ['@timestamp', 'number', 'service.name'];
  const texts = ['@timestamp', 'number', 'message'];

  function* logs(): Generator<{ id: string; document: object }> {
    for (let number = 0; number < LOGS; number++) {
      yield {
        id: String(number),
        document: {
          '@timestamp': new Date(START + number * STEP_MS).toISOString(),
          number,
          // Dotted in some documents, nested in others, an array or too long for the index in a few.
          ...(number % 2 === 0
            ? { service: { name: number % 1_000 === 0 ? ['a', 'b'] : 'even' } }
            : { 'service.name': number % 1_001 === 0 ? 'x'.repeat(300) : 'odd' }),
          message: `log number ${number}`,
        },
      };
    }
  }

  beforeAll(async () => {
    client = administrator();
    await createLogs(client, index, logs(), {
      shards: SHARDS,
      mappings: {
        properties: {
          '@timestamp': { type: 'date' },
          number: { type: 'long' },
          service: { properties: { name: { type: 'keyword', ignore_above: 256 } } },
          message: { type: 'text' },
        },
      },
    });
  }, 120_000);

  afterAll(async () => {
    await client.cluster
      .putSettings({ persistent: { 'search.aggs.only_allowed_metric_scripts': null } })
      .catch(() => {});
    await client.indices.delete({ index });
    await client.close();
  });

  const numbersOf = (sample: LogSample): number[] =>
    sample.logs.map(({ document }) => document.number as number);

  function expectUniform(sample: LogSample, size: number): void {
    const numbers = numbersOf(sample);
    expect(numbers).toHaveLength(size);
    expect(new Set(numbers).size).toBe(size);
    const counts = new Array<number>(SLICES).fill(0);
    for (const number of numbers) counts[Math.floor((number / LOGS) * SLICES)]++;
    const expected = size / SLICES;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(CHI_SQUARE_LIMIT);
    // Within a slice as well: neighbours are not preferred.
    const odd = numbers.filter((number) => number % 2 === 1).length;
    expect(Math.abs(odd - size / 2)).toBeLessThan(4 * Math.sqrt(size / 4));
  }

  test.each([
    ['columns alone, by script', columns, false, 'random_sampler'],
    ['texts, by hash', texts, false, 'random_score'],
    ['columns with ids, by hash', columns, true, 'random_score'],
  ])('is uniform, without replacement and exact in size: %s', async (_, fields, identified, method) => {
    for (const seed of [1, 2, 3]) {
      const sample = await source().sample(rangeOf(index), { size: 8_000, seed, fields, identified });
      expect(sample).toMatchObject({ method, total: LOGS });
      expectUniform(sample, 8_000);
    }
  });

  test('estimates how many logs there are where counting is cut short, and draws the whole sample all the same', async () => {
    for (const limit of [1_000, 50_000]) {
      const { total, error } = await measureLogs(client, rangeOf(index), { limit });
      expect(error).toBeGreaterThan(0);
      expect(Math.abs(total - LOGS)).toBeLessThan(5 * error);
    }
    const exact = { total: LOGS, error: 0 };
    expect(await measureLogs(client, rangeOf(index), { limit: LOGS + 1 })).toEqual(exact);
    for (const fields of [columns, texts]) {
      const options = { size: 8_000, seed: 4, fields };
      const sample = await sampleLogs(client, rangeOf(index), options, { countLimit: 1_000 });
      // The estimate may be the number itself by chance; its error depends on how the index was written.
      const { error } = await measureLogs(client, rangeOf(index), { limit: 1_000 });
      expect(Math.abs(sample.total - LOGS)).toBeLessThan(5 * error);
      expectUniform(sample, 8_000);
    }
  });

  test.each([
    ['by script', columns],
    ['by hash', texts],
  ])('gives the same sample for the same seed and another for another: %s', async (_, fields) => {
    const draw = (seed: number) => source().sample(rangeOf(index), { size: 500, seed, fields });
    const [one, again, other] = [await draw(7), await draw(7), await draw(8)];
    expect(numbersOf(again).sort()).toEqual(numbersOf(one).sort());
    expect(numbersOf(other).sort()).not.toEqual(numbersOf(one).sort());
  });

  test('carries what the document holds, in columns as in the source', async () => {
    const { logs: sampled } = await source().sample(rangeOf(index), {
      size: 60_000,
      seed: 5,
      fields: columns,
    });
    expect(new Set(sampled.map(({ document }) => document.number)).size).toBe(60_000);
    const kinds = new Set<string>();
    for (const log of sampled) {
      const number = log.document.number as number;
      const name =
        number % 2 === 0
          ? number % 1_000 === 0
            ? ['a', 'b']
            : 'even'
          : number % 1_001 === 0
            ? 'x'.repeat(300)
            : 'odd';
      kinds.add(typeof name === 'string' ? name.slice(0, 4) : 'array');
      expect(log.index).toBe(index);
      if (JSON.stringify(log.document['service.name']) !== JSON.stringify(name)) {
        expect(log.document['service.name']).toEqual(name);
      }
      if (Date.parse(log.document['@timestamp'] as string) !== START + number * STEP_MS) {
        throw new Error(`wrong time in ${JSON.stringify(log.document)}`);
      }
    }
    expect([...kinds].sort()).toEqual(['array', 'even', 'odd', 'xxxx']);
  });

  test('is uniform where scripts are not allowed', async () => {
    await client.cluster.putSettings({ persistent: { 'search.aggs.only_allowed_metric_scripts': true } });
    try {
      const sample = await source().sample(rangeOf(index), { size: 5_000, seed: 4, fields: columns });
      expect(sample.method).toBe('random_score');
      expectUniform(
        {
          ...sample,
          logs: sample.logs.map((log) => ({ ...log, document: { number: log.document.number } })),
        },
        5_000,
      );
      expect(sample.logs.every(({ id, document }) => id === String(document.number))).toBe(true);
    } finally {
      await client.cluster.putSettings({ persistent: { 'search.aggs.only_allowed_metric_scripts': null } });
    }
  });

  test('draws from what a sparse query selects, string or DSL', async () => {
    const range = rangeOf(index, { query: 'number:[1000 TO 2999]' });
    const sample = await source().sample(range, { size: 400, seed: 1, fields: columns });
    expect(sample.total).toBe(2_000);
    expect(sample.logs).toHaveLength(400);
    expect(numbersOf(sample).every((number) => number >= 1_000 && number < 3_000)).toBe(true);
    const dsl = rangeOf(index, { query: { range: { number: { lt: 100 } } } });
    expect((await source().sample(dsl, { size: 60, seed: 1, fields: columns })).logs).toHaveLength(60);
  });

  test('takes all where the range holds no more than asked for, and nothing of an empty range', async () => {
    const range = rangeOf(index, { to: START + 50 * STEP_MS });
    const all = await source().sample(range, { size: 50, seed: 1, fields: columns });
    expect(all).toMatchObject({ method: 'all', total: 50 });
    expect(numbersOf(all)).toEqual(Array.from({ length: 50 }, (_, number) => number));
    const most = await source().sample(range, { size: 45, seed: 1, fields: columns });
    expect(most.method).toBe('random_score');
    expect(new Set(numbersOf(most)).size).toBe(45);
    const none = await source().sample(rangeOf(index, { from: START - MINUTE, to: START }), {
      size: 10,
      seed: 1,
      fields: columns,
    });
    expect(none).toEqual({ logs: [], total: 0, method: 'all' });
    expect(await source().count(range)).toBe(50);
  });

  test('names an index that does not exist; a pattern without a match is empty', async () => {
    const missing = uniqueName('missing');
    const error = await source()
      .sample(rangeOf(missing), { size: 10, seed: 1, fields: columns })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DetectionError);
    expect(error).toMatchObject({ code: 'not_found', message: expect.stringContaining(missing) });
    expect(
      await source().sample(rangeOf(`${missing}-*`), { size: 10, seed: 1, fields: columns }),
    ).toMatchObject({
      total: 0,
    });
  });

  test('says what is wrong with a query', async () => {
    await expect(source().count(rangeOf(index, { query: 'number:[1 TO' }))).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});
