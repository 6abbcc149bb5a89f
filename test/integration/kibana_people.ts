import type { Client } from '@elastic/elasticsearch';
import { ENDPOINTS, type ApiResponse, type Endpoints, type Operation } from '../../common/api';
import { resultsPattern, type RoleDefinition } from '../../server/elasticsearch';
import { userWith } from './elasticsearch_fixture';
import type { KibanaStandIn, Person, Reply } from './kibana_stand_in';

/** A person whose user of Elasticsearch is taken away again. */
export type NewPerson = Person & { readonly remove: () => Promise<void> };

/** Somebody in Kibana who is a new user of Elasticsearch with exactly this role. */
export async function personWith(
  admin: Client,
  name: string,
  role: RoleDefinition,
  privileges: Person['privileges'],
): Promise<NewPerson> {
  const { client, username, password, remove } = await userWith(admin, role);
  return { name, client, authorization: { username, password }, privileges, remove };
}

/**
 * Calls an operation that must succeed, and holds its answer against its schema.
 *
 * @throws Error with status and body for any other answer
 */
export async function answerOf<Name extends Operation>(
  kibana: KibanaStandIn,
  who: Person,
  operation: Name,
  given: Parameters<KibanaStandIn['call']>[2],
  space: string,
): Promise<ApiResponse<Endpoints[Name]>> {
  const { status, body } = await kibana.call(who, operation, given, space);
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`);
  // A model comes as the text of its file.
  if (operation !== 'exportModel') ENDPOINTS[operation].response.parse(JSON.parse(JSON.stringify(body)));
  return body;
}

/** @example '403 The detector is …' */
export const refusalOf = ({ status, body }: Reply): string =>
  `${status} ${(body as { message: string }).message}`;

/** Ids of the logs that a detector has results of that are shown, sorted. */
export async function resultIdsOf(admin: Client, space: string, detectorId: string): Promise<string[]> {
  await admin.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });
  const { hits } = await admin.search<{ source: { id: string } }>({
    index: resultsPattern(space),
    size: 1_000,
    query: {
      bool: { filter: [{ term: { 'detector.id': detectorId } }, { term: { 'result.type': 'log' } }] },
    },
  });
  return hits.hits.map((hit) => hit._source!.source.id).sort();
}
