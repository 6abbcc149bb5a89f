import type { AnnouncementState, PendingMessage } from '../journal';
import type { AlertChannel } from '../messages/delivery';
import { incidentMessage } from '../messages/incident_message';
import { newsFor } from './channel_state';
import type { NotifierDependencies } from './channel_work';

/**
 * Returns what is left to say of a message after another detector has told a part of it.
 *
 * @param done ids of the message that are over and done with, some of them
 * @returns undefined where nothing is left: its end was told, or it is a part of another incident or gone
 */
export async function restOfMessage(
  channel: AlertChannel,
  pending: PendingMessage,
  done: ReadonlyMap<string, AnnouncementState>,
  { journal, findIncident, incidentLink }: NotifierDependencies,
): Promise<PendingMessage | undefined> {
  const { message, ids, refusals } = pending;
  if (!('kind' in message) || findIncident === undefined) return pending;
  const kept = await findIncident(message.about.id);
  if (kept === undefined || kept.incident.state === 'merged') return undefined;
  const all = newsFor(channel, kept);
  const told = await journal.announced(all.map(({ id }) => id));
  const fresh = all.filter(({ id }) => !told.has(id));
  const isEndTold = all.some(({ id, news }) => news === 'over' && told.has(id));
  if (isEndTold || fresh.length === 0) return undefined;
  const left = ids.filter((id) => !done.has(id));
  return {
    ids: [...new Set([...fresh.map(({ id }) => id), ...left])],
    message: incidentMessage(kept, fresh[0].news, incidentLink?.(kept.incident.id)),
    refusals,
  };
}
