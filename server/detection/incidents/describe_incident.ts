import { severityOf, type AnomalyResult } from '../../../common/anomaly';
import { headlineOfAll } from '../../../common/explanations';
import {
  INCIDENT_LIMITS,
  linksOf,
  nameOfPattern,
  titleOf,
  type Group,
  type Incident,
  type IncidentLine,
  type Lead,
  type LeadingResult,
} from '../../../common/incidents';
import { getField } from '../../../common/log_features';
import { printable } from '../../../common/printable';
import type { IncidentFigures } from '../ports/incidents';

const LONGEST_LINE = 300;
const LONGEST_REASON = 400;
const LONGEST_NAME = 200;
const LONGEST_KEY = 200;
/** Patterns, routes and sources of each that an incident shows. */
const KEYS_SHOWN = 10;

const LINE_FIELDS = ['message', 'event.original', 'url.original'];

function lineOf(result: AnomalyResult): string | undefined {
  for (const field of LINE_FIELDS) {
    const value = getField(result, field);
    if (typeof value === 'string' && value !== '') return printable(value, LONGEST_LINE);
  }
  return undefined;
}

function incidentLine({ id, result }: IncidentFigures['first']): IncidentLine | undefined {
  const line = lineOf(result);
  return line === undefined ? undefined : { result_id: id, time: result['@timestamp'], line };
}

const leadingOf = ({ id, result }: IncidentFigures['first']): LeadingResult => {
  const { score, confidence, severity, reason, attribution } = result.anomaly;
  return {
    result_id: id,
    time: result['@timestamp'],
    score,
    confidence,
    severity,
    reason: printable(reason ?? '', LONGEST_REASON),
    // A result that was stored with its figures alone has none.
    attribution: attribution ?? [],
  };
};

function leadOf(leading: readonly AnomalyResult[], firstLine: string | undefined): Lead {
  const { place, ...why } = headlineOfAll(leading.map(({ anomaly }) => anomaly.attribution ?? []));
  const result = leading.at(place);
  if (result === undefined) return {};
  const { isBucket, isChange, route, pattern } = linksOf(result);
  return {
    ...((!isBucket || isChange) && { key: route ?? nameOfPattern(pattern, lineOf(result)) }),
    ...why,
    ...(firstLine !== undefined && { line: firstLine }),
  };
}

/** The parts of an incident that follow from its group and its results alone, whoever has said what of it. */
export type DescribedIncident = Omit<
  Incident,
  | 'id'
  | 'state'
  | 'closed_because'
  | 'merged_into'
  | 'opened_at'
  | 'closed_at'
  | 'updated_at'
  | 'assignee'
  | 'comments'
  | 'history'
>;

/** Describes an incident by what Elasticsearch counted. Texts of logs are cleaned and shortened. */
export function describeIncident(group: Group, figures: IncidentFigures): DescribedIncident {
  const { scope, patterns, routes, sources } = group;
  const { first, last, leading, detectors, score, confidence, counts } = figures;
  const isNamed = scope.kind === 'entity' || scope.kind === 'host';
  const place = isNamed ? scope.value : (detectors[0]?.name ?? scope.value);
  const start = Date.parse(first.result['@timestamp']);
  const { isBucket, to: firstEnd } = linksOf(first.result);
  // The last result by its time may be a log within a bucket that ends later.
  const end = Math.max(start, linksOf(last.result).to, group.buckets?.to ?? start);
  const shown = (values: readonly string[]): string[] =>
    values.slice(0, KEYS_SHOWN).map((value) => printable(value, LONGEST_KEY));
  const [firstLine, lastLine] = [incidentLine(first), incidentLine(last)];
  const reasons = leading.slice(0, INCIDENT_LIMITS.reasons);
  return {
    title: titleOf(
      group,
      leadOf(
        reasons.map(({ result }) => result),
        firstLine?.line,
      ),
      place,
    ),
    scope,
    ...(scope.kind === 'entity' && { entity: scope.value }),
    detectors: detectors
      .slice(0, INCIDENT_LIMITS.detectors)
      .map((detector) => ({ ...detector, name: printable(detector.name, LONGEST_NAME) })),
    start: new Date(start).toISOString(),
    ...(isBucket && firstEnd > start && { began_by: new Date(firstEnd).toISOString() }),
    end: new Date(end).toISOString(),
    closes_at: new Date(end + group.quiet).toISOString(),
    counts,
    score,
    confidence,
    severity: severityOf(confidence),
    reasons: reasons.map(leadingOf),
    ...(firstLine && { first_line: firstLine }),
    ...(lastLine && { last_line: lastLine }),
    patterns: shown(patterns),
    routes: shown(routes),
    sources: sources.slice(0, KEYS_SHOWN).map((source) => {
      const at = source.indexOf('=');
      return { field: source.slice(0, at), value: printable(source.slice(at + 1), LONGEST_KEY) };
    }),
    counted: { patterns: patterns.length, routes: routes.length, sources: sources.length },
  };
}
