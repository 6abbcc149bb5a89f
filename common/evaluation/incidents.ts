import type { DetectionDelay, GroundTruth, IncidentOutcome } from './types';

/** Anomalous logs of one kind and entity without an incident of their own belong together up to this gap. */
const LARGEST_GAP = 5 * 60_000;
export const UNNAMED_KIND = 'anomaly';

export interface IncidentInput {
  /** Epoch milliseconds, NaN where unknown. */
  readonly times: Float64Array;
  readonly truths: ReadonlyArray<GroundTruth | undefined>;
  readonly entities?: ReadonlyArray<string | undefined>;
  /** Returns true for a reported log. */
  readonly isAlert: (row: number) => boolean;
  /** Time that a run waits before it reads a log. */
  readonly queryDelay: number;
  /** Milliseconds from the time of a row until it is over, where it is no single log. */
  readonly overAfter?: (row: number) => number;
}

/** Anomalous logs that belong together. */
export interface IncidentGroup {
  readonly id: string;
  readonly kind: string;
  /** In the order of time, at least one. */
  readonly rows: number[];
}

/**
 * Groups the anomalous logs into incidents: by their incident label, or else into runs of one kind and entity with no
 * gap of over five minutes. Logs without a time are left out.
 *
 * @returns in order of their first logs
 */
export function incidentGroups({
  times,
  truths,
  entities,
}: Pick<IncidentInput, 'times' | 'truths' | 'entities'>): IncidentGroup[] {
  const rows = truths
    .flatMap((truth, row) => (truth?.anomaly && Number.isFinite(times[row]) ? [row] : []))
    .sort((a, b) => times[a] - times[b]);
  const incidents: IncidentGroup[] = [];
  const open = new Map<string, IncidentGroup>();
  for (const row of rows) {
    const { kind = UNNAMED_KIND, incident } = truths[row] as GroundTruth;
    const key = JSON.stringify([
      incident ?? null,
      incident === undefined ? [kind, entities?.[row] ?? ''] : [],
    ]);
    let current = open.get(key);
    const last = current && times[current.rows[current.rows.length - 1]];
    if (current === undefined || (incident === undefined && times[row] - last! > LARGEST_GAP)) {
      current = { id: incident ?? `${kind}-${incidents.length + 1}`, kind, rows: [] };
      open.set(key, current);
      incidents.push(current);
    }
    current.rows.push(row);
  }
  return incidents;
}

/** @returns how each incident fared, in order of their first logs */
export function incidentsOf(input: IncidentInput): IncidentOutcome[] {
  const { times, isAlert, queryDelay, overAfter = () => 0 } = input;
  return incidentGroups(input).map(({ id, kind, rows }) => {
    const detected = rows.filter(isAlert);
    const from = times[rows[0]];
    const known = detected.map((row) => times[row] + overAfter(row));
    return {
      id,
      kind,
      from: new Date(from).toISOString(),
      to: new Date(times[rows[rows.length - 1]]).toISOString(),
      logs: rows.length,
      detected_logs: detected.length,
      ...(detected.length === 0
        ? {}
        : { delay_ms: known.reduce((least, at) => Math.min(least, at)) - from + queryDelay }),
    };
  });
}

/** Median and 95th percentile over the detected incidents, beside how many of them were detected. */
export function delayOf(incidents: readonly IncidentOutcome[]): DetectionDelay {
  const delays = Float64Array.from(
    incidents.flatMap(({ delay_ms }) => (delay_ms === undefined ? [] : [delay_ms])),
  ).sort();
  const counts = { incidents: incidents.length, detected: delays.length };
  if (delays.length === 0) return counts;
  return { ...counts, median_ms: quantileOf(delays, 0.5), p95_ms: quantileOf(delays, 0.95) };
}

/**
 * Sample quantile with linear interpolation (Hyndman & Fan 1996, type 7).
 *
 * @param sorted ascending, at least one value
 */
export function quantileOf(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
