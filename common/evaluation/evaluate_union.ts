import { DetectionError } from '../detection_error';
import { spanFinder, type EntitySpan } from '../findings';
import { delayOf, incidentGroups } from './incidents';
import type { GroundTruth, TopAnomaly } from './types';
import type { LabelledUnion, UnionEvaluation, UnionIncident, UnionKind, UnionRow } from './union_types';
import { DAY } from '../duration';

const LISTED_INCIDENTS = 500;
const LISTED_FALSE_ALARMS = 1_000;
const TOP_ROWS = 20;
/** Alerts that are looked at for a row of the list: more than so many do not lie in one bucket on average. */
const MOST_TAKEN_IN = 20;

/** Times of the rows of buckets or sessions, by their place, in milliseconds from their start. */
export interface SpanTimes {
  /** Until their end: the logs before it are theirs. */
  readonly lengthOf: (row: number) => number;
  /** Until they are over: of a session a gap after its last log. */
  readonly overAfter: (row: number) => number;
}

/** One detector's scores of the logs, or of their buckets. All lists have one entry a row. */
export interface ScoredUnit {
  readonly detector: string;
  readonly modelVersion: string;
  /** In words, what it judges. */
  readonly foundBy: string;
  readonly threshold: number;
  readonly scores: Float64Array;
  /** Comparable between detectors: what the list is ranked by. */
  readonly confidences: Float64Array;
  /** Epoch milliseconds, NaN where unknown; of buckets the start. */
  readonly times: Float64Array;
  readonly truths?: ReadonlyArray<GroundTruth | undefined>;
  readonly entities: ReadonlyArray<string | undefined>;
  /** Milliseconds that a run waits before it reads a log. */
  readonly queryDelay: number;
  /** Only for buckets and sessions: what their entity is read from, and their times. */
  readonly bucket?: { readonly entityField: EntitySpan['entityField'] } & SpanTimes;
  /** Value of a field of a row, as text: logs are found by it in the buckets of others. */
  readonly valueOf: (row: number, field: string) => string | undefined;
  readonly describe: (row: number) => TopAnomaly;
}

export interface UnionInput {
  /** At least one. */
  readonly units: readonly ScoredUnit[];
  /** Budget of all together. */
  readonly alertsPerDay: number;
}

/** One reported row of one detector. */
interface Alert {
  readonly unit: number;
  readonly row: number;
}

/**
 * Measures what several detectors find together. Their alerts become one list: what lies in a reported bucket of the same
 * entity is part of that bucket's row. A row is right when it, or a log in it, is anomalous; an incident is found when a
 * reported log is its own, or a reported bucket holds one of its logs or, for a silence, is labelled with it.
 *
 * @throws DetectionError `invalid_input` without a row to judge
 */
export function evaluateUnion({ units, alertsPerDay }: UnionInput): UnionEvaluation {
  if (units.every(({ scores }) => scores.length === 0)) {
    throw new DetectionError('invalid_input', 'There is nothing to evaluate: no unit has scored a log');
  }
  const time = timeOf(units);
  const alerts = alertsOf(units, ({ scores, threshold }, row) => scores[row] >= threshold);
  const list = listOf(units, alerts);
  const isLabelled = units.some(({ truths }) => truths?.some((truth) => truth?.anomaly));
  const labelled = isLabelled
    ? labelledOf(units, { alerts, list }, { alertsPerDay, days: time?.days })
    : undefined;
  return {
    schema_version: 1,
    detectors: units.map((unit, place) => {
      const own = alerts.filter(({ unit: each }) => each === place);
      const judged = own.filter(({ row }) => unit.truths?.[row] !== undefined);
      return {
        detector: unit.detector,
        model_version: unit.modelVersion,
        found_by: unit.foundBy,
        evaluated: unit.scores.length,
        threshold: unit.threshold,
        alerts: own.length,
        ...(judged.length > 0 && {
          precision: judged.filter(({ row }) => unit.truths?.[row]?.anomaly).length / judged.length,
        }),
      };
    }),
    evaluated_logs: units.reduce(
      (sum, { bucket, scores }) => (bucket === undefined ? Math.max(sum, scores.length) : sum),
      0,
    ),
    ...(time && { time: { from: isoOf(time.from), to: isoOf(time.to), days: time.days } }),
    rows: list.length,
    ...(time && { rows_per_day: list.length / time.days }),
    found_by_several: list.filter((row) => unitsOf(units, row).length > 1).length,
    ...(labelled && { labelled }),
    top: topOf(units, list),
    notes: isLabelled ? [] : ['Without labels nothing can be said about right and wrong rows.'],
  };
}

