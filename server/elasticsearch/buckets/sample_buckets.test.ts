import { parseDetector } from '../../../common/detector';
import type { ElasticsearchClient } from '../transport/client';
import { aggregateRows } from './aggregate_rows';
import { sampleBuckets } from './sample_buckets';

jest.mock('./aggregate_rows', () => ({ MOST_SPANS_A_REQUEST: 200, aggregateRows: jest.fn() }));

const MINUTE = 60_000;
const START = Date.parse('2026-11-01T00:00:00Z');

/** Buckets of each request for a sample of 400 buckets with so many entities. */
async function askedFor(entities: number, events?: { field: string }) {
  const detector = parseDetector({
    name: 'Services',
    source: { index: 'logs' },
    unit: 'bucket',
    entity_field: 'service.name',
    bucket: { span: '1m', silence: false, ...(events && { events }) },
  });
  const buckets: number[] = [];
  const texts = new Set<unknown>();
  jest.mocked(aggregateRows).mockImplementation((_client, _detector, { span, request }) => {
    const starts = request.spans.flatMap(({ from, to }) =>
      Array.from({ length: (to - from) / span }, (_none, i) => from + i * span),
    );
    buckets.push(starts.length);
    texts.add(request.texts);
    return Promise.resolve(
      starts.flatMap((start) =>
        Array.from({ length: entities }, (_none, i) => ({
          start,
          entity: `e${i}`,
          count: 1,
          errors: 0,
          distinct: {},
          rare: {},
        })),
      ),
    );
  });
  const range = { index: 'logs', timestampField: '@timestamp', ingestedField: 'event.ingested' };
  const { rows, total, isWhole } = await sampleBuckets(
    {} as ElasticsearchClient,
    detector,
    { ...range, from: START, to: START + 400 * MINUTE },
    { sample: { size: 1_000_000, seed: 1 }, options: {} },
  );
  expect([rows.length, total, isWhole]).toEqual([400 * entities, 400 * entities, true]);
  return { buckets, texts: [...texts] };
}

test('where each log is read, a request of a sample takes fewer buckets the more rows these have', async () => {
  expect(await askedFor(100)).toEqual({ buckets: [12, 200, 188], texts: [undefined] });
  const { buckets, texts } = await askedFor(100, { field: 'message' });
  expect(buckets).toEqual([12, 50, 50, 50, 50, 50, 50, 50, 38]);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toBeDefined();
  expect((await askedFor(1, { field: 'message' })).buckets).toEqual([12, 200, 188]);
});

test('a sample of many hosts is read in requests that memory holds', async () => {
  const { buckets } = await askedFor(1_000);
  expect(buckets).toEqual([12, 50, 50, 50, 50, 50, 50, 50, 38]);
});
