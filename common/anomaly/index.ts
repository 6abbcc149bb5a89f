import type { Comparison, PatternChange } from './comparison';

/**
 * Confidence x 100 in four named bands. A log at the threshold has 50; since confidence is 1 - p / (2 x contamination),
 * `minor` starts where half, `major` where a fifth and `critical` where a twentieth of the expected anomalies score as high.
 */
export const SEVERITIES = [
  { name: 'critical', from: 97.5 },
  { name: 'major', from: 90 },
  { name: 'minor', from: 75 },
  { name: 'warning', from: 0 },
] as const;
export type Severity = (typeof SEVERITIES)[number]['name'];

/** Orders results by confidence, which is comparable between models and changes of patterns, then by score. */
export const mostSevereFirst = (
  one: { readonly anomaly: { readonly score: number; readonly confidence: number } },
  other: { readonly anomaly: { readonly score: number; readonly confidence: number } },
): number => other.anomaly.confidence - one.anomaly.confidence || other.anomaly.score - one.anomaly.score;

/** One feature's share in the score of one log. */
export interface Attribution {
  readonly feature: string;
  readonly field: string;
  /** Share in [0, 1]; the shares of one log add up to 1. */
  readonly share: number;
  readonly actual: string;
  readonly typical: string;
  /** Present where training never held such a value, with how many of its logs held another. */
  readonly unseen?: true;
  readonly trained_on?: number;
  /** Data of the sentence for people; absent in results of 0.1.0, and where values may not be repeated. */
  readonly comparison?: Comparison;
}

/** Score and explanation of one log. */
export interface Verdict {
  /** s(x) in (0, 1] of Liu et al. 2008; higher is more anomalous. */
  readonly score: number;
  /** In [0, 1], 0.5 at the threshold. */
  readonly confidence: number;
  readonly severity: Severity;
  readonly isAnomaly: boolean;
}

/** One change of a stored result. */
export interface ResultChange {
  /** ISO 8601. */
  readonly at: string;
  readonly by?: string;
  /** Reason for the change, a sentence. */
  readonly because: string;
  /** State before the change. */
  readonly from: {
    readonly type: ResultState['type'];
    readonly score?: number;
    readonly confidence?: number;
  };
}

/** State of a result. Counts of results ask for type `log`, which leaves hidden ones out. */
export interface ResultState {
  /** `suppressed`: hidden, kept and marked; `withdrawn`: its logs, looked at again, are no longer anomalous. */
  type: 'log' | 'suppressed' | 'withdrawn';
  /** Ids of all suppressions, or of the verdict, that hide it. */
  suppressed_by?: string[];
  suppressed_because?: string;
  /** The time that the log states, where that cannot be: `@timestamp` is about that of the run then. */
  stated_time?: string;
  /** Verdict of a person. */
  verdict?: 'real' | 'not_an_anomaly';
  /** Newest last, at most 20. */
  history?: ResultChange[];
}

/** A change of a pattern of logs, see `common/patterns`. */
export interface ChangeOfPattern {
  readonly kind: PatternChange;
  readonly pattern_id: string;
  /** Logs in the bucket. */
  readonly count: number;
  /** Logs that were to be expected in it; of a pattern that vanished those due since the last one. */
  readonly expected: number;
  /** Chance of something as unusual where nothing has changed; absent for a pattern that returned. */
  readonly chance?: number;
  /** Time of its last log before, of a pattern that vanished: ISO 8601. Absent in results of earlier versions. */
  readonly last_seen?: string;
  /** The logs of the pattern in Kibana's query language. */
  readonly kql: string;
}

/** A document of `log-anomalies-results.*`: one anomalous log, field names after ECS. */
export interface AnomalyResult {
  '@timestamp': string;
  event: { ingested: string; kind: 'alert' };
  detector: { id: string; name: string };
  model: { version: string };
  anomaly: {
    score: number;
    confidence: number;
    severity: Severity;
    threshold: number;
    attribution: Attribution[];
    /** Sentence for people: why this log is anomalous, in English; from the attribution pages make the same in the reader's language. */
    reason: string;
    entity?: string;
    /** Parts of an entity of several fields, by field; those that the log lacks are left out. */
    entity_parts?: Readonly<Record<string, string>>;
    /** Field that holds the entity, or several; present where a result stands for all its logs from `event.start` to `event.end`. */
    entity_field?: string | readonly string[];
    /** The feature with the largest share, and what stood there: what results are counted by. Written with the result. */
    top_feature?: string;
    top_value?: string;
    /** Pattern shared by similar results, see `suppressions/result_facts.ts`. Written with the result. */
    pattern?: string;
    /** Present where a result tells of a pattern from `event.start` to `event.end` rather than of a log. */
    change?: ChangeOfPattern;
    /** Present only in files with ground truth or with feedback. */
    label?: string;
  };
  source: { index: string; id: string };
  run: { id: string };
  result: ResultState;
  /** Context fields of the log itself, nested as in ECS. */
  [contextField: string]: unknown;
}

/** A summary for one time bucket and entity: how many logs were scored, how many were anomalous. */
export interface BucketSummary {
  '@timestamp': string;
  event: { ingested: string; kind: 'metric' };
  detector: { id: string; name: string };
  model: { version: string };
  bucket: {
    logs: number;
    anomalies: number;
    max_score: number;
    mean_score: number;
    max_confidence: number;
    unscored: number;
    span_ms: number;
  };
  anomaly: { entity?: string; entity_parts?: Readonly<Record<string, string>> };
  /** Derived from the first log of the page that was summed up; the id is made of it, the bucket and the entity. */
  page: { id: string };
  run: { id: string };
  result: { type: 'bucket' };
}

/** @param confidence in [0, 1] */
export function severityOf(confidence: number): Severity {
  return SEVERITIES.find((band) => confidence * 100 >= band.from)?.name ?? 'warning';
}

/**
 * Returns confidence x 100 as it is written beside its severity: never rounded up into the next one.
 *
 * @example shownConfidence(0.7496) // '74'; shownConfidence(0.7496, 1) // '74.9'
 */
export function shownConfidence(confidence: number, digits = 0): string {
  const rounded = (confidence * 100).toFixed(digits);
  return severityOf(Number(rounded) / 100) === severityOf(confidence)
    ? rounded
    : (Number(rounded) - 10 ** -digits).toFixed(digits);
}

/** Returns a confidence to four places, as it is given beside its severity: never rounded up into the next one. */
export const roundedConfidence = (confidence: number): number =>
  Number((Number(shownConfidence(confidence, 2)) / 100).toFixed(4));

/** Returns a severity and all that are worse, the worst first. */
export const severitiesFrom = (least: Severity): Severity[] =>
  SEVERITIES.slice(0, SEVERITIES.findIndex(({ name }) => name === least) + 1).map(({ name }) => name);
