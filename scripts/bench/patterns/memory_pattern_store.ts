import { ALL_ENTITIES, newPattern, type PatternModel } from '../../../common/patterns';
import type { PatternStore } from '../../../server/detection/ports/patterns';

/** Patterns of one detector that are forgotten with the process. What a person does to patterns is not among it. */
export function memoryPatternStore(): PatternStore & {
  readonly patterns: ReadonlyMap<string, PatternModel>;
} {
  const patterns = new Map<string, PatternModel>();
  const counted = new Map<number, Map<string, Map<string, number>>>();
  const nobody = (): never => {
    throw new Error('Nobody works on the patterns of a benchmark.');
  };
  const store: ReturnType<typeof memoryPatternStore> = {
    patterns,
    tokens: async () => [...patterns.values()].map(({ id, tokens }) => ({ id, tokens })),
    load: async () => [...patterns.values()],
    add: async ({ seen, cells }, _sequence, since, zone) => {
      const gone: string[] = [];
      for (const [id, each] of seen) {
        const known = patterns.get(id);
        if (known !== undefined) known.lastSeen = Math.max(known.lastSeen, each.last);
        else if (each.tokens !== undefined)
          patterns.set(id, newPattern(id, { ...each, tokens: each.tokens }, { since, zone }));
        else gone.push(id);
      }
      for (const [id, entity, bucket, logs] of cells) {
        const ofBucket = counted.get(bucket) ?? new Map<string, Map<string, number>>();
        const ofPattern = ofBucket.get(id) ?? new Map<string, number>();
        counted.set(bucket, ofBucket.set(id, ofPattern));
        for (const name of [entity, ALL_ENTITIES]) ofPattern.set(name, (ofPattern.get(name) ?? 0) + logs);
      }
      return gone;
    },
    addPast: (...given) => store.add(...given),
    counts: async ({ from, to }) => {
      // Buckets before are over: nobody asks for them again.
      for (const bucket of counted.keys()) if (bucket < from) counted.delete(bucket);
      return new Map([...counted].filter(([bucket]) => bucket < to));
    },
    save: async () => undefined,
    joining: async () => [],
    merge: async (into, members) => {
      for (const { id } of members) patterns.delete(id);
      patterns.set(into.id, into);
    },
    remove: async (ids) => ids.forEach((id) => patterns.delete(id)),
    searchOf: async () => 'words',
    ...{ join: nobody, separate: nobody, put: nobody, find: nobody, ignore: nobody },
  };
  return store;
}
