import { durationToMilliseconds, type Detector } from '../../common/detector';
import { rangeOf } from '../../server/detection/ports/log_range';
import { closedIndicesFindingOf } from '../../server/detection/upkeep/readiness';
import { closedIndices, type connect, createLogSource, noLogsError } from '../../server/elasticsearch';
import type { Session } from '../command_line/session';
import type { FollowOptions } from './options';

/** Remarks for people that stand until they change, so that each is said once. */
export interface Remarks {
  once(subject: string, text: string): void;
  /** Names closed indices, and why nothing was read. @param logs of all runs up to now */
  ofUnreadLogs(logs: number): Promise<void>;
}

export function createRemarks(
  {
    session,
    options,
    client,
  }: {
    readonly session: Session;
    readonly options: FollowOptions;
    readonly client: ReturnType<typeof connect>;
  },
  { source }: Detector,
): Remarks {
  const { clock, signal } = session;
  const said = new Map<string, string>();
  const once: Remarks['once'] = (subject, text) => {
    if (said.get(subject) !== text) session.say(text);
    said.set(subject, text);
  };
  return {
    once,
    ofUnreadLogs: async (logs) => {
      const closed = await closedIndices(client, source.index, { signal }).catch(() => []);
      for (const { message, next_step: next } of closedIndicesFindingOf(closed))
        once('closed', `${message} ${next}`);
      if (logs > 0 || said.has('nothing')) return;
      const to = clock.now();
      const range = rangeOf(source, to - durationToMilliseconds(options.from), to);
      // The run itself was good: what cannot be told now is told another time.
      const why = async (): Promise<string | undefined> =>
        (await createLogSource(client).count(range)) > 0
          ? undefined
          : (await noLogsError(client, range, { last: options.from }, { signal })).message;
      const text = await why().catch(() => undefined);
      if (text !== undefined) once('nothing', text);
    },
  };
}
