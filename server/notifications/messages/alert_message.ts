import { createHash } from 'node:crypto';
import {
  mostSevereFirst,
  SEVERITIES,
  shownConfidence,
  type AnomalyResult,
  type Severity,
} from '../../../common/anomaly';
import { defangLinks, dottedWordsOf } from '../../../common/defang_links';
import { shownTime } from './shown_time';
import { cleanText } from './untrusted_text';

/** One anomaly as a message shows it. All text is cleaned and bounded, links in it are defanged, and nothing is escaped yet. */
export interface AlertItem {
  readonly time: string;
  readonly entity: string;
  readonly severity: Severity;
  readonly score: number;
  readonly confidence: number;
  readonly reason: string;
  readonly line: string;
  /** Page that asks whether it is real. */
  readonly feedbackLink?: string;
}

/** Content of one message: the anomalies of one detector and run. Small, however many there are; JSON-safe. */
export interface AlertMessage {
  readonly detector: { readonly id: string; readonly name: string };
  readonly run: { readonly id: string };
  readonly total: number;
  readonly bySeverity: ReadonlyArray<{ readonly severity: Severity; readonly count: number }>;
  /** Most frequent first. */
  readonly entities: ReadonlyArray<{ readonly name: string; readonly count: number }>;
  readonly otherEntities: number;
  /** The most severe first. */
  readonly top: readonly AlertItem[];
  /** ISO 8601, first and last anomaly. */
  readonly from: string;
  readonly to: string;
}

/** Anomalies that were held back by the limit of messages, told with the next message. */
export interface SuppressedAlerts {
  readonly results: number;
  /** Messages about incidents. */
  readonly incidents?: number;
  /** Epoch milliseconds of the first that was held back. */
  readonly since: number;
}

const LONGEST_LINE = 300;
const LONGEST_REASON = 400;
const LONGEST_NAME = 100;
const MOST_ENTITIES = 8;

/** Names one result for ever: the same log of the same detector is announced once, in whichever run it is scored. */
export function announcementId(detectorId: string, result: AnomalyResult): string {
  const identity = JSON.stringify([detectorId, result.source.index, result.source.id]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

function fieldOf(document: Record<string, unknown>, field: string): unknown {
  if (Object.hasOwn(document, field)) return document[field];
  let node: unknown = document;
  for (const part of field.split('.')) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, part)) return undefined;
    node = (node as Record<string, unknown>)[part];
  }
  return node;
}

function entityOf(result: AnomalyResult, groupBy: string | undefined): string {
  const value = groupBy === undefined ? result.anomaly.entity : fieldOf(result, groupBy);
  return defangLinks(cleanText(value, LONGEST_NAME)) || '(none)';
}

function lineOf(result: AnomalyResult): string {
  const message = fieldOf(result, 'message') ?? fieldOf(result, 'url.original');
  if (message !== undefined) return defangLinks(cleanText(message, LONGEST_LINE));
  return cleanText(`${result.source.index}/${result.source.id}`, LONGEST_LINE);
}

/** @returns whether a result is severe enough to be announced */
export const isSevereEnough = (severity: Severity, minimum: Severity): boolean =>
  SEVERITIES.findIndex(({ name }) => name === severity) <=
  SEVERITIES.findIndex(({ name }) => name === minimum);

/** Results that one run of a detector has found. */
export interface FoundResults {
  readonly detector: { readonly id: string; readonly name: string };
  readonly run: { readonly id: string };
  readonly results: readonly AnomalyResult[];
}

/** Returns the message about some results, at least one. */
export function summarise(
  { detector, run, results }: FoundResults,
  config: { readonly group_by?: string; readonly results_per_message: number },
  feedbackLink: (result: AnomalyResult) => string | undefined = () => undefined,
): AlertMessage {
  const counts = new Map<string, number>();
  const entities = results.map((result) => entityOf(result, config.group_by));
  for (const entity of entities) counts.set(entity, (counts.get(entity) ?? 0) + 1);
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => ({ name, count }));
  const order = results.map((_, index) => index);
  order.sort((a, b) => mostSevereFirst(results[a], results[b]));
  let from = results[0]['@timestamp'];
  let to = from;
  for (const { '@timestamp': time } of results) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return {
    detector: {
      id: detector.id,
      name: defangLinks(cleanText(detector.name, LONGEST_NAME)) || cleanText(detector.id, LONGEST_NAME),
    },
    run: { id: run.id },
    total: results.length,
    bySeverity: SEVERITIES.map(({ name }) => ({
      severity: name,
      count: results.filter(({ anomaly }) => anomaly.severity === name).length,
    })).filter(({ count }) => count > 0),
    entities: ranked.slice(0, MOST_ENTITIES),
    otherEntities: Math.max(0, ranked.length - MOST_ENTITIES),
    top: order.slice(0, config.results_per_message).map((index) => {
      const { anomaly, '@timestamp': time } = results[index];
      const link = feedbackLink(results[index]);
      return {
        time: cleanText(time, 40),
        entity: entities[index],
        severity: anomaly.severity,
        score: anomaly.score,
        confidence: anomaly.confidence,
        reason: defangLinks(
          cleanText(anomaly.reason, LONGEST_REASON),
          dottedWordsOf(anomaly.attribution.map(({ feature }) => feature)),
        ),
        line: lineOf(results[index]),
        ...(link !== undefined && { feedbackLink: new URL(link).href }),
      };
    }),
    from: cleanText(from, 40),
    to: cleanText(to, 40),
  };
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** The sentences that all channels share. Not escaped. */
export function headlineOf(message: AlertMessage): string {
  const severities = message.bySeverity.map(({ severity, count }) => `${count} ${severity}`).join(', ');
  const since = shownTime(message.from);
  return `${plural(message.total, 'anomaly', 'anomalies')} in ${message.detector.name} since ${since}: ${severities}`;
}

export function suppressedSentence(suppressed: SuppressedAlerts): string {
  const since = new Date(suppressed.since).toISOString();
  const { results, incidents = 0 } = suppressed;
  const told = [
    ...(incidents > 0
      ? [plural(incidents, 'more message about incidents', 'more messages about incidents')]
      : []),
    ...(results > 0 || incidents === 0 ? [plural(results, 'more anomaly', 'more anomalies')] : []),
  ];
  return `${told.join(' and ')} suppressed since ${since}; they are among the results of the detector.`;
}

export function figuresOf(item: AlertItem): string {
  return `score ${item.score.toFixed(3)}, confidence ${shownConfidence(item.confidence, 1)}%`;
}

/** @returns the configured page with detector and run in its query */
export function linkOf(linkBase: string | undefined, message: AlertMessage | undefined): string | undefined {
  if (linkBase === undefined) return undefined;
  const url = new URL(linkBase);
  if (message) {
    url.searchParams.set('detector', message.detector.id);
    url.searchParams.set('run', message.run.id);
  }
  return url.href.replace(/[|<>"']/g, encodeURIComponent);
}
