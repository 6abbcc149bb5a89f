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
  private readonly cells = new Map<string, Map<string, Map<number, number>>>();
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
    for (const id of this.cells.keys()) this.trimEntities(id);
    const cells: [string, string, number, number][] = [];
    for (const [id, entities] of this.cells) {
      for (const [entity, buckets] of entities) {
        for (const [bucket, logs] of buckets) cells.push([id, entity, bucket, logs]);
      }
    }
    return { seen: [...this.seen], cells };
  }

  private isKept({ id, tokens }: MatchedPattern): boolean {
    return tokens === undefined || id <= this.highestFresh;
  }

  private put(id: string, entity: string, bucket: number, logs: number): void {
    let entities = this.cells.get(id);
    if (entities === undefined) this.cells.set(id, (entities = new Map()));
    let buckets = entities.get(entity);
    if (buckets === undefined) entities.set(entity, (buckets = new Map()));
    if (!buckets.has(bucket)) this.size++;
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + logs);
    if (entities.size > 2 * PATTERN_LIMITS.entities) this.trimEntities(id);
  }

  /** Keeps the first entities of a pattern by name. */
  private trimEntities(id: string): void {
    const entities = this.cells.get(id);
    if (entities === undefined || entities.size <= PATTERN_LIMITS.entities) return;
    const names = [...entities.keys()].filter((name) => name !== OTHER_ENTITIES).sort();
    for (const name of names.slice(PATTERN_LIMITS.entities)) this.move(id, name, id, OTHER_ENTITIES);
  }

  /** Counts what is at one place at another one. */
  private move(fromId: string, from: string, toId: string, to: string): void {
    const buckets = this.cells.get(fromId)?.get(from);
    if (buckets === undefined) return;
    this.cells.get(fromId)!.delete(from);
    this.size -= buckets.size;
    for (const [bucket, logs] of buckets) this.put(toId, to, bucket, logs);
  }

  /** Keeps the first new patterns by id. */
  private trimFresh(): void {
    if (this.fresh <= PATTERN_LIMITS.fresh) return;
    const ids = [...this.seen].flatMap(([id, { tokens }]) => (tokens === undefined ? [] : [id])).sort();
    for (const id of ids.slice(PATTERN_LIMITS.fresh)) {
      for (const entity of [...(this.cells.get(id)?.keys() ?? [])]) {
        this.move(id, entity, OTHER_PATTERNS, entity);
      }
      this.cells.delete(id);
      this.seen.delete(id);
    }
    this.fresh = PATTERN_LIMITS.fresh;
    this.highestFresh = ids[PATTERN_LIMITS.fresh - 1];
  }
}

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
