import { createHash } from 'node:crypto';
import type { AnomalyResult } from '../../common/anomaly';
import type { Clock } from '../detection/ports';
import { announcementId, summarise } from './messages/alert_message';
import { channelsOf, type AlertsConfig } from './config';
import type { AlertChannel, RetryOptions } from './messages/delivery';
import { DEFAULT_RETRY, SendFailure, sendWithRetry } from './messages/delivery';
import { createChannel } from './channels/create_channel';
import { compileRoute, factsOfIncident, type CompiledRoute } from './channels/routes';
import type { AnnouncementJournal, ChannelState, PendingMessage } from './journal';
import { endMessage, incidentMessage, isEnd, newsOf } from './messages/incident_message';
import type { KeptIncident } from '../detection/ports/incidents';
import { DAY, HOUR } from '../../common/duration';

export interface AlertLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface NotifierDependencies {
  readonly fetch?: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly journal: AnnouncementJournal;
  readonly log: AlertLog;
  readonly retry?: RetryOptions;
  /** Milliseconds that a receiver has for each answer. Default 12 seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Returns the absolute address at which a result can be judged, or none. */
  readonly feedbackLink?: (result: AnomalyResult) => string | undefined;
  /** Looks up an incident, for channels that keep an alert of each: a person may have closed it, or it became a part of another. */
  readonly findIncident?: (id: string) => Promise<KeptIncident | undefined>;
  /** Returns the absolute address of an incident, or none. */
  readonly incidentLink?: (id: string) => string | undefined;
}

/** Outcome of one channel in one call. */
export interface ChannelReport {
  readonly channel: AlertChannel['name'];
  /** Messages and results delivered now, those of earlier calls included. */
  readonly messages: number;
  readonly announced: number;
  /** Results held back by the limit now. */
  readonly suppressed: number;
  /** Messages that wait for a later call. */
  readonly waiting: number;
  /** Reason why they wait. Holds no secret. */
  readonly error?: string;
}

export interface Notifier {
  /**
   * Announces those results that are severe enough and new to a channel: one message for each channel. What cannot be
   * delivered now waits in the journal for the next call of `notify` or `flush`. Delivery failures are reported and
   * logged, never thrown; one channel does not hold up another.
   *
   * @throws what the journal throws
   */
  notify(
    detector: { id: string; name: string },
    run: { id: string },
    results: readonly AnomalyResult[],
  ): Promise<ChannelReport[]>;
  /**
   * Announces what is new of those incidents that are severe enough: at most one message for each incident and channel.
   * Delivered as by `notify`.
   */
  notifyIncidents(incidents: readonly KeptIncident[]): Promise<ChannelReport[]>;
  /** Delivers what waits, and tells what was suppressed as soon as the limit allows. Call it now and then. */
  flush(): Promise<ChannelReport[]>;
}

/** Longer than fetch waits for a connection (10 seconds, and up to one more): a host that takes none was sent nothing. */
const DEFAULT_TIMEOUT = 12_000;
/** A channel that failed is left alone this long, milliseconds, so that it does not hold up every run. */
const PAUSE_AFTER_FAILURE = 60_000;
/** Messages that wait for a channel; more are only counted. */
const LARGEST_OUTBOX = 50;
/** A message that a receiver refuses for good this often is given up and counted as suppressed. */
const MOST_REFUSALS = 5;
/** A message whose answer was lost is sent once more: then it was told twice at most. */
const MOST_TRIES = 2;
/** The second time waits for a receiver that answers, but no longer than this where nothing answers at all, milliseconds. */
const LONGEST_DOUBT = HOUR;
/** So long it waits where something answers that the receiver is not there, as a gateway does; one may say so of HEAD alone. Milliseconds. */
const LONGEST_OUTAGE = DAY;
/** HTTP or SMTP status, in the place of the code of a connection's failure. */
const STATUS = /^\d{3}$/;

