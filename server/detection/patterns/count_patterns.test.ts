import { parseDetector } from '../../../common/detector';
import { HOUR } from '../../../common/duration';
import {
  ALL_ENTITIES,
  emptyProfile,
  newSeries,
  patternIdOf,
  type PatternModel,
} from '../../../common/patterns';
import type { PatternProgress, PatternStore } from '../ports/patterns';
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
