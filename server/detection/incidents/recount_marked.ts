import { DetectionError } from '../../../common/detection_error';
import { DAY } from '../../../common/duration';
import type { Clock, ResultMarks } from '../ports';
import type { IncidentStore } from '../ports/incidents';
import { recountIncidents } from './record_incidents';

/**
 * Marks on results that incidents follow: one whose results are hidden, shown or judged is counted anew, the 2,000 last to end
 * at most. Whoever may mark results and not write incidents marks them all the same.
 */
export function withRecounting(
  results: ResultMarks,
  incidents: IncidentStore,
  clock: Pick<Clock, 'now'>,
): ResultMarks {
  const recount = async (range: { from: number; to: number }): Promise<void> => {
    try {
      await recountIncidents({ incidents, now: () => clock.now() }, range);
    } catch (error) {
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
    }
  };
  const everything = (): { from: number; to: number } => ({ from: 0, to: clock.now() + DAY });
  return {
    ...results,
    async hide(suppression, range, note) {
      const hidden = await results.hide(suppression, range, note);
      if (hidden > 0) await recount(range);
      return hidden;
    },
    async show(id, others, note) {
      const shown = await results.show(id, others, note);
      if (shown > 0) await recount(everything());
      return shown;
    },
    async judge(detectorId, source, verdict, note) {
      await results.judge(detectorId, source, verdict, note);
      const found = await results.find(detectorId, source);
      if (found === undefined) return;
      const time = Date.parse(found.result['@timestamp']);
      await recount({ from: time, to: time });
    },
  };
}
