import { Worker } from 'node:worker_threads';
import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import {
  CALENDAR_LIMITS,
  readCalendar,
  type Suppression,
  type TimeWindow,
} from '../../../common/suppressions';
import { createTurns } from '../ports/in_turns';
import { findBuiltWorker } from '../workers/built_worker';

export interface CalendarWork {
  readonly text: string;
  /** IANA name, for events that name no zone. */
  readonly timeZone: string;
  /** Epoch milliseconds, half-open. */
  readonly range: TimeWindow;
}

export interface ExpandedCalendar {
  readonly name?: string;
  readonly events: number;
  /** Within the range. */
  readonly windows: readonly TimeWindow[];
}

export type CalendarAnswer =
  | { readonly expanded: ExpandedCalendar; readonly error?: undefined }
  | { readonly expanded?: undefined; readonly error: { code: DetectionErrorCode; message: string } };

/** Memory of the thread: a calendar of the largest size takes some ten megabytes. */
const MEMORY_MB = 128;
/** Calendars followed lately: a job asks again for each page. */
const REMEMBERED = 100;
const remembered = new Map<string, Promise<ExpandedCalendar>>();
/** One calendar after another, so that many of them take one thread. */
let last: Promise<unknown> = Promise.resolve();

const builtWorker = findBuiltWorker(__dirname, 'detection/feedback/calendar_worker.js');

/**
 * Reads a calendar and follows its events, on a thread of its own that is stopped at a deadline. Where the sources run
 * unbuilt and in the command line, which has nobody to keep waiting, it is this thread, in turns, with the same deadline.
 *
 * @param worker the built calendar_worker.js
 * @throws DetectionError `invalid_input` for a calendar that cannot be read, `refused` for one that takes too long
 */
export function expandCalendar(
  work: CalendarWork,
  { worker = builtWorker, deadline = CALENDAR_LIMITS.deadline }: { worker?: string; deadline?: number } = {},
): Promise<ExpandedCalendar> {
  const key = JSON.stringify([work.range.from, work.range.to, work.timeZone, work.text]);
  let known = remembered.get(key);
  if (known === undefined) {
    known = last.then(() =>
      worker === undefined ? inTurns(work, deadline) : inWorker(work, worker, deadline),
    );
    last = known.catch(() => remembered.delete(key));
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(key, known);
  }
  return known;
}

const tooLong = (deadline: number): DetectionError =>
  new DetectionError(
    'refused',
    `The calendar takes more than ${deadline / 1_000} seconds to follow. Let its events begin later, or split it.`,
  );

async function inTurns({ text, timeZone, range }: CalendarWork, deadline: number): Promise<ExpandedCalendar> {
  const turns = createTurns();
  const { name, events, windowsInSteps } = readCalendar(text, timeZone);
  const steps = windowsInSteps(range);
  const bounded: Iterator<void, TimeWindow[]> = {
    next: () => {
      if (turns.spent() > deadline) throw tooLong(deadline);
      return steps.next();
    },
  };
  return { ...(name !== undefined && { name }), events, windows: await turns.finish(bounded) };
}

async function inWorker(work: CalendarWork, path: string, deadline: number): Promise<ExpandedCalendar> {
  const worker = new Worker(path, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<CalendarAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(tooLong(deadline)), deadline);
      worker.once('message', resolve);
      worker.once('error', (cause) =>
        reject(new DetectionError('refused', `The calendar cannot be followed: ${cause.message}`, { cause })),
      );
      worker.postMessage(work);
    });
    if (answer.error !== undefined) throw new DetectionError(answer.error.code, answer.error.message);
    return answer.expanded;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/**
 * Suppressions with the windows that their calendars have within a range in place of the calendars, for what asks at
 * once whether a time lies in one.
 *
 * @throws DetectionError as {@link expandCalendar}
 */
export async function withWindows<Given extends Pick<Suppression, 'schedule'>>(
  suppressions: readonly Given[],
  range: TimeWindow,
): Promise<Given[]> {
  const resolved: Given[] = [];
  for (const suppression of suppressions) {
    const { schedule } = suppression;
    if (schedule?.type !== 'icalendar') {
      resolved.push(suppression);
      continue;
    }
    const { windows } = await expandCalendar({ text: schedule.text, timeZone: schedule.time_zone, range });
    const iso = windows.map(({ from, to }) => ({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    }));
    resolved.push({ ...suppression, schedule: { type: 'once', windows: iso } });
  }
  return resolved;
}
