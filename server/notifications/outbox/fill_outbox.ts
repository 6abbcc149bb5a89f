import type { AnomalyResult } from '../../../common/anomaly';
import type { KeptIncident } from '../../detection/ports/incidents';
import { factsOfIncident } from '../channels/routes';
import type { AlertsConfig } from '../config';
import { announcementId, summarise, type FoundResults } from '../messages/alert_message';
import type { AlertChannel } from '../messages/delivery';
import { endMessage, incidentMessage, newsOf } from '../messages/incident_message';
import { suppress, without } from './channel_state';
import type { NotifierDependencies, RoutedChannel } from './channel_work';

/** Messages that wait for a channel; more are only counted. */
const LARGEST_OUTBOX = 50;

/** Puts a message for the new results into the channel's outbox. @returns results that found no room there */
export async function enqueueResults(
  channel: RoutedChannel,
  { detector, run, results }: FoundResults,
  config: AlertsConfig,
  { journal, clock, feedbackLink }: NotifierDependencies,
): Promise<number> {
  const byId = new Map<string, AnomalyResult>();
  for (const result of results) byId.set(`${channel.name}:${announcementId(detector.id, result)}`, result);
  const state = await journal.readChannel(channel.name);
  for (const { ids } of state.outbox) for (const id of ids) byId.delete(id);
  for (const id of await journal.announced([...byId.keys()])) byId.delete(id);
  if (byId.size === 0) return 0;
  const ids = [...byId.keys()];
  if (state.outbox.length >= LARGEST_OUTBOX) {
    await suppress(channel, state, { ids, isIncident: false }, { journal, clock });
    return ids.length;
  }
  const message = summarise({ detector, run, results: [...byId.values()] }, config, feedbackLink);
  await journal.writeChannel(channel.name, {
    ...state,
    outbox: [...state.outbox, { ids, message, refusals: 0 }],
  });
  return 0;
}

/** Puts a message into the channel's outbox for what it was not told of an incident. */
export async function enqueueIncident(
  channel: RoutedChannel,
  kept: KeptIncident,
  { journal, clock, incidentLink }: NotifierDependencies,
): Promise<void> {
  const all = newsOf(kept).map(({ id, news }) => ({ id: incidentKey(channel, id), news }));
  const state = await journal.readChannel(channel.name);
  const told = new Set(await journal.announced(all.map(({ id }) => id)));
  for (const { ids: waiting } of state.outbox) for (const id of waiting) told.add(id);
  const fresh = all.filter(({ id }) => !told.has(id));
  if (fresh.length === 0) return;
  const { incident } = kept;
  // Whoever was told that it opened is told what becomes of it, also when it is less severe by then.
  const isKnown = told.has(incidentKey(channel, incident.id, 'opened'));
  if (!isKnown && !channel.route.takes(factsOfIncident(incident))) return;
  const ids = fresh.map(({ id }) => id);
  if (channel.route.isQuiet(clock.now())) {
    if (incident.state !== 'closed') return;
    if (!isKnown) {
      await suppress(channel, state, { ids, isIncident: true }, { journal, clock });
      return;
    }
  }
  if (state.outbox.length >= LARGEST_OUTBOX) {
    await suppress(channel, state, { ids, isIncident: true }, { journal, clock });
    return;
  }
  const message = incidentMessage(kept, fresh[0].news, incidentLink?.(kept.incident.id));
  await journal.writeChannel(channel.name, {
    ...state,
    outbox: [...state.outbox, { ids, message, refusals: 0 }],
  });
}

/** @example incidentKey(channel, 'abc', 'opened') // 'on-call:incident:abc:opened' */
const incidentKey = ({ name }: AlertChannel, ...parts: readonly string[]): string =>
  [name, 'incident', ...parts].join(':');

/**
 * Puts the end of incidents into the outbox of a channel that keeps alerts of them, where they are over and nobody has told so: closed
 * by a person, a part of an older one, or not stored any more.
 *
 * @param now incidents that the caller tells of
 */
export async function enqueueEnds(
  channel: RoutedChannel,
  now: ReadonlyMap<string, KeptIncident>,
  { journal, findIncident, incidentLink }: NotifierDependencies,
): Promise<void> {
  if (channel.tracksIncidents !== true || findIncident === undefined) return;
  const { open = [] } = await journal.readChannel(channel.name);
  for (const id of open) {
    const kept = now.get(id) ?? (await findIncident(id));
    const state = kept?.incident.state;
    if (state === 'open' || state === 'acknowledged') continue;
    const isClosed = kept !== undefined && state === 'closed';
    const over = isClosed ? newsOf(kept).find(({ news }) => news === 'over') : undefined;
    const name = incidentKey(channel, over?.id ?? `${id}:${state === 'merged' ? 'merged' : 'gone'}`);
    const before = await journal.readChannel(channel.name);
    if (before.outbox.some(({ ids }) => ids.includes(name))) continue;
    if ((await journal.announced([name])).size > 0) {
      await journal.writeChannel(channel.name, { ...before, open: without(before.open, id) });
      continue;
    }
    const message = isClosed
      ? incidentMessage(kept, 'over', incidentLink?.(id))
      : endMessage(id, kept?.incident);
    await journal.writeChannel(channel.name, {
      ...before,
      outbox: [...before.outbox, { ids: [name], message, refusals: 0 }],
    });
  }
}
