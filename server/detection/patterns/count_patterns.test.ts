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
    add: async () => [],
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
  const add = jest.fn<ReturnType<PatternStore['add']>, Parameters<PatternStore['add']>>(async () => []);
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

const kept: PatternProgress = {
  ...{ sequence: 7, since: START, judgedTo: START, catalogue: 7, arrivals: [], silences: [] },
  open: { seen: [], cells: [] },
};
const ignoring = async (): Promise<void> => undefined;

/** Resumes from `progress` and closes the buckets up to `reached`; `counts` of the pattern by bucket. */
async function closed(
  settings: typeof detector,
  { progress, from, reached }: { progress: PatternProgress; from: number; reached: number },
  { models, counts }: { models: PatternModel[]; counts: ReadonlyMap<number, number> },
): Promise<PatternProgress> {
  const patterns = patternsOfRun({
    store: {
      ...{ add: async () => [], save: ignoring, joining: async () => [], remove: ignoring },
      put: async (changed: readonly PatternModel[]) => {
        for (const each of changed) models[models.findIndex(({ id }) => id === each.id)] = each;
      },
      load: async () => [...models],
      searchOf: async () => 'words',
      counts: async ({ from: begin, to }: { from: number; to: number }) =>
        new Map(
          [...counts]
            .filter(([bucket]) => bucket >= begin && bucket < to)
            .map(([bucket, logs]) => [bucket, new Map([[models[0].id, new Map([[ALL_ENTITIES, logs]])]])]),
        ),
    } as unknown as PatternStore,
    ...{ detector: settings, templates: () => [], now: () => reached, warn: () => undefined },
  })!;
  patterns.resume(progress, from);
  await patterns.finish(reached, ignoring, ignoring);
  return patterns.progress()!;
}

test('time that is passed over when a detector catches up counts as a silence of everything', async () => {
  const reached = START + 20 * DAY;
  const counts = new Map([[reached - HOUR, 3]]);
  const passed = await closed(
    detector,
    { progress: { ...kept, judgedTo: START + 5 * DAY }, from: START + 5 * DAY, reached },
    { models: [patternOf('Paid')], counts },
  );
  expect(passed.silences[0]).toEqual({ from: START + 5 * DAY, to: START + 13 * DAY, isUncounted: true });
  expect(passed.silences[1]).toEqual({ from: START + 13 * DAY, to: reached - HOUR });
});

test('with a longer span the first bucket begins where one of that span does, and says nothing of the one before', async () => {
  const quarter = HOUR / 4;
  const judgedTo = START + 5 * HOUR - quarter;
  const before = { ...kept, judgedTo, span: quarter };
  const paid = patternOf('Paid');
  const counts = new Map([0, 1, 2, 3].map((part) => [START + 4 * HOUR + part * quarter, 2]));
  const passed = await closed(
    detector,
    { progress: before, from: judgedTo, reached: START + 5 * HOUR },
    { models: [paid], counts },
  );
  expect(paid.series.get(ALL_ENTITIES)).toMatchObject({ lastSeen: START + 4 * HOUR, lastCount: 8 });
  expect(passed.silences).toEqual([{ from: judgedTo - quarter, to: START + 5 * HOUR }]);
  expect(passed).toMatchObject({ span: HOUR, judgedTo: START + 5 * HOUR });
});

test('patterns are learned anew where others are counted, and stay ignored', async () => {
  const progress = await closed(
    detector,
    { progress: kept, from: START, reached: START + HOUR },
    { models: [patternOf('Paid')], counts: new Map() },
  );
  const ignored = { at: '2026-01-05T00:00:00.000Z' };
  const known = (): PatternModel[] => [
    { ...patternOf('Paid'), judged: START + HOUR },
    { ...patternOf('Closed'), judged: START + HOUR, ignored },
  ];
  const from = START + 9 * DAY + 1;
  const begin = START + 9 * DAY + HOUR;
  const reached = begin + HOUR;
  const changedTo = async (change: object): Promise<PatternModel[]> => {
    const models = known();
    const given = { progress: { ...progress, judgedTo: from - 1 }, from, reached };
    const passed = await closed({ ...detector, ...change }, given, { models, counts: new Map([[begin, 4]]) });
    expect(passed.isToBeLearnedAnew).toBeUndefined();
    return models;
  };
  expect((await changedTo({ threshold: { method: 'fixed', value: 0.7 } }))[1].since).toBe(START);
  for (const change of [
    { source: { ...detector.source, query: 'level:error' } },
    { source: { ...detector.source, index: 'others' } },
    { patterns: { ...detector.patterns!, field: 'event.original' } },
    { patterns: { ...detector.patterns!, masks: [{ name: 'order', regex: 'o-\\d+' }] } },
    { entity_field: 'host.name' },
  ]) {
    const [paid, closedOne] = await changedTo(change);
    expect([paid.since, closedOne.since]).toEqual([begin, begin]);
    expect(closedOne).toMatchObject({ ignored, judged: begin });
    expect(paid.series.get(ALL_ENTITIES)).toMatchObject({ since: begin, lastCount: 4 });
  }
});

