import { precedenceText } from '../../../common/annotations';
import { SEVERITIES, type Severity } from '../../../common/anomaly';
import { defangLinks, dottedWordsOf } from '../../../common/defang_links';
import { countText, resultsOf, type Incident } from '../../../common/incidents';
import { reopeningsOf } from '../../detection/incidents/history';
import { ordersGrown } from '../../detection/incidents/record_incidents';
import type { KeptIncident } from '../../detection/ports/incidents';
import { shownTime } from './shown_time';
import { cleanText } from './untrusted_text';

/** News of an incident: it opened, goes on after it was closed, grew by an order of magnitude, got a higher severity, or is over. */
export type IncidentNews = 'opened' | 'reopened' | 'grew' | 'severity' | 'over';

/** Facts of an incident for programs. Texts are cleaned. */
export interface IncidentFacts {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly isOver: boolean;
  readonly entity?: string;
  /** Entity, host, or name of the detector. */
  readonly place: string;
  /** ISO 8601; absent where it is not stored any more. */
  readonly start?: string;
  readonly end?: string;
  /** Most results first. */
  readonly detectors: readonly { readonly id: string; readonly name: string }[];
}

/** Content of one message about one incident. Texts are cleaned and bounded, links in them are defanged; JSON-safe. */
export interface IncidentMessage {
  readonly kind: 'incident';
  readonly news: IncidentNews;
  readonly about: IncidentFacts;
  /** One line that says what, where, since when and how bad. */
  readonly headline: string;
  /** Leading reasons, and the change that it began after as the last where there is one. */
  readonly reasons: readonly string[];
  /** First and last line. */
  readonly lines: readonly { readonly time: string; readonly line: string }[];
  readonly link?: string;
  /** Results in it. */
  readonly total: number;
}

const LONGEST_NAME = 200;
const MOST_DETECTORS = 20;
const LONGEST_TITLE = 160;
const LONGEST_REASON = 300;
const LONGEST_LINE = 300;
const MOST_REASONS = 3;

const rankOf = (severity: Severity): number => SEVERITIES.findIndex(({ name }) => name === severity);

/**
 * Names the news of an incident, most important first: what was told under a name is not told again.
 *
 * @example ['abc:opened', 'abc:grew:1', 'abc:severity:critical']
 */
export function newsOf(kept: KeptIncident): { readonly id: string; readonly news: IncidentNews }[] {
  const { incident, opened } = kept;
  const { id, state, severity } = incident;
  // A person who opens it again knows that it is open.
  const { all: reopened, unasked: returned } = reopeningsOf(kept);
  const orders = ordersGrown(kept);
  return [
    { id: `${id}:opened`, news: 'opened' },
    ...(returned > 0 ? [{ id: `${id}:reopened:${returned}`, news: 'reopened' as const }] : []),
    ...(state === 'closed' ? [{ id: `${id}:over:${reopened}`, news: 'over' as const }] : []),
    ...(rankOf(severity) < rankOf(opened.severity)
      ? [{ id: `${id}:severity:${severity}`, news: 'severity' as const }]
      : []),
    ...(orders > 0 ? [{ id: `${id}:grew:${orders}`, news: 'grew' as const }] : []),
  ];
}

