import type { Evaluation, LabelledEvaluation } from '../../../common/evaluation';
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
import {
  delayChart,
  histogramChart,
  precisionRecallChart,
  rocChart,
  timelineChart,
} from './evaluation_report_charts';
import { Markup, markup } from './evaluation_report_markup';
import { REPORT_STYLE } from './evaluation_report_style';

/**
 * An evaluation as one page of HTML that needs nothing else: no script, no font, no request. Log text in it is escaped
 * and a content security policy forbids the rest. Light or dark as the reader's system is.
 */
export function renderEvaluationPage(evaluation: Evaluation): string {
  const { detector, model_version } = evaluation;
  return page(
    `Evaluation of ${detector}`,
    markup`<header>
<h1>Evaluation of ${detector}</h1>
<p class="version">${model_version}</p>
<p class="faint">${periodOf(evaluation)}</p>
</header>
${evaluationSections(evaluation)}`,
  );
}

/** Returns the number of evaluated logs and their time range. */
export const periodOf = ({ evaluated_logs, time }: Pick<Evaluation, 'evaluated_logs' | 'time'>): Markup =>
  markup`${formatCount(evaluated_logs)} logs${time === undefined ? undefined : ` from ${formatTime(time.from)} to ${formatTime(time.to)} UTC`}`;

/** The whole page around its content. */
export const page = (title: string, content: Markup): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(REPORT_STYLE)}</style>
</head>
<body>
<main>
${content}
<footer>An anomaly score lies between 0 and 1 and is higher the sooner random cuts tell a log from all others (isolation forest). Confidence is 50 % at the threshold.</footer>
</main>
</body>
</html>
`.text;

/** Figures, charts and tables of one model. */
export function evaluationSections(evaluation: Evaluation): Markup {
  const { labelled, notes } = evaluation;
  return markup`${figures(evaluation)}
<div class="grid">
${scoreSection(evaluation)}
${labelled === undefined ? undefined : labelledCharts(labelled)}
${timelineSection(evaluation)}
${labelled === undefined ? undefined : [kindSection(labelled), delaySection(labelled)]}
${topSection(evaluation)}
</div>
${notes.map((note) => markup`<p class="notes">${note}</p>`)}`;
}

function figures(evaluation: Evaluation): Markup {
  const { labelled, alerts, alert_share, alerts_per_day, evaluated_logs, threshold } = evaluation;
  const entries: [string, string][] =
    labelled === undefined
      ? [
          [formatCount(evaluated_logs), 'logs'],
          [formatCount(alerts), 'alerts'],
          [formatPercent(alert_share), 'of logs are alerts'],
          ...(alerts_per_day === undefined
            ? []
            : [[formatPerDay(alerts_per_day), 'alerts a day'] as [string, string]]),
          [formatMeasure(threshold), 'threshold'],
        ]
      : labelledFigures(labelled);
  return figureRow(entries);
}

/** @param entries value and name of each figure */
export const figureRow = (entries: readonly (readonly [string, string])[]): Markup =>
  markup`<div class="figures">${entries.map(([value, name]) => markup`<div><b>${value}</b><span>${name}</span></div>`)}</div>`;

function labelledFigures(labelled: LabelledEvaluation): [string, string][] {
  const { detection_delay: delay, false_alarms_per_day: falseAlarms, at_budget: budget } = labelled;
  return [
    [formatMeasure(labelled.roc_auc), 'ROC AUC'],
    [formatMeasure(labelled.average_precision), 'average precision'],
    [formatMeasure(labelled.precision), 'precision'],
    [formatMeasure(labelled.recall), 'recall'],
    [formatMeasure(labelled.f1), 'F1'],
    ...(falseAlarms === undefined
      ? []
      : [[formatPerDay(falseAlarms), 'false alarms a day'] as [string, string]]),
    ...(budget === undefined
      ? []
      : [
          [
            formatPercent(budget.precision),
            `precision at ${formatPerDay(budget.alerts_per_day)} alerts a day`,
          ] as [string, string],
        ]),
    [`${formatCount(delay.detected)} / ${formatCount(delay.incidents)}`, 'incidents detected'],
    ...(delay.median_ms === undefined || delay.p95_ms === undefined
      ? []
      : [
          [formatDuration(delay.median_ms), 'median detection delay'] as [string, string],
          [formatDuration(delay.p95_ms), 'p95 detection delay'] as [string, string],
        ]),
  ];
}

export const legend = (entries: ReadonlyArray<readonly [string, string]>): Markup =>
  markup`<p class="legend">${entries.map(([style, name]) => markup`<span><i class="l-${style}"></i>${name}</span>`)}</p>`;

function scoreSection(evaluation: Evaluation): Markup {
  const entries = [
    ['normal', evaluation.labelled === undefined ? 'logs' : 'normal'],
    ...(evaluation.labelled === undefined ? [] : [['anomalous', 'anomalous']]),
    ['threshold', 'threshold'],
  ] as [string, string][];
  return markup`<section${evaluation.labelled === undefined ? new Markup(' class="wide"') : undefined}><h2>Scores</h2><p class="hint">How many logs have which anomaly score</p>${legend(entries)}${histogramChart(evaluation)}</section>`;
}

function labelledCharts(labelled: LabelledEvaluation): Markup {
  return markup`${confusionSection(labelled)}