const isoOf = (time: number): string => new Date(time).toISOString();

function timeOf(units: readonly ScoredUnit[]): { from: number; to: number; days: number } | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { times, bucket } of units) {
    times.forEach((time, row) => {
      const end = time + (bucket?.lengthOf(row) ?? 0);
      if (time < from) from = time;
      if (end > to) to = end;
    });
  }
  return to > from && Number.isFinite(to - from) ? { from, to, days: (to - from) / DAY } : undefined;
}

function alertsOf(
  units: readonly ScoredUnit[],
  isAlert: (unit: ScoredUnit, row: number) => boolean,
): Alert[] {
  return units.flatMap((unit, place) =>
    Array.from(unit.scores.keys())
      .filter((row) => isAlert(unit, row))
      .map((row) => ({ unit: place, row })),
  );
}

/** A row of the list: the alert with the widest view first, then those within it. */
type Row = readonly [Alert, ...Alert[]];

const spanOf = ({ bucket, times, entities, confidences }: ScoredUnit, row: number): EntitySpan | undefined =>
  bucket === undefined || entities[row] === undefined || !Number.isFinite(times[row])
    ? undefined
    : {
        entityField: bucket.entityField,
        entity: entities[row],
        from: times[row],
        to: times[row] + bucket.lengthOf(row),
        confidence: confidences[row],
      };

/** Finds the reported bucket that a row of a unit lies in. @returns its place among the alerts */
function finderOf(
  units: readonly ScoredUnit[],
  alerts: readonly Alert[],
): (alert: Alert) => number | undefined {
  const places: number[] = [];
  const spans = alerts.flatMap((alert, place) => {
    const span = spanOf(units[alert.unit], alert.row);
    if (span === undefined) return [];
    places.push(place);
    return [span];
  });
  const find = spanFinder(spans);
  return ({ unit, row }) => {
    const { bucket, times, entities, valueOf } = units[unit];
    const length = bucket?.lengthOf(row);
    const found = find(
      (field) => (field === bucket?.entityField ? entities[row] : valueOf(row, field)),
      times[row],
      length,
    );
    if (found === undefined || (length !== undefined && times[row] + length > spans[found].to))
      return undefined;
    return places[found];
  };
}

function listOf(units: readonly ScoredUnit[], alerts: readonly Alert[]): Row[] {
  const find = finderOf(units, alerts);
  const leads = alerts.map((alert, place) => find(alert) ?? place);
  const rows = new Map<number, Alert[]>();
  leads.forEach((lead, place) => {
    if (lead === place) rows.set(place, [alerts[place]]);
  });
  leads.forEach((first, place) => {
    let lead = first;
    while (leads[lead] !== lead) lead = leads[lead];
    if (lead !== place) rows.get(lead)?.push(alerts[place]);
  });
  return [...rows.values()] as unknown as Row[];
}

const unitsOf = (units: readonly ScoredUnit[], row: Row): string[] => [
  ...new Set(row.map(({ unit }) => units[unit].foundBy)),
];

/** Returns the rows of highest confidence, each as its most confident alert describes itself: its reasons are those of the confidence. */
function topOf(units: readonly ScoredUnit[], list: readonly Row[]): UnionRow[] {
  const confidenceOf = ({ unit, row }: Alert): number => units[unit].confidences[row];
  return list
    .map((row) => ({
      row,
      most: row.reduce((most, each) => (confidenceOf(each) > confidenceOf(most) ? each : most)),
    }))
    .sort((one, other) => confidenceOf(other.most) - confidenceOf(one.most))
    .slice(0, TOP_ROWS)
    .map(({ row, most }) => ({
      ...units[most.unit].describe(most.row),
      found_by: unitsOf(units, row),
      logs_within: row.length - 1,
    }));
}

