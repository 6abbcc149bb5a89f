import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import { headlineOf, headlineOfAll } from '../../../common/explanations';
import { isTelling, nameOfPattern, resultsOf } from '../../../common/incidents';
import { printable } from '../../../common/printable';
import { headlineText } from '../results/sentence_text';
import { formatCount, formatSpan, formatTime } from '../values/format';

const LONGEST_KEY = 120;
const LONGEST_PLACE = 80;

/** Returns the place of an incident: its entity or host, or the detector where its logs name neither. */
export function incidentPlace({ scope, detectors }: Pick<IncidentBody, 'scope' | 'detectors'>): string {
  const isOfDetector = scope.kind === 'detector' || scope.kind === 'others';
  return printable(isOfDetector ? (detectors[0]?.name ?? scope.value) : scope.value, LONGEST_PLACE);
}

/** Returns the pattern or route that stands for an incident of several: the server's own title ends in it, after the reason. */
function leadingOf({
  title,
  routes,
  patterns,
  reasons,
}: Pick<IncidentBody, 'title' | 'routes' | 'patterns' | 'reasons'>): string {
  const [named] = title.split(/ and \d+ more of /);
  const keys = [...routes, ...patterns].map((key) => printable(key, LONGEST_KEY));
  // The whole of what follows the reason: "/" is no name of "/admin/".
  const isNamed = (key: string): boolean => named === key || named.endsWith(`: ${key}`);
  const ends = keys.filter(isNamed).sort((left, right) => right.length - left.length);
  if (ends.length > 0) return ends[0];
  // Not all are kept. Titles of before began with a small letter.
  const attributions = reasons.map(({ attribution }) => attribution);
  const headline = [headlineOfAll(attributions).headline, headlineOf(attributions[0] ?? [])].find(
    (each) => each !== undefined && named.toLowerCase().startsWith(`${each}: `.toLowerCase()),
  );
  return headline === undefined ? named : named.slice(headline.length + 2);
}

/** Returns in words what an incident is, without its place: the leading reason of its anomalies, attacks first, and what it is in. */
export function incidentWhat(incident: IncidentBody): string {
  const what = keyOf(incident);
  const { scope, reasons } = incident;
  const { headline: why, place } = headlineText(reasons.map(({ attribution }) => attribution));
  if (scope.kind === 'others' || resultsOf(incident) === 0 || why === undefined) return what;
  // A bucket tells of all logs of its entity, not of those of a route.
  return reasons[place].attribution.some(({ field }) => field.startsWith('bucket.'))
    ? why
    : i18n.translate('logAnomalies.incident.whyWhat', {
        defaultMessage: '{why}: {what}',
        values: { why, what },
      });
}

function keyOf(incident: IncidentBody): string {
  const { scope, counted, counts, routes, patterns, sources, first_line: first } = incident;
  const kinds = Math.max(counted.patterns, counted.routes);
  if (scope.kind === 'others') {
    return i18n.translate('logAnomalies.incident.others', { defaultMessage: 'Many other anomalies' });
  }
  // One of which no anomaly counts any more is still called by what it was.
  const isOfBuckets = counts.buckets > 0 && resultsOf(incident) === counts.buckets;
  if (kinds === 0 || isOfBuckets) {
    return i18n.translate('logAnomalies.incident.asAWhole', {
      defaultMessage: 'Unusual as a whole: number of logs, errors or durations',
    });
  }
  if (counted.routes === 1) return printable(routes[0], LONGEST_KEY);
  if (counted.patterns === 1 && (counted.routes === 0 || isTelling(patterns[0])))
    return printable(nameOfPattern(patterns[0], first?.line), LONGEST_KEY);
  if (counted.sources === 1) {
    return i18n.translate('logAnomalies.incident.source', {
      defaultMessage: '{source}, {count} different patterns',
      values: { source: printable(sources[0].value, LONGEST_KEY), count: formatCount(kinds) },
    });
  }
  return i18n.translate('logAnomalies.incident.andMore', {
    defaultMessage: '{leading} and {count} more',
    values: { leading: printable(leadingOf(incident), LONGEST_KEY), count: formatCount(kinds - 1) },
  });
}