/** Returns the page of the settings with the incident in its query. @param linkBase absolute address */
export function incidentLinkOf(linkBase: string | undefined, id: string): string | undefined {
  if (linkBase === undefined) return undefined;
  const url = new URL(linkBase);
  url.searchParams.set('incident', id);
  return url.href.replace(/[|<>"']/g, encodeURIComponent);
}

function headlineOf(incident: Incident, news: IncidentNews): string {
  const { severity, start, end, state, closed_because: because } = incident;
  const title = defangLinks(cleanText(incident.title, LONGEST_TITLE));
  const isOver = state === 'closed';
  const when = isOver ? `from ${shownTime(start)} to ${shownTime(end)}` : `since ${shownTime(start)}`;
  const facts = `${title}, ${when}: ${severity}, ${countText(incident.counts)}`;
  switch (news) {
    case 'opened':
      return isOver ? `${facts}; it is over already` : facts;
    case 'reopened':
      return isOver ? `It went on, and is over again: ${facts}` : `Goes on: ${facts}`;
    case 'grew':
      return `Grew to ${countText(incident.counts)}: ${title}, ${when}: ${severity}`;
    case 'severity':
      return `Now ${severity}: ${title}, ${when}: ${countText(incident.counts)}`;
    case 'over':
      return because === 'no_results'
        ? `Over: ${title}; none of its results counts any more`
        : `Over: ${facts}`;
  }
}

/** @param link absolute address of the incident */
export function incidentMessage(
  { incident }: Pick<KeptIncident, 'incident'>,
  news: IncidentNews,
  link: string | undefined,
): IncidentMessage {
  const { reasons, first_line: first, last_line: last, preceded_by: preceding } = incident;
  const known = dottedWordsOf(
    reasons.flatMap(({ attribution }) => attribution.map(({ feature }) => feature)),
  );
  const lines = [first, last].flatMap((each, place) =>
    each === undefined || (place === 1 && each.result_id === first?.result_id) ? [] : [each],
  );
  return {
    kind: 'incident',
    news,
    about: factsOf(incident),
    headline: headlineOf(incident, news),
    reasons: [
      ...reasons.slice(0, MOST_REASONS).map(({ reason }) => reason),
      ...(preceding === undefined ? [] : [precedenceText(preceding, incident)]),
    ].map((reason) => defangLinks(cleanText(reason, LONGEST_REASON), known)),
    lines: lines.map(({ time, line }) => ({
      time: shownTime(cleanText(time, 40)),
      line: defangLinks(cleanText(line, LONGEST_LINE)),
    })),
    ...(link !== undefined && { link: new URL(link).href }),
    total: resultsOf(incident),
  };
}

const shownName = (text: string): string => defangLinks(cleanText(text, LONGEST_NAME));

function factsOf(incident: Incident): IncidentFacts {
  const { id, title, severity, state, entity, scope, start, end } = incident;
  const detectors = incident.detectors
    .slice(0, MOST_DETECTORS)
    .map((detector) => ({ id: detector.id, name: shownName(detector.name) }));
  const isNamed = scope.kind === 'entity' || scope.kind === 'host';
  return {
    ...{ id, severity, start, end, detectors },
    title: defangLinks(cleanText(title, LONGEST_TITLE)),
    isOver: state === 'closed' || state === 'merged',
    ...(entity !== undefined && { entity: shownName(entity) }),
    place: isNamed ? shownName(scope.value) : (detectors[0]?.name ?? ''),
  };
}

/** Tells that an incident needs nobody any more, for those who keep an alert of it. */
export const isEnd = ({ news, about }: IncidentMessage): boolean => news === 'over' || about.isOver;

/**
 * Returns the end of an incident that has no news of its own: it became a part of an older one, or is not stored any more.
 *
 * @param incident undefined where it is not stored any more
 */
export function endMessage(id: string, incident: Incident | undefined): IncidentMessage {
  if (incident !== undefined) {
    const message = incidentMessage({ incident }, 'over', undefined);
    const headline = `Over: ${message.about.title}; it is a part of an older incident`;
    return { ...message, headline, about: { ...message.about, isOver: true } };
  }
  return unknownEnd(id, 'Over: the incident is not stored any more');
}

/**
 * Returns the end of an alert whose incident goes on: its channel has more of them than it keeps track of.
 *
 * @param incident undefined where it cannot be looked up
 */
export function letGoMessage(
  id: string,
  incident: Incident | undefined,
  link: string | undefined,
): IncidentMessage {
  const why = 'too many incidents are open; only its next news makes an alert again';
  if (incident === undefined) return unknownEnd(id, `Not followed any more: ${why}`);
  const message = incidentMessage({ incident }, 'over', link);
  const headline = `Not followed any more, though it may go on: ${message.about.title}; ${why}`;
  return { ...message, headline, about: { ...message.about, isOver: true } };
}

const unknownEnd = (id: string, headline: string): IncidentMessage => ({
  kind: 'incident',
  news: 'over',
  about: { id, title: '', severity: 'warning', isOver: true, place: '', detectors: [] },
  headline,
  reasons: [],
  lines: [],
  total: 0,
});

/** Returns a message that says that a channel works, and is over at once. @param id names it, for those who keep alerts */
export const trialMessage = (id: string, link: string | undefined): IncidentMessage => ({
  kind: 'incident',
  news: 'opened',
  about: { id, title: 'Test of Log Anomalies', severity: 'warning', isOver: true, place: '', detectors: [] },
  headline: 'Test of Log Anomalies: messages arrive here',
  reasons: ['Somebody asked for this message; no log is anomalous.'],
  lines: [],
  ...(link !== undefined && { link }),
  total: 0,
});
