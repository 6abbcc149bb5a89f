import { createHash } from 'node:crypto';
import type { Clock } from '../../detection/ports';
import type { AnnouncementJournal, ChannelState, PendingMessage } from '../journal';
import type { AlertChannel } from '../messages/delivery';
import { isEnd } from '../messages/incident_message';

/** Incidents that a channel has an alert of; the oldest are given up first. */
const MOST_OPEN = 200;

export const without = (ids: readonly string[] | undefined, id: string): readonly string[] =>
  (ids ?? []).filter((each) => each !== id);

/** Returns the alerts that a channel has once it has taken a message. */
export function openAfter(
  channel: AlertChannel,
  open: readonly string[] | undefined,
  pending: PendingMessage | undefined,
): Pick<ChannelState, 'open'> {
  if (channel.tracksIncidents !== true) return {};
  const message = pending?.message;
  if (message === undefined || !('kind' in message)) return open === undefined ? {} : { open };
  const others = without(open, message.about.id);
  return { open: isEnd(message) ? others : [...others, message.about.id].slice(-MOST_OPEN) };
}

/** Ends calm people down: no limit and no quiet time keeps them from whoever has an alert of the incident. */
export const isEndFor = (channel: AlertChannel, { message }: PendingMessage): boolean =>
  channel.tracksIncidents === true && 'kind' in message && message.news === 'over';

export const isOfIncident = ({ message }: PendingMessage): boolean => 'kind' in message;

/** @returns what names the message for its receiver: a repeated one has the same ids */
export const keyOf = ({ ids }: PendingMessage): string =>
  createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32);

/** Announcements that a channel does not show. */
export interface Unshown {
  readonly ids: readonly string[];
  /** They are one message about an incident, not results. */
  readonly isIncident: boolean;
}

/** Counts announcements that are not shown. The count is written before the ids: a crash in between repeats an announcement rather than losing one. */
export async function suppress(
  channel: AlertChannel,
  state: ChannelState,
  { ids, isIncident }: Unshown,
  { journal, clock }: { readonly journal: AnnouncementJournal; readonly clock: Pick<Clock, 'now'> },
): Promise<ChannelState> {
  const before = state.suppressed;
  const incidents = (before?.incidents ?? 0) + (isIncident ? 1 : 0);
  const suppressed = {
    results: (before?.results ?? 0) + (isIncident ? 0 : ids.length),
    ...(incidents > 0 && { incidents }),
    since: state.suppressed?.since ?? clock.now(),
  };
  const { suppressedTries: _ofBefore, ...kept } = state;
  const next = { ...kept, suppressed };
  await journal.writeChannel(channel.name, next);
  await journal.record(ids, 'suppressed');
  return next;
}
