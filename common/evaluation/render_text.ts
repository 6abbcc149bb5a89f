import { UNPRINTABLE } from '../printable';
import {
  formatCount,
  formatDuration,
  formatKind,
  formatMeasure,
  formatConfidence,
  formatPercent,
  formatPerDay,
  formatTime,
} from './format';
import type { Evaluation, LabelledEvaluation } from './types';

/** Columns of a terminal that is narrow today. */
export const WIDTH = 80;
const BARS = '▁▂▃▄▅▆▇█';
const TIMELINE_COLUMNS = 64;
const HISTOGRAM_ROWS = 16;
const HISTOGRAM_COLUMNS = 44;
const TOP_SHOWN = 5;

/** Optional colours: each wraps a text. The default leaves it as it is. */
export interface TextColors {
  readonly strong: (text: string) => string;
  readonly alarm: (text: string) => string;
  readonly good: (text: string) => string;
  readonly faint: (text: string) => string;
}
const plain = (text: string): string => text;
export const NO_COLORS: TextColors = { strong: plain, alarm: plain, good: plain, faint: plain };

/** The whole evaluation as text of at most 80 columns. */
export function renderEvaluationText(
  evaluation: Evaluation,
  colors: TextColors = NO_COLORS,
  unit: 'logs' | 'buckets' = 'logs',
): string {
  const { labelled } = evaluation;
  return [
    ...heading(evaluation, colors),
    '',
    ...summary(evaluation, unit),
    ...(labelled === undefined ? [] : ['', ...measures(labelled, colors)]),
    ...(labelled === undefined ? [] : ['', ...kinds(labelled, colors)]),
    '',
    ...histogram(evaluation, colors),
    ...timeline(evaluation, colors),
    ...topAnomalies(evaluation, colors),
    ...evaluation.notes.flatMap((note) => ['', ...wrap(`Note: ${note}`, WIDTH)]),
  ].join('\n');
}

function heading({ model_version, detector }: Evaluation, colors: TextColors): string[] {
  return [
    colors.strong(clip(`Evaluation of ${printable(detector)}`, WIDTH)),
    colors.faint(clip(model_version, WIDTH)),
  ];
}

function summary(evaluation: Evaluation, unit: string): string[] {
  const { evaluated_logs, time, alerts, alert_share, alerts_per_day, threshold, unlabelled_logs, labelled } =
    evaluation;
  const perDay = alerts_per_day === undefined ? '' : `, ${formatPerDay(alerts_per_day)} a day`;
  const unlabelled =
    labelled !== undefined && unlabelled_logs > 0 ? ` (${formatCount(unlabelled_logs)} without a label)` : '';
  return [
    `${formatCount(evaluated_logs)} ${unit}${unlabelled}`,
    ...(time === undefined ? [] : [`from ${formatTime(time.from)} to ${formatTime(time.to)} UTC`]),
    `${formatCount(alerts)} at or above the threshold ${formatMeasure(threshold)} (${formatPercent(alert_share)}${perDay})`,
  ];
}

/** One figure with its name before it. */
export const row = (name: string, value: string): string => `  ${name.padEnd(28)}${value}`;

/** @param reported what a day holds, such as alerts */
export const alarmRows = (
  {
    false_alarms_per_day,
    at_budget,
  }: {
    readonly false_alarms_per_day?: number;
    readonly at_budget?: {
      readonly alerts_per_day: number;
      readonly precision: number;
      readonly recall: number;
    };
  },
  reported: string,
): string[] => [
  ...(false_alarms_per_day === undefined
    ? []
    : [row('false alarms a day', formatPerDay(false_alarms_per_day))]),
  ...(at_budget === undefined
    ? []
    : [
        row(
          `at ${formatPerDay(at_budget.alerts_per_day)} ${reported} a day`,
          `precision ${formatMeasure(at_budget.precision)}, recall ${formatMeasure(at_budget.recall)}`,
        ),
      ]),
];

export const delayRow = ({
  median_ms,
  p95_ms,
}: Pick<LabelledEvaluation['detection_delay'], 'median_ms' | 'p95_ms'>): string[] =>
  median_ms === undefined || p95_ms === undefined
    ? []
    : [row('detection delay', `median ${formatDuration(median_ms)}, p95 ${formatDuration(p95_ms)}`)];

