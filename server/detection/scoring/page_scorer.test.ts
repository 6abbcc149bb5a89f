import { HOUR, MINUTE } from '../../../common/duration';
import { AdaptiveThreshold } from '../../../common/threshold';
import { detectorSchema } from '../../../common/detector';
import type { SourceLog } from '../../../common/log_document';
import { longestBlock } from '../../../test/unit/thread_time';
import { createPageScorer } from './page_scorer';
import type { LogSource } from '../ports';
import { trainModel } from '../training/train_model';

const START = Date.parse('2026-03-02T10:00:00Z');
const HOSTILE = ['((.*a.*|.*b.*){20}c)|a', '(a.*b)|a', '(a{0,30}){0,30}b', '(.*x.*y.*z){9}|a'];
const clock = { now: () => START, sleep: () => Promise.resolve() };

const textOf = (row: number): string =>
  Array.from(
    { length: 2_048 },
    (_, i) => 'abcx0'[(i * i * 7 + (i >> 3) + row * 13 + ((i * row) >> 4)) % 5],
  ).join('');

describe('a page of logs that were made to take long', () => {
  const detector = detectorSchema.parse({
    name: 'patterns',
    source: { index: 'logs' },
    features: [
      {
        type: 'text',
        field: 'message',
        patterns: Array.from({ length: 16 }, (_, i) => ({ name: `p${i}`, regex: `${HOSTILE[i % 4]}|${i}` })),
      },
    ],
    forest: { tree_count: 10 },
  });
  const { snapshot } = trainModel({
    detector,
    documents: Array.from({ length: 300 }, (_, row) => ({
      message: `GET /a/${row} ${'b'.repeat(row % 20)}`,
    })),
    source: 'logs',
    window: { from: START - 1, to: START },
    clock,
  });

  it('keeps the thread for less than 50 ms at a time, and scores the same', async () => {
    const logs = Array.from({ length: 60 }, (_, row): SourceLog => ({
      index: 'logs',
      id: String(row),
      document: { '@timestamp': START + row, message: textOf(row) },
    }));
    const scorer = createPageScorer(
      {
        detectorId: 'd',
        snapshot,
        source: { fetch: async () => [] } as unknown as LogSource,
        clock,
        runId: 'r',
        thresholdOverride: 0.01,
      },
      { detectorId: 'd', timestampTo: START, ingestedTo: START, runId: 'r' },
    );
    // once before: code that runs for the first time is read, not compiled
    await scorer.score({ logs: logs.slice(0, 10), position: [] }, 'timestamp');
    let found: Awaited<ReturnType<typeof scorer.score>> | undefined;
    const longest = await longestBlock(
      async () => {
        found = await scorer.score({ logs, position: [] }, 'timestamp');
      },
      { rounds: 4, limit: 50 },
    );
    expect(found?.results).toHaveLength(60);
    expect(longest).toBeLessThan(50);
  }, 120_000);

  it('does not look at rows that are none any more: their summaries come to nothing, and none of their values is missed', async () => {
    const scorer = createPageScorer(
      {
        detectorId: 'd',
        snapshot,
        source: { fetch: async () => [] } as unknown as LogSource,
        clock,
        runId: 'r',
        thresholdOverride: 0.01,
      },
      { detectorId: 'd', timestampTo: START, ingestedTo: START, runId: 'r' },
    );
    const logs = [{ index: 'logs', id: 'gone', document: { '@timestamp': START - 1 } }];
    const page = { logs, position: undefined, revises: true, onlyStanding: true };
    const found = await scorer.score({ ...page, areGone: true }, 'ingested');
    expect([found.results, found.logs, scorer.dirt]).toEqual([[], 0, {}]);
    expect(found.summaries.map(({ bucket }) => bucket)).toEqual([
      expect.objectContaining({ logs: 0, anomalies: 0, max_score: 0, max_confidence: 0 }),
    ]);
    // The same log as a row has a score, and misses its message.
    expect(await scorer.score(page, 'ingested')).toMatchObject({ logs: 1 });
    expect(Object.values(scorer.dirt)).toEqual([expect.objectContaining({ missing: 1 })]);
  });
});

it('an adaptive threshold learns from no bucket that holds a part of a time that is kept out', async () => {
  const detector = detectorSchema.parse({
    name: 'buckets',
    source: { index: 'logs' },
    unit: 'bucket',
    entity_field: 'service.name',
    bucket: { span: '1h' },
    features: [{ type: 'number', field: 'bucket.count' }],
    threshold: { method: 'adaptive', alerts_per_day: 5 },
    forest: { tree_count: 10 },
  });
  const document = (row: number) => ({
    '@timestamp': START - row * HOUR,
    'service.name': 'shop',
    bucket: { count: 100 + (row % 7) },
  });
  const { snapshot } = trainModel({
    detector,
    documents: Array.from({ length: 300 }, (_, row) => document(row)),
    source: 'logs',
    window: { from: START - 300 * HOUR, to: START },
    clock,
  });
  const freeze = jest.spyOn(AdaptiveThreshold.prototype, 'freezeDuring');
  const scorer = createPageScorer(
    {
      detectorId: 'd',
      snapshot,
      source: { fetch: async () => [] } as unknown as LogSource,
      clock,
      runId: 'r',
      frozenWindows: async () => [{ from: START + 30 * MINUTE, to: START + 40 * MINUTE }],
    },
    { detectorId: 'd', timestampTo: START, ingestedTo: START, runId: 'r' },
  );
  await scorer.score(
    { logs: [{ index: 'logs', id: 'a', document: document(0) }], position: [] },
    'timestamp',
  );
  expect(freeze).toHaveBeenCalledWith([{ from: START - 30 * MINUTE + 1, to: START + 40 * MINUTE }]);
  freeze.mockRestore();
});

it('an adaptive threshold goes on by the clock of the run after a log that is ahead of it', async () => {
  const detector = detectorSchema.parse({
    name: 'shop',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
    threshold: { method: 'adaptive', alerts_per_day: 24 },
    forest: { tree_count: 10 },
  });
  const logAt = (time: number, duration = time % 97): SourceLog => ({
    index: 'logs',
    id: `${time}`,
    document: { '@timestamp': time, duration },
  });
  const { snapshot } = trainModel({
    detector,
    documents: Array.from({ length: 300 }, (_, row) => logAt(START - row * 997).document),
    source: 'logs',
    window: { from: START - HOUR, to: START },
    clock,
  });
  /** Learns two hours of logs, of which one comes ten minutes after the beginning. */
  const learned = async (early: SourceLog) => {
    let now = START;
    const scorer = createPageScorer(
      {
        detectorId: 'd',
        snapshot,
        source: { fetch: async () => [] } as unknown as LogSource,
        clock: { ...clock, now: () => now },
        runId: 'r',
      },
      { detectorId: 'd', timestampTo: START, ingestedTo: START, runId: 'r' },
    );
    for (; now <= START + 2 * HOUR; now += 10 * MINUTE) {
      const logs = [...(now === START + 10 * MINUTE ? [early] : []), logAt(now - MINUTE)];
      await scorer.score({ logs, position: [] }, 'ingested');
    }
    return scorer.thresholdState();
  };
  const time = START + 10 * MINUTE;
  const ahead = await learned(logAt(time + 23 * HOUR, 5));
  expect(ahead).toEqual(await learned(logAt(time, 5)));
  expect(ahead).toMatchObject({ adjusted_at: expect.closeTo(START + 2 * HOUR, -7) });
});
