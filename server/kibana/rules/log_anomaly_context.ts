import { dottedWordsOf } from '../../../common/defang_links';
import { roundedConfidence, shownConfidence, type AnomalyResult } from '../../../common/anomaly';
import type { Detector } from '../../../common/detector';
import { sentenceOf, subjectOf } from '../../../common/explanations';
import type { ActionVariable } from '../contracts/alerting_contracts';
import { detectorLink, discoverLink, feedbackLink, resultLink, type LinkBase } from '../contracts/links';
import { ecsFieldsOf } from './alert_documents';
import type { FoundResult } from '../../elasticsearch';
import type { ResultGroup } from './result_groups';
import { clean, told } from './told';

const LONGEST_LINE = 1_000;
const SHOWN_FEATURES = 3;
const LONGEST_NAME = 200;

/** The names of an owner, which stay readable in a sentence with dots in them. */
const knownIn = ({ anomaly }: AnomalyResult): ReadonlySet<string> =>
  dottedWordsOf(anomaly.attribution.map(({ feature }) => feature));

export const LOG_ANOMALY_VARIABLES: readonly ActionVariable[] = [
  { name: 'message', description: 'A sentence that says what was found' },
  { name: 'group', description: 'Entity, feature or detector that the alert is about' },
  { name: 'count', description: 'Results of the group in the window' },
  {
    name: 'new_count',
    description:
      'Of these, written since the last check; 0 where an action runs on check intervals and nothing has come since',
  },
  { name: 'entity_count', description: 'Different entities among these results' },
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
      'Of an alert that recovers: whether its results were hidden or withdrawn, are too few, or no longer meet another condition of the rule',
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
  return typeof line === 'string' ? told(line) : clean(`${result.source.index}/${result.source.id}`);
}

/** Names that actions go by (group, entity, detector) are cleaned and otherwise as they are; sentences hold no links. */
function resultContext({ id, result }: FoundResult, base: LinkBase, sources: SourcesOf) {
  const { anomaly } = result;
  const known = knownIn(result);
  const attribution = anomaly.attribution.slice(0, SHOWN_FEATURES).map((each) => ({
    feature: clean(each.feature, LONGEST_NAME),
    subject: told(subjectOf(each), known),
    sentence: told(sentenceOf(each), known),
    share: Number(each.share.toFixed(3)),
    actual: told(each.actual, known),
    typical: told(each.typical, known),
  }));
  const [first] = attribution;
  return {
    timestamp: clean(result['@timestamp']),
    detector: clean(result.detector.name, LONGEST_NAME),
    detector_id: clean(result.detector.id, LONGEST_NAME),
    score: Number(anomaly.score.toFixed(4)),
    confidence: roundedConfidence(anomaly.confidence),
    severity: anomaly.severity,
    entity: clean(anomaly.entity),
    reason: told(anomaly.reason, known),
    feature: first?.feature ?? '',
    actual: first?.actual ?? '',
    typical: first?.typical ?? '',
    sentence: first?.sentence ?? '',
    attribution,
    log_line: lineOf(result),
    link: resultLink(base, id),
    feedback_link: feedbackLink(base, result.detector.id, id),
    discover_link: discoverLink(base, result, sources.get(result.detector.id)),
    detector_link: detectorLink(base, result.detector.id),
  };
}

/** By the id of a detector: which logs it reads. A detector that is gone has none. */
export type SourcesOf = ReadonlyMap<string, Detector['source']>;

/** Returns the variables for actions, and the fields of the alert's document. */
export function logAnomalyAlert(
  group: ResultGroup,
  window: string,
  base: LinkBase,
  sources: SourcesOf = new Map(),
) {
  const [best] = group.top;
  const { detector, anomaly } = best.result;
  const known = knownIn(best.result);
  const many = group.count === 1 ? 'One anomalous log' : `${group.count} anomalous logs`;
  const time = (at: number): string => new Date(at).toISOString();
  const { span } = group;
  const when = span === undefined ? `in ${window}` : `from ${time(span.from)} to ${time(span.to)}`;
  const message =
    `${many} of ${told(group.name, known)} ${when}, found by ${told(detector.name)}: ` +
    `${told(anomaly.reason, known)} (confidence ${shownConfidence(anomaly.confidence, 1)}%)`;
  return {
    context: {
      ...resultContext(best, base, sources),
      message,
      group: clean(group.name),
      count: group.count,
      new_count: group.newCount,
      entity_count: group.entityCount,
      window,
      results: group.top.map((found) => resultContext(found, base, sources)),
    },
    payload: {
      ...ecsFieldsOf(best.result),
      'kibana.alert.reason': message.slice(0, LONGEST_LINE),
      'kibana.alert.url': resultLink(base, best.id),
      log_anomalies: {
        detector: { id: detector.id, name: clean(detector.name, LONGEST_NAME) },
        group: clean(group.name),
        count: group.count,
        new_count: group.newCount,
        score: anomaly.score,
        confidence: anomaly.confidence,
        severity: anomaly.severity,
        result: { id: best.id },
      },
    },
  };
}

/**
 * @param reason what became of the results; absent where they have only become too old
 * @param names of detectors, by id: an alert by detector goes by the name of its own, which may be gone
 */
export function recoveredContext(
  alertId: string,
  window: string,
  base: LinkBase,
  {
    reason = `too few anomalous logs in ${window}`,
    names = new Map(),
  }: { readonly reason?: string; readonly names?: ReadonlyMap<string, string> } = {},
): Record<string, unknown> {
  const separator = alertId.indexOf(':');
  const detectorId = separator < 0 ? alertId : alertId.slice(0, separator);
  const name = clean(names.get(detectorId) ?? detectorId, LONGEST_NAME);
  const group = separator < 0 ? name : alertId.slice(separator + 1);
  return {
    message: `${told(group)} is back to normal: ${told(reason)}`,
    recovery_reason: told(reason),
    group: clean(group),
    count: 0,
    new_count: 0,
    window,
    detector: name,
    detector_id: detectorId,
    detector_link: detectorLink(base, detectorId),
    results: [],
  };
}
