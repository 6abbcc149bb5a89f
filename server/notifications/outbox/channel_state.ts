import { createHash } from 'node:crypto';
import type { Clock } from '../../detection/ports';
import type { AnnouncementJournal, ChannelState, PendingMessage } from '../journal';
import type { AlertChannel } from '../messages/delivery';
import type { KeptIncident } from '../../detection/ports/incidents';
import { isEnd, newsOf, type IncidentNews } from '../messages/incident_message';

/** Incidents that a channel has an alert of, or that wait for the end of a quiet time; the oldest are given up first, and people hear of it. */
export const MOST_OPEN = 200;

const without = (ids: readonly string[] | undefined, id: string): readonly string[] =>
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
  return { open: isEnd(message) ? others : [...others, message.about.id] };
}

/** Returns the incidents that wait for the end of a quiet time, with another one, and those that find no room any more. */
export function deferredWith(
  deferred: readonly string[] | undefined,
  id: string,
): { readonly kept: readonly string[]; readonly left: readonly string[] } {
  const all = [...without(deferred, id), id];
  return { kept: all.slice(-MOST_OPEN), left: all.slice(0, -MOST_OPEN) };
}

/** @example incidentKey(channel, 'abc:opened') // 'on-call:incident:abc:opened' */
export const incidentKey = ({ name }: AlertChannel, news: string): string => `${name}:incident:${news}`;

/** Names that an incident was told; the channel's people know of it. */
export const openedKey = (channel: AlertChannel, id: string): string => incidentKey(channel, `${id}:opened`);

/** Returns the news of an incident by the ids that the journal knows them by. */
export const newsFor = (
  channel: AlertChannel,
  kept: KeptIncident,
): { readonly id: string; readonly news: IncidentNews }[] =>
  newsOf(kept).map(({ id, news }) => ({ id: incidentKey(channel, id), news }));

export const isAbout = ({ message }: PendingMessage, id: string): boolean =>
  'kind' in message && message.about.id === id;

/** Ends calm people down: no limit and no quiet time keeps them from whoever has an alert of the incident. */
export const isEndFor = (channel: AlertChannel, { message }: PendingMessage): boolean =>
  channel.tracksIncidents === true && 'kind' in message && message.news === 'over';

export const isOfIncident = ({ message }: PendingMessage): boolean => 'kind' in message;

/** The end of an incident that the receiver has an alert of: it has to hear of it, whoever else has told so. */
export const isOwnEnd = (channel: AlertChannel, state: ChannelState, pending: PendingMessage): boolean =>
  isEndFor(channel, pending) && (state.open ?? []).some((id) => isAbout(pending, id));

/** @returns what names the message for its receiver: a repeated one has the same ids */
export const keyOf = ({ ids }: PendingMessage): string =>
  createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32);

/** Announcements that a channel does not show. */
export interface Unshown {
  readonly ids: readonly string[];
  /** They are one message about an incident, not results. */
  readonly isIncident: boolean;
  /** It may have been shown: people are told what becomes of it. */
  readonly isInDoubt?: boolean;
}

/** Counts announcements that are not shown. The count is written before the ids: a crash in between repeats an announcement rather than losing one. */
export async function suppress(
  channel: AlertChannel,
  state: ChannelState,
  { ids, isIncident, isInDoubt = false }: Unshown,
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
  await journal.record(ids, isInDoubt ? 'announced' : 'suppressed');
  return next;
}
