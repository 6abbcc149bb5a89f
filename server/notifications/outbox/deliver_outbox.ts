import { HOUR } from '../../../common/duration';
import type { AlertsConfig } from '../config';
import type { ChannelState, PendingMessage } from '../journal';
import { DEFAULT_RETRY, LONGEST_PAUSE, SendFailure, sendWithRetry } from '../messages/delivery';
import {
  isAbout,
  isEndFor,
  isOfIncident,
  isOwnEnd,
  keyOf,
  openAfter,
  openedKey,
  suppress,
} from './channel_state';
import type { ChannelReport, NotifierDependencies, RoutedChannel } from './channel_work';
import { MOST_TRIES, noteSharedTry, silenceSince, type SharedTry } from './doubtful_tries';
import { restOfMessage } from './rest_of_message';

/** A channel that failed is left alone this long, milliseconds, so that it does not hold up every run. */
const PAUSE_AFTER_FAILURE = 60_000;
/** A message that a receiver refuses for good this often is given up and counted as suppressed. */
const MOST_REFUSALS = 5;

/**
 * Delivers what waits in the outbox of a channel, as far as its limit, its quiet time and its receiver allow.
 *
 * @param alreadySuppressed results that found no room in the outbox, for the report
 */
export async function deliver(
  channel: RoutedChannel,
  config: AlertsConfig,
  dependencies: NotifierDependencies,
  alreadySuppressed: number,
): Promise<ChannelReport> {
  const state = await dependencies.journal.readChannel(channel.name);
  return new Delivery(channel, config, dependencies, state).run(alreadySuppressed);
}

/** Whoever is told anything of an incident knows of it from then on, also where its opening was left out. */
const toldBy = (channel: RoutedChannel, { ids, message }: PendingMessage): readonly string[] =>
  'kind' in message ? [...new Set([...ids, openedKey(channel, message.about.id)])] : ids;

class Delivery {
  private readonly report = { messages: 0, announced: 0, suppressed: 0 };

  constructor(
    private readonly channel: RoutedChannel,
    private readonly config: AlertsConfig,
    private readonly dependencies: NotifierDependencies,
    /** As it is stored in the journal. */
    private state: ChannelState,
  ) {}

  async run(alreadySuppressed: number): Promise<ChannelReport> {
    this.report.suppressed = alreadySuppressed;
    while (this.state.outbox.length > 0 || this.mayTellAlone()) {
      const finished = this.reasonToWait() ?? (await this.deliverNext());
      if (finished !== undefined) return finished;
    }
    return this.finish();
  }

  private finish(error?: string): ChannelReport {
    return {
      channel: this.channel.name,
      ...this.report,
      waiting: this.state.outbox.length,
      ...(error ? { error } : {}),
    };
  }

  /** Times of the messages of the last hour. */
  private recent(): number[] {
    const { clock } = this.dependencies;
    return this.state.sentAt.filter((time) => time > clock.now() - HOUR);
  }

  /** A channel that keeps alerts of incidents tells what was left out with the next of them. */
  private mayTellAlone(): boolean {
    const { suppressed, suppressedTries = 0 } = this.state;
    return (
      this.channel.tracksIncidents !== true &&
      suppressed !== undefined &&
      suppressedTries < MOST_TRIES &&
      this.recent().length < this.config.max_per_hour
    );
  }

  /** Returns the report where nothing may be sent now. */
  private reasonToWait(): ChannelReport | undefined {
    const { channel, state } = this;
    const { clock } = this.dependencies;
    const [pending] = state.outbox;
    if (channel.route.isQuiet(clock.now()) && !(pending && isEndFor(channel, pending))) return this.finish();
    const pause = (state.notBefore ?? 0) - clock.now();
    // Earlier versions wrote down whatever a receiver asked for, also what is no date; a clock may have been set back.
    if (state.notBefore === undefined || pause <= 0 || pause > LONGEST_PAUSE) return undefined;
    return this.finish(
      `${channel.name} failed or asked to be left alone; next try at ${new Date(state.notBefore).toISOString()}`,
    );
  }

