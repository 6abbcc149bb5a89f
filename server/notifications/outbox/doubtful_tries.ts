import { DAY, HOUR } from '../../../common/duration';
import type { AnnouncementJournal, PendingMessage } from '../journal';
import { SendFailure, type AlertChannel } from '../messages/delivery';
import { isOfIncident } from './channel_state';
import type { NotifierDependencies } from './channel_work';

/** A message whose answer was lost is sent once more: then it was told twice at most. */
export const MOST_TRIES = 2;
/** The second time waits for a receiver that answers, but no longer than this where nothing answers at all, milliseconds. */
const LONGEST_DOUBT = HOUR;
/** So long it waits where something answers that the receiver is not there, as a gateway does; one may say so of HEAD alone. Milliseconds. */
const LONGEST_OUTAGE = DAY;
/** HTTP or SMTP status, in the place of the code of a connection's failure. */
const STATUS = /^\d{3}$/;

/**
 * Asks a receiver that may have taken a message whether it is there.
 *
 * @param triedAt epoch milliseconds of the last try
 * @returns why the message waits for a later call; undefined where it may be sent now
 */
export async function silenceSince(
  channel: AlertChannel,
  triedAt: number,
  { clock, signal }: Pick<NotifierDependencies, 'clock' | 'signal'>,
): Promise<{ reason: unknown } | undefined> {
  try {
    await channel.ping(signal);
    return undefined;
  } catch (reason) {
    const isAnswered = reason instanceof SendFailure && STATUS.test(reason.code ?? '');
    const longest = isAnswered ? LONGEST_OUTAGE : LONGEST_DOUBT;
    return signal?.aborted || clock.now() - triedAt < longest ? { reason } : undefined;
  }
}

/** A try that other detectors, which may be about to tell of the same incident, know of, too. */
export interface SharedTry {
  /** Tries noted before, by anybody; undefined while another detector is at it. */
  readonly tries: number | undefined;
  /** Says that the message was certainly not taken. */
  takeBack(): Promise<void>;
}

/** Notes a try of a message about an incident. @returns undefined where no other detector can send it a second time */
export async function noteSharedTry(
  channel: AlertChannel,
  pending: PendingMessage | undefined,
  journal: AnnouncementJournal,
): Promise<SharedTry | undefined> {
  if (pending === undefined || !isOfIncident(pending) || channel.dropsRepeats === true) return undefined;
  if (journal.noteSharedTry === undefined) return undefined;
  const [id] = pending.ids;
  const tries = await journal.noteSharedTry(id);
  return {
    tries,
    takeBack: async () => {
      if (tries !== undefined) await journal.takeBackSharedTry?.(id, tries);
    },
  };
}
