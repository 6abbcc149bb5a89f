import { printable } from '../printable';
import type { MatchedPattern } from './pattern_catalogue';
import { OTHER_ENTITIES, OTHER_PATTERNS, PATTERN_LIMITS } from './pattern';

/** Entity of logs without one. */
export const NO_ENTITY = '\u0000none';
/** Names of entities from which those that nothing is counted of are forgotten. */
const NAMES_KEPT = 1_000;

/** A log as it is counted. */
export interface CountedLog {
  readonly message: string;
  /** Begin of its bucket, and its own time: epoch milliseconds. */
  readonly bucket: number;
  readonly time: number;
  readonly entity?: string | undefined;
  /** Asked of few logs: the first of each pattern. */
  readonly levelOf?: () => string | undefined;
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
 * The same in less room, as a checkpoint holds it that is written with each page: of each pattern and bucket the places of its entities
 * among `entities`, each followed by its logs.
 */
export interface PackedCounts extends Pick<CountsState, 'seen'> {
  readonly entities: readonly string[];
  readonly cells: readonly (readonly [id: string, bucket: number, logs: readonly number[]])[];
}

/**
 * Logs counted by pattern, entity and bucket. The outcome does not depend on the order of the logs: of new patterns the
 * first {@link PATTERN_LIMITS.fresh} by id are kept, of the entities of one pattern the first by name, and all others are
 * counted together.
 */
export class PatternCounts {
  /**
   * By bucket and pattern the places of its entities among the names, each followed by its logs: a list of numbers takes less room than
   * a map, and few are looked through.
   */
  private readonly buckets = new Map<number, Map<string, number[]>>();
  private names: string[] = [];
  private places = new Map<string, number>();
  private mostNames = NAMES_KEPT;
  private readonly seen = new Map<string, SeenPattern>();
  /** New patterns that are held, and once there were too many the highest id that is kept. */
  private fresh = 0;
  private highestFresh = '\uffff';
  private size = 0;

  public constructor(state?: CountsState | PackedCounts) {
    for (const [id, seen] of state?.seen ?? []) {
      this.seen.set(id, { ...seen });
      if (seen.tokens !== undefined) this.fresh++;
    }
    if (state === undefined) return;
    if (!('entities' in state)) {
      for (const [id, entity, bucket, logs] of state.cells) this.put(id, entity, bucket, logs);
      return;
    }
    for (const [id, bucket, logs] of state.cells) {
      for (let at = 0; at < logs.length; at += 2)
        this.put(id, state.entities[logs[at]], bucket, logs[at + 1]);
    }
  }

  /** Number of counts that are held. */
  public get cellCount(): number {
    return this.size;
  }

  /** The same once the entities beyond those of each pattern are counted together. */
  public trimmedCount(): number {
    this.trim();
    return this.size;
  }

  /** Begin of the last bucket; undefined without any. */
  public get lastBucket(): number | undefined {
    return this.buckets.size === 0 ? undefined : Math.max(...this.buckets.keys());
  }

  public get hasFresh(): boolean {
    return this.fresh > 0;
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
    this.trim();
    const cells: [string, string, number, number][] = [];
    for (const [bucket, patterns] of this.buckets) {
      for (const [id, counts] of patterns) {
        for (let at = 0; at < counts.length; at += 2)
          cells.push([id, this.names[counts[at]], bucket, counts[at + 1]]);
      }
    }
    return { seen: [...this.seen], cells };
  }

  /** The state as it is now: what is counted later does not change it. */
  public packed(): PackedCounts {
    this.trim();
    const cells: [string, number, number[]][] = [];
    for (const [bucket, patterns] of this.buckets) {
      for (const [id, counts] of patterns) cells.push([id, bucket, [...counts]]);
    }
    return { seen: [...this.seen].map(([id, seen]) => [id, { ...seen }]), entities: [...this.names], cells };
  }

  private trim(): void {
    this.trimFresh();
    for (const id of this.crowded()) this.trimEntities(id);
  }

  private isKept({ id, tokens }: MatchedPattern): boolean {
    return tokens === undefined || id <= this.highestFresh;
  }

