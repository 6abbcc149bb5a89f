import type { estypes } from '@elastic/elasticsearch';
import {
  ANNOTATION_LIMITS,
  annotationWithoutId,
  differencesOf,
  problemOfTimes,
  storedAnnotationSchema,
  type Annotation,
  type AnnotationDraft,
  type AnnotationKind,
} from '../../../common/annotations';
import { DAY } from '../../../common/duration';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import type { AnnotationReader, AnnotationStore, StoredAnnotation } from '../../detection/ports/annotations';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { annotationsIndex, documentId } from '../indices/names';
import { attempt, type RequestOptions } from '../transport/attempt';
import { bulkWrite, throwIfRefused } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { hitTotal } from '../transport/hit_total';
import { pageStart } from '../transport/page_start';

type Query = estypes.QueryDslQueryContainer;
type AnnotationDocument = Omit<Annotation, 'id'>;

export interface AnnotationFilter {
  /** Epoch milliseconds: not over before, begun before. */
  readonly from?: number;
  readonly to?: number;
  readonly kind?: AnnotationKind;
  /** Those that concern it or one of them: those of all entities, too. */
  readonly entity?: string | readonly string[];
}

/** Annotations of a time that are read at once. */
const MOST_DURING = 1_000;

/** Annotations that begin or go on in a time; both ends belong to it. Epoch milliseconds. */
export const within = (from: number | undefined, to: number | undefined): Query[] => [
  ...(to === undefined ? [] : [{ range: { at: { lte: to, format: 'epoch_millis' } } }]),
  ...(from === undefined
    ? []
    : [
        // No annotation is longer: an old one is left out without looking at its end.
        { range: { at: { gte: from - ANNOTATION_LIMITS.days * DAY, format: 'epoch_millis' } } },
        {
          bool: {
            should: [
              { range: { at: { gte: from, format: 'epoch_millis' } } },
              { range: { ends_at: { gte: from, format: 'epoch_millis' } } },
            ],
            minimum_should_match: 1,
          },
        },
      ]),
];

/** Fields that are read: an own document of somebody may hold megabytes of others. */
const READ_FIELDS = Object.keys(storedAnnotationSchema.shape).filter((field) => field !== 'id');

/** Leaves out documents that are no annotations, as far as a search can tell: they would stand in the place of others. */
const WHOLE: readonly Query[] = ['kind', 'at', 'recorded_at'].map((field) => ({
  exists: { field },
}));

/** Those of one time in the order in which they were noted, so that pages neither repeat nor leave out any. */
const NEWEST_FIRST: estypes.Sort = [
  { at: { order: 'desc', unmapped_type: 'date' } },
  { recorded_at: { order: 'desc', unmapped_type: 'date' } },
];

/** @returns one annotation, or none for a document that somebody has written otherwise: it must not stand in the way of incidents */
function annotationsOfHit({ _id: id, _source }: { _id?: string; _source?: unknown }): Annotation[] {
  const found = storedAnnotationSchema.safeParse({ ...(_source as AnnotationDocument), id });
  return found.success ? [found.data] : [];
}

export interface AnnotationSearch {
  readonly filter: readonly Query[];
  readonly from?: number;
  readonly size: number;
  /** True: an index that may not be read is refused; otherwise it counts as one that is not there. */
  readonly isStrict?: boolean;
  /** For messages, such as `read the calendar of changes`. */
  readonly what: string;
}