/** Returns the title of an incident: what, and where. */
export const incidentTitle = (incident: IncidentBody): string =>
  i18n.translate('logAnomalies.incident.title', {
    defaultMessage: '{what} of {place}',
    values: { what: incidentWhat(incident), place: incidentPlace(incident) },
  });

export function incidentStateName(state: IncidentBody['state']): string {
  switch (state) {
    case 'open':
      return i18n.translate('logAnomalies.incident.open', { defaultMessage: 'Open' });
    case 'acknowledged':
      return i18n.translate('logAnomalies.incident.acknowledged', { defaultMessage: 'Acknowledged' });
    case 'closed':
      return i18n.translate('logAnomalies.incident.closed', { defaultMessage: 'Closed' });
    case 'merged':
      return i18n.translate('logAnomalies.incident.merged', { defaultMessage: 'Part of another' });
  }
}

/** Returns the reason why an incident is over, or undefined where it is not. */
export function closedBecauseText({ closed_because: because }: IncidentBody): string | undefined {
  switch (because) {
    case 'quiet':
      return i18n.translate('logAnomalies.incident.quiet', {
        defaultMessage: 'It closed by itself: no anomaly followed.',
      });
    case 'person':
      return i18n.translate('logAnomalies.incident.byPerson', { defaultMessage: 'Somebody closed it.' });
    case 'no_results':
      return i18n.translate('logAnomalies.incident.noResults', {
        defaultMessage: 'None of its anomalies counts any more.',
      });
    case undefined:
      return undefined;
  }
}

export const isGoingOn = ({ state }: Pick<IncidentBody, 'state'>): boolean =>
  state === 'open' || state === 'acknowledged';

/** Returns how long an incident has lasted, from its first to its last anomaly. */
export const incidentLength = ({ start, end }: Pick<IncidentBody, 'start' | 'end'>): string =>
  start === end
    ? i18n.translate('logAnomalies.incident.once', { defaultMessage: 'once' })
    : i18n.translate('logAnomalies.incident.length', {
        defaultMessage: 'for {length}',
        values: { length: formatSpan(Date.parse(end) - Date.parse(start)) },
      });

/** Returns the number of anomalies of an incident: logs, spans of time where a detector judges these, and changes of patterns. */
export function incidentCount({ counts: { logs, buckets, changes = 0 } }: IncidentBody): string {
  if (logs + buckets + changes === 0) {
    return i18n.translate('logAnomalies.incident.noAnomalies', { defaultMessage: 'no anomalies any more' });
  }
  return [
    ...(logs > 0
      ? [
          i18n.translate('logAnomalies.incident.logs', {
            defaultMessage: '{total, plural, one {{count} log} other {{count} logs}}',
            values: { total: logs, count: formatCount(logs) },
          }),
        ]
      : []),
    ...(buckets > 0
      ? [
          i18n.translate('logAnomalies.incident.spans', {
            defaultMessage: '{total, plural, one {{count} span of time} other {{count} spans of time}}',
            values: { total: buckets, count: formatCount(buckets) },
          }),
        ]
      : []),
    ...(changes > 0
      ? [
          i18n.translate('logAnomalies.incident.changes', {
            defaultMessage:
              '{total, plural, one {{count} change of a pattern} other {{count} changes of patterns}}',
            values: { total: changes, count: formatCount(changes) },
          }),
        ]
      : []),
  ].join(', ');
}

/** Returns from when to when an incident was; of a single log its time. */
export const incidentTime = ({ start, end }: Pick<IncidentBody, 'start' | 'end'>): string =>
  start === end
    ? formatTime(start)
    : i18n.translate('logAnomalies.incident.fromTo', {
        defaultMessage: '{from} to {to}',
        values: { from: formatTime(start), to: formatTime(end) },
      });