test('what is counted is taken for unchanged where an earlier version did not note it', async () => {
  const models = [{ ...patternOf('Paid'), judged: START }];
  const given = { progress: kept, from: START, reached: START + HOUR };
  const { counted, since } = await closed(detector, given, { models, counts: new Map([[START, 4]]) });
  expect([counted, since, models[0].since]).toEqual([expect.any(String), START, START]);
});

test('with masks of its own a detector learns patterns anew where an earlier version did not note what is counted', async () => {
  const masked = {
    ...detector,
    patterns: { ...detector.patterns!, masks: [{ name: 'order', regex: 'o-\\d+' }] },
  };
  const models = [{ ...patternOf('Paid'), judged: START }];
  const begin = START + HOUR;
  const given = { progress: kept, from: START + 1, reached: begin + HOUR };
  const passed = await closed(masked, given, { models, counts: new Map([[begin, 4]]) });
  expect([passed.since, models[0].since]).toEqual([begin, begin]);
  // A detector that begins has nothing to learn anew.
  const first = patternsOfRun({
    ...{ store: {} as PatternStore, detector: masked, templates: () => [] },
    ...{ now: () => START, warn: () => undefined },
  })!;
  first.resume(undefined, START + 1);
  expect(first.progress()).not.toHaveProperty('isToBeLearnedAnew');
});

test('a pattern that was deleted while messages were matched with it is stored again, as a new one', async () => {
  const [paid, closedOne] = [patternOf('Paid'), patternOf('Closed')];
  const added: unknown[] = [];
  const settings = detector;
  const patterns = patternsOfRun({
    store: {
      ...{ save: ignoring, counts: async () => new Map() },
      tokens: async () => [paid, closedOne].map(({ id, tokens }) => ({ id, tokens })),
      add: async (counts: unknown) => (added.push(counts) === 1 ? [paid.id] : []),
    } as unknown as PatternStore,
    ...{ detector: settings, templates: () => [], now: () => START + 2 * HOUR, warn: () => undefined },
  })!;
  patterns.resume(kept, START);
  const documents = ['Paid', 'Closed'].map((message) => ({ '@timestamp': START, message }));
  const logs = documents.map((document, row) => ({ index: 'weblogs', id: String(row), document }));
  await patterns.count({ logs, position: undefined }, { now: START + 2 * HOUR, reached: START });
  await patterns.finish(START + HOUR, ignoring, ignoring);
  const seen = { first: START, last: START, example: 'Paid' };
  expect(added).toEqual([
    expect.objectContaining({ cells: expect.arrayContaining([[paid.id, expect.any(String), START, 1]]) }),
    { seen: [[paid.id, { ...seen, tokens: ['Paid'] }]], cells: [] },
  ]);
  expect(patterns.progress()!.catalogue).toBeGreaterThan(kept.catalogue);
});

test('all variants of a message that become one at once count in the bucket in which they do', async () => {
  const letters = [...'abcdefghijklmnop'];
  const names = letters.flatMap((one) => letters.map((other) => `n${one}x${other}z`));
  const models = names.map((name): PatternModel => {
    const tokens = ['Session', ' of', ` ${name}`, ' was', ' closed'];
    return { ...patternOf('x'), id: patternIdOf(tokens), tokens };
  });
  const merge = jest.fn<Promise<void>, Parameters<PatternStore['merge']>>(async () => undefined);
  const save = jest.fn<Promise<void>, Parameters<PatternStore['save']>>(async () => undefined);
  const bucket = new Map(models.map(({ id }) => [id, new Map([[ALL_ENTITIES, 1]])]));
  const patterns = patternsOfRun({
    store: {
      ...{ merge, save, add: async () => [], joining: async () => [], remove: ignoring },
      ...{ load: async () => [...models], counts: async () => new Map([[START, bucket]]) },
    } as unknown as PatternStore,
    ...{ detector, templates: () => [], now: () => START + 2 * HOUR, warn: () => undefined },
  })!;
  patterns.resume(kept, START);
  await patterns.finish(START + HOUR, ignoring, ignoring);
  const [[merged, gone, unnamed]] = merge.mock.calls;
  expect([gone.length, merged.members.length, unnamed?.length]).toEqual([256, 100, 156]);
  const [[[saved]]] = save.mock.calls;
  expect(saved.series.get(ALL_ENTITIES)?.lastCount).toBe(256);
});
