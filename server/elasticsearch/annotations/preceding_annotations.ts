import { NAMED_WITHIN, precedingOf, type Annotation, type Occurrence } from '../../../common/annotations';
import type { KeptIncident } from '../../detection/ports/incidents';
import { annotationsIndex } from '../indices/names';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { annotationsOfHit, within, type StoredAnnotation } from './annotation_store';

/** Starts looked up by one request: Elasticsearch bounds the clauses of a query. */
const STARTS_A_REQUEST = 100;
/** Annotations of so many starts; beyond these the older ones are not named. */
const MOST_ANNOTATIONS = 1_000;

/**
 * Says of each incident which annotation it began after. Whoever may not read annotations gets the incidents as they are.
 *
 * @returns the same incidents in their order, with `preceded_by` where there is one
 */
export async function withPreceding<Each extends Occurrence>(
  client: ElasticsearchClient,
  space: string,
  incidents: readonly Each[],
  { policy, signal }: RequestOptions = {},
): Promise<(Each & { preceded_by?: Annotation })[]> {
  const named: (Each & { preceded_by?: Annotation })[] = [];
  for (let place = 0; place < incidents.length; place += STARTS_A_REQUEST) {
    const part = incidents.slice(place, place + STARTS_A_REQUEST);
    const should = part.map(({ start }) => {
      const time = Date.parse(start);
      return { bool: { filter: within(time - NAMED_WITHIN, time) } };
    });
    const answer = await attempt(
      () =>
        client.search<StoredAnnotation>(
          {
            index: annotationsIndex(space),
            // An index that may not be read counts as one that is not there.
            ignore_unavailable: true,
            allow_no_indices: true,
            size: MOST_ANNOTATIONS,
            track_total_hits: false,
            query: { bool: { filter: [{ bool: { should, minimum_should_match: 1 } }] } },
            sort: [{ at: { order: 'desc', unmapped_type: 'date' } }],
          },
          { signal },
        ),
      { what: 'look for what was changed before incidents', policy, signal },
    );
    const found = answer.hits.hits.flatMap(annotationsOfHit);
    named.push(
      ...part.map((incident) => {
        const preceding = precedingOf(incident, found);
        return preceding === undefined ? incident : { ...incident, preceded_by: preceding };
      }),
    );
  }
  return named;
}

/** Does the same for incidents as they are kept, before people are told of them. */
export async function withKeptPreceding(
  client: ElasticsearchClient,
  space: string,
  kept: readonly KeptIncident[],
): Promise<KeptIncident[]> {
  const incidents = await withPreceding(
    client,
    space,
    kept.map(({ incident }) => incident),
  );
  return kept.map((each, place) => ({ ...each, incident: incidents[place] }));
}