/** @param config as `parseAlertsConfig` gives it; without a channel nothing is ever sent */
export function createNotifier(config: AlertsConfig, dependencies: NotifierDependencies): Notifier {
  const { clock, log, timeout = DEFAULT_TIMEOUT } = dependencies;
  const needs = {
    fetch: dependencies.fetch ?? globalThis.fetch,
    now: () => clock.now(),
    timeout,
    warn: (text: string) => log.warn(text),
  };
  const channels = channelsOf(config).map(({ name, settings }): RoutedChannel => ({
    ...createChannel(name, settings, config.link_base, needs),
    route: compileRoute(settings.route, config.minimum_severity),
  }));

  let last: Promise<unknown> = Promise.resolve();
  /** One call after another: they share the journal. */
  const inOrder = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  return {
    notify: (detector, run, results) =>
      inOrder(async () => {
        return Promise.all(
          channels.map(async (channel) => {
            const taken = results.filter(({ anomaly: { severity, entity } }) =>
              channel.route.takes({ severity, entity, detectors: [detector] }),
            );
            const overflow = await enqueue(channel, detector, run, taken, config, dependencies);
            return deliver(channel, config, dependencies, overflow);
          }),
        );
      }),
    notifyIncidents: (incidents) =>
      inOrder(async () => {
        const now = new Map(incidents.map((kept) => [kept.incident.id, kept]));
        return Promise.all(
          channels.map(async (channel) => {
            for (const kept of incidents) await enqueueIncident(channel, kept, dependencies);
            await enqueueEnds(channel, now, dependencies);
            return deliver(channel, config, dependencies, 0);
          }),
        );
      }),
    flush: () =>
      inOrder(() =>
        Promise.all(
          channels.map(async (channel) => {
            await enqueueEnds(channel, new Map(), dependencies);
            return deliver(channel, config, dependencies, 0);
          }),
        ),
      ),
  };
}

interface RoutedChannel extends AlertChannel {
  readonly route: CompiledRoute;
}

/** Puts a message for the new results into the channel's outbox. @returns results that found no room there */
async function enqueue(
  channel: RoutedChannel,
  detector: { id: string; name: string },
  run: { id: string },
  results: readonly AnomalyResult[],
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
    await suppress(channel, state, { ids, isIncident: false }, journal, clock.now());
    return ids.length;
  }
  const message = summarise(detector, run, [...byId.values()], config, feedbackLink);
  await journal.writeChannel(channel.name, {
    ...state,
    outbox: [...state.outbox, { ids, message, refusals: 0 }],
  });
  return 0;
}

