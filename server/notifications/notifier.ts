import { createHash } from 'node:crypto';
import type { AnomalyResult } from '../../common/anomaly';
import type { Clock } from '../detection/ports';
import { announcementId, isSevereEnough, summarise } from './alert_message';
import type { AlertsConfig } from './config';
import type { AlertChannel, RetryOptions } from './delivery';
import { DEFAULT_RETRY, SendFailure, sendWithRetry } from './delivery';
import { createEmailChannel } from './email_channel';
import type { AnnouncementJournal, ChannelState, PendingMessage } from './journal';
import { incidentMessage, newsOf } from './incident_message';
import type { KeptIncident } from '../detection/ports/incidents';
import { createSlackChannel } from './slack_channel';
import { HOUR } from '../../common/duration';

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
  /** Milliseconds that a receiver has for each answer. Default 10 seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Returns the absolute address at which a result can be judged, or none. */
  readonly feedbackLink?: (result: AnomalyResult) => string | undefined;
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

const DEFAULT_TIMEOUT = 10_000;
/** A channel that failed is left alone this long, milliseconds, so that it does not hold up every run. */
const PAUSE_AFTER_FAILURE = 60_000;
/** Messages that wait for a channel; more are only counted. */
const LARGEST_OUTBOX = 50;
/** A message that a receiver refuses for good this often is given up and counted as suppressed. */
const MOST_REFUSALS = 5;

/** @param config as `parseAlertsConfig` gives it; without a channel nothing is ever sent */
export function createNotifier(config: AlertsConfig, dependencies: NotifierDependencies): Notifier {
  const { clock, log, timeout = DEFAULT_TIMEOUT } = dependencies;
  const channels: AlertChannel[] = [];
  if (config.slack)
    channels.push(
      createSlackChannel(
        { ...config, slack: config.slack },
        { fetch: dependencies.fetch ?? globalThis.fetch, now: () => clock.now(), timeout },
      ),
    );
  if (config.email)
    channels.push(
      createEmailChannel({ ...config, email: config.email }, { warn: (text) => log.warn(text), timeout }),
    );

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
        const severe = results.filter(({ anomaly }) =>
          isSevereEnough(anomaly.severity, config.minimum_severity),
        );
        return Promise.all(
          channels.map(async (channel) => {
            const overflow = await enqueue(channel, detector, run, severe, config, dependencies);
            return deliver(channel, config, dependencies, overflow);
          }),
        );
      }),
    notifyIncidents: (incidents) =>
      inOrder(async () => {
        const severe = incidents.filter(({ incident }) =>
          isSevereEnough(incident.severity, config.minimum_severity),
        );
        return Promise.all(
          channels.map(async (channel) => {
            for (const kept of severe) await enqueueIncident(channel, kept, dependencies);
            return deliver(channel, config, dependencies, 0);
          }),
        );
      }),
    flush: () =>
      inOrder(() => Promise.all(channels.map((channel) => deliver(channel, config, dependencies, 0)))),
  };
}

/** Puts a message for the new results into the channel's outbox. @returns results that found no room there */
async function enqueue(
  channel: AlertChannel,
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
  channel: AlertChannel,
  kept: KeptIncident,
  { journal, clock, incidentLink }: NotifierDependencies,
): Promise<void> {
  const all = newsOf(kept).map(({ id, news }) => ({ id: `${channel.name}:incident:${id}`, news }));
  const state = await journal.readChannel(channel.name);
  const told = new Set(await journal.announced(all.map(({ id }) => id)));
  for (const { ids: waiting } of state.outbox) for (const id of waiting) told.add(id);
  const fresh = all.filter(({ id }) => !told.has(id));
  if (fresh.length === 0) return;
  const ids = fresh.map(({ id }) => id);
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

const isOfIncident = ({ message }: PendingMessage): boolean => 'kind' in message;

/** The count is written before the ids: a crash in between repeats an announcement rather than losing one. */
async function suppress(
  channel: AlertChannel,
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
  const next = { ...state, suppressed };
  await journal.writeChannel(channel.name, next);
  await journal.record(ids, 'suppressed');
  return next;
}

/** @returns what names the message for its receiver: a repeated one has the same ids */
const keyOf = ({ ids }: PendingMessage): string =>
  createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32);

async function deliver(
  channel: AlertChannel,
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

  while (state.outbox.length > 0 || (state.suppressed && recent().length < config.max_per_hour)) {
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
      if (recent().length >= config.max_per_hour) {
        const what = { ids: pending.ids, isIncident: isOfIncident(pending) };
        state = await suppress(channel, { ...state, outbox: rest }, what, journal, clock.now());
        report.suppressed += pending.ids.length;
        continue;
      }
    }
    try {
      await send(pending);
    } catch (error) {
      const failure = error instanceof SendFailure ? error : new SendFailure('was interrupted', true);
      log.warn(`Alert not delivered: ${failure.message}`);
      state = await afterFailure(failure, pending);
      return finish(failure.message);
    }
    if (pending) await journal.record(pending.ids, 'announced');
    state = { sentAt: [...recent(), clock.now()], outbox: rest };
    await journal.writeChannel(channel.name, state);
    report.messages++;
    report.announced += pending?.ids.length ?? 0;
    log.info(`Announced ${pending?.message.total ?? 0} anomalies by ${channel.name}`);
  }
  return finish();

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
