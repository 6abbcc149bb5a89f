import { userInfo } from 'node:os';
import type { Annotation } from '../../common/annotations';
import type { CalendarStores } from '../../server/detection/annotations/note_annotation';
import { createAuditTrail, signedInUser, type ElasticsearchClient } from '../../server/elasticsearch';
import { createAnnotationStore } from '../../server/elasticsearch/annotations';
import { printable, type Session } from '../command_line/session';

export const calendarOf = ({ config: { space }, clock }: Session, client: ElasticsearchClient) =>
  ({
    annotations: createAnnotationStore(client, { space }),
    audit: createAuditTrail(client, { space }),
    clock,
  }) satisfies CalendarStores;

/** Returns who is on record. */
export const authorOf = async (client: ElasticsearchClient): Promise<string | undefined> =>
  (await signedInUser(client)) ?? userOfSystem();

/** @returns undefined where the system does not know its user, as in some containers */
function userOfSystem(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** Returns an annotation on one line, for people. */
export function lineOf({
  id,
  kind,
  title,
  at,
  ends_at: end,
  entities,
  version,
  url,
  by,
}: Annotation): string {
  const until = end === undefined ? '' : ` to ${end}`;
  const parts = [
    ...(version === undefined ? [] : [version]),
    entities.length === 0 ? 'all entities' : entities.join(', '),
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(url === undefined ? [] : [url]),
  ].map((part) => printable(part, 120));
  return `${at}${until}  ${kind.padEnd(11)} ${printable(title, 120)} (${parts.join('; ')})  ${printable(id)}`;
}
