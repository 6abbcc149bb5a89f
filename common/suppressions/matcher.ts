import type { AnomalyResult } from '../anomaly';
import { factsOf } from './result_facts';
import { compileSchedule } from './schedule';
import { appliesTo, type Match, type Suppression } from './suppression';

/**
 * @returns which of the suppressions hide a result. All that one names must hold; its schedule and its end are judged by the
 *   time of the log, so a late log is judged like one in time, whenever it is scored
 * @throws DetectionError `invalid_input` for a calendar that cannot be read; it was checked before it was saved
 */
export function createMatcher(
  suppressions: readonly Suppression[],
): (result: AnomalyResult) => readonly Suppression[] {
  const compiled = suppressions.map((suppression) => {
    const { match, schedule, expires_at: expiresAt } = suppression;
    const end = expiresAt === undefined ? Infinity : Date.parse(expiresAt);
    const isScheduled = schedule === undefined ? () => true : compileSchedule(schedule);
    const hides = (detectorId: string, time: number, facts: Match): boolean => {
      if (!appliesTo(suppression, detectorId) || !(time < end)) return false;
      if (match?.source !== undefined) {
        const { index, id } = match.source;
        if (index !== facts.source?.index || id !== facts.source.id) return false;
      }
      if (match?.pattern !== undefined && match.pattern !== facts.pattern) return false;
      if (match?.entity !== undefined && match.entity !== facts.entity) return false;
      if (match?.top_feature !== undefined && match.top_feature !== facts.top_feature) return false;
      return isScheduled(time);
    };
    return { suppression, hides };
  });
  return (result) => {
    const time = Date.parse(result['@timestamp']);
    const facts = factsOf(result);
    return compiled
      .filter(({ hides }) => hides(result.detector.id, time, facts))
      .map(({ suppression }) => suppression);
  };
}