/** An incident of the labels: rows of logs, or of buckets where no log could carry a label. */
interface LabelledIncident {
  readonly id: string;
  readonly kind: string;
  readonly unit: number;
  readonly rows: readonly number[];
}

function labelledIncidents(units: readonly ScoredUnit[]): LabelledIncident[] {
  const known = new Map<string, LabelledIncident>();
  const hasLabelledLogs = units.some(
    ({ bucket, truths }) => bucket === undefined && truths?.some((truth) => truth?.anomaly),
  );
  const add = (unit: number): void => {
    const { times, truths, entities, bucket } = units[unit];
    if (truths === undefined) return;
    for (const { id, kind, rows } of incidentGroups({ times, truths, entities })) {
      // A bucket that only repeats what its logs are labelled with is no incident of its own.
      const isNamed = truths[rows[0]]?.incident !== undefined;
      if (bucket !== undefined && hasLabelledLogs && !isNamed) continue;
      const key = isNamed ? id : `${unit}|${id}`;
      if (!known.has(key)) known.set(key, { id, kind, unit, rows });
    }
  };
  units.forEach(({ bucket }, unit) => bucket === undefined && add(unit));
  units.forEach(({ bucket }, unit) => bucket !== undefined && add(unit));
  return [...known.values()].sort(
    (one, other) => units[one.unit].times[one.rows[0]] - units[other.unit].times[other.rows[0]],
  );
}

function labelledOf(
  units: readonly ScoredUnit[],
  { alerts, list }: { readonly alerts: readonly Alert[]; readonly list: readonly Row[] },
  { alertsPerDay, days }: { readonly alertsPerDay: number; readonly days: number | undefined },
): LabelledUnion {
  const incidents = labelledIncidents(units);
  const outcomes = outcomesOf(units, alerts, incidents);
  const { right, wrong } = judge(units, list);
  const precision = right === 0 ? 0 : right / (right + wrong.length);
  const detected = outcomes.filter(({ found_by }) => found_by.length > 0).length;
  const recall = incidents.length === 0 ? 0 : detected / incidents.length;
  const logs = outcomes.reduce((sum, each) => sum + each.logs, 0);
  const detectedLogs = outcomes.reduce((sum, each) => sum + each.detected_logs, 0);
  const names = [...new Set(units.map(({ foundBy }) => foundBy))];
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))];
  return {
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    log_recall: logs === 0 ? 0 : detectedLogs / logs,
    incidents: incidents.length,
    detected,
    right_rows: right,
    false_alarms: wrong.length,
    ...(days !== undefined && { false_alarms_per_day: wrong.length / days }),
    detection_delay: delayOf(outcomes),
    ...(days !== undefined && { at_budget: atBudget(units, incidents, days, alertsPerDay) }),
    by_kind: kinds
      .map((kind) => kindOf(kind, outcomes, names))
      .sort((one, other) => other.incidents - one.incidents || (one.kind < other.kind ? -1 : 1)),
    incident_list: outcomes.slice(0, LISTED_INCIDENTS),
    false_alarm_times: wrong
      .map((row) => units[row[0].unit].times[row[0].row])
      .filter(Number.isFinite)
      .sort((one, other) => one - other)
      .slice(0, LISTED_FALSE_ALARMS)
      .map(isoOf),
  };
}

/** Rows without a label are neither right nor wrong. */
function judge(units: readonly ScoredUnit[], list: readonly Row[]): { right: number; wrong: Row[] } {
  let right = 0;
  const wrong: Row[] = [];
  for (const row of list) {
    const truths = row.flatMap(({ unit, row: each }) => units[unit].truths?.[each] ?? []);
    if (truths.some(({ anomaly }) => anomaly)) right++;
    else if (truths.length > 0) wrong.push(row);
  }
  return { right, wrong };
}

