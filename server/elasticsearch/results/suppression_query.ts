import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { windowsOf, type Suppression } from '../../../common/suppressions';
import { withWindows } from '../../detection/feedback/expand_calendar';

type Query = estypes.QueryDslQueryContainer;

/** Clauses of one query; Elasticsearch allows at least 1,024. */
const MOST_WINDOWS = 1_000;

/**
 * The stored results that a suppression hides: says what the matcher of `common/suppressions` says.
 *
 * @param range by the time of the log, epoch milliseconds, half-open
 * @throws DetectionError `refused` for a calendar with too many windows in the range
 */
export async function queryOfSuppression(
  suppression: Suppression,
  range: { from: number; to: number },
): Promise<Query> {
  const { detector_ids: detectorIds, match, expires_at: expiresAt } = suppression;
  const to = Math.min(range.to, expiresAt === undefined ? Infinity : Date.parse(expiresAt));
  if (to <= range.from) return { match_none: {} };
  const within = ({ from, to: end }: { from: number; to: number }): Query => ({
    range: { '@timestamp': { gte: from, lt: end, format: 'epoch_millis' } },
  });
  const filter: Query[] = [within({ from: range.from, to })];
  if (detectorIds.length > 0) filter.push({ terms: { 'detector.id': detectorIds } });
  if (match?.source !== undefined) {
    filter.push({ term: { 'source.index': match.source.index } }, { term: { 'source.id': match.source.id } });
  }
  if (match?.pattern !== undefined) filter.push({ term: { 'anomaly.pattern': match.pattern } });
  if (match?.entity !== undefined) filter.push({ term: { 'anomaly.entity': match.entity } });
  if (match?.top_feature !== undefined) filter.push({ term: { 'anomaly.top_feature': match.top_feature } });
  // one log has no schedule, however old it is
  const [{ schedule }] = await withWindows([suppression], { from: range.from, to });
  if (schedule !== undefined) {
    const windows = windowsOf(schedule, { from: range.from, to });
    if (windows.length > MOST_WINDOWS) {
      throw new DetectionError(
        'refused',
        `The schedule has ${windows.length} windows in 30 days; allowed: ${MOST_WINDOWS}.`,
      );
    }
    filter.push(
      windows.length === 0
        ? { match_none: {} }
        : { bool: { should: windows.map(within), minimum_should_match: 1 } },
    );
  }
  return { bool: { filter } };
}
