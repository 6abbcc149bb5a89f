import type { LabelledUnion, UnionEvaluation, UnionIncident } from '../../../common/evaluation';
import {
  formatCount,
  formatDuration,
  formatKind,
  formatMeasure,
  formatConfidence,
  formatPercent,
  formatPerDay,
  formatTime,
} from '../../../common/evaluation/format';
import { FOUND_IN_SINGLE_LOG } from '../../../common/findings';
import type { EvaluationTogether } from '../training/evaluate_union';
import { evaluationSections, figureRow, legend, page, periodOf } from './evaluation_report';
import { acrossOf, FRAME, horizontalAxis, picture, timeTicksOf, type Frame } from './evaluation_report_axes';
import { markup, type Markup } from './evaluation_report_markup';

/** Pixels of one lane of the chart of incidents, and the narrowest mark in it. */
const LANE = 30;
const MARK = { height: 14, narrowest: 5 };

/**
 * Several detectors over the same logs as one page of HTML like that of one: together first, then each by itself.
 */
export function renderUnionPage({ union, evaluations }: EvaluationTogether): string {
  const { labelled } = union;
  const title = `Evaluation of ${union.detectors.map(({ detector }) => detector).join(' and ')}`;
  return page(
    title,
    markup`<header>
<h1>${title}</h1>
<p class="version">${union.detectors.map(({ model_version }) => model_version).join(' · ')}</p>
<p class="faint">${periodOf(union)}</p>
</header>
${figures(union)}
<div class="grid">
${incidentSection(union)}
${labelled === undefined ? undefined : kindSection(labelled)}
${unitSection(union)}
${topSection(union)}
</div>
${union.notes.map((note) => markup`<p class="notes">${note}</p>`)}
<h2 class="part">Each unit by itself</h2>
${evaluations.map(
  (
    evaluation,
    place,
  ) => markup`<details><summary>${evaluation.detector}<span class="faint">${union.detectors[place].found_by}</span></summary>
${evaluationSections(evaluation)}
</details>`,
)}`,
  );
}

function figures(union: UnionEvaluation): Markup {
  const { labelled, rows, rows_per_day: perDay } = union;
  const list: [string, string][] = [
    [formatCount(rows), 'rows in the list'],
    ...(perDay === undefined ? [] : [[formatPerDay(perDay), 'rows a day'] as [string, string]]),
  ];
  if (labelled === undefined) return figureRow(list);
  const { detection_delay: delay, false_alarms_per_day: falseAlarms, at_budget: budget } = labelled;
  return figureRow([
    [`${formatCount(labelled.detected)} / ${formatCount(labelled.incidents)}`, 'incidents found'],
    [formatMeasure(labelled.recall), 'recall of incidents'],
    [formatMeasure(labelled.precision), 'precision of the list'],
    ...(falseAlarms === undefined
      ? []
      : [[formatPerDay(falseAlarms), 'false alarms a day'] as [string, string]]),
    ...(delay.median_ms === undefined
      ? []
      : [[formatDuration(delay.median_ms), 'median detection delay'] as [string, string]]),
    [formatPercent(labelled.log_recall), 'of anomalous logs reported'],
    ...list,
    ...(budget === undefined
      ? []
      : [
          [
            formatPercent(budget.precision),
            `precision at ${formatPerDay(budget.alerts_per_day)} rows a day`,
          ] as [string, string],
        ]),
  ]);
}

type UnitStyle = 'u-log' | 'u-bucket' | 'u-both' | 'u-missed';

/** Single logs, spans of time, or both. */
function styleOf(foundBy: readonly string[]): UnitStyle {
  const byLog = foundBy.includes(FOUND_IN_SINGLE_LOG);
  const byBucket = foundBy.some((each) => each !== FOUND_IN_SINGLE_LOG);
  if (byLog && byBucket) return 'u-both';
  if (byLog) return 'u-log';
  return byBucket ? 'u-bucket' : 'u-missed';
}