/** Puts a message into the channel's outbox for what it was not told of an incident. */
async function enqueueIncident(
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
      await suppress(channel, state, { ids, isIncident: true }, journal, clock.now());
      return;
    }
  }
  if (state.outbox.length >= LARGEST_OUTBOX) {
    await suppress(channel, state, { ids, isIncident: true }, journal, clock.now());
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
async function enqueueEnds(
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

const without = (ids: readonly string[] | undefined, id: string): readonly string[] =>
  (ids ?? []).filter((each) => each !== id);

/** Incidents that a channel has an alert of; the oldest are given up first. */
const MOST_OPEN = 200;

/** Returns the alerts that a channel has once it has taken a message. */
function openAfter(
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
const isEndFor = (channel: AlertChannel, { message }: PendingMessage): boolean =>
  channel.tracksIncidents === true && 'kind' in message && message.news === 'over';

const isOfIncident = ({ message }: PendingMessage): boolean => 'kind' in message;

/** The count is written before the ids: a crash in between repeats an announcement rather than losing one. */
async function suppress(
  channel: RoutedChannel,
  state: ChannelState,
  { ids, isIncident }: { readonly ids: readonly string[]; readonly isIncident: boolean },
  journal: AnnouncementJournal,
  now: number,
): Promise<ChannelState> {
  const before = state.suppressed;
  const incidents = (before?.incidents ?? 0) + (isIncident ? 1 : 0);
  const suppressed = {
    results: (before?.results ?? 0) + (isIncident ? 0 : ids.length),
    ...(incidents > 0 && { incidents }),
    since: state.suppressed?.since ?? now,
  };
  const { suppressedTries: _ofBefore, ...kept } = state;
  const next = { ...kept, suppressed };
  await journal.writeChannel(channel.name, next);
  await journal.record(ids, 'suppressed');
  return next;
}

/** @returns what names the message for its receiver: a repeated one has the same ids */
const keyOf = ({ ids }: PendingMessage): string =>
  createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32);

async function deliver(
  channel: RoutedChannel,
  config: AlertsConfig,
  { journal, clock, log, retry = DEFAULT_RETRY, signal }: NotifierDependencies,
  alreadySuppressed: number,
): Promise<ChannelReport> {
  let state = await journal.readChannel(channel.name);
  const report = { messages: 0, announced: 0, suppressed: alreadySuppressed };
  const finish = (error?: string): ChannelReport => ({
    channel: channel.name,
    ...report,
    waiting: state.outbox.length,
    ...(error ? { error } : {}),
  });
  const recent = () => state.sentAt.filter((time) => time > clock.now() - HOUR);
  const send = (pending: PendingMessage | undefined) =>
    sendWithRetry(
      () => channel.send(pending?.message, state.suppressed, signal, pending && keyOf(pending)),
      clock,
      retry,
      signal,
    );

  // A channel that keeps alerts of incidents tells what was left out with the next of them.
  const mayTellAlone = () =>
    channel.tracksIncidents !== true &&
    state.suppressed &&
    (state.suppressedTries ?? 0) < MOST_TRIES &&
    recent().length < config.max_per_hour;
  while (state.outbox.length > 0 || mayTellAlone()) {
    if (channel.route.isQuiet(clock.now()) && !(state.outbox[0] && isEndFor(channel, state.outbox[0])))
      return finish();
    if (state.notBefore !== undefined && state.notBefore > clock.now())
      return finish(
        `${channel.name} failed or asked to be left alone; next try at ${new Date(state.notBefore).toISOString()}`,
      );
    const [pending, ...rest] = state.outbox as readonly (PendingMessage | undefined)[] as [
      PendingMessage | undefined,
      ...PendingMessage[],
    ];
    if (pending) {
      // A crash after recording and before the outbox was written.
      const done = await journal.announced(pending.ids);
      if (done.size === pending.ids.length) {
        state = { ...state, outbox: rest };
        await journal.writeChannel(channel.name, state);
        continue;
      }
      if (recent().length >= config.max_per_hour && !isEndFor(channel, pending)) {
        const what = { ids: pending.ids, isIncident: isOfIncident(pending) };
        state = await suppress(channel, { ...state, outbox: rest }, what, journal, clock.now());
        report.suppressed += pending.ids.length;
        continue;
      }
    }
    const tries = (pending ? pending.tries : state.suppressedTries) ?? 0;
    if (pending && tries >= MOST_TRIES && channel.dropsRepeats !== true) {
      log.warn(
        `${channel.name} has not answered for a message of ${pending.ids.length} anomalies that was sent to it ${tries} times; it is not repeated, but counted in the next one`,
      );
      const what = { ids: pending.ids, isIncident: isOfIncident(pending) };
      state = await suppress(channel, { ...state, outbox: rest }, what, journal, clock.now());
      report.suppressed += pending.ids.length;
      continue;
    }
    const before = state;
    const isInDoubt = tries > 0 && channel.dropsRepeats !== true;
    const silence = isInDoubt ? await silenceSince(pending?.triedAt ?? clock.now()) : undefined;
    if (silence !== undefined) return waitAfter(silence.reason, pending);
    // Detectors that find something of the same incident may be about to tell of it, too.
    const shared =
      pending && isOfIncident(pending) && channel.dropsRepeats !== true && journal.noteSharedTry
        ? { id: pending.ids[0], tries: await journal.noteSharedTry(pending.ids[0]) }
        : undefined;
    if (shared !== undefined && shared.tries === undefined) return finish();
    if (pending && (shared?.tries ?? 0) >= MOST_TRIES) {
      log.warn(
        `${channel.name} has not answered for a message about an incident that detectors sent to it ${MOST_TRIES} times; it is not repeated, but counted in the next one`,
      );
      const what = { ids: pending.ids, isIncident: isOfIncident(pending) };
      state = await suppress(channel, { ...state, outbox: rest }, what, journal, clock.now());
      report.suppressed += pending.ids.length;
      continue;
    }
    const takeBack = async (): Promise<void> => {
      if (shared !== undefined) await journal.takeBackSharedTry?.(shared.id, shared.tries as number);
    };
    if (pending && !isInDoubt && shared?.tries !== undefined && shared.tries > 0) {
      // Another detector's try is in doubt: it is the second time here, too.
      const triedAt = clock.now();
      const stillSilent = await silenceSince(triedAt);
      if (stillSilent !== undefined) {
        const doubtful: PendingMessage = { ...pending, tries: shared.tries, triedAt };
        state = { ...state, outbox: [doubtful, ...rest] };
        try {
          return await waitAfter(stillSilent.reason, doubtful);
        } finally {
          await takeBack();
        }
      }
    }
    await noteTry(pending, tries + 1).catch(async (error: unknown) => {
      await takeBack().catch(() => undefined);
      throw error;
    });
    try {
      await send(pending);
    } catch (error) {
      if (error instanceof SendFailure && error.mayHaveArrived) return waitAfter(error, pending);
      // A message that was certainly not taken has not been tried. Put down here first: that does not hang on the place of all detectors.
      state = before;
      try {
        return await waitAfter(error, pending);
      } finally {
        await takeBack();
      }
    }
    if (pending) await journal.record(pending.ids, 'announced');
    // An end says nothing of what was left out.
    const kept = pending !== undefined && isEndFor(channel, pending) && state.suppressed;
    state = {
      sentAt: [...recent(), clock.now()],
      outbox: rest,
      ...openAfter(channel, state.open, pending),
      ...(kept && { suppressed: kept }),
    };
    await journal.writeChannel(channel.name, state);
    report.messages++;
    report.announced += pending?.ids.length ?? 0;
    log.info(`Announced ${pending?.message.total ?? 0} anomalies by ${channel.name}`);
  }
  return finish();

  /**
   * Asks a receiver that may have taken a message whether it is there.
   *
   * @param triedAt epoch milliseconds of the last try
   * @returns why the message waits for a later call; undefined where it may be sent now
   */
  async function silenceSince(triedAt: number): Promise<{ reason: unknown } | undefined> {
    try {
      await channel.ping(signal);
      return undefined;
    } catch (reason) {
      const isAnswered = reason instanceof SendFailure && STATUS.test(reason.code ?? '');
      const longest = isAnswered ? LONGEST_OUTAGE : LONGEST_DOUBT;
      return signal?.aborted || clock.now() - triedAt < longest ? { reason } : undefined;
    }
  }

  /** Written before the message is sent: whoever finds it later knows that it may have been told. */
  async function noteTry(pending: PendingMessage | undefined, tries: number): Promise<void> {
    const before = state;
    state = pending
      ? { ...state, outbox: [{ ...pending, tries, triedAt: clock.now() }, ...state.outbox.slice(1)] }
      : { ...state, suppressedTries: tries };
    try {
      await journal.writeChannel(channel.name, state);
    } catch (error) {
      // It may be stored although its answer was lost, and nothing was sent: the place of before, as far as that can be written.
      await journal.writeChannel(channel.name, before).catch(() => undefined);
      throw error;
    }
  }

  async function waitAfter(error: unknown, pending: PendingMessage | undefined): Promise<ChannelReport> {
    const failure = error instanceof SendFailure ? error : new SendFailure('was interrupted', true);
    log.warn(`Alert not delivered: ${failure.message}`);
    state = await afterFailure(failure, pending);
    return finish(failure.message);
  }

  async function afterFailure(
    failure: SendFailure,
    pending: PendingMessage | undefined,
  ): Promise<ChannelState> {
    const { notBefore: _past, ...kept } = state;
    const next: ChannelState = {
      ...kept,
      ...(signal?.aborted
        ? {}
        : { notBefore: clock.now() + Math.max(failure.retryAfter ?? 0, PAUSE_AFTER_FAILURE) }),
    };
    if (!pending || failure.isTemporary) {
      await journal.writeChannel(channel.name, next);
      return next;
    }
    const rest = next.outbox.slice(1);
    const refusals = pending.refusals + 1;
    if (refusals < MOST_REFUSALS) {
      const waiting = { ...next, outbox: [{ ...pending, refusals }, ...rest] };
      await journal.writeChannel(channel.name, waiting);
      return waiting;
    }
    log.warn(
      `Gave up a message of ${pending.ids.length} anomalies that ${channel.name} refused ${refusals} times`,
    );
    report.suppressed += pending.ids.length;
    const what = { ids: pending.ids, isIncident: isOfIncident(pending) };
    return suppress(channel, { ...next, outbox: rest }, what, journal, clock.now());
  }
}
