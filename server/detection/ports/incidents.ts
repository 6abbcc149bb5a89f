import type { AnomalyResult, Severity } from '../../../common/anomaly';
import type { Group, Incident, IncidentScope } from '../../../common/incidents';

/** An incident with all that decides which results belong to it. */
export interface KeptIncident {
  readonly incident: Incident;
  readonly group: Group;
  /** Results and severity when it was first written: growth is told in relation to them. */
  readonly opened: { readonly results: number; readonly severity: Severity };
  /** Absent in what an earlier version stored, and before the first step after it opened: its history tells. */
  readonly reopenings?: Reopenings;
  /** All of its results were found by backfills: nobody is told of it, neither of its end. */
  readonly isUntold?: true;
}

/** Counts of how often an incident was opened again: its history keeps the newest steps alone. */
export interface Reopenings {
  readonly all: number;
  /** Without anybody asking for it: it went on. */
  readonly unasked: number;
  /** ISO 8601: when a person opened it again. Absent once it is closed. */
  readonly askedAt?: string;
}

export interface StoredIncident extends KeptIncident {
  /** State in which it was read. */
  readonly revision: { readonly sequenceNumber: number; readonly primaryTerm: number };
}

/** Figures of an incident, as Elasticsearch counts them over the results that count. */
export interface IncidentFigures {
  readonly counts: Incident['counts'];
  /** Most results first. */
  readonly detectors: readonly { readonly id: string; readonly name: string; readonly results: number }[];
  readonly score: number;
  readonly confidence: number;
  readonly first: FoundResult;
  readonly last: FoundResult;
  /** One for each of the leading patterns, the most severe first. */
  readonly leading: readonly FoundResult[];
}

interface FoundResult {
  readonly id: string;
  readonly result: AnomalyResult;
}

export interface IncidentStore {
  /** Id of an incident that opens with this result: the same for all who see the same. */
  newId(scope: IncidentScope, detectorId: string, source: { index: string; id: string }): string;
  /**
   * Incidents that results of these places and this time (epoch milliseconds, both ends included) may belong to, and beside
   * them all of the detector that go on. Merged ones are left out.
   */
  near(
    places: readonly IncidentScope[],
    range: { readonly from: number; readonly to: number },
    detectorId: string,
  ): Promise<StoredIncident[]>;
  /** Incidents of a time, the last to end first, bounded; of one detector where one is given. */
  between(
    range: { readonly from: number; readonly to: number },
    of?: {
      readonly detectorId?: string;
      /** Last incidents of the page before: what ends before them, or with the last of them and is none of them. */
      readonly after?: readonly StoredIncident[];
    },
  ): Promise<StoredIncident[]>;
  find(id: string): Promise<StoredIncident | undefined>;
  /**
   * Incidents of the detector that go on, the next to be over first, and of other detectors those that should have been over a
   * day before `time` (epoch milliseconds): nobody else closes them.
   */
  goingOn(detectorId: string, time: number): Promise<StoredIncident[]>;
  /**
   * In the order of the groups; undefined where no result counts any more. An incident "others" leaves out what is of the others
   * among the groups and of those that are stored.
   */
  figures(groups: readonly Group[]): Promise<(IncidentFigures | undefined)[]>;
  /** @returns false where somebody else has changed one of them meanwhile: read and try again */
  write(
    incidents: readonly (KeptIncident & { readonly revision?: StoredIncident['revision'] })[],
  ): Promise<boolean>;
}

/** Incidents of a run. */
export interface RunIncidents {
  /** See `IncidentRecorder.record`. */
  record(
    results: readonly AnomalyResult[],
    reached: number,
    revised?: { readonly from: number; readonly to: number },
  ): Promise<void>;
  /**
   * Tells of what the run has changed so far, before the checkpoint moves past it. What would be over by `reached` is left to
   * {@link finish}, of this run or a later one: more may come to it, and its end is told with it.
   *
   * @param reached epoch milliseconds
   */
  tell(reached: number): Promise<void>;
  /**
   * Called once, at the end of the run and before the checkpoint moves for the last time.
   *
   * @param known epoch milliseconds up to which all is known; undefined for a run that a cap ended
   * @param reached epoch milliseconds: of an incident that would be over by then only the end is told, by the run that knows it
   */
  finish(known: number | undefined, reached: number): Promise<void>;
  /** They are told of: then the checkpoint moves once a run, see `announce`. */
  readonly areAnnounced?: boolean;
}
