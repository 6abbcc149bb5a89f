import { parentPort } from 'node:worker_threads';
import { DetectionError } from '../../../common/detection_error';
import { readCalendar } from '../../../common/suppressions';
import type { CalendarAnswer, CalendarWork } from './expand_calendar';

/** Entry of the thread that follows calendars: one answer for each piece of work. */
parentPort?.on('message', ({ text, timeZone, range }: CalendarWork) => {
  let answer: CalendarAnswer;
  try {
    const { name, events, windows } = readCalendar(text, timeZone);
    answer = { expanded: { ...(name !== undefined && { name }), events, windows: windows(range) } };
  } catch (error) {
    const { code, message } = error as DetectionError;
    answer = { error: { code: error instanceof DetectionError ? code : 'internal', message } };
  }
  parentPort?.postMessage(answer);
});
