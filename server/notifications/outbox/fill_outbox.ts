import type { AnomalyResult } from '../../../common/anomaly';
import type { KeptIncident } from '../../detection/ports/incidents';
import { factsOfIncident } from '../channels/routes';
import type { AlertsConfig } from '../config';
import { announcementId, summarise, type FoundResults } from '../messages/alert_message';
import { endMessage, incidentMessage, letGoMessage } from '../messages/incident_message';
import { deferredWith, incidentKey, isAbout, MOST_OPEN, newsFor, openedKey, suppress } from './channel_state';
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
  for (const id of (await journal.announced([...byId.keys()])).keys()) byId.delete(id);
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

/**
 * Puts a message into the channel's outbox for what it was not told of an incident.
 *
 * @param wasDeferred its news came in a quiet time that is over
 */
export async function enqueueIncident(
  channel: RoutedChannel,
  kept: KeptIncident,
  dependencies: NotifierDependencies,
  wasDeferred = false,
): Promise<void> {
  const { journal, clock, incidentLink } = dependencies;
  const { incident } = kept;
  const all = newsFor(channel, kept);
  const state = await journal.readChannel(channel.name);
  const told = await journal.announced(all.map(({ id }) => id));
  const waiting = new Set(state.outbox.flatMap(({ ids }) => ids));
  const fresh = all.filter(({ id }) => !told.has(id) && !waiting.has(id));
  if (fresh.length === 0) return;
  const ids = fresh.map(({ id }) => id);
  // Whoever was told that it opened is told what becomes of it, also when it is less severe by then.
  const isKnown =
    told.get(openedKey(channel, incident.id)) === 'announced' ||
    // Where an earlier version left the opening out, it noted later news alone.
    [...told.values()].includes('announced') ||
    state.outbox.some((each) => isAbout(each, incident.id));
  if (!isKnown && fresh[0].news === 'over') {
    // That it opened was counted as left out: its end is news to nobody.
    await journal.record(ids, 'suppressed');
    return;
  }
  if (!isKnown && !channel.route.takes(factsOfIncident(incident))) return;
  const isOver = incident.state === 'closed';
  const isQuiet = channel.route.isQuiet(clock.now());
  if (isQuiet && !isOver) {
    const { kept: deferred, left } = deferredWith(state.deferred, incident.id);
    await journal.writeChannel(channel.name, { ...state, deferred });
    for (const id of left) await suppressDeferred(channel, id, dependencies);
    return;
  }
  const isFull = state.outbox.length >= LARGEST_OUTBOX;
  const isEnd = channel.tracksIncidents === true && isKnown && isOver;
  if (((isQuiet || wasDeferred) && !isKnown && isOver) || (isFull && !isEnd)) {
    await suppress(channel, state, { ids, isIncident: true }, dependencies);
    return;
  }
  const news = isFull ? 'over' : fresh[0].news;
  const message = incidentMessage(kept, news, incidentLink?.(incident.id));
  await journal.writeChannel(channel.name, {
    ...state,
    outbox: [...state.outbox, { ids, message, refusals: 0 }],
  });
}

/** Counts the news of an incident that found no room among those that wait for the end of a quiet time. */
async function suppressDeferred(
  channel: RoutedChannel,
  id: string,
  dependencies: NotifierDependencies,
): Promise<void> {
  const { journal, findIncident } = dependencies;
  const kept = await findIncident?.(id);
  const all =
    kept === undefined ? [openedKey(channel, id)] : newsFor(channel, kept).map(({ id: name }) => name);
  const told = await journal.announced(all);
  const ids = all.filter((name) => !told.has(name));
  if (ids.length === 0) return;
  const state = await journal.readChannel(channel.name);
  await suppress(channel, state, { ids, isIncident: true }, dependencies);
}

/**
 * Tells after a quiet time of the incidents that had news in it, also where nothing more came to them.
 *
 * @param now incidents that the caller tells of
 */
export async function enqueueDeferred(
  channel: RoutedChannel,
  now: ReadonlyMap<string, KeptIncident>,
  dependencies: NotifierDependencies,
): Promise<void> {
  const { journal, clock, findIncident } = dependencies;
  const { deferred = [] } = await journal.readChannel(channel.name);
  if (deferred.length === 0 || findIncident === undefined || channel.route.isQuiet(clock.now())) return;
  for (const id of deferred) {
    const kept = now.has(id) ? undefined : await findIncident(id);
    if (kept === undefined || kept.incident.state === 'merged') continue;
    await enqueueIncident(channel, kept, dependencies, true);
  }
  // Once they are in the outbox: a crash in between finds them there.
  const { deferred: _done, ...state } = await journal.readChannel(channel.name);
  await journal.writeChannel(channel.name, state);
}

/**
 * Puts the end of incidents into the outbox of a channel that has an alert of them, where they are over: closed by a person, told by
 * another detector, a part of an older one, or not stored any more. Of more than are kept track of, the oldest are let go: a later end of
 * them might never come.
 *
 * @param now incidents that the caller tells of
 */
export async function enqueueEnds(
  channel: RoutedChannel,
  now: ReadonlyMap<string, KeptIncident>,
  { journal, findIncident, incidentLink }: NotifierDependencies,
): Promise<void> {
  if (channel.tracksIncidents !== true) return;
  const { open = [] } = await journal.readChannel(channel.name);
  const letGo = new Set(open.slice(0, -MOST_OPEN));
  for (const id of open) {
    if (findIncident === undefined && !letGo.has(id)) continue;
    const kept = now.get(id) ?? (await findIncident?.(id));
    const state = kept?.incident.state;
    const goesOn = findIncident === undefined || state === 'open' || state === 'acknowledged';
    if (goesOn && !letGo.has(id)) continue;
    const isClosed = kept !== undefined && state === 'closed';
    const over = isClosed ? newsFor(channel, kept).find(({ news }) => news === 'over') : undefined;
    const ending = goesOn ? 'let_go' : state === 'merged' ? 'merged' : 'gone';
    const name = over?.id ?? incidentKey(channel, `${id}:${ending}`);
    const before = await journal.readChannel(channel.name);
    if (before.outbox.some(({ ids }) => ids.includes(name))) continue;
    const link = incidentLink?.(id);
    const message = isClosed
      ? incidentMessage(kept, 'over', link)
      : goesOn
        ? letGoMessage(id, kept?.incident, link)
        : endMessage(id, kept?.incident);
    await journal.writeChannel(channel.name, {
      ...before,
      outbox: [...before.outbox, { ids: [name], message, refusals: 0 }],
    });
  }
}
