import { printable } from '../printable';
import type { MatchedPattern } from './pattern_catalogue';
import { OTHER_ENTITIES, OTHER_PATTERNS, PATTERN_LIMITS } from './pattern';

/** Entity of logs without one. */
export const NO_ENTITY = '\u0000none';

/** A log as it is counted. */
export interface CountedLog {
  readonly message: string;
  /** Begin of its bucket, and its own time: epoch milliseconds. */
  readonly bucket: number;
  readonly time: number;
  readonly entity?: string;
  readonly level?: string;
}

/** Beside the counts of a pattern, all of it that can be told by any order of the logs. */
export interface SeenPattern {
  readonly first: number;
  last: number;
  /** The earliest log, of several at that time the first by its text. */
  readonly example: string;
  readonly level?: string;
  /** Absent where the catalogue has it. */
  readonly tokens?: readonly string[];
}

/** JSON of counts: by pattern, by entity, by bucket. */
export interface CountsState {
  readonly seen: readonly (readonly [id: string, seen: SeenPattern])[];
  readonly cells: readonly (readonly [id: string, entity: string, bucket: number, logs: number])[];
}

/**
 * Logs counted by pattern, entity and bucket. The outcome does not depend on the order of the logs: of new patterns the
 * first {@link PATTERN_LIMITS.fresh} by id are kept, of the entities of one pattern the first by name, and all others are
 * counted together.
 */
export class PatternCounts {
  /** By bucket, pattern and entity: few buckets are open at once, so that a count takes little more than its number. */
  private readonly buckets = new Map<number, Map<string, Map<string, number>>>();
  private readonly seen = new Map<string, SeenPattern>();
  /** New patterns that are held, and once there were too many the highest id that is kept. */
  private fresh = 0;
  private highestFresh = '\uffff';
  private size = 0;

  public constructor(state?: CountsState) {
    for (const [id, seen] of state?.seen ?? []) {
      this.seen.set(id, { ...seen });
      if (seen.tokens !== undefined) this.fresh++;
    }
    for (const [id, entity, bucket, logs] of state?.cells ?? []) this.put(id, entity, bucket, logs);
  }

  /** Number of counts that are held. */
  public get cellCount(): number {
    return this.size;
  }

  public add(pattern: MatchedPattern, log: CountedLog): void {
    const id = this.isKept(pattern) ? pattern.id : OTHER_PATTERNS;
    this.put(id, log.entity ?? NO_ENTITY, log.bucket, 1);
    if (id === OTHER_PATTERNS) return;
    const known = this.seen.get(id);
    if (known !== undefined) {
      known.last = Math.max(known.last, log.time);
      const isEarlier =
        log.time < known.first || (log.time === known.first && exampleOf(log) < known.example);
      if (isEarlier) this.seen.set(id, { ...seenOf(log, known.tokens), last: known.last });
      return;
    }
    this.seen.set(id, seenOf(log, pattern.tokens));
    if (pattern.tokens === undefined) return;
    this.fresh++;
    if (this.fresh > 2 * PATTERN_LIMITS.fresh) this.trimFresh();
  }

  public toJSON(): CountsState {
    this.trimFresh();
    for (const id of new Set([...this.buckets.values()].flatMap((patterns) => [...patterns.keys()]))) {
      this.trimEntities(id);
    }
    const cells: [string, string, number, number][] = [];
    for (const [bucket, patterns] of this.buckets) {
      for (const [id, entities] of patterns) {
        for (const [entity, logs] of entities) cells.push([id, entity, bucket, logs]);
      }
    }
    return { seen: [...this.seen], cells };
  }

  private isKept({ id, tokens }: MatchedPattern): boolean {
    return tokens === undefined || id <= this.highestFresh;
  }

  private put(id: string, entity: string, bucket: number, logs: number): void {
    let patterns = this.buckets.get(bucket);
    if (patterns === undefined) this.buckets.set(bucket, (patterns = new Map()));
    let entities = patterns.get(id);
    if (entities === undefined) patterns.set(id, (entities = new Map()));
    const before = entities.get(entity);
    if (before === undefined) this.size++;
    entities.set(entity, (before ?? 0) + logs);
    // The first of all buckets are among the first of each.
    if (entities.size > 2 * PATTERN_LIMITS.entities) this.keepFirst(entities, firstOf(entities.keys()));
  }

  private entitiesOf(id: string): Set<string> {
    const names = new Set<string>();
    for (const patterns of this.buckets.values()) {
      for (const name of patterns.get(id)?.keys() ?? []) names.add(name);
    }
    return names;
  }

  /** Keeps the first entities of a pattern by name. */
  private trimEntities(id: string): void {
    const names = this.entitiesOf(id);
    names.delete(OTHER_ENTITIES);
    if (names.size <= PATTERN_LIMITS.entities) return;
    const kept = firstOf(names);
    for (const patterns of this.buckets.values()) {
      const entities = patterns.get(id);
      if (entities !== undefined) this.keepFirst(entities, kept);
    }
  }

  private keepFirst(entities: Map<string, number>, kept: ReadonlySet<string>): void {
    let others = 0;
    for (const [name, logs] of entities) {
      if (kept.has(name)) continue;
      others += logs;
      entities.delete(name);
      this.size--;
    }
    if (others === 0) return;
    entities.set(OTHER_ENTITIES, others);
    this.size++;
  }

  /** Keeps the first new patterns by id. */
  private trimFresh(): void {
    if (this.fresh <= PATTERN_LIMITS.fresh) return;
    const ids = [...this.seen].flatMap(([id, { tokens }]) => (tokens === undefined ? [] : [id])).sort();
    for (const id of ids.slice(PATTERN_LIMITS.fresh)) {
      for (const [bucket, patterns] of this.buckets) {
        const entities = patterns.get(id);
        if (entities === undefined) continue;
        patterns.delete(id);
        this.size -= entities.size;
        for (const [entity, logs] of entities) this.put(OTHER_PATTERNS, entity, bucket, logs);
      }
      this.seen.delete(id);
    }
    this.fresh = PATTERN_LIMITS.fresh;
    this.highestFresh = ids[PATTERN_LIMITS.fresh - 1];
  }
}

/** Returns the first entities by name. The others are one that has no name, so it is never among these. */
const firstOf = (names: Iterable<string>): ReadonlySet<string> =>
  new Set(
    [...names]
      .filter((name) => name !== OTHER_ENTITIES)
      .sort()
      .slice(0, PATTERN_LIMITS.entities),
  );

const seenOf = (log: CountedLog, tokens: SeenPattern['tokens']): SeenPattern => ({
  first: log.time,
  last: log.time,
  example: exampleOf(log),
  ...(log.level !== undefined && { level: levelOf(log.level) }),
  ...(tokens !== undefined && { tokens }),
});

const exampleOf = ({ message }: CountedLog): string => printable(message.trim(), PATTERN_LIMITS.text);
const LEVEL_CHARACTERS = 32;
const levelOf = (level: string): string => printable(level.toLowerCase(), LEVEL_CHARACTERS);