  private put(id: string, entity: string, bucket: number, logs: number): void {
    let patterns = this.buckets.get(bucket);
    if (patterns === undefined) this.buckets.set(bucket, (patterns = new Map()));
    const place = this.placeOf(entity);
    const counts = patterns.get(id);
    if (counts === undefined) {
      patterns.set(id, [place, logs]);
      this.size++;
      return;
    }
    for (let at = 0; at < counts.length; at += 2) {
      if (counts[at] !== place) continue;
      counts[at + 1] += logs;
      return;
    }
    counts.push(place, logs);
    this.size++;
    // The first of all buckets are among the first of each.
    if (counts.length > 4 * PATTERN_LIMITS.entities) this.keepFirst(counts, firstOf(this.namesIn(counts)));
    if (this.names.length > this.mostNames) this.forgetNames();
  }

  private placeOf(entity: string): number {
    let place = this.places.get(entity);
    if (place === undefined) {
      place = this.names.push(entity) - 1;
      this.places.set(entity, place);
    }
    return place;
  }

  private namesIn(counts: readonly number[]): string[] {
    return counts.flatMap((place, at) => (at % 2 === 0 ? [this.names[place]] : []));
  }

  /** Forgets the names of entities that nothing is counted of any more. */
  private forgetNames(): void {
    const { names } = this;
    this.names = [];
    this.places = new Map();
    for (const patterns of this.buckets.values()) {
      for (const counts of patterns.values()) {
        for (let at = 0; at < counts.length; at += 2) counts[at] = this.placeOf(names[counts[at]]);
      }
    }
    this.mostNames = Math.max(NAMES_KEPT, 2 * this.names.length);
  }

  /** Ids of patterns that have more entities than are kept, in all buckets together. */
  private crowded(): string[] {
    const found = new Map<string, number>();
    for (const patterns of this.buckets.values()) {
      for (const [id, counts] of patterns) found.set(id, (found.get(id) ?? 0) + counts.length / 2);
    }
    const others = this.places.get(OTHER_ENTITIES);
    const last = new Uint32Array(this.names.length);
    let pattern = 0;
    return [...found].flatMap(([id, most]) => {
      if (most <= PATTERN_LIMITS.entities) return [];
      pattern++;
      let entities = 0;
      for (const counts of this.listsOf(id)) {
        for (let at = 0; at < counts.length; at += 2) {
          const place = counts[at];
          if (last[place] === pattern || place === others) continue;
          last[place] = pattern;
          entities++;
        }
      }
      return entities > PATTERN_LIMITS.entities ? [id] : [];
    });
  }

  private listsOf(id: string): number[][] {
    return [...this.buckets.values()].flatMap((patterns) => {
      const counts = patterns.get(id);
      return counts === undefined ? [] : [counts];
    });
  }

  /** Keeps the first entities of a pattern by name. */
  private trimEntities(id: string): void {
    const lists = this.listsOf(id);
    const kept = firstOf(new Set(lists.flatMap((counts) => this.namesIn(counts))));
    for (const counts of lists) this.keepFirst(counts, kept);
  }

  private keepFirst(counts: number[], kept: ReadonlySet<string>): void {
    let others = 0;
    let length = 0;
    for (let at = 0; at < counts.length; at += 2) {
      if (!kept.has(this.names[counts[at]])) {
        others += counts[at + 1];
        this.size--;
        continue;
      }
      counts[length++] = counts[at];
      counts[length++] = counts[at + 1];
    }
    counts.length = length;
    if (others === 0) return;
    counts.push(this.placeOf(OTHER_ENTITIES), others);
    this.size++;
  }

  /** Keeps the first new patterns by id. */
  private trimFresh(): void {
    if (this.fresh <= PATTERN_LIMITS.fresh) return;
    const ids = [...this.seen].flatMap(([id, { tokens }]) => (tokens === undefined ? [] : [id])).sort();
    for (const id of ids.slice(PATTERN_LIMITS.fresh)) {
      for (const [bucket, patterns] of this.buckets) {
        const counts = patterns.get(id);
        if (counts === undefined) continue;
        patterns.delete(id);
        this.size -= counts.length / 2;
        const names = this.namesIn(counts);
        names.forEach((entity, at) => this.put(OTHER_PATTERNS, entity, bucket, counts[2 * at + 1]));
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

function seenOf(log: CountedLog, tokens: SeenPattern['tokens']): SeenPattern {
  const level = log.levelOf?.();
  return {
    first: log.time,
    last: log.time,
    example: exampleOf(log),
    ...(level !== undefined && { level: levelOf(level) }),
    ...(tokens !== undefined && { tokens }),
  };
}

const exampleOf = ({ message }: CountedLog): string => printable(message.trim(), PATTERN_LIMITS.text);
const LEVEL_CHARACTERS = 32;
const levelOf = (level: string): string => printable(level.toLowerCase(), LEVEL_CHARACTERS);