function outcomesOf(
  units: readonly ScoredUnit[],
  alerts: readonly Alert[],
  incidents: readonly LabelledIncident[],
): UnionIncident[] {
  const reported = new Set(alerts.map(({ unit, row }) => `${unit}|${row}`));
  const finders = units.map((_unit, place) => {
    const own = alerts.filter(({ unit }) => unit === place);
    return { own, find: finderOf(units, own) };
  });
  const labelled = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const id = units[alert.unit].truths?.[alert.row]?.incident;
    if (id === undefined) continue;
    const own = labelled.get(id);
    if (own === undefined) labelled.set(id, [alert]);
    else own.push(alert);
  }
  return incidents.map(({ id, kind, unit, rows }) => {
    const { times, bucket } = units[unit];
    let first = Infinity;
    const foundBy = new Set<string>();
    const foundAt = ({ unit: by, row }: Alert): void => {
      const { times: own, bucket: ofSpan, queryDelay, foundBy: name } = units[by];
      first = Math.min(first, own[row] + (ofSpan?.overAfter(row) ?? 0) + queryDelay);
      foundBy.add(name);
    };
    let detectedRows = 0;
    for (const row of rows) {
      let isFound = false;
      if (reported.has(`${unit}|${row}`)) {
        foundAt({ unit, row });
        isFound = true;
      }
      finders.forEach(({ own, find }, place) => {
        if (units[place].bucket === undefined || place === unit) return;
        const span = find({ unit, row });
        if (span === undefined) return;
        foundAt(own[span]);
        isFound = true;
      });
      if (isFound) detectedRows++;
    }
    for (const alert of labelled.get(id) ?? []) if (alert.unit !== unit) foundAt(alert);
    const from = times[rows[0]];
    const last = rows[rows.length - 1];
    return {
      id,
      kind,
      from: isoOf(from),
      to: isoOf(times[last] + (bucket?.lengthOf(last) ?? 0)),
      logs: bucket === undefined ? rows.length : 0,
      detected_logs: bucket === undefined ? detectedRows : 0,
      ...(foundBy.size > 0 && { delay_ms: Math.max(0, first - from) }),
      found_by: [...foundBy],
    };
  });
}

function kindOf(kind: string, outcomes: readonly UnionIncident[], names: readonly string[]): UnionKind {
  const own = outcomes.filter((each) => each.kind === kind);
  const detected = own.filter(({ found_by }) => found_by.length > 0).length;
  const logs = own.reduce((sum, each) => sum + each.logs, 0);
  const detectedLogs = own.reduce((sum, each) => sum + each.detected_logs, 0);
  return {
    kind,
    incidents: own.length,
    detected,
    recall: detected / own.length,
    logs,
    ...(logs > 0 && { log_recall: detectedLogs / logs }),
    by_unit: names.map((name) => ({
      found_by: name,
      detected: own.filter(({ found_by }) => found_by.includes(name)).length,
    })),
    delay: delayOf(own),
  };
}

/** The list grows by falling confidence until it holds as many rows as the budget allows. */
function atBudget(
  units: readonly ScoredUnit[],
  incidents: readonly LabelledIncident[],
  days: number,
  alertsPerDay: number,
): LabelledUnion['at_budget'] {
  const most = Math.max(1, Math.round(alertsPerDay * days));
  const confidenceOf = ({ unit, row }: Alert): number => units[unit].confidences[row];
  const ranked = alertsOf(units, () => true).sort(
    (one, other) =>
      confidenceOf(other) - confidenceOf(one) ||
      units[other.unit].scores[other.row] - units[one.unit].scores[one.row],
  );
  // Each row of the list takes one alert at least; those that others take in come on top.
  let low = Math.min(most, ranked.length);
  let high = Math.min(ranked.length, MOST_TAKEN_IN * most);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (listOf(units, ranked.slice(0, middle)).length <= most) low = middle;
    else high = middle - 1;
  }
  const alerts = ranked.slice(0, low);
  const list = listOf(units, alerts);
  const { right, wrong } = judge(units, list);
  const detected = outcomesOf(units, alerts, incidents).filter(({ found_by }) => found_by.length > 0).length;
  return {
    alerts_per_day: alertsPerDay,
    rows: list.length,
    confidence: confidenceOf(ranked[low - 1]),
    precision: right === 0 ? 0 : right / (right + wrong.length),
    recall: incidents.length === 0 ? 0 : detected / incidents.length,
  };
}
