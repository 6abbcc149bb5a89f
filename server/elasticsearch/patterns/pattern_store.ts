import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { MINUTE } from '../../../common/duration';
import {
  ALL_ENTITIES,
  newPattern,
  OTHER_ENTITIES,
  PATTERN_LIMITS,
  type CountsState,
  type PatternModel,
  type SeenPattern,
} from '../../../common/patterns';
import type { PatternStore } from '../../detection/ports/patterns';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, patternsIndex } from '../indices/names';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWrite, throwIfRefused, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import {
  countsDocumentId,
  dayOf,
  documentOf,
  entityKey,
  entityOfKey,
  eventDocumentId,
  judgedPartOf,
  minuteOf,
  modelOf,
  patternDocumentId,
  type CountsDocument,
  type EventDocument,
  type PatternDocument,
} from './stored_pattern';
import { patternText } from '../../../common/patterns';
import { messageSearchOf } from './message_search';

type Query = estypes.QueryDslQueryContainer;

/** Documents of one answer; a pattern of many entities takes some 10 kB. */
const PAGE = 500;

const SUM_COUNTS = `
  if (params.until > ctx._source.until) ctx._source.until = params.until;
  def cells = ctx._source.cells;
  for (def entity : params.cells.entrySet()) {
    def name = entity.getKey();
    if (!cells.containsKey(name) && cells.size() >= params.most) name = params.others;
    def of = cells.get(name);
    if (of == null) { of = new HashMap(); cells.put(name, of); }
    for (def bucket : entity.getValue().entrySet()) {
      def before = of.get(bucket.getKey());
      of.put(bucket.getKey(), before == null ? bucket.getValue() : before + bucket.getValue());
      ctx._source.logs += bucket.getValue();
    }
  }
`;
/** Adds counts to those of a day, unless these or later ones have been added. */
const ADD_COUNTS = `
  if (ctx._source.applied != null && ctx._source.applied >= params.sequence) { ctx.op = 'none'; return; }
  ctx._source.applied = params.sequence;
  ${SUM_COUNTS}
`;
/** Adds the counts of a pattern that became a part of this one, once. */
const TAKE_COUNTS = `
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

/**
 * Patterns of one detector in `log-anomalies-patterns.<space>`. Needs `read`, `index`, `delete`, `create_index` and
 * `view_index_metadata` there.
 */
export function createPatternStore(
  client: ElasticsearchClient,
  detectorId: string,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): PatternStore {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = patternsIndex(space);
  const ofDetector: Query = { term: { detector_id: detectorId } };
  let isReady: Promise<void> | undefined;

  async function* read<Document>(
    filter: Query[],
    sort: estypes.SortCombinations[],
    source: string[],
  ): AsyncGenerator<Document> {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const answer = await attempt(
        () =>
          client.search<Document>(
            {
              index,
              ignore_unavailable: true,
              allow_no_indices: true,
              size: PAGE,
              track_total_hits: false,
              _source_includes: source,
              query: { bool: { filter: [ofDetector, ...filter] } },
              sort,
              ...(after && { search_after: after }),
            },
            { signal },
          ),
        { what: `read the patterns of "${detectorId}"`, policy, signal },
      );
      const { hits } = answer.hits;
      for (const { _source } of hits) if (_source !== undefined) yield _source;
      if (hits.length < PAGE) return;
      after = hits[hits.length - 1].sort;
    }
  }
  const byPattern: estypes.SortCombinations[] = [{ pattern_id: { order: 'asc', unmapped_type: 'keyword' } }];
  const byPatternAndDay: estypes.SortCombinations[] = [
    ...byPattern,
    { day: { order: 'asc', unmapped_type: 'date' } },
  ];
  const notMerged: Query[] = [
    { term: { kind: 'pattern' } },
    { bool: { must_not: [{ exists: { field: 'merged_into' } }] } },
  ];
  /** Those that became a part of another one may be among these where an index does not map `is_joining`. */
  const notCarriedOut: Query[] = [
    { term: { kind: 'pattern' } },
    { bool: { must_not: [{ term: { is_joining: false } }] } },
  ];

  const indexed = (pattern: PatternModel): BulkOperation => ({
    action: 'index',
    index,
    id: patternDocumentId(detectorId, pattern.id),
    document: documentOf(detectorId, pattern),
  });

  /** @returns ids of documents that are written, or are as they were to be */
  const written = async (operations: readonly BulkOperation[]): Promise<ReadonlySet<string>> => {
    if (operations.length === 0) return new Set();
    await (isReady ??= ensureIndex(client, index, 'patterns', { policy, signal }));
    try {
      const what = `write patterns of space "${space}"`;
      const guard = guardOf(client, 'patterns', { policy, signal });
      const outcome = await bulkWrite(client, operations, { what, guard, refresh: true, policy, signal });
      throwIfRefused(outcome, what);
      return new Set(outcome.revisions.keys());
    } catch (error) {
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
      throw new DetectionError(
        'forbidden',
        `Writing patterns takes the rights create_index, view_index_metadata, read, index and delete on "${index}".`,
        { cause: error },
      );
    }
  };
  const write = async (operations: readonly BulkOperation[]): Promise<void> => {
    await written(operations);
  };
  const update = (id: string, document: unknown): BulkOperation => ({
    action: 'update',
    index,
    id,
    document,
  });

  const deletion = (id: string): BulkOperation => ({ action: 'delete', index, id });

  const seenOperation = (
    id: string,
    seen: SeenPattern,
    begin: { readonly since: number; readonly zone?: string },
  ): BulkOperation => {
    const { first, last, example, level, tokens } = seen;
    const script = { source: NOTE_SEEN, params: { first, last, example, level: level ?? null } };
    return update(patternDocumentId(detectorId, id), {
      script,
      ...(tokens !== undefined && {
        scripted_upsert: true,
        upsert: documentOf(detectorId, newPattern(id, { ...seen, tokens }, begin)),
      }),
    });
  };

  const countsOperation = (
    { id, day, until, cells }: DayCounts,
    source: string,
    once: Readonly<Record<string, unknown>>,
  ): BulkOperation =>
    update(countsDocumentId(detectorId, id, day), {
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
        ...{ day, until, logs: 0, cells: {} },
      } satisfies CountsDocument,
    });

  const allOf = async <Document>(filters: Query[], sort: estypes.SortCombinations[]): Promise<Document[]> => {
    const found: Document[] = [];
    for await (const document of read<Document>(filters, sort, ['*'])) found.push(document);
    return found;
  };

  /** Makes the counts of parts those of a pattern. Doing it again, after any step of it, changes nothing. */
  const takeCounts = async (id: string, parts: readonly string[]): Promise<void> => {
    if (parts.length === 0) return;
    const filters: Query[] = [{ term: { kind: 'counts' } }, { terms: { pattern_id: [...parts] } }];
    const counts = await allOf<CountsDocument>(filters, byPatternAndDay);
    await write(
      counts.map(({ pattern_id: part, day, until, cells }) =>
        countsOperation({ id, day, until, cells }, TAKE_COUNTS, { part }),
      ),
    );
    await write(counts.map((of) => deletion(countsDocumentId(detectorId, of.pattern_id, of.day))));
  };

  return {
    async tokens() {
      const found: { id: string; tokens: readonly string[] }[] = [];
      const source = ['pattern_id', 'model.tokens', 'model.forms', 'merged_into', 'is_joining'];
      for await (const document of read<PatternDocument>(notCarriedOut, byPattern, source)) {
        if (document.merged_into != null && document.is_joining !== true) continue;
        const { pattern_id: id, model } = document;
        for (const tokens of [model.tokens, ...(model.forms ?? [])]) found.push({ id, tokens });
      }
      return found;
    },
    async load() {
      const models: PatternModel[] = [];
      const nameOf = oneOfEach();
      for await (const document of read<PatternDocument>(notMerged, byPattern, ['*'])) {
        models.push(modelOf(document, nameOf));
      }
      return models;
    },
    async joining() {
      const ids: string[] = [];
      const source = ['pattern_id', 'is_joining'];
      const merged: Query[] = [...notCarriedOut, { exists: { field: 'merged_into' } }];
      for await (const { pattern_id: id, is_joining } of read<PatternDocument>(merged, byPattern, source)) {
        if (is_joining === true) ids.push(id);
      }
      if (ids.length === 0) return [];
      const found: { into: string; pattern: PatternModel }[] = [];
      const filter: Query[] = [...merged, { terms: { pattern_id: ids } }];
      for await (const document of read<PatternDocument>(filter, byPattern, ['*'])) {
        if (document.merged_into != null)
          found.push({ into: document.merged_into, pattern: modelOf(document) });
      }
      return found;
    },
    join: (id, into) =>
      write([update(patternDocumentId(detectorId, id), { doc: { merged_into: into, is_joining: true } })]),
    separate: (id) =>
      write([update(patternDocumentId(detectorId, id), { doc: { is_to_be_taken_apart: true } })]),
    put: (patterns) => write(patterns.map(indexed)),
    async add(counts, sequence, since, zone) {
      const there = await written([
        ...counts.seen.map(([id, seen]) => seenOperation(id, seen, { since, zone })),
        ...daysOf(counts).map((of) => countsOperation(of, ADD_COUNTS, { sequence })),
      ]);
      return counts.seen.flatMap(([id, { tokens }]) =>
        tokens !== undefined || there.has(patternDocumentId(detectorId, id)) ? [] : [id],
      );
    },
    async counts({ from, to }) {
      const found = new Map<number, Map<string, Map<string, number>>>();
      const nameOf = oneOfEach();
      const filter: Query[] = [
        { term: { kind: 'counts' } },
        { range: { day: { gte: dayOf(from), lt: to, format: 'epoch_millis' } } },
        { range: { until: { gte: from, format: 'epoch_millis' } } },
      ];
      const source = ['pattern_id', 'day', 'cells'];
      for await (const { pattern_id: id, day, cells } of read<CountsDocument>(
        filter,
        byPatternAndDay,
        source,
      )) {
        for (const [key, buckets] of Object.entries(cells)) {
          for (const [minute, logs] of Object.entries(buckets)) {
            const bucket = day + Number(minute) * MINUTE;
            if (bucket < from || bucket >= to) continue;
            let patterns = found.get(bucket);
            if (patterns === undefined) found.set(bucket, (patterns = new Map()));
            let of = patterns.get(id);
            if (of === undefined) patterns.set(id, (of = new Map([[ALL_ENTITIES, 0]])));
            const entity = nameOf(entityOfKey(key));
            of.set(entity, (of.get(entity) ?? 0) + logs);
            of.set(ALL_ENTITIES, (of.get(ALL_ENTITIES) ?? 0) + logs);
          }
        }
      }
      return found;
    },
    async save(patterns, findings, texts) {
      await write([
        ...findings.map((finding): BulkOperation => {
          const pattern = texts.get(finding.patternId);
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
        }),
        ...patterns.map((pattern) =>
          update(patternDocumentId(detectorId, pattern.id), {
            script: {
              source: NOTE_JUDGED,
              params: { judged: pattern.judged ?? 0, document: judgedPartOf(pattern) },
            },
          }),
        ),
      ]);
    },
    async merge(into, members, unnamed = []) {
      await takeCounts(into.id, unnamed);
      await write([
        indexed(into),
        ...members.map(({ id }) =>
          update(patternDocumentId(detectorId, id), { doc: { merged_into: into.id, is_joining: false } }),
        ),
      ]);
    },
    searchOf: (source) => messageSearchOf(client, source),
    async remove(ids) {
      const gone = new Set(ids);
      for (let found: readonly string[] = ids; found.length > 0;) {
        const parts = await allOf<PatternDocument>(
          [{ term: { kind: 'pattern' } }, { terms: { merged_into: [...found] } }],
          byPattern,
        );
        found = parts.flatMap(({ pattern_id: id, is_joining: isJoining }) =>
          isJoining === true || gone.has(id) ? [] : [id],
        );
        for (const id of found) gone.add(id);
      }
      await write([...gone].map((id) => deletion(patternDocumentId(detectorId, id))));
    },
    async find(id) {
      const found = await attempt(
        () =>
          client.search<Partial<PatternDocument> & Pick<PatternDocument, 'text'>>(
            {
              index,
              ignore_unavailable: true,
              allow_no_indices: true,
              size: 1,
              _source_includes: ['text', 'ignored', 'is_to_be_taken_apart', 'model.forms'],
              query: { bool: { filter: [ofDetector, { term: { pattern_id: id } }, ...notMerged] } },
            },
            { signal },
          ),
        { what: `read the pattern "${id}"`, policy, signal },
      );
      const document = found.hits.hits[0]?._source;
      if (document === undefined) return undefined;
      return {
        text: document.text,
        ...(document.ignored != null && { ignored: document.ignored }),
        forms: (document.model?.forms ?? []).map(patternText),
        ...(document.is_to_be_taken_apart === true && { isToBeTakenApart: true }),
      };
    },
    ignore: (id, ignored) =>
      write([
        update(patternDocumentId(detectorId, id), {
          doc: { is_ignored: ignored !== undefined, ignored: ignored ?? null },
        }),
      ]),
  };
}

/** Gives the first of all texts that are alike, so that the others are not kept. */
function oneOfEach(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  };
}

interface DayCounts {
  readonly id: string;
  readonly day: number;
  until: number;
  readonly cells: Record<string, Record<string, number>>;
}

function daysOf({ cells }: CountsState): DayCounts[] {
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
