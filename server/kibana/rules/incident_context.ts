import { roundedConfidence } from '../../../common/anomaly';
import { precedenceText } from '../../../common/annotations';
import { resultsOf, type Incident } from '../../../common/incidents';
import { incidentMessage } from '../../notifications';
import type { ActionVariable } from '../contracts/alerting_contracts';
import { detectorLink, incidentLink, type LinkBase } from '../contracts/links';
import { inWords } from './health_checks';
import { clean, told } from './told';

const LONGEST_NAME = 200;
const LONGEST_LINE = 1_000;

export const INCIDENT_VARIABLES: readonly ActionVariable[] = [
  { name: 'message', description: 'One line that says what, where, since when and how bad' },
  { name: 'title', description: 'Leading reason, pattern or route and place of the incident' },
  { name: 'incident_id', description: 'Id of the incident, which is the id of the alert, too' },
  { name: 'state', description: 'open, acknowledged, closed or merged' },
  { name: 'severity', description: 'The highest of its anomalies: warning, minor, major or critical' },
  { name: 'score', description: 'The highest anomaly score, from 0 to 1' },
  { name: 'confidence', description: 'The highest confidence, from 0 to 1' },
  { name: 'entity', description: 'Entity that it is about; empty where it has none' },
  { name: 'place', description: 'Entity, host, or name of the detector' },
  { name: 'count', description: 'Anomalies in it: logs and buckets' },
  { name: 'start', description: 'Time of the first anomaly' },
  { name: 'end', description: 'Time of the last anomaly so far' },
  { name: 'duration', description: 'From the first to the last anomaly, such as 2h 05m' },
  { name: 'reason', description: 'Leading reason, in a sentence' },
  {
    name: 'reasons',
    description: 'The leading reasons and the change that it began after, a list of sentences',
  },
  {
    name: 'preceded_by',
    description: 'Change of the calendar that it began after, in a sentence; empty where there is none',
  },
  { name: 'first_line', description: 'Its first log line' },
  { name: 'last_line', description: 'Its last log line' },
  { name: 'assignee', description: 'Person who looks at it; empty where nobody does' },
  { name: 'detector', description: 'Name of the detector that found most of it' },
  { name: 'detector_id', description: 'Id of that detector' },
  {
    name: 'detectors',
    description: 'The detectors that found something of it, each with id, name and results',
  },
  { name: 'link', description: 'The incident in Log Anomalies', usesPublicBaseUrl: true },
  { name: 'detector_link', description: 'The detector in Log Anomalies', usesPublicBaseUrl: true },
  { name: 'recovery_reason', description: 'Of an alert that recovers: why the incident is over' },
];

const timeless = (line: Incident['first_line']): string => (line === undefined ? '' : told(line.line));

function contextOf(incident: Incident, base: LinkBase, news: 'opened' | 'over') {
  const { headline, reasons } = incidentMessage({ incident }, news, undefined);
  const { scope, detectors, start, end, preceded_by: preceding } = incident;
  const [detector] = detectors;
  const name = clean(detector?.name, LONGEST_NAME);
  return {
    message: headline,
    title: told(incident.title),
    incident_id: incident.id,
    state: incident.state,
    severity: incident.severity,
    score: Number(incident.score.toFixed(4)),
    confidence: roundedConfidence(incident.confidence),
    entity: clean(incident.entity),
    place: scope.kind === 'entity' || scope.kind === 'host' ? clean(scope.value) : name,
    count: resultsOf(incident),
    start,
    end,
    duration: inWords(Date.parse(end) - Date.parse(start)),
    // Without a reason the first sentence would be that of the change.
    reason: incident.reasons.length === 0 ? '' : reasons[0],
    reasons,
    preceded_by: preceding === undefined ? '' : told(precedenceText(preceding, incident)),
    first_line: timeless(incident.first_line),
    last_line: timeless(incident.last_line),
    assignee: clean(incident.assignee),
    detector: name,
    detector_id: clean(detector?.id, LONGEST_NAME),
    detectors: detectors.map(({ id, name: called, results }) => ({
      id: clean(id, LONGEST_NAME),
      name: clean(called, LONGEST_NAME),
      results,
    })),
    link: incidentLink(base, incident.id),
    detector_link: detector === undefined ? '' : detectorLink(base, detector.id),
  };
}

/** Returns the variables for actions, and the fields of the alert's document. */
export function incidentAlert(incident: Incident, base: LinkBase) {
  const context = contextOf(incident, base, 'opened');
  const { detectors, score, confidence, severity, entity, start } = incident;
  const [detector] = detectors;
  return {
    context,
    payload: {
      'kibana.alert.reason': context.message.slice(0, LONGEST_LINE),
      'kibana.alert.url': context.link,
      log_anomalies: {
        ...(detector !== undefined && { detector: { id: detector.id, name: context.detector } }),
        ...(entity !== undefined && { group: clean(entity) }),
        count: resultsOf(incident),
        score,
        confidence,
        severity,
        incident: { id: incident.id, title: context.title, start },
      },
    },
  };
}

/** @param incident undefined where it is not stored any more */
export function recoveredIncidentContext(
  id: string,
  incident: Incident | undefined,
  base: LinkBase,
): Record<string, unknown> {
  const reason = reasonOfEnd(incident);
  if (incident === undefined) {
    return {
      message: `The incident ${clean(id, LONGEST_NAME)} is over: ${reason}`,
      incident_id: id,
      recovery_reason: reason,
      count: 0,
      reasons: [],
      detectors: [],
      link: incidentLink(base, id),
    };
  }
  const context = contextOf(incident, base, 'over');
  return {
    ...context,
    recovery_reason: reason,
    ...(incident.state === 'closed' ? {} : { message: `${context.title}: ${reason}` }),
    ...(incident.merged_into !== undefined && { link: incidentLink(base, incident.merged_into) }),
  };
}

function reasonOfEnd(incident: Incident | undefined): string {
  if (incident === undefined) return 'it is not stored any more';
  const { state, closed_because: because, history } = incident;
  if (state === 'merged') return 'it is a part of an older incident';
  if (state !== 'closed') return 'it does not meet the conditions of the rule, which have changed';
  switch (because) {
    case 'person': {
      const by = history.filter(({ action }) => action === 'closed').at(-1)?.by;
      return by === undefined ? 'somebody closed it' : `${told(by)} closed it`;
    }
    case 'no_results':
      return 'none of its results counts any more: they were hidden, judged normal or withdrawn';
    default:
      return 'nothing came for the quiet time';
  }
}