function unitNames({ detectors }: UnionEvaluation): string {
  return (
    detectors
      .map(({ found_by }) => found_by)
      .filter((name) => name !== FOUND_IN_SINGLE_LOG)
      .join(' or ') || 'a span of time'
  );
}

function incidentSection(union: UnionEvaluation): Markup | undefined {
  const { labelled, time } = union;
  if (labelled === undefined || time === undefined || labelled.incident_list.length === 0) return undefined;
  const entries: [string, string][] = [
    ['u-log', `found in a ${FOUND_IN_SINGLE_LOG}`],
    ['u-bucket', `found ${unitNames(union)}`],
    ['u-both', 'found by both'],
    ['u-missed', 'missed'],
    ['false-alarm', 'false alarm'],
  ];
  const shown =
    labelled.incident_list.length < labelled.incidents
      ? `; the first ${formatCount(labelled.incident_list.length)} of ${formatCount(labelled.incidents)}`
      : '';
  return markup`<section class="wide"><h2>What happened, and what found it</h2><p class="hint">One mark an incident, as long as it took${shown}</p>${legend(entries)}${incidentChart(labelled, time)}</section>`;
}

/** A lane for each kind with its incidents over time, and one for false alarms. */
function incidentChart(
  { incident_list: incidents, by_kind, false_alarm_times: falseAlarms }: LabelledUnion,
  time: { readonly from: string; readonly to: string; readonly days: number },
): Markup {
  const [from, to] = [Date.parse(time.from), Date.parse(time.to)];
  const kinds = by_kind.map(({ kind }) => kind);
  const frame: Frame = {
    ...FRAME,
    width: 1_120,
    left: 170,
    right: 20,
    top: 8,
    height: (kinds.length + 1) * LANE + 60,
  };
  const across = acrossOf(frame, [from, to]);
  const base = frame.height - frame.bottom;
  const lane = (place: number, name: string, marks: readonly Markup[]): Markup => {
    const y = frame.top + LANE * (place + 0.5);
    return markup`<line class="row" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${y + LANE / 2}" y2="${y + LANE / 2}"/><text class="name" x="${frame.left - 12}" y="${y + 4}" text-anchor="end">${name.slice(0, 24)}</text>${marks}`;
  };
  const markOf = (incident: UnionIncident, y: number): Markup => {
    const start = across(Date.parse(incident.from));
    const width = Math.max(MARK.narrowest, across(Date.parse(incident.to)) - start);
    const style = styleOf(incident.found_by);
    const said =
      incident.delay_ms === undefined
        ? 'missed'
        : `found by ${incident.found_by.join(' and ')} after ${formatDuration(incident.delay_ms)}`;
    return markup`<rect class="${style}" x="${start.toFixed(1)}" y="${(y - MARK.height / 2).toFixed(1)}" width="${width.toFixed(1)}" height="${MARK.height}" rx="3"><title>${incident.id}, ${formatTime(incident.from)}: ${said}</title></rect>`;
  };
  const middle = (place: number): number => frame.top + LANE * (place + 0.5);
  const timeTicks = timeTicksOf(from, to).map((at) => {
    const label = formatTime(new Date(at).toISOString());
    return { at: across(at), label: time.days > 1.5 ? label.slice(5, 16) : label.slice(11, 16) };
  });
  const alarmLane = kinds.length;
  return picture(
    frame,
    'Incidents over time and what found them',
    markup`${kinds.map((kind, place) =>
      lane(
        place,
        formatKind(kind),
        incidents
          .filter((incident) => incident.kind === kind)
          .map((incident) => markOf(incident, middle(place))),
      ),
    )}${lane(
      alarmLane,
      'false alarms',
      falseAlarms.map((at) => {
        const x = across(Date.parse(at)).toFixed(1);
        const y = middle(alarmLane);
        return markup`<line class="false-alarm" x1="${x}" x2="${x}" y1="${y - MARK.height / 2}" y2="${y + MARK.height / 2}"><title>${formatTime(at)}</title></line>`;
      }),
    )}${horizontalAxis({ ...frame, height: base + frame.bottom }, timeTicks, 'time (UTC)')}`,
  );
}

