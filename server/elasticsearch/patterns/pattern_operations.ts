import {
  newPattern,
  OTHER_ENTITIES,
  PATTERN_LIMITS,
  patternText,
  type CountsState,
  type PatternFinding,
  type PatternModel,
  type SeenPattern,
} from '../../../common/patterns';
import type { BulkOperation } from '../transport/bulk';
import {
  countsDocumentId,
  dayOf,
  documentOf,
  entityKey,
  eventDocumentId,
  judgedPartOf,
  minuteOf,
  patternDocumentId,
  type CountsDocument,
  type EventDocument,
} from './stored_pattern';

const SUM_COUNTS = `
  if (params.until > ctx._source.until) ctx._source.until = params.until;
  def cells = ctx._source.cells;
  def sums = ctx._source.sums;
  long summed = 0;
  if (sums != null) for (def logs : sums.values()) summed += logs;
  if (sums == null || summed != ctx._source.logs) {
    sums = new HashMap();
    for (def of : cells.values()) {
      for (def bucket : of.entrySet()) {
        def sum = sums.get(bucket.getKey());
        sums.put(bucket.getKey(), sum == null ? bucket.getValue() : sum + bucket.getValue());
      }
    }
    ctx._source.sums = sums;
  }
  for (def entity : params.cells.entrySet()) {
    def name = entity.getKey();
    if (!cells.containsKey(name) && cells.size() >= params.most) name = params.others;
    def of = cells.get(name);
    if (of == null) { of = new HashMap(); cells.put(name, of); }
    for (def bucket : entity.getValue().entrySet()) {
      def before = of.get(bucket.getKey());
      of.put(bucket.getKey(), before == null ? bucket.getValue() : before + bucket.getValue());
      def sum = sums.get(bucket.getKey());
      sums.put(bucket.getKey(), sum == null ? bucket.getValue() : sum + bucket.getValue());
      ctx._source.logs += bucket.getValue();
    }
  }
`;
/** Adds counts to those of a day, unless these or later ones have been added: `number` is the field that tells. */
const addCounts = (number: keyof CountsDocument): string => `
  if (ctx._source.${number} != null && ctx._source.${number} >= params.sequence) { ctx.op = 'none'; return; }
  ctx._source.${number} = params.sequence;
  ${SUM_COUNTS}
`;
export const ADD_COUNTS = addCounts('applied');
/** The same for counts of a backfill, whose numbers are apart from those of the runs of a detector. */
export const ADD_PAST_COUNTS = addCounts('applied_past');
/** Adds the counts of a pattern that became a part of this one, once. */
export const TAKE_COUNTS = `
  if (ctx._source.taken == null) ctx._source.taken = [];
  if (ctx._source.taken.contains(params.part)) { ctx.op = 'none'; return; }
  ctx._source.taken.add(params.part);
  ${SUM_COUNTS}
`;
/** Notes when a pattern was seen first and last. */
const NOTE_SEEN = `
  if (ctx.op == 'create') return;
  boolean isNews = false;
  if (params.last > ctx._source.last_seen) { ctx._source.last_seen = params.last; isNews = true; }
  if (params.first < ctx._source.first_seen) {
    ctx._source.first_seen = params.first;
    ctx._source.example = params.example;
    if (params.level == null) ctx._source.remove('level'); else ctx._source.level = params.level;
    isNews = true;
  }
  if (!isNews) ctx.op = 'none';
`;
/** Replaces what was judged, unless a later bucket has been. */
const NOTE_JUDGED = `
  if (ctx._source.judged != null && ctx._source.judged >= params.judged) { ctx.op = 'none'; return; }
  ctx._source.putAll(params.document);
`;

/** Place of the patterns of one detector. */
interface Place {
  readonly index: string;
  readonly detectorId: string;
}

/** Writes of one document each, ready for `_bulk`. */
export class PatternOperations {
  constructor(private readonly place: Place) {}

  indexed(pattern: PatternModel): BulkOperation {
    const { index, detectorId } = this.place;
    return {
      action: 'index',
      index,
      id: patternDocumentId(detectorId, pattern.id),
      document: documentOf(detectorId, pattern),
    };
  }