/** Finds annotations, newest first; none where the index is not there. @throws DetectionError `forbidden` where it is strict */
export async function searchAnnotations(
  client: ElasticsearchClient,
  space: string,
  { filter, from = 0, size, isStrict = false, what }: AnnotationSearch,
  { policy, signal }: RequestOptions,
): Promise<{ total: number; annotations: Annotation[] }> {
  const answer = await attempt(
    () =>
      client.search<AnnotationDocument>(
        {
          index: annotationsIndex(space),
          ignore_unavailable: !isStrict,
          allow_no_indices: true,
          from,
          size,
          track_total_hits: true,
          _source_includes: READ_FIELDS,
          query: { bool: { filter: [...WHOLE, ...filter] } },
          sort: NEWEST_FIRST,
        },
        { signal },
      ),
    { what, policy, signal },
  ).catch((error: unknown) => {
    // Nothing was noted yet.
    if (isStrict && error instanceof DetectionError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (answer === undefined) return { total: 0, annotations: [] };
  const { hits } = answer;
  const annotations = hits.hits.flatMap(annotationsOfHit);
  return { total: hitTotal(hits) - (hits.hits.length - annotations.length), annotations };
}

/**
 * @param now epoch milliseconds: the start where none is given
 * @returns the annotation with an id that depends on what is said alone, unless it was given
 * @throws DetectionError `invalid_input` where its end does not fit its start, or its start lies more than a year ahead
 */
export function annotationOf(draft: AnnotationDraft, by: string | undefined, now: number): Annotation {
  const annotation = annotationWithoutId(draft, by, now);
  const { kind, title, at, version = '', entities } = annotation;
  // A letter first, as ids of callers have it: a digest alone may begin with - or _.
  const own = `annotation-${documentId('annotation', kind, title, at, version, ...entities)}`;
  return { id: draft.id ?? own, ...annotation };
}

/**
 * Annotations in `log-anomalies-annotations.<space>`. Listing needs `read`, adding also `index`, `create_index` and
 * `view_index_metadata`, removing `delete`.
 */
export function createAnnotationStore(
  client: ElasticsearchClient,
  { space, policy, signal }: RequestOptions & { readonly space: string },
) {
  const index = annotationsIndex(space);
  const search = (wanted: Omit<AnnotationSearch, 'what'>) =>
    searchAnnotations(client, space, { ...wanted, what: 'read the calendar of changes' }, { policy, signal });
  const find = async (id: string): Promise<StoredAnnotation | undefined> => {
    const found = await attempt(
      () =>
        client
          .get<AnnotationDocument>({ index, id, _source_includes: READ_FIELDS }, { signal })
          .catch((error: unknown) => {
            if (statusOf(error) === 404) return undefined;
            throw error;
          }),
      { what: `read the annotation "${id}"`, policy, signal },
    );
    return found && { annotation: annotationsOfHit(found)[0] };
  };
  return {
    find,

    findAll: (async (ids) => {
      if (ids.length === 0) return [];
      const wanted = { filter: [{ ids: { values: [...ids] } }], size: ids.length, isStrict: true };
      return (await search(wanted)).annotations;
    }) satisfies AnnotationStore['findAll'],

    add: (async (annotation) => {
      const what = 'save the annotation';
      const { id, ...document } = annotation;
      await ensureIndex(client, index, 'annotations', { policy, signal });
      const guard = guardOf(client, 'annotations', { policy, signal });
      const outcome = await bulkWrite(client, [{ action: 'create', index, id, document }], {
        ...{ what, guard, refresh: true, policy, signal },
      });
      throwIfRefused(outcome, what);
      if (outcome.created.length > 0) return { annotation, created: true, differs: [] };
      const stored = (await find(id))?.annotation;
      if (stored !== undefined) {
        return withEnd(client, index, { stored, given: annotation }, { policy, signal });
      }
      throw new DetectionError(
        'conflict',
        `A document "${id}" is stored that is no annotation; remove it, or give another id.`,
      );
    }) satisfies AnnotationStore['add'],

    /** Newest first. @throws DetectionError `forbidden`, `invalid_input` for a page beyond the first 10,000 */
    async list(
      { from: begin, to, kind, entity }: AnnotationFilter,
      page: { readonly page: number; readonly size: number },
    ): Promise<{ total: number; annotations: Annotation[] }> {
      const filter: Query[] = [
        ...within(begin, to),
        ...(kind === undefined ? [] : [{ term: { kind } }]),
        ...(entity === undefined ? [] : [concerning([entity].flat())]),
      ];
      const from = pageStart(page, 'annotations');
      return search({ filter, from, size: page.size, isStrict: true });
    },

    during: (async ({ from, to }, kinds) => {
      const filter = [...within(from, to), { terms: { kind: [...kinds] } }];
      return (await search({ filter, size: MOST_DURING })).annotations;
    }) satisfies AnnotationReader['during'],

    remove: (async (id) => {
      await attempt(
        () =>
          client.delete({ index, id, refresh: true }, { signal }).catch((error: unknown) => {
            if (statusOf(error) !== 404) throw error;
            throw sentenceError('not_found', 'annotation_missing', { id });
          }),
        { what: `remove the annotation "${id}"`, policy, signal },
      );
    }) satisfies AnnotationStore['remove'],
  };
}

/** Annotations of any of these entities, and those of all. */
export const concerning = (entities: readonly string[]): Query => ({
  bool: {
    should: [
      { terms: { entities: [...entities] } },
      { bool: { must_not: [{ exists: { field: 'entities' } }] } },
    ],
    minimum_should_match: 1,
  },
});

/** Sets a missing end, which takes the privilege `index`. @returns the annotation as it is then, and the fields in which it differs */
async function withEnd(
  client: ElasticsearchClient,
  index: string,
  { stored, given }: { readonly stored: Annotation; readonly given: Annotation },
  { policy, signal }: RequestOptions,
): Promise<{ annotation: Annotation; created: boolean; differs: string[] }> {
  const answerOf = (annotation: Annotation) => ({
    ...{ annotation, created: false },
    differs: differencesOf(given, annotation),
  });
  if (stored.ends_at !== undefined || given.ends_at === undefined) return answerOf(stored);
  const problem = problemOfTimes(stored.at, given.ends_at);
  if (problem !== undefined)
    throw new DetectionError('invalid_input', `The annotation is not valid: ${problem}.`);
  await attempt(
    () => client.update({ index, id: stored.id, doc: { ends_at: given.ends_at }, refresh: true }, { signal }),
    { what: `set the end of the annotation "${stored.id}"`, policy, signal },
  );
  return answerOf({ ...stored, ends_at: given.ends_at });
}