function kindSection({ by_kind }: LabelledUnion): Markup {
  const units = by_kind[0]?.by_unit.map(({ found_by }) => found_by) ?? [];
  const rows = by_kind.map(
    ({ kind, incidents, detected, recall, logs, log_recall: ofLogs, by_unit, delay }) =>
      markup`<tr><td>${formatKind(kind)}</td><td class="number">${formatCount(incidents)}</td><td class="number">${formatCount(detected)}</td><td class="nowrap"><span class="bar"><i style="width:${Math.round(recall * 100)}%"></i></span>${formatPercent(recall)}</td>${by_unit.map(({ detected: found }) => markup`<td class="number">${formatCount(found)}</td>`)}<td class="number">${logs === 0 ? '–' : formatCount(logs)}</td><td class="number">${ofLogs === undefined ? '–' : formatPercent(ofLogs)}</td><td class="number">${delay.median_ms === undefined ? '–' : formatDuration(delay.median_ms)}</td></tr>`,
  );
  return markup`<section class="wide"><h2>By kind of incident</h2><p class="hint">An incident is found when a row of the list is about it; the columns of the units count what each finds, whatever the others do</p><div class="scroll"><table><thead><tr><th>kind</th><th class="number">incidents</th><th class="number">found</th><th>recall</th>${units.map((unit) => markup`<th class="number">${unit}</th>`)}<th class="number">logs</th><th class="number">of them reported</th><th class="number">median delay</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function unitSection(union: UnionEvaluation): Markup {
  const rows = union.detectors.map(
    ({ detector, found_by, evaluated, alerts, precision, threshold }) =>
      markup`<tr><td>${unitBadge(found_by)}</td><td>${detector}</td><td class="number">${formatCount(evaluated)}</td><td class="number">${formatCount(alerts)}</td><td class="number">${precision === undefined ? '–' : formatMeasure(precision)}</td><td class="number">${formatMeasure(threshold)}</td></tr>`,
  );
  return markup`<section class="wide"><h2>Units</h2><p class="hint">What each reports; ${formatCount(union.found_by_several)} of the ${formatCount(union.rows)} rows of the list are what several say of the same entity and time, and count once</p><div class="scroll"><table><thead><tr><th>judges</th><th>detector</th><th class="number">logs or spans</th><th class="number">reported</th><th class="number">precision</th><th class="number">threshold</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

const unitBadge = (foundBy: string): Markup =>
  markup`<span class="unit ${styleOf([foundBy])}">${foundBy}</span>`;

function topSection({ top, labelled }: UnionEvaluation): Markup | undefined {
  if (top.length === 0) return undefined;
  const rows = top.map(
    ({ timestamp, entity, confidence, severity, reason, excerpt, truth, found_by, logs_within: within }) =>
      markup`<tr><td><span class="badge ${severity}">${severity}</span></td><td class="number">${formatConfidence(confidence)}</td><td class="nowrap">${timestamp === undefined ? '–' : formatTime(timestamp)}${entity === undefined ? undefined : markup`<br><span class="faint">${entity}</span>`}</td><td>${found_by.map(unitBadge)}${within === 0 ? undefined : markup`<span class="faint">${formatCount(within)} more with it</span>`}</td>${labelled === undefined ? undefined : markup`<td class="nowrap">${truth === undefined ? '–' : truth === 'normal' ? 'false alarm' : formatKind(truth)}</td>`}<td class="why narrow"><code>${excerpt}</code><p>${reason}</p></td></tr>`,
  );
  return markup`<section class="wide"><h2>One list</h2><p class="hint">The rows of highest confidence, what found each, and why</p><div class="scroll"><table><thead><tr><th>severity</th><th class="number">confidence</th><th>when</th><th>found by</th>${labelled === undefined ? undefined : markup`<th>label</th>`}<th>what, and why</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
