import { parseDetector } from '../../../common/detector';
import { DAY, HOUR } from '../../../common/duration';
import { messageKeysOf } from '../../../common/log_features';
import {
  ALL_ENTITIES,
  emptyProfile,
  newSeries,
  patternIdOf,
  type PatternModel,
} from '../../../common/patterns';
import type { LogSource } from '../ports';
import type { PatternProgress, PatternStore } from '../ports/patterns';
import { createPageScorer } from '../scoring/page_scorer';
import { trainModel } from '../training/train_model';
import { patternsOfRun } from './count_patterns';

const START = Date.UTC(2026, 0, 5);
const detector = parseDetector({
  name: 'Till',
  source: { index: 'weblogs' },
  features: [{ type: 'hour_of_day', field: '@timestamp' }],
  patterns: { field: 'message', span: '1h' },
});

const patternOf = (word: string): PatternModel => ({
  ...{ id: patternIdOf([word]), tokens: [word], firstSeen: START, lastSeen: START, since: START },
  ...{ example: word, members: [] },
  profile: emptyProfile(START),
  series: new Map([[ALL_ENTITIES, newSeries(START)]]),
});

test('a run that dies as it merges leaves no catalogue of before to the next one', async () => {
  const [paid, closed] = [patternOf('Paid'), patternOf('Closed')];
  const store = {
    add: async () => undefined,
    counts: async () => new Map([[START, new Map([[paid.id, new Map([[ALL_ENTITIES, 3]])]])]]),
    load: async () => [paid],
    joining: async () => [{ into: paid.id, pattern: closed }],
    merge: async () => {
      throw new Error('killed');
    },
  } as unknown as PatternStore;
  const patterns = patternsOfRun({
    ...{ store, detector, templates: () => [], now: () => START + 2 * HOUR },
    warn: (message) => {
      throw new Error(message);
    },
  })!;
  const before: PatternProgress = {
    ...{ sequence: 7, since: START, judgedTo: START, catalogue: 7, arrivals: [], silences: [] },
    open: { seen: [], cells: [[paid.id, 'a', START, 3]] },
  };
  patterns.resume(before, START);
  const committed: number[] = [];
  const commit = async (): Promise<void> => void committed.push(patterns.progress()!.catalogue);
  await expect(patterns.finish(START + HOUR, commit, async () => undefined)).rejects.toThrow('killed');
  expect(committed.at(-1)).toBeGreaterThan(7);
});

test('what is known of logs from scoring them changes nothing of their counts', async () => {
  const settings = { ...detector, entity_field: 'host', features: [{ type: 'template', field: 'message' }] };
  const model = parseDetector({ ...settings, forest: { tree_count: 5 } });
  const logs = Array.from({ length: 400 }, (_, row) => ({
    ...{ index: 'weblogs', id: String(row) },
    document: {
      '@timestamp': row % 50 === 0 ? 'none' : START + row * 60_000,
      message: row % 3 === 0 ? `Paid ${row} EUR` : row % 7 === 0 ? undefined : [`Till ${row % 9} was closed`],
      ...(row % 4 > 0 && { host: `till-${row % 5}` }),
    },
  }));
  const documents = logs.map(({ document }) => document);
  const clock = { now: () => START + DAY, sleep: async () => undefined };
  const { snapshot } = trainModel({ detector: model, documents, source: 'weblogs', clock });
  const { encoder } = snapshot;
  const scorer = createPageScorer(
    {
      ...{ detectorId: 'till', snapshot, clock, runId: 'run' },
      source: { fetch: async (of: unknown) => of } as unknown as LogSource,
    },
    { detectorId: 'till', timestampTo: START, ingestedTo: START, runId: 'run' },
  );
  const page = { logs, position: undefined };
  const run = { now: clock.now(), reached: START };
  const countsOf = async (isShared: boolean): Promise<unknown> => {
    const keys = jest.fn((wanted) => messageKeysOf(encoder, 'message', wanted));
    const patterns = patternsOfRun({
      store: { tokens: async () => [] } as unknown as PatternStore,
      ...{ detector: { ...model, patterns: detector.patterns! }, templates: () => [], now: clock.now },
      ...(isShared && { keys }),
      warn: () => undefined,
    })!;
    patterns.resume(undefined, START);
    const { placed } = await scorer.score(page, 'ingested');
    if (isShared)
      expect([placed?.times.length, keys.mock.results[0].value]).toEqual([400, expect.any(Function)]);
    await patterns.count(page, { ...run, ...(isShared && { placed }) });
    return patterns.progress()!.open;
  };
  const wanted = await countsOf(false);
  expect(await countsOf(true)).toEqual(wanted);
  expect(wanted).toMatchObject({ entities: expect.arrayContaining(['till-1', 'till-4']) });
});

test('patterns that are new are stored with the time zone of the detector', async () => {
  const add = jest.fn<Promise<void>, Parameters<PatternStore['add']>>(async () => undefined);
  const patterns = patternsOfRun({
    store: { add, save: async () => undefined, counts: async () => new Map() } as unknown as PatternStore,
    detector: { ...detector, time_zone: 'Asia/Kolkata' },
    ...{ templates: () => [], now: () => START + 2 * HOUR, warn: () => undefined },
  })!;
  patterns.resume(
    {
      ...{ sequence: 7, since: START, judgedTo: START, catalogue: 7, arrivals: [], silences: [] },
      open: { seen: [], cells: [[patternOf('Paid').id, 'a', START, 3]] },
    },
    START,
  );
  await patterns.finish(
    START + HOUR,
    async () => undefined,
    async () => undefined,
  );
  expect(add.mock.calls.map(([, , ...begin]) => begin)).toEqual([[START, 'Asia/Kolkata']]);
});