  /** Takes the next message, or what was suppressed, out of the outbox. @returns the report where the others have to wait */
  private async deliverNext(): Promise<ChannelReport | undefined> {
    const { channel, state } = this;
    const { clock, log } = this.dependencies;
    const pending: PendingMessage | undefined = state.outbox[0];
    if (pending && ((await this.leaveOutTold(pending)) || (await this.suppressOverLimit(pending)))) {
      return undefined;
    }
    const tries = (pending ? pending.tries : state.suppressedTries) ?? 0;
    if (pending && tries >= MOST_TRIES && channel.dropsRepeats !== true) {
      log.warn(
        `${channel.name} has not answered for a message of ${pending.ids.length} anomalies that was sent to it ${tries} times; it is not repeated, but counted in the next one`,
      );
      await this.suppressNext(pending, true);
      return undefined;
    }
    const isInDoubt = tries > 0 && channel.dropsRepeats !== true;
    const silence = isInDoubt
      ? await silenceSince(channel, pending?.triedAt ?? clock.now(), this.dependencies)
      : undefined;
    if (silence !== undefined) return this.waitAfter(silence.reason, pending);
    return this.sendNext(pending, { tries, isInDoubt });
  }

  /**
   * Leaves out what was told meanwhile: by another detector, or before a crash between recording and writing the outbox.
   *
   * @returns whether the outbox has changed
   */
  private async leaveOutTold(pending: PendingMessage): Promise<boolean> {
    const { channel, dependencies } = this;
    const { journal } = dependencies;
    const { ids } = pending;
    if (isOwnEnd(channel, this.state, pending)) return false;
    const done = await journal.announced(ids);
    if (done.size === 0) return false;
    const isDone = done.size === ids.length;
    const rest = isDone ? undefined : await restOfMessage(channel, pending, done, dependencies);
    if (rest === pending) return false;
    const left = ids.filter((id) => !done.has(id));
    if (rest === undefined && left.length > 0) await journal.record(left, 'suppressed');
    const others = this.state.outbox.slice(1);
    this.state = { ...this.state, outbox: rest === undefined ? others : [rest, ...others] };
    await journal.writeChannel(channel.name, this.state);
    return true;
  }

  private async suppressOverLimit(pending: PendingMessage): Promise<boolean> {
    if (this.recent().length < this.config.max_per_hour || isEndFor(this.channel, pending)) return false;
    await this.suppressNext(pending);
    return true;
  }

  private async suppressNext(pending: PendingMessage, isInDoubt = false): Promise<void> {
    const { ids } = pending;
    const left = { ...this.state, outbox: this.state.outbox.slice(1) };
    const what = { ids, isIncident: isOfIncident(pending), isInDoubt };
    this.state = await suppress(this.channel, left, what, this.dependencies);
    this.report.suppressed += ids.length;
  }

  private async sendNext(
    pending: PendingMessage | undefined,
    { tries, isInDoubt }: { readonly tries: number; readonly isInDoubt: boolean },
  ): Promise<ChannelReport | undefined> {
    const { channel, state: before } = this;
    const { clock, journal, log, retry = DEFAULT_RETRY, signal } = this.dependencies;
    // Detectors that find something of the same incident may be about to tell of it, too.
    const shared = await noteSharedTry(channel, pending, journal);
    if (shared !== undefined && shared.tries === undefined) return this.finish();
    if (pending && (shared?.tries ?? 0) >= MOST_TRIES) {
      log.warn(
        `${channel.name} has not answered for a message about an incident that detectors sent to it ${MOST_TRIES} times; it is not repeated, but counted in the next one`,
      );
      await this.suppressNext(pending, true);
      return undefined;
    }
    const waiting = pending && !isInDoubt ? await this.waitForOthers(pending, shared) : undefined;
    if (waiting !== undefined) return waiting;
    await this.noteTry(pending, tries + 1).catch(async (error: unknown) => {
      await shared?.takeBack().catch(() => undefined);
      throw error;
    });
    try {
      await sendWithRetry(
        () => channel.send(pending?.message, this.state.suppressed, signal, pending && keyOf(pending)),
        clock,
        retry,
        signal,
      );
    } catch (error) {
      if (error instanceof SendFailure && error.mayHaveArrived) return this.waitAfter(error, pending);
      // A message that was certainly not taken has not been tried. Put down here first: that does not hang on the place of all detectors.
      this.state = before;
      try {
        return await this.waitAfter(error, pending);
      } finally {
        await shared?.takeBack();
      }
    }
    await this.noteSent(pending);
    return undefined;
  }

