import { MINUTE } from '../../../common/duration';
import { ALL_ENTITIES, patternText, type PatternModel } from '../../../common/patterns';
import type { PatternStore } from '../../detection/ports/patterns';
import { DEFAULT_SPACE } from '../indices/names';
import type { RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { messageSearchOf } from './message_search';
import { BY_PATTERN, BY_PATTERN_AND_DAY, PatternDocuments, type Query } from './pattern_documents';
import { ADD_COUNTS, ADD_PAST_COUNTS, daysOf, PatternOperations, TAKE_COUNTS } from './pattern_operations';
import {
  dayOf,
  entityOfKey,
  modelOf,
  patternDocumentId,
  type CountsDocument,
  type PatternDocument,
} from './stored_pattern';

type Counting = 'add' | 'addPast' | 'counts' | 'merge';
type Joining = 'joining' | 'join' | 'separate' | 'remove';

const NOT_MERGED: Query[] = [
  { term: { kind: 'pattern' } },
  { bool: { must_not: [{ exists: { field: 'merged_into' } }] } },
];
/** Those that became a part of another one may be among these where an index does not map `is_joining`. */
const NOT_CARRIED_OUT: Query[] = [
  { term: { kind: 'pattern' } },
  { bool: { must_not: [{ term: { is_joining: false } }] } },
];

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
  const documents = new PatternDocuments(client, detectorId, { space, policy, signal });
  const operations = new PatternOperations(documents);
  return {
    ...catalogueOf(documents, operations),
    ...countingOf(documents, operations),
    ...joiningOf(documents, operations),
    searchOf: (source) => messageSearchOf(client, source),
  };
}

/** Patterns themselves, and what was judged of them. */
function catalogueOf(
  documents: PatternDocuments,
  operations: PatternOperations,
): Omit<PatternStore, Counting | Joining | 'searchOf'> {
  return {
    async tokens() {
      const found: { id: string; tokens: readonly string[] }[] = [];
      const source = ['pattern_id', 'model.tokens', 'model.forms', 'merged_into', 'is_joining'];
      for await (const document of documents.read<PatternDocument>(NOT_CARRIED_OUT, BY_PATTERN, source)) {
        if (document.merged_into != null && document.is_joining !== true) continue;
        const { pattern_id: id, model } = document;
        for (const tokens of [model.tokens, ...(model.forms ?? [])]) found.push({ id, tokens });
      }
      return found;
    },
    async load() {
      const models: PatternModel[] = [];
      const nameOf = oneOfEach();
      for await (const document of documents.read<PatternDocument>(NOT_MERGED, BY_PATTERN, ['*'])) {
        models.push(modelOf(document, nameOf));
      }
      return models;
    },
    put: (patterns) => documents.write(patterns.map((pattern) => operations.indexed(pattern))),
    save: (patterns, findings, texts) =>
      documents.write([
        ...findings.map((finding) => operations.found(finding, texts.get(finding.patternId))),
        ...patterns.map((pattern) => operations.judged(pattern)),
      ]),
    async find(id) {
      const document = await documents.oneOf<Partial<PatternDocument> & Pick<PatternDocument, 'text'>>(
        [{ term: { pattern_id: id } }, ...NOT_MERGED],
        ['text', 'ignored', 'is_to_be_taken_apart', 'model.forms'],
      );
      if (document === undefined) return undefined;
      return {
        text: document.text,
        ...(document.ignored != null && { ignored: document.ignored }),
        forms: (document.model?.forms ?? []).map(patternText),
        ...(document.is_to_be_taken_apart === true && { isToBeTakenApart: true }),
      };
    },
    ignore: (id, ignored) =>
      documents.write([
        operations.changed(id, {
          doc: { is_ignored: ignored !== undefined, ignored: ignored ?? null },
        }),
      ]),
  };
}

