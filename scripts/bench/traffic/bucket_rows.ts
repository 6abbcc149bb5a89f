import {
  bucketDocuments,
  silentRow,
  spanOf,
  type BucketLabels,
  type BucketRow,
} from '../../../common/buckets';
import type { Detector } from '../../../common/detector';
import { durationToMilliseconds } from '../../../common/duration';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';

/** A value in a smaller share of the logs is rare; at most so many values are common. As in `server/elasticsearch/buckets`. */
const RARE_SHARE = 0.001;
const COMMON_VALUES = 500;

/** Values of the fields of `bucket.rare` that are common among the logs, by name. */
export type CommonValues = Readonly<Record<string, ReadonlySet<string>>>;

const textOf = (document: LogDocument, field: string): string | undefined => {
  const value = getField(document, field);
  return value === undefined || value === null ? undefined : String(value);
};

export function commonValues({ bucket }: Detector, logs: readonly LogDocument[]): CommonValues {
  return Object.fromEntries(
    Object.entries(bucket?.rare ?? {}).map(([name, field]) => {
      const counts = new Map<string, number>();
      let total = 0;
      for (const log of logs) {
        const text = textOf(log, field);
        if (text === undefined) continue;
        counts.set(text, (counts.get(text) ?? 0) + 1);
        total++;
      }
      const kept = [...counts].sort((one, other) => other[1] - one[1]).slice(0, COMMON_VALUES);
      return [name, new Set(kept.filter(([, count]) => count >= RARE_SHARE * total).map(([text]) => text))];
    }),
  );
}

/** @returns true for logs that count as errors; of the query strings that `proposeBucket` makes */
function errorTest(query: string): (log: LogDocument) => boolean {
  const code = /^([\w.]+):>=(\d+)$/.exec(query);
  if (code !== null) return (log) => Number(getField(log, code[1])) >= Number(code[2]);
  const levels = /^([\w.]+):\(([\w ]+)\)$/.exec(query);
  if (levels === null) throw new Error(`errors: ${query} is not known to the benchmark`);
  const names = new Set(levels[2].split(' OR '));
  return (log) => names.has(textOf(log, levels[1]) ?? '');
}

const quantileOf = (sorted: readonly number[], share: number): number | undefined => {
  if (sorted.length === 0) return undefined;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
};

interface Cell {
  readonly logs: { log: LogDocument; truth?: string; incident?: string }[];
}

export interface LabelledLog {
  readonly log: LogDocument;
  /** Kind of anomaly; undefined for an ordinary log. */
  readonly truth?: string;
  readonly incident?: string;
}

/**
 * Rows of buckets as Elasticsearch sums them up, made in memory: labelled as anomalous when they hold a log that is. Quantiles
 * are exact.
 */
export function bucketRows(
  detector: Detector,
  logs: readonly LabelledLog[],
  common: CommonValues,
): LogDocument[] {
  const { bucket, entity_field: entityField = '' } = detector;
  if (bucket === undefined) throw new Error('The detector is none of buckets');
  const span = spanOf(detector);
  const isError = errorTest(bucket.errors as string);
  const isFailure = bucket.failures === undefined ? undefined : errorTest(bucket.failures as string);
  const cells = new Map<number, Map<string, Cell>>();
  const seen = new Map<string, { first: number; last: number }>();
  for (const each of logs) {
    const entity = textOf(each.log, entityField);
    if (entity === undefined) continue;
    const time = Date.parse(each.log[detector.source.timestamp_field] as string);
    const start = Math.floor(time / span) * span;
    let byEntity = cells.get(start);
    if (byEntity === undefined) cells.set(start, (byEntity = new Map()));
    let cell = byEntity.get(entity);
    if (cell === undefined) byEntity.set(entity, (cell = { logs: [] }));
    cell.logs.push(each);
    const { first, last } = seen.get(entity) ?? { first: time, last: time };
    seen.set(entity, { first: Math.min(first, time), last: Math.max(last, time) });
  }
  const documentOf = bucketDocuments(detector);
  const lookBack = durationToMilliseconds(bucket.look_back);
  const starts = [...cells.keys()].sort((one, other) => one - other);
  const rows: LogDocument[] = [];
  for (let start = starts[0]; start <= starts[starts.length - 1]; start += span) {
    const byEntity = cells.get(start) ?? new Map<string, Cell>();
    for (const [entity, cell] of byEntity) rows.push(documentOf(rowOf(cell, start, entity)));
    if (!bucket.silence) continue;
    for (const [entity, { first, last }] of seen) {
      if (byEntity.has(entity) || first >= start || start - last > lookBack) continue;
      rows.push(documentOf({ ...silentRow(start, entity, detector), labels: { anomaly: 'false' } }));
    }
  }
  return rows;

  function rowOf({ logs: own }: Cell, start: number, entity: string): BucketRow {
    const latencies = (bucket!.latency === undefined ? [] : own)
      .map(({ log }) => Number(getField(log, bucket!.latency!)))
      .filter(Number.isFinite)
      .sort((one, other) => one - other);
    return {
      start,
      entity,
      count: own.length,
      errors: own.filter(({ log }) => isError(log)).length,
      ...(isFailure && { failures: own.filter(({ log }) => isFailure(log)).length }),
      latencyP50: quantileOf(latencies, 0.5),
      latencyP95: quantileOf(latencies, 0.95),
      distinct: Object.fromEntries(
        Object.entries(bucket!.distinct).map(([name, field]) => [
          name,
          new Set(own.map(({ log }) => textOf(log, field)).filter((text) => text !== undefined)).size,
        ]),
      ),
      rare: Object.fromEntries(
        Object.entries(bucket!.rare).map(([name, field]) => [
          name,
          own.filter(({ log }) => {
            const text = textOf(log, field);
            return text !== undefined && !common[name].has(text);
          }).length,
        ]),
      ),
      labels: labelsOf(own),
    };
  }
}

function labelsOf(logs: Cell['logs']): BucketLabels {
  const anomalous = logs.filter(({ truth }) => truth !== undefined);
  if (anomalous.length === 0) return { anomaly: 'false' };
  return { anomaly: 'true', kind: most(anomalous, 'truth'), incident: most(anomalous, 'incident') };
}

function most(logs: Cell['logs'], name: 'truth' | 'incident'): string | undefined {
  const counts = new Map<string, number>();
  for (const { [name]: value } of logs)
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0];
}
