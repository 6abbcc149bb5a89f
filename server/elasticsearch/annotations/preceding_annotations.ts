import {
  beganBy,
  NAMED_WITHIN,
  namesOf,
  precedingOf,
  type Annotation,
  type Occurrence,
} from '../../../common/annotations';
import { DetectionError } from '../../../common/detection_error';
import type { KeptIncident } from '../../detection/ports/incidents';
import { DEFAULT_RETRY_POLICY, type RequestOptions, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { concerning, searchAnnotations, within } from './annotation_store';

/** Starts looked up by one request: Elasticsearch bounds the clauses of a query. */
const STARTS_A_REQUEST = 100;
/** Annotations of so many starts; beyond these the older ones are not named. */
const MOST_ANNOTATIONS = 1_000;
/** Incidents and alerts do not wait for what is an addition to them: about a second of waiting in all. */
const IMPATIENT: RetryPolicy = { ...DEFAULT_RETRY_POLICY, attempts: 2, maximumDelayMs: 1_000 };

export interface PrecedingOptions extends RequestOptions {
  /** Told once where annotations could not be read. */
  readonly warn?: (text: string) => void;
}

/**
 * Says of each incident which annotation it began after. Whoever may not read annotations gets the incidents as they are, and
 * so does everybody where reading them fails: nobody goes without an incident for want of its annotation.
 *
 * @returns the same incidents in their order, with `preceded_by` where there is one
 * @throws DetectionError `interrupted` alone
 */
export async function withPreceding<Each extends Occurrence>(
  client: ElasticsearchClient,
  space: string,
  incidents: readonly Each[],
  options: PrecedingOptions = {},
): Promise<(Each & { preceded_by?: Annotation })[]> {
  const named: (Each & { preceded_by?: Annotation })[] = [];
  try {
    for (let place = 0; place < incidents.length; place += STARTS_A_REQUEST) {
      const part = incidents.slice(place, place + STARTS_A_REQUEST);
      const found = await annotationsBefore(client, space, part, options);
      named.push(
        ...part.map((incident) => {
          const preceding = precedingOf(incident, found);
          return preceding === undefined ? incident : { ...incident, preceded_by: preceding };
        }),
      );
    }
  } catch (error) {
    if (!(error instanceof DetectionError) || error.code === 'interrupted') throw error;
    options.warn?.(`Nothing is said of what was changed before incidents. ${error.message}`);
    return [...named, ...incidents.slice(named.length)];
  }
  return named;
}

/** Annotations that any of these incidents may have begun after. */
async function annotationsBefore(
  client: ElasticsearchClient,
  space: string,
  incidents: readonly Occurrence[],
  { policy = IMPATIENT, signal }: RequestOptions,
): Promise<Annotation[]> {
  const should = incidents.map((incident) => ({
    bool: {
      filter: [
        ...within(Date.parse(incident.start) - NAMED_WITHIN, beganBy(incident)),
        concerning(namesOf(incident)),
      ],
    },
  }));
  const { annotations } = await searchAnnotations(
    client,
    space,
    {
      filter: [{ bool: { should, minimum_should_match: 1 } }],
      size: MOST_ANNOTATIONS,
      what: 'look for what was changed before incidents',
    },
    { policy, signal },
  );
  return annotations;
}

/** Does the same for incidents as they are kept, before people are told of them. */
export async function withKeptPreceding(
  client: ElasticsearchClient,
  space: string,
  kept: readonly KeptIncident[],
  options: PrecedingOptions,
): Promise<KeptIncident[]> {
  const incidents = await withPreceding(
    client,
    space,
    kept.map(({ incident }) => incident),
    options,
  );
  return kept.map((each, place) => ({ ...each, incident: incidents[place] }));
}
