import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DetectionError } from '../../common/detection_error';
import { isNestedTooDeeply } from '../../common/json_values';
import { readBounded } from './read_bounded';
import type { AlertMessage, SuppressedAlerts } from './messages/alert_message';
import type { IncidentMessage } from './messages/incident_message';

/** `suppressed`: not shown, but counted in a message; nobody knows of it. Both are over and done with. */
export type AnnouncementState = 'announced' | 'suppressed';

/** A message on its way: it stays here until the receiver has taken it. */
export interface PendingMessage {
  /** Announcement ids, with the channel in front. */
  readonly ids: readonly string[];
  readonly message: AlertMessage | IncidentMessage;
  /** Number of permanent refusals by the receiver. */
  readonly refusals: number;
  /** Times that it was sent, or was about to be, without anybody knowing what became of it. Absent: none. */
  readonly tries?: number;
  /** Epoch milliseconds of the last of these. */
  readonly triedAt?: number;
}

/** State of a channel between runs. JSON-safe. */
export interface ChannelState {
  /** Epoch milliseconds of the messages of the last hour. */
  readonly sentAt: readonly number[];
  readonly suppressed?: SuppressedAlerts;
  /** Times that these were told in a message of their own without an answer. Absent: none. */
  readonly suppressedTries?: number;
  /** Incidents that the receiver has an alert of, of channels that keep one for each. */
  readonly open?: readonly string[];
  /** Incidents of which there was news in a quiet time. Absent: none. */
  readonly deferred?: readonly string[];
  readonly outbox: readonly PendingMessage[];
  /** Epoch milliseconds until which the receiver wants to be left alone. */
  readonly notBefore?: number;
}
export const EMPTY_CHANNEL: ChannelState = { sentAt: [], outbox: [] };

/** Remembers what was announced where. Each call is durable when its promise resolves. */
export interface AnnouncementJournal {
  /** @returns those of the ids that are over and done with, and how */
  announced(ids: readonly string[]): Promise<ReadonlyMap<string, AnnouncementState>>;
  record(ids: readonly string[], state: AnnouncementState): Promise<void>;
  readChannel(channel: string): Promise<ChannelState>;
  writeChannel(channel: string, state: ChannelState): Promise<void>;
  /**
   * Notes a try of a message that other detectors may send, too, before it is sent. Absent: nobody else has this journal.
   *
   * @param id of the message's first news
   * @returns tries noted before, by anybody; undefined while another detector is at it
   */
  noteSharedTry?(id: string): Promise<number | undefined>;
  /** Takes back the last try that this journal noted, as long as nobody noted another: it was certainly not taken. */
  takeBackSharedTry?(id: string, tries: number): Promise<void>;
}

/** Ids that a journal remembers; the oldest are forgotten first. */
const MOST_IDS = 50_000;
/** 50,000 ids and the messages that wait take some megabytes. */
const LARGEST_JOURNAL_MB = 64;
const FORMAT = 'log-anomalies-alert-journal-1';

interface JournalContent {
  format: typeof FORMAT;
  ids: Record<string, AnnouncementState>;
  channels: Record<string, ChannelState>;
}

function createJournal(
  load: () => Promise<JournalContent | undefined>,
  save: (content: JournalContent) => Promise<void>,
): AnnouncementJournal {
  let last: Promise<unknown> = Promise.resolve();
  let loaded: { ids: Map<string, AnnouncementState>; channels: Map<string, ChannelState> } | undefined;
  const inOrder = <Result>(
    work: (content: NonNullable<typeof loaded>) => Promise<Result>,
  ): Promise<Result> => {
    const next = last.then(async () => {
      if (!loaded) {
        const content = await load();
        loaded = {
          ids: new Map(Object.entries(content?.ids ?? {})),
          channels: new Map(Object.entries(content?.channels ?? {})),
        };
      }
      return work(loaded);
    });
    last = next.catch(() => {});
    return next;
  };
  const persist = ({ ids, channels }: NonNullable<typeof loaded>) =>
    save({ format: FORMAT, ids: Object.fromEntries(ids), channels: Object.fromEntries(channels) });
  return {
    announced: (ids) =>
      inOrder(async (content) => {
        const states = ids.map((id) => [id, content.ids.get(id)] as const);
        return new Map(states.filter((each): each is [string, AnnouncementState] => each[1] !== undefined));
      }),
    record: (ids, state) =>
      inOrder(async (content) => {
        for (const id of ids) content.ids.set(id, state);
        for (const oldest of content.ids.keys()) {
          if (content.ids.size <= MOST_IDS) break;
          content.ids.delete(oldest);
        }
        await persist(content);
      }),
    readChannel: (channel) => inOrder(async (content) => content.channels.get(channel) ?? EMPTY_CHANNEL),
    writeChannel: (channel, state) =>
      inOrder(async (content) => {
        content.channels.set(channel, state);
        await persist(content);
      }),
  };
}

/** Forgets with the process. */
export const createMemoryJournal = (): AnnouncementJournal =>
  createJournal(
    async () => undefined,
    async () => {},
  );

/**
 * A journal in one file, for the command line. Written beside the file, synced, then renamed over it: a crash leaves
 * the old or the new journal, never half of one. Only one process may use a file.
 *
 * @throws DetectionError `invalid_input`, on use, for a file that is not a journal: it is left as it is
 */
export function createFileJournal(path: string): AnnouncementJournal {
  const load = async (): Promise<JournalContent | undefined> => {
    let text: string;
    try {
      text = await readBounded(path, LARGEST_JOURNAL_MB);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      if (error instanceof DetectionError) throw error;
      throw new DetectionError('internal', `The alert journal ${path} cannot be read`, { cause: error });
    }
    try {
      const content = JSON.parse(text) as JournalContent;
      if (
        !isNestedTooDeeply(content) &&
        content.format === FORMAT &&
        isRecord(content.ids) &&
        isRecord(content.channels)
      )
        return content;
    } catch {
      // Falls through to the same refusal.
    }
    throw new DetectionError(
      'invalid_input',
      `${path} is not an alert journal (${FORMAT}); move it away to start a new one`,
    );
  };
  const save = async (content: JournalContent): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.tmp`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  };
  return createJournal(load, save);
}

const isRecord = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