<section><h2>ROC curve</h2><p class="hint">What share of the anomalies is found at what share of false alarms</p>${legend([['operating', 'at the threshold']])}${rocChart(labelled)}</section>
<section><h2>Precision and recall</h2><p class="hint">What share of the alerts is right when so many anomalies are found</p>${legend([['operating', 'at the threshold']])}${precisionRecallChart(labelled)}</section>`;
}

function confusionSection({ confusion, anomalies, normal }: LabelledEvaluation): Markup {
  const cell = (style: string, count: number, of: number, name: string): Markup =>
    markup`<td class="${style}"><b>${formatCount(count)}</b><span>${name}, ${formatPercent(count / of)}</span></td>`;
  return markup`<section><h2>Confusion matrix</h2><p class="hint">At the threshold; shares are of the row</p>
<table class="matrix"><thead><tr><th scope="row"></th><th scope="col">alert</th><th scope="col">no alert</th></tr></thead><tbody>
<tr><th scope="row">anomalous</th>${cell('right', confusion.true_positives, anomalies, 'found')}${cell('wrong', confusion.false_negatives, anomalies, 'missed')}</tr>
<tr><th scope="row">normal</th>${cell('wrong', confusion.false_positives, normal, 'false alarms')}${cell('right', confusion.true_negatives, normal, 'left alone')}</tr>
</tbody></table></section>`;
}

function timelineSection(evaluation: Evaluation): Markup | undefined {
  const chart = timelineChart(evaluation);
  if (chart === undefined) return undefined;
  const entries: [string, string][] =
    evaluation.labelled === undefined
      ? [
          ['anomalous', 'alerts'],
          ['threshold', 'threshold'],
        ]
      : [
          ['anomalous', 'anomalies found'],
          ['missed', 'anomalies missed'],
          ['normal', 'false alarms'],
          ['threshold', 'threshold'],
        ];
  return markup`<section class="wide"><h2>Over time</h2><p class="hint">Highest score, and what was reported</p>${legend(entries)}${chart}</section>`;
}

function kindSection({ by_kind }: LabelledEvaluation): Markup {
  const rows = by_kind.map(({ kind, logs, detected, recall, roc_auc, average_precision, delay }) => {
    const duration = (value: number | undefined): string =>
      value === undefined ? '–' : formatDuration(value);
    return markup`<tr><td>${formatKind(kind)}</td><td class="number">${formatCount(logs)}</td><td class="number">${formatCount(detected)}</td><td class="nowrap"><span class="bar"><i style="width:${Math.round(recall * 100)}%"></i></span>${formatPercent(recall)}</td><td class="number">${formatMeasure(roc_auc)}</td><td class="number">${formatMeasure(average_precision)}</td><td class="number">${formatCount(delay.detected)} / ${formatCount(delay.incidents)}</td><td class="number">${duration(delay.median_ms)}</td><td class="number">${duration(delay.p95_ms)}</td></tr>`;
  });
  return markup`<section class="wide"><h2>By kind of anomaly</h2><p class="hint">Each kind against all normal logs</p><div class="scroll"><table><thead><tr><th>kind</th><th class="number">logs</th><th class="number">found</th><th>recall</th><th class="number">ROC AUC</th><th class="number">average precision</th><th class="number">incidents</th><th class="number">median delay</th><th class="number">p95 delay</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function delaySection(labelled: LabelledEvaluation): Markup | undefined {
  const chart = delayChart(labelled);
  if (chart === undefined) return undefined;
  const { incidents, detection_delay: delay } = labelled;
  const shown =
    incidents.length < delay.incidents
      ? markup`; the first ${formatCount(incidents.length)} of ${formatCount(delay.incidents)} incidents`
      : undefined;
  return markup`<section class="wide"><h2>Detection delay</h2><p class="hint">One dot an incident, the query delay included${shown}</p>${chart}</section>`;
}

function topSection({ top, labelled }: Evaluation): Markup | undefined {
  if (top.length === 0) return undefined;
  const rows = top.map(
    ({ timestamp, entity, score, confidence, severity, reason, excerpt, truth }) =>
      markup`<tr><td><span class="badge ${severity}">${severity}</span></td><td class="number">${formatConfidence(confidence)}</td><td class="number">${formatMeasure(score)}</td><td class="nowrap">${timestamp === undefined ? '–' : formatTime(timestamp)}${entity === undefined ? undefined : markup`<br><span class="faint">${entity}</span>`}</td>${labelled === undefined ? undefined : markup`<td class="nowrap">${truth === undefined ? '–' : truth === 'normal' ? 'false alarm' : formatKind(truth)}</td>`}<td class="why"><code>${excerpt}</code><p>${reason}</p></td></tr>`,
  );
  return markup`<section class="wide"><h2>Highest scores</h2><p class="hint">The most anomalous logs, and why they stand out</p><div class="scroll"><table><thead><tr><th>severity</th><th class="number">confidence</th><th class="number">score</th><th>when</th>${labelled === undefined ? undefined : markup`<th>label</th>`}<th>log and reason</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