function measures(labelled: LabelledEvaluation, colors: TextColors): string[] {
  const { confusion, detection_delay: delay } = labelled;
  const count = (value: number): string => formatCount(value).padStart(12);
  return [
    colors.strong('How good'),
    row('precision', formatMeasure(labelled.precision)),
    row('recall', formatMeasure(labelled.recall)),
    row('F1', formatMeasure(labelled.f1)),
    row('ROC AUC', formatMeasure(labelled.roc_auc)),
    row('average precision', formatMeasure(labelled.average_precision)),
    ...alarmRows(labelled, 'alerts'),
    row('incidents detected', `${formatCount(delay.detected)} of ${formatCount(delay.incidents)}`),
    ...delayRow(delay),
    '',
    `  ${''.padEnd(20)}${'alert'.padStart(12)}${'no alert'.padStart(12)}`,
    `  ${'anomalous'.padEnd(20)}${count(confusion.true_positives)}${count(confusion.false_negatives)}`,
    `  ${'normal'.padEnd(20)}${count(confusion.false_positives)}${count(confusion.true_negatives)}`,
  ];
}

function kinds({ by_kind }: LabelledEvaluation, colors: TextColors): string[] {
  return [
    colors.strong(
      `${'Kind'.padEnd(24)}${'logs'.padStart(7)}${'found'.padStart(8)}  ${'recall'.padEnd(22)}${'incidents'.padStart(9)}${'delay'.padStart(7)}`,
    ),
    ...by_kind.map(({ kind, logs, detected, recall, delay }) => {
      const bar = '█'.repeat(Math.round(recall * 12)).padEnd(12, '·');
      const incidents = `${delay.detected}/${delay.incidents}`;
      const median =
        delay.median_ms === undefined
          ? '–'
          : formatDuration(delay.median_ms).split(' ').slice(0, 2).join(' ');
      return (
        clip(formatKind(printable(kind)), 23).padEnd(24) +
        `${formatCount(logs).padStart(7)}${formatCount(detected).padStart(8)}  ` +
        (recall >= 0.5 ? colors.good(bar) : colors.alarm(bar)) +
        `${formatPercent(recall).padStart(9)} ${incidents.padStart(9)}${median.padStart(7)}`
      );
    }),
  ];
}

/** Bars are on a logarithmic scale, since anomalies are few. */
function histogram({ histogram: data, threshold, labelled }: Evaluation, colors: TextColors): string[] {
  const bins = data.normal.length;
  const perRow = Math.ceil(bins / HISTOGRAM_ROWS);
  const width = (data.to - data.from) / bins;
  const rows = Array.from({ length: Math.ceil(bins / perRow) }, (_, i) => {
    const sum = (counts: readonly number[]): number =>
      counts.slice(i * perRow, (i + 1) * perRow).reduce((total, count) => total + count, 0);
    return { from: data.from + i * perRow * width, normal: sum(data.normal), anomalous: sum(data.anomalous) };
  });
  const last = rows.reduce((found, { normal, anomalous }, i) => (normal + anomalous > 0 ? i : found), 0);
  const first = rows.findIndex(({ normal, anomalous }) => normal + anomalous > 0);
  const largest = Math.max(...rows.map(({ normal, anomalous }) => normal + anomalous));
  const length = (count: number): number =>
    count === 0 ? 0 : Math.max(1, Math.round((Math.log1p(count) / Math.log1p(largest)) * HISTOGRAM_COLUMNS));
  const title = labelled === undefined ? 'Scores' : 'Scores (█ normal, ▒ anomalous; logarithmic)';
  return [
    colors.strong(title),
    ...rows.slice(first, last + 1).map(({ from, normal, anomalous }) => {
      const whole = length(normal + anomalous);
      const marked =
        anomalous === 0 ? 0 : Math.max(1, Math.round((whole * anomalous) / (normal + anomalous)));
      const isThreshold = threshold >= from && threshold < from + perRow * width;
      const counts =
        anomalous === 0 ? formatCount(normal) : `${formatCount(normal)} + ${formatCount(anomalous)}`;
      const bar =
        '█'.repeat(whole - marked) + colors.alarm('▒'.repeat(marked)) + ' '.repeat(HISTOGRAM_COLUMNS - whole);
      return `  ${from.toFixed(3)} ${isThreshold ? '◄' : ' '} ${bar} ${counts}`;
    }),
    colors.faint('        ◄ holds the threshold'),
  ];
}

