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
import {
  alarmRows,
  clip,
  delayRow,
  NO_COLORS,
  printable,
  row,
  WIDTH,
  wrap,
  type TextColors,
} from './render_text';
import type { LabelledUnion, UnionEvaluation } from './union_types';

const TOP_SHOWN = 8;

/** Renders the joint evaluation of several detectors as text of at most 80 columns. */
export function renderUnionText(union: UnionEvaluation, colors: TextColors = NO_COLORS): string {
  const { labelled, time, rows, rows_per_day: perDay, found_by_several: several } = union;
  return [
    colors.strong(
      clip(`Together: ${union.detectors.map(({ detector }) => printable(detector)).join(', ')}`, WIDTH),
    ),
    '',
    `${formatCount(union.evaluated_logs)} logs`,
    ...(time === undefined ? [] : [`from ${formatTime(time.from)} to ${formatTime(time.to)} UTC`]),
    ...union.detectors.map(
      ({ found_by, alerts, evaluated, precision }) =>
        `  ${clip(found_by, 27).padEnd(28)}${formatCount(alerts)} of ${formatCount(evaluated)} reported` +
        (precision === undefined ? '' : `, precision ${formatMeasure(precision)}`),
    ),
    `one list of ${formatCount(rows)} rows${perDay === undefined ? '' : `, ${formatPerDay(perDay)} a day`}; ${formatCount(several)} found by more than one`,
    ...(labelled === undefined ? [] : ['', ...measures(labelled, colors), '', ...kinds(labelled, colors)]),
    ...topRows(union, colors),
    ...union.notes.flatMap((note) => ['', ...wrap(`Note: ${note}`, WIDTH)]),
  ].join('\n');
}

function measures(labelled: LabelledUnion, colors: TextColors): string[] {
  return [
    colors.strong('How good together'),
    row(
      'precision',
      `${formatMeasure(labelled.precision)} (${formatCount(labelled.right_rows)} of ${formatCount(labelled.right_rows + labelled.false_alarms)} rows are right)`,
    ),
    row(
      'recall',
      `${formatMeasure(labelled.recall)} (${formatCount(labelled.detected)} of ${formatCount(labelled.incidents)} incidents found)`,
    ),
    row('F1', formatMeasure(labelled.f1)),
    row('anomalous logs reported', formatPercent(labelled.log_recall)),
    ...alarmRows(labelled, 'rows'),
    ...delayRow(labelled.detection_delay),
  ];
}

function kinds({ by_kind }: LabelledUnion, colors: TextColors): string[] {
  return [
    colors.strong(
      `${'Kind'.padEnd(20)}${'incidents'.padStart(9)}${'found'.padStart(7)}${'recall'.padStart(9)}${'of logs'.padStart(9)}${'delay'.padStart(8)}`,
    ),
    ...by_kind.flatMap(({ kind, incidents, detected, recall, log_recall: ofLogs, by_unit, delay }) => {
      const median =
        delay.median_ms === undefined
          ? '–'
          : formatDuration(delay.median_ms).split(' ').slice(0, 2).join(' ');
      const share = formatPercent(recall).padStart(9);
      const units = by_unit.map(({ found_by, detected: found }) => `${found} ${found_by}`).join(', ');
      return [
        clip(formatKind(printable(kind)), 19).padEnd(20) +
          `${formatCount(incidents).padStart(9)}${formatCount(detected).padStart(7)}` +
          (recall >= 0.5 ? colors.good(share) : colors.alarm(share)) +
          `${(ofLogs === undefined ? '–' : formatPercent(ofLogs)).padStart(9)}${median.padStart(8)}`,
        colors.faint(clip(`  found by: ${units}`, WIDTH)),
      ];
    }),
  ];
}

function topRows({ top }: UnionEvaluation, colors: TextColors): string[] {
  if (top.length === 0) return [];
  return [
    '',
    colors.strong('Highest confidence, and why'),
    ...top.slice(0, TOP_SHOWN).flatMap((row) => {
      const { timestamp, entity, confidence, severity, reason, excerpt, truth, found_by, logs_within } = row;
      const head = [
        `${severity} ${formatConfidence(confidence)}`,
        found_by.join(' + '),
        ...(truth === undefined ? [] : [truth === 'normal' ? 'false alarm' : formatKind(printable(truth))]),
        ...(timestamp === undefined ? [] : [formatTime(timestamp)]),
        ...(entity === undefined ? [] : [printable(entity)]),
        ...(logs_within === 0 ? [] : [`${formatCount(logs_within)} more with it`]),
      ].join(' · ');
      return [
        `  ${colors.alarm(clip(head, WIDTH - 2))}`,
        ...(excerpt === '' ? [] : [`    ${clip(printable(excerpt), WIDTH - 4)}`]),
        ...wrap(printable(reason), WIDTH - 4)
          .slice(0, 2)
          .map((line) => colors.faint(`    ${line}`)),
      ];
    }),
  ];
}
