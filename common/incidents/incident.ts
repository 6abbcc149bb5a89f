import type { Annotation } from '../annotations';
import type { Attribution, Severity } from '../anomaly';

/**
 * - `open`: goes on, and nobody has said that they look at it
 * - `acknowledged`: goes on, and somebody looks at it
 * - `closed`: over, see {@link CLOSING_REASONS}
 * - `merged`: turned out to be a part of an older one, which it points at
 */
export const INCIDENT_STATES = ['open', 'acknowledged', 'closed', 'merged'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** `quiet`: nothing came for the quiet time; `person`: somebody closed it; `no_results`: none of its results counts any more. */
export const CLOSING_REASONS = ['quiet', 'person', 'no_results'] as const;
export type ClosingReason = (typeof CLOSING_REASONS)[number];

/** `others`: what a detector finds beyond {@link INCIDENT_LIMITS.open}. */
export const INCIDENT_SCOPES = ['entity', 'host', 'detector', 'others'] as const;

/** Steps in the history of an incident. */
export const INCIDENT_ACTIONS = [
  'opened',
  'reopened',
  'acknowledged',
  'closed',
  'assigned',
  'commented',
  'merged',
  'grew',
  'severity_changed',
] as const;
export type IncidentAction = (typeof INCIDENT_ACTIONS)[number];

export const INCIDENT_LIMITS = {
  /** Incidents of one detector that are open at a time; what comes beyond is one incident "others". */
  open: 50,
  /** Patterns, routes and sources that an incident remembers of each; the first by name. */
  keys: 1_000,
  /** Kept steps, newest last. */
  history: 100,
  comments: 100,
  commentCharacters: 2_000,
  assigneeCharacters: 256,
  /** Leading results, the most severe first. */
  reasons: 5,
  /** Detectors named in an incident. */
  detectors: 20,
} as const;

/** Place that an incident is in: results of different places never belong together. */
export interface IncidentScope {
  readonly kind: (typeof INCIDENT_SCOPES)[number];
  /** Entity, host or id of the detector. */
  readonly value: string;
  /** Parts of an entity of several fields, by field. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** Actor behind a log, such as the client that scans or the user that tries passwords. */
export interface IncidentSource {
  /** Field of the log, such as `client.ip`. */
  readonly field: string;
  readonly value: string;
}

/** One result as an incident shows it. Texts are cleaned. */
export interface LeadingResult {
  readonly result_id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly score: number;
  readonly confidence: number;
  readonly severity: Severity;
  /** Sentence in English; from the attribution pages make the same in the reader's language. */
  readonly reason: string;
  readonly attribution: readonly Attribution[];
}

export interface IncidentLine {
  readonly result_id: string;
  readonly time: string;
  /** The log line, cleaned, at most 300 characters. */
  readonly line: string;
}

export interface IncidentStep {
  /** ISO 8601. */
  readonly at: string;
  /** Name of the user; absent: the detector itself. */
  readonly by?: string;
  readonly action: IncidentAction;
  readonly from?: string;
  readonly to?: string;
  /** A sentence. */
  readonly because?: string;
}

export interface IncidentComment {
  readonly at: string;
  readonly by?: string;
  readonly text: string;
}

/** Anomalies that belong together. Times are ISO 8601; all counts are derived from the stored results. */
export interface Incident {
  readonly id: string;
  /** Leading reason, or the attacks that any of the leading results shows signs of, pattern or route and place in words, such as `status 503: POST /charge of checkout`. */
  readonly title: string;
  readonly scope: IncidentScope;
  /** Present where the results have one. */
  readonly entity?: string;
  /** Most results first. */
  readonly detectors: readonly { readonly id: string; readonly name: string; readonly results: number }[];
  /** First anomaly. */
  readonly start: string;
  /** End of the bucket, or of the time that patterns were counted in, that it began in; absent where it began with a log. */
  readonly began_by?: string;
  /** Last anomaly, or end of the last anomalous bucket. */
  readonly end: string;
  readonly state: IncidentState;
  readonly closed_because?: ClosingReason;
  readonly merged_into?: string;
  readonly opened_at: string;
  readonly closed_at?: string;
  /** It closes by itself where nothing comes until then. */
  readonly closes_at: string;
  readonly updated_at: string;
  /** Anomalous logs, each once however many detectors have found it, buckets, and changes of patterns where there are any. */
  readonly counts: { readonly logs: number; readonly buckets: number; readonly changes?: number };
  /** The highest of its results. */
  readonly score: number;
  readonly confidence: number;
  readonly severity: Severity;
  readonly reasons: readonly LeadingResult[];
  readonly first_line?: IncidentLine;
  readonly last_line?: IncidentLine;
  /** At most 10 of each; `counted` says how many there are. */
  readonly patterns: readonly string[];
  readonly routes: readonly string[];
  readonly sources: readonly IncidentSource[];
  readonly counted: { readonly patterns: number; readonly routes: number; readonly sources: number };
  /** Annotation that it began after; looked up where an incident is read for people, and never stored with it. */
  readonly preceded_by?: Annotation;
  readonly assignee?: string;
  /** Newest last. */
  readonly comments: readonly IncidentComment[];
  readonly history: readonly IncidentStep[];
}

/** @returns number of anomalies of an incident, as {@link Incident.counts} counts them */
export const resultsOf = ({ counts: { logs, buckets, changes = 0 } }: Pick<Incident, 'counts'>): number =>
  logs + buckets + changes;