/** Logs of patterns, by bucket and entity. */
function countingOf(
  documents: PatternDocuments,
  operations: PatternOperations,
): Pick<PatternStore, Counting> {
  /** Makes the counts of parts those of a pattern. Doing it again, after any step of it, changes nothing. */
  const takeCounts = async (id: string, parts: readonly string[]): Promise<void> => {
    if (parts.length === 0) return;
    const filters: Query[] = [{ term: { kind: 'counts' } }, { terms: { pattern_id: [...parts] } }];
    const counts = await documents.allOf<CountsDocument>(filters, BY_PATTERN_AND_DAY);
    await documents.write(
      counts.map(({ pattern_id: part, day, until, cells }) =>
        operations.counts({ id, day, until, cells }, TAKE_COUNTS, { part }),
      ),
    );
    await documents.write(counts.map((of) => operations.withoutCounts(of)));
  };

  const adding =
    (script: string): PatternStore['add'] =>
    async (counts, sequence, since, zone) => {
      const there = await documents.written([
        ...counts.seen.map(([id, seen]) => operations.seen(id, seen, { since, zone })),
        ...daysOf(counts).map((of) => operations.counts(of, script, { sequence })),
      ]);
      return counts.seen.flatMap(([id, { tokens }]) =>
        tokens !== undefined || there.has(patternDocumentId(documents.detectorId, id)) ? [] : [id],
      );
    };

  return {
    add: adding(ADD_COUNTS),
    addPast: adding(ADD_PAST_COUNTS),
    async counts({ from, to }) {
      const found = new Map<number, Map<string, Map<string, number>>>();
      const nameOf = oneOfEach();
      const filter: Query[] = [
        { term: { kind: 'counts' } },
        { range: { day: { gte: dayOf(from), lt: to, format: 'epoch_millis' } } },
        { range: { until: { gte: from, format: 'epoch_millis' } } },
      ];
      const source = ['pattern_id', 'day', 'cells'];
      for await (const { pattern_id: id, day, cells } of documents.read<CountsDocument>(
        filter,
        BY_PATTERN_AND_DAY,
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
    async merge(into, members, unnamed = []) {
      await takeCounts(into.id, unnamed);
      await documents.write([
        operations.indexed(into),
        ...members.map(({ id }) =>
          operations.changed(id, { doc: { merged_into: into.id, is_joining: false } }),
        ),
      ]);
    },
  };
}

/** Patterns that became a part of others, and that are forgotten. */
function joiningOf(documents: PatternDocuments, operations: PatternOperations): Pick<PatternStore, Joining> {
  return {
    async joining() {
      const ids: string[] = [];
      const source = ['pattern_id', 'is_joining'];
      const merged: Query[] = [...NOT_CARRIED_OUT, { exists: { field: 'merged_into' } }];
      for await (const { pattern_id: id, is_joining } of documents.read<PatternDocument>(
        merged,
        BY_PATTERN,
        source,
      )) {
        if (is_joining === true) ids.push(id);
      }
      if (ids.length === 0) return [];
      const found: { into: string; pattern: PatternModel }[] = [];
      const filter: Query[] = [...merged, { terms: { pattern_id: ids } }];
      for await (const document of documents.read<PatternDocument>(filter, BY_PATTERN, ['*'])) {
        if (document.merged_into != null)
          found.push({ into: document.merged_into, pattern: modelOf(document) });
      }
      return found;
    },
    join: (id, into) =>
      documents.write([operations.changed(id, { doc: { merged_into: into, is_joining: true } })]),
    separate: (id) => documents.write([operations.changed(id, { doc: { is_to_be_taken_apart: true } })]),
    async remove(ids) {
      const gone = new Set(ids);
      for (let found: readonly string[] = ids; found.length > 0;) {
        const parts = await documents.allOf<PatternDocument>(
          [{ term: { kind: 'pattern' } }, { terms: { merged_into: [...found] } }],
          BY_PATTERN,
        );
        found = parts.flatMap(({ pattern_id: id, is_joining: isJoining }) =>
          isJoining === true || gone.has(id) ? [] : [id],
        );
        for (const id of found) gone.add(id);
      }
      await documents.write([...gone].map((id) => operations.forgotten(id)));
    },
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