  /** @param change body of an update of the pattern's document */
  changed(patternId: string, change: unknown): BulkOperation {
    return this.update(patternDocumentId(this.place.detectorId, patternId), change);
  }

  forgotten(patternId: string): BulkOperation {
    return this.deletion(patternDocumentId(this.place.detectorId, patternId));
  }

  /** Notes when a pattern was seen, and makes it where its tokens are given. */
  seen(
    id: string,
    seen: SeenPattern,
    begin: { readonly since: number; readonly zone?: string },
  ): BulkOperation {
    const { first, last, example, level, tokens } = seen;
    const script = { source: NOTE_SEEN, params: { first, last, example, level: level ?? null } };
    return this.changed(id, {
      script,
      ...(tokens !== undefined && {
        scripted_upsert: true,
        upsert: documentOf(this.place.detectorId, newPattern(id, { ...seen, tokens }, begin)),
      }),
    });
  }

  /** Notes what was judged. */
  judged(pattern: PatternModel): BulkOperation {
    return this.changed(pattern.id, {
      script: {
        source: NOTE_JUDGED,
        params: { judged: pattern.judged ?? 0, document: judgedPartOf(pattern) },
      },
    });
  }

  /** @param source script that adds the counts, such as {@link ADD_COUNTS} or {@link TAKE_COUNTS}, with `once` as its parameters */
  counts(
    { id, day, until, cells }: DayCounts,
    source: string,
    once: Readonly<Record<string, unknown>>,
  ): BulkOperation {
    const { detectorId } = this.place;
    return this.update(countsDocumentId(detectorId, id, day), {
      script: {
        source,
        params: {
          ...{ ...once, until, cells, most: PATTERN_LIMITS.entities },
          others: entityKey(OTHER_ENTITIES),
        },
      },
      scripted_upsert: true,
      upsert: {
        ...{ kind: 'counts', detector_id: detectorId, pattern_id: id },
        ...{ day, until, logs: 0, cells: {}, sums: {} },
      } satisfies CountsDocument,
    });
  }

  withoutCounts({ pattern_id: id, day }: CountsDocument): BulkOperation {
    return this.deletion(countsDocumentId(this.place.detectorId, id, day));
  }

  /** @param pattern in which the change was found; absent where it is gone */
  found(finding: PatternFinding, pattern: PatternModel | undefined): BulkOperation {
    const { index, detectorId } = this.place;
    const { patternId, time, ...rest } = finding;
    const event: EventDocument = {
      kind: 'event',
      detector_id: detectorId,
      pattern_id: patternId,
      '@timestamp': time,
      ...rest,
      text: patternText(pattern?.tokens ?? []),
      ...(pattern?.level !== undefined && { level: pattern.level }),
    };
    return { action: 'create', index, id: eventDocumentId(detectorId, finding), document: event };
  }

  private update(id: string, document: unknown): BulkOperation {
    return { action: 'update', index: this.place.index, id, document };
  }

  private deletion(id: string): BulkOperation {
    return { action: 'delete', index: this.place.index, id };
  }
}

/** Counts of a pattern in a day. */
export interface DayCounts {
  readonly id: string;
  readonly day: number;
  until: number;
  readonly cells: Record<string, Record<string, number>>;
}

/** Returns counts by pattern and day. */
export function daysOf({ cells }: CountsState): DayCounts[] {
  const days = new Map<string, DayCounts>();
  for (const [id, entity, bucket, logs] of cells) {
    const day = dayOf(bucket);
    const key = `${day} ${id}`;
    let of = days.get(key);
    if (of === undefined) days.set(key, (of = { id, day, until: bucket, cells: {} }));
    of.until = Math.max(of.until, bucket);
    const ofEntity = (of.cells[entityKey(entity)] ??= {});
    ofEntity[minuteOf(bucket)] = (ofEntity[minuteOf(bucket)] ?? 0) + logs;
  }
  return [...days.values()];
}