  /** Another detector's try may be in doubt: then it is the second time here, too. */
  private async waitForOthers(
    pending: PendingMessage,
    shared: SharedTry | undefined,
  ): Promise<ChannelReport | undefined> {
    if (shared?.tries === undefined || shared.tries === 0) return undefined;
    const triedAt = this.dependencies.clock.now();
    const silence = await silenceSince(this.channel, triedAt, this.dependencies);
    if (silence === undefined) return undefined;
    const doubtful: PendingMessage = { ...pending, tries: shared.tries, triedAt };
    this.state = { ...this.state, outbox: [doubtful, ...this.state.outbox.slice(1)] };
    try {
      return await this.waitAfter(silence.reason, doubtful);
    } finally {
      await shared.takeBack();
    }
  }

  /** Written before the message is sent: whoever finds it later knows that it may have been told. */
  private async noteTry(pending: PendingMessage | undefined, tries: number): Promise<void> {
    const { journal, clock } = this.dependencies;
    const before = this.state;
    this.state = pending
      ? { ...before, outbox: [{ ...pending, tries, triedAt: clock.now() }, ...before.outbox.slice(1)] }
      : { ...before, suppressedTries: tries };
    try {
      await journal.writeChannel(this.channel.name, this.state);
    } catch (error) {
      // It may be stored although its answer was lost, and nothing was sent: the place of before, as far as that can be written.
      await journal.writeChannel(this.channel.name, before).catch(() => undefined);
      throw error;
    }
  }

  private async noteSent(pending: PendingMessage | undefined): Promise<void> {
    const { channel, state, report } = this;
    const { journal, clock, log } = this.dependencies;
    if (pending) await journal.record(toldBy(channel, pending), 'announced');
    // An end says nothing of what was left out, and takes no place of a message that calls people.
    const isEnd = pending !== undefined && isEndFor(channel, pending);
    const kept = isEnd && state.suppressed;
    this.state = {
      sentAt: isEnd ? this.recent() : [...this.recent(), clock.now()],
      outbox: state.outbox.slice(1),
      ...openAfter(channel, state.open, pending),
      ...(state.deferred && { deferred: state.deferred }),
      ...(kept && { suppressed: kept }),
    };
    await journal.writeChannel(channel.name, this.state);
    report.messages++;
    report.announced += pending?.ids.length ?? 0;
    log.info(`Announced ${pending?.message.total ?? 0} anomalies by ${channel.name}`);
  }

  private async waitAfter(error: unknown, pending: PendingMessage | undefined): Promise<ChannelReport> {
    const failure = error instanceof SendFailure ? error : new SendFailure('was interrupted', true);
    this.dependencies.log.warn(`Alert not delivered: ${failure.message}`);
    await this.noteFailure(failure, pending);
    return this.finish(failure.message);
  }

  private async noteFailure(failure: SendFailure, pending: PendingMessage | undefined): Promise<void> {
    const { channel, report } = this;
    const { journal, clock, log, signal } = this.dependencies;
    const { notBefore: _past, ...kept } = this.state;
    const next: ChannelState = {
      ...kept,
      ...(signal?.aborted
        ? {}
        : { notBefore: clock.now() + Math.max(failure.retryAfter ?? 0, PAUSE_AFTER_FAILURE) }),
    };
    const refusals = (pending?.refusals ?? 0) + 1;
    if (!pending || failure.isTemporary || refusals < MOST_REFUSALS) {
      const isRefused = pending && !failure.isTemporary;
      const waiting = isRefused
        ? { ...next, outbox: [{ ...pending, refusals }, ...next.outbox.slice(1)] }
        : next;
      await journal.writeChannel(channel.name, waiting);
      this.state = waiting;
      return;
    }
    log.warn(
      `Gave up a message of ${pending.ids.length} anomalies that ${channel.name} refused ${refusals} times`,
    );
    report.suppressed += pending.ids.length;
    const what = { ids: pending.ids, isIncident: isOfIncident(pending) };
    const { message } = pending;
    // A receiver that will not take the end of an incident is not asked again: nothing of it is kept track of any more.
    const open =
      'kind' in message && isEndFor(this.channel, pending)
        ? next.open?.filter((id) => !isAbout(pending, id))
        : next.open;
    const left = { ...next, outbox: next.outbox.slice(1), ...(open && { open }) };
    this.state = await suppress(channel, left, what, this.dependencies);
  }
}
