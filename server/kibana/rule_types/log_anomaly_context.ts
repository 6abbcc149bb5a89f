import { printable } from '../../../common/printable';
import type { AnomalyResult } from '../../../common/anomaly';
import { sentenceOf, subjectOf } from '../../../common/explanations';
import type { ActionVariable } from '../alerting_contracts';
import { detectorLink, discoverLink, feedbackLink, resultLink, type LinkBase } from '../links';
import { ecsFieldsOf } from './alert_documents';
import type { FoundResult, ResultGroup } from './result_groups';

const LONGEST_LINE = 1_000;
const SHOWN_FEATURES = 3;

export const LOG_ANOMALY_VARIABLES: readonly ActionVariable[] = [
  { name: 'message', description: 'A sentence that says what was found' },
  { name: 'group', description: 'Entity, feature or detector that the alert is about' },
  { name: 'count', description: 'Results of the group in the window' },
  { name: 'new_count', description: 'Of these, written since the last check' },
  { name: 'window', description: 'Length of the window' },
  { name: 'detector', description: 'Name of the detector' },
  { name: 'detector_id', description: 'Id of the detector' },
  { name: 'timestamp', description: 'Time of the log with the highest confidence' },
  { name: 'score', description: 'Its anomaly score, from 0 to 1' },
  { name: 'confidence', description: 'Its confidence, from 0 to 1' },
  { name: 'severity', description: 'Its severity: warning, minor, major or critical' },
  { name: 'reason', description: 'Why it is anomalous, in a sentence' },
  { name: 'feature', description: 'Feature that stands out most' },
  { name: 'sentence', description: 'Value of that feature beside what is usual' },
  { name: 'actual', description: 'Value of that feature' },
  { name: 'typical', description: 'What is usual for that feature' },
  { name: 'log_line', description: 'The log itself' },
  { name: 'link', description: 'The result in Log Anomalies', usesPublicBaseUrl: true },
  {
    name: 'feedback_link',
    description: 'Where to say whether the result is real: takes signing in, and asks before it acts',
    usesPublicBaseUrl: true,
  },
  { name: 'discover_link', description: 'The log in Discover', usesPublicBaseUrl: true },
  { name: 'detector_link', description: 'The detector in Log Anomalies', usesPublicBaseUrl: true },
  {
    name: 'recovery_reason',
    description:
      'Of an alert that recovers: whether its results were hidden or withdrawn, or have become too old',
  },
  { name: 'results', description: 'The top results, each with the variables above' },
];

function lineOf(result: AnomalyResult): string {
  const { message, url, log } = result as {
    message?: unknown;
    url?: { original?: unknown };
    log?: { level?: unknown };
  };
  const line =
    typeof message === 'string' ? message : typeof url?.original === 'string' ? url.original : log?.level;
  return typeof line === 'string'
    ? printable(line.replace(/[\r\n\t]+/g, ' '), LONGEST_LINE)
    : `${result.source.index}/${result.source.id}`;
}

function resultContext({ id, result }: FoundResult, base: LinkBase) {
  const { anomaly } = result;
  const [first] = anomaly.attribution;
  return {
    timestamp: result['@timestamp'],
    detector: result.detector.name,
    detector_id: result.detector.id,
    score: Number(anomaly.score.toFixed(4)),
    confidence: Number(anomaly.confidence.toFixed(4)),
    severity: anomaly.severity,
    entity: printable(anomaly.entity ?? '', LONGEST_LINE),
    reason: anomaly.reason,
    feature: first?.feature ?? '',
    actual: first?.actual ?? '',
    typical: first?.typical ?? '',
    sentence: first === undefined ? '' : sentenceOf(first),
    attribution: anomaly.attribution.slice(0, SHOWN_FEATURES).map((each) => ({
      feature: each.feature,
      subject: subjectOf(each),
      sentence: sentenceOf(each),
      share: Number(each.share.toFixed(3)),
      actual: each.actual,
      typical: each.typical,
    })),
    log_line: lineOf(result),
    link: resultLink(base, id),
    feedback_link: feedbackLink(base, result.detector.id, id),
    discover_link: discoverLink(base, result),
    detector_link: detectorLink(base, result.detector.id),
  };
}

/** What actions get, and what the alert's document holds. */
export function logAnomalyAlert(group: ResultGroup, window: string, base: LinkBase) {
  const [best] = group.top;
  const { detector, anomaly } = best.result;
  const many = group.count === 1 ? 'One anomalous log' : `${group.count} anomalous logs`;
  const message = `${many} of ${group.name} in ${window}, found by ${detector.name}: ${anomaly.reason} (confidence ${(anomaly.confidence * 100).toFixed(1)}%)`;
  return {
    context: {
      ...resultContext(best, base),
      message,
      group: group.name,
      count: group.count,
      new_count: group.newCount,
      window,
      results: group.top.map((found) => resultContext(found, base)),
    },
    payload: {
      ...ecsFieldsOf(best.result),
      'kibana.alert.reason': message.slice(0, LONGEST_LINE),
      log_anomalies: {
        detector: { id: detector.id, name: detector.name },
        group: group.name,
        count: group.count,
        score: anomaly.score,
        confidence: anomaly.confidence,
        severity: anomaly.severity,
        result: { id: best.id },
      },
    },
  };
}

/** @param reason what became of the results; absent where they have only become too old */
export function recoveredContext(
  alertId: string,
  window: string,
  base: LinkBase,
  reason = `too few anomalous logs in ${window}`,
): Record<string, unknown> {
  const separator = alertId.indexOf(':');
  const detectorId = separator < 0 ? alertId : alertId.slice(0, separator);
  const group = separator < 0 ? alertId : alertId.slice(separator + 1);
  return {
    message: `${group} is back to normal: ${reason}`,
    recovery_reason: reason,
    group,
    count: 0,
    new_count: 0,
    window,
    detector_id: detectorId,
    detector_link: detectorLink(base, detectorId),
    results: [],
  };
}
