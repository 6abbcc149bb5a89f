import type { estypes } from '@elastic/elasticsearch';
import {
  ANNOTATION_LIMITS,
  annotationSchema,
  problemOfTimes,
  type Annotation,
  type AnnotationDraft,
  type AnnotationKind,
} from '../../../common/annotations';
import { DAY } from '../../../common/duration';
import { DetectionError } from '../../../common/detection_error';
import type { AnnotationReader } from '../../detection/ports/annotations';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { annotationsIndex, documentId } from '../indices/names';
import { attempt, type RequestOptions } from '../transport/attempt';
import { bulkWrite, throwIfRefused } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { hitTotal } from '../transport/hit_total';
import { pageStart } from '../transport/page_start';

type Query = estypes.QueryDslQueryContainer;
export type StoredAnnotation = Omit<Annotation, 'id'>;

export interface AnnotationFilter {
  /** Epoch milliseconds: not over before, begun before. */
  readonly from?: number;
  readonly to?: number;
  readonly kind?: AnnotationKind;
  /** Those that concern it: those of all entities, too. */
  readonly entity?: string;
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

/** @returns one annotation, or none for a document that somebody has written otherwise: it must not stand in the way of incidents */
export function annotationsOfHit({ _id: id, _source }: { _id?: string; _source?: unknown }): Annotation[] {
  const found = annotationSchema.safeParse({ ...(_source as StoredAnnotation), id });
  return found.success ? [found.data] : [];
}

/**
 * @param now epoch milliseconds: the start where none is given
 * @returns the annotation with an id that depends on what is said alone, unless it was given
 * @throws DetectionError `invalid_input` where its end does not fit its start
 */
export function annotationOf(
  { id, at: given, ...draft }: AnnotationDraft,
  by: string | undefined,
  now: number,
): Annotation {
  const at = given ?? new Date(now).toISOString();
  const problem = problemOfTimes(at, draft.ends_at);
  if (problem !== undefined)
    throw new DetectionError('invalid_input', `The annotation is not valid: ${problem}.`);
  const entities = [...new Set(draft.entities)].sort();
  const { kind, title, version = '' } = draft;
  return {
    id: id ?? documentId('annotation', kind, title, at, version, ...entities),
    ...draft,
    at,
    entities,
    ...(by !== undefined && { by }),
    recorded_at: new Date(now).toISOString(),
  };
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
  const search = (query: Query, from: number, size: number) =>
    attempt(
      () =>
        client.search<StoredAnnotation>(
          {
            index,
            // An index that may not be read counts as one that is not there.
            ignore_unavailable: true,
            allow_no_indices: true,
            from,
            size,
            track_total_hits: true,
            query,
            sort: [{ at: { order: 'desc', unmapped_type: 'date' } }],
          },
          { signal },
        ),
      { what: 'list annotations', policy, signal },
    );
  const find = async (id: string): Promise<Annotation | undefined> => {
    const found = await attempt(
      () =>
        client.get<StoredAnnotation>({ index, id }, { signal }).catch((error: unknown) => {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }),
      { what: `read the annotation "${id}"`, policy, signal },
    );
    return found && annotationsOfHit(found)[0];
  };
  return {
    /** Writes it unless one with its id is there. @returns the one that is stored */
    async add(annotation: Annotation): Promise<{ annotation: Annotation; created: boolean }> {
      const what = 'save the annotation';
      const { id, ...document } = annotation;
      await ensureIndex(client, index, 'annotations', { policy, signal });
      const guard = guardOf(client, 'annotations', { policy, signal });
      const outcome = await bulkWrite(client, [{ action: 'create', index, id, document }], {
        ...{ what, guard, refresh: true, policy, signal },
      });
      throwIfRefused(outcome, what);
      if (outcome.created.length > 0) return { annotation, created: true };
      return { annotation: (await find(id)) ?? annotation, created: false };
    },

    /** Newest first. @throws DetectionError `invalid_input` for a page beyond the first 10,000 */
    async list(
      { from, to, kind, entity }: AnnotationFilter,
      page: { readonly page: number; readonly size: number },
    ): Promise<{ total: number; annotations: Annotation[] }> {
      const filter: Query[] = [
        ...within(from, to),
        ...(kind === undefined ? [] : [{ term: { kind } }]),
        ...(entity === undefined ? [] : [concerning([entity])]),
      ];
      const answer = await search({ bool: { filter } }, pageStart(page, 'annotations'), page.size);
      return { total: hitTotal(answer.hits), annotations: answer.hits.hits.flatMap(annotationsOfHit) };
    },

    during: (async ({ from, to }, kinds) => {
      const filter = [...within(from, to), { terms: { kind: [...kinds] } }];
      return (await search({ bool: { filter } }, 0, MOST_DURING)).hits.hits.flatMap(annotationsOfHit);
    }) satisfies AnnotationReader['during'],

    /** @throws DetectionError `not_found` */
    async remove(id: string): Promise<void> {
      await attempt(
        () =>
          client.delete({ index, id, refresh: true }, { signal }).catch((error: unknown) => {
            if (statusOf(error) !== 404) throw error;
            throw new DetectionError('not_found', `There is no annotation "${id}" in this space.`);
          }),
        { what: `remove the annotation "${id}"`, policy, signal },
      );
    },
  };
}

/** Annotations of any of these entities, and those of all. */
const concerning = (entities: readonly string[]): Query => ({
  bool: {
    should: [
      { terms: { entities: [...entities] } },
      { bool: { must_not: [{ exists: { field: 'entities' } }] } },
    ],
    minimum_should_match: 1,
  },
});