function timeline({ timeline: buckets, labelled }: Evaluation, colors: TextColors): string[] {
  if (buckets.length === 0) return [];
  const columns = Array.from({ length: Math.min(TIMELINE_COLUMNS, buckets.length) }, (_, i) => {
    const count = Math.min(TIMELINE_COLUMNS, buckets.length);
    const part = buckets.slice(
      Math.floor((i * buckets.length) / count),
      Math.floor(((i + 1) * buckets.length) / count),
    );
    return {
      score: Math.max(...part.map((bucket) => bucket.max_score)),
      logs: part.reduce((sum, bucket) => sum + bucket.logs, 0),
      alerts: part.reduce((sum, bucket) => sum + bucket.alerts, 0),
      anomalies: part.reduce((sum, bucket) => sum + bucket.anomalies, 0),
    };
  });
  const seen = columns.filter(({ logs }) => logs > 0).map(({ score }) => score);
  const lowest = Math.min(...seen);
  const range = Math.max(...seen) - lowest || 1;
  const bar = (share: number): string => BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))];
  const level = columns.map(({ score, logs, alerts }) => {
    if (logs === 0) return ' ';
    const drawn = bar((score - lowest) / range);
    return alerts > 0 ? colors.alarm(drawn) : drawn;
  });
  const largest = (values: number[]): number => Math.max(...values, 1);
  const counted = (values: number[]): string =>
    values.map((value) => (value === 0 ? '·' : bar(value / largest(values)))).join('');
  const from = formatTime(buckets[0].from).slice(0, 16);
  const to = formatTime(buckets[buckets.length - 1].from).slice(0, 16);
  return [
    '',
    colors.strong('Over time'),
    `  ${'top score'.padEnd(12)}${level.join('')}`,
    `  ${'alerts'.padEnd(12)}${colors.alarm(counted(columns.map(({ alerts }) => alerts)))}`,
    ...(labelled === undefined
      ? []
      : [`  ${'anomalies'.padEnd(12)}${counted(columns.map(({ anomalies }) => anomalies))}`]),
    colors.faint(
      `  ${''.padEnd(12)}${from}${to.padStart(Math.max(columns.length - from.length, to.length + 1))}`,
    ),
  ];
}

function topAnomalies({ top }: Evaluation, colors: TextColors): string[] {
  if (top.length === 0) return [];
  return [
    '',
    colors.strong('Highest scores, and why'),
    ...top.slice(0, TOP_SHOWN).flatMap((anomaly) => {
      const { timestamp, entity, score, confidence, severity, reason, excerpt, truth } = anomaly;
      const head = [
        `${severity} ${formatConfidence(confidence)}`,
        ...(truth === undefined ? [] : [truth === 'normal' ? 'false alarm' : formatKind(printable(truth))]),
        formatMeasure(score),
        ...(timestamp === undefined ? [] : [formatTime(timestamp)]),
        ...(entity === undefined ? [] : [printable(entity)]),
      ].join(' · ');
      return [
        `  ${colors.alarm(clip(head, WIDTH - 2))}`,
        ...(excerpt === '' ? [] : [`    ${clip(printable(excerpt), WIDTH - 4)}`]),
        ...wrap(printable(reason), WIDTH - 4)
          .slice(0, 3)
          .map((line) => colors.faint(`    ${line}`)),
      ];
    }),
  ];
}

/** Log text must not steer the terminal. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, ' ');

export const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const part = clip(word, width);
    if (line !== '' && line.length + 1 + part.length > width) {
      lines.push(line);
      line = part;
    } else {
      line = line === '' ? part : `${line} ${part}`;
    }
  }
  return [...lines, line];
}
