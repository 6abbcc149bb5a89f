import type { Evaluation, IncidentOutcome, LabelledEvaluation } from '../../../common/evaluation';
import {
  formatCount,
  formatDuration,
  formatKind,
  formatMeasure,
  formatTime,
} from '../../../common/evaluation/format';
import {
  acrossOf,
  FRAME,
  horizontalAxis,
  linearScale,
  pathOf,
  picture,
  ticksOf,
  timeTicksOf,
  upOf,
  verticalAxis,
  type Frame,
  type Scale,
} from './evaluation_report_axes';
import { markup, type Markup } from './evaluation_report_markup';

const WIDE: Frame = { ...FRAME, width: 1_120, height: 300 };

/** Renders the number of logs by score; counts on a logarithmic scale, since anomalies are few. */
export function histogramChart({ histogram, threshold, labelled }: Evaluation): Markup {
  const frame = labelled === undefined ? WIDE : FRAME;
  const { normal, anomalous, from, to } = histogram;
  const largest = Math.max(...normal, ...anomalous);
  const decades = Math.max(1, Math.ceil(Math.log10(largest + 1)));
  const across = acrossOf(frame, [from, to]);
  const up = upOf(frame, [0, decades]);
  const height = (count: number): number => up(count === 0 ? 0 : Math.log10(count + 1));
  const width = (to - from) / normal.length;
  const bars = (counts: readonly number[], style: string): Markup[] =>
    counts.map((count, i) => {
      if (count === 0) return markup``;
      const left = across(from + i * width) + 0.5;
      const top = height(count);
      return markup`<rect class="${style}" x="${left}" y="${top}" width="${(across(from + (i + 1) * width) - left - 0.5).toFixed(1)}" height="${(up(0) - top).toFixed(1)}"><title>${formatMeasure(from + i * width)} to ${formatMeasure(from + (i + 1) * width)}: ${formatCount(count)} logs</title></rect>`;
    });
  const ticks = Array.from({ length: decades + 1 }, (_, power) => power);
  return picture(
    frame,
    'Histogram of anomaly scores',
    markup`${verticalAxis(
      frame,
      ticks.map((power) => ({
        at: power === 0 ? up(0) : height(10 ** power - 1),
        label: power === 0 ? '0' : formatCount(10 ** power),
      })),
      'logs (logarithmic)',
    )}${bars(normal, 'normal')}${labelled === undefined ? undefined : bars(anomalous, 'anomalous')}${thresholdAcross(frame, across(threshold), threshold, [from, to])}${horizontalAxis(
      frame,
      ticksOf(from, to, 8).map((value) => ({ at: across(value), label: value.toFixed(2) })),
      'anomaly score',
    )}`,
  );
}

function thresholdAcross(
  frame: Frame,
  x: number,
  threshold: number,
  [from, to]: readonly [number, number],
): Markup | undefined {
  if (threshold < from || threshold > to) return undefined;
  const toLeft = threshold > (from + to) / 2;
  return markup`<line class="threshold" x1="${x}" x2="${x}" y1="${frame.top}" y2="${frame.height - frame.bottom}"/><text class="threshold-label" x="${x + (toLeft ? -6 : 6)}" y="${frame.top + 10}" text-anchor="${toLeft ? 'end' : 'start'}">threshold ${formatMeasure(threshold)}</text>`;
}

const shareTicks = (scale: Scale) =>
  [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at: scale(at), label: at.toFixed(1) }));

export function rocChart({ roc_curve, roc_auc, confusion, normal, anomalies }: LabelledEvaluation): Markup {
  const across = acrossOf(FRAME, [0, 1]);
  const up = upOf(FRAME, [0, 1]);
  const curve = roc_curve.map(([x, y]): [number, number] => [across(x), up(y)]);
  const area = `${pathOf(curve)}L${across(1)} ${up(0)}L${across(0)} ${up(0)}Z`;
  return picture(
    FRAME,
    `ROC curve, area ${formatMeasure(roc_auc)}`,
    markup`${verticalAxis(FRAME, shareTicks(up), 'true positive rate')}<path class="area" d="${area}"/><line class="chance" x1="${across(0)}" y1="${up(0)}" x2="${across(1)}" y2="${up(1)}"/><path class="curve" d="${pathOf(curve)}"/>${operatingPoint(
      across(confusion.false_positives / normal),
      up(confusion.true_positives / anomalies),
    )}<text class="figure" x="${across(1) - 12}" y="${up(0) - 14}" text-anchor="end">area ${formatMeasure(roc_auc)}</text>${horizontalAxis(FRAME, shareTicks(across), 'false positive rate')}`,
  );
}

export function precisionRecallChart(labelled: LabelledEvaluation): Markup {
  const { precision_recall_curve, average_precision, precision, recall, anomalies, normal } = labelled;
  const across = acrossOf(FRAME, [0, 1]);
  const up = upOf(FRAME, [0, 1]);
  const points: Array<readonly [number, number]> = [
    [0, precision_recall_curve[0][1]],
    ...precision_recall_curve,
  ];
  const curve = points.map(([x, y]): [number, number] => [across(x), up(y)]);
  const area = `${pathOf(curve)}L${across(1)} ${up(0)}L${across(0)} ${up(0)}Z`;
  const chance = up(anomalies / (anomalies + normal));
  return picture(
    FRAME,
    `Precision-recall curve, average precision ${formatMeasure(average_precision)}`,
    markup`${verticalAxis(FRAME, shareTicks(up), 'precision')}<path class="area" d="${area}"/><line class="chance" x1="${across(0)}" y1="${chance}" x2="${across(1)}" y2="${chance}"/><path class="curve" d="${pathOf(curve)}"/>${operatingPoint(across(recall), up(precision))}<text class="figure" x="${across(1) - 12}" y="${up(1) + 18}" text-anchor="end">average ${formatMeasure(average_precision)}</text>${horizontalAxis(FRAME, shareTicks(across), 'recall')}`,
  );
}

const operatingPoint = (x: number, y: number): Markup =>
  markup`<circle class="operating" cx="${x}" cy="${y}" r="5"><title>at the threshold</title></circle>`;

/** Above: the highest score of each bucket. Below: what was reported, rightly, wrongly, and what was missed. */
export function timelineChart({ timeline, threshold, time, labelled }: Evaluation): Markup | undefined {
  if (time === undefined || timeline.length === 0) return undefined;
  const from = Date.parse(time.from);
  const to = Date.parse(time.to);
  const across = acrossOf(WIDE, [from, to]);
  const upper: Frame = { ...WIDE, bottom: 150 };
  const lower: Frame = { ...WIDE, top: 172 };
  const seen = timeline.filter(({ logs }) => logs > 0);
  const lowest = Math.min(threshold, ...seen.map((bucket) => bucket.max_score)) - 0.02;
  const highest = Math.max(threshold, ...seen.map((bucket) => bucket.max_score)) + 0.02;
  const upScore = upOf(upper, [lowest, highest]);
  const outcomes = timeline.map(({ alerts, anomalies, false_alarms }) => {
    const found = labelled === undefined ? alerts : Math.min(anomalies, alerts - false_alarms);
    return { found, missed: Math.max(0, anomalies - found), false_alarms };
  });
  const most = Math.max(
    1,
    ...outcomes.map(({ found, missed, false_alarms }) => found + missed + false_alarms),
  );
  const upCount = upOf(lower, [0, most]);
  const width = (to - from) / timeline.length;
  const bars = outcomes.map(({ found, missed, false_alarms }, i) => {
    const left = across(from + i * width) + 0.5;
    const size = (across(from + (i + 1) * width) - left - 0.5).toFixed(1);
    const segment = (style: string, start: number, count: number, name: string): Markup | undefined =>
      count === 0
        ? undefined
        : markup`<rect class="${style}" x="${left}" y="${upCount(start + count)}" width="${size}" height="${(upCount(start) - upCount(start + count)).toFixed(1)}"><title>${formatTime(timeline[i].from)}: ${formatCount(count)} ${name}</title></rect>`;
    return [
      segment('anomalous', 0, found, labelled === undefined ? 'alerts' : 'anomalies found'),
      segment('missed', found, missed, 'anomalies missed'),
      segment('normal', found + missed, false_alarms, 'false alarms'),
    ];
  });
  const curve = seen.map((bucket): [number, number] => [
    across(Date.parse(bucket.from) + width / 2),
    upScore(bucket.max_score),
  ]);
  const timeTicks = timeTicksOf(from, to).map((at) => {
    const label = formatTime(new Date(at).toISOString());
    return { at: across(at), label: time.days > 1.5 ? label.slice(5, 16) : label.slice(11, 16) };
  });
  return picture(
    WIDE,
    'Scores and alerts over time',
    markup`${verticalAxis(
      upper,
      ticksOf(lowest, highest, 4).map((value) => ({ at: upScore(value), label: value.toFixed(2) })),
      'highest score',
    )}<path class="curve" d="${pathOf(curve)}"/><line class="threshold" x1="${WIDE.left}" x2="${WIDE.width - WIDE.right}" y1="${upScore(threshold)}" y2="${upScore(threshold)}"/>${verticalAxis(
      lower,
      ticksOf(0, most, 3)
        .filter(Number.isInteger)
        .map((value) => ({ at: upCount(value), label: formatCount(value) })),
      'logs',
    )}${bars}${horizontalAxis(lower, timeTicks, 'time (UTC)')}`,
  );
}

const DELAY_TICKS = [1_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000];
/** Pixels of one row of the delay chart. */
const ROW = 34;

/** One dot an incident, a row for each kind; those never detected stand apart on the right. */
export function delayChart({ incidents, by_kind }: LabelledEvaluation): Markup | undefined {
  if (incidents.length === 0) return undefined;
  const kinds = by_kind
    .map(({ kind }) => kind)
    .filter((kind) => incidents.some((incident) => incident.kind === kind));
  const frame: Frame = { ...WIDE, left: 170, right: 110, top: 12, height: kinds.length * ROW + 68 };
  const delays = incidents.flatMap(({ delay_ms }) => (delay_ms === undefined ? [] : [delay_ms]));
  const longest = Math.max(60_000, ...delays);
  const shortest = Math.min(30_000, ...delays.map((delay) => Math.max(1_000, delay)));
  const logarithm = (delay: number): number => Math.log10(Math.max(shortest, delay));
  const across = linearScale(
    [logarithm(shortest) - 0.05, logarithm(longest) + 0.1],
    [frame.left, frame.width - frame.right - 20],
  );
  const missedAt = frame.width - frame.right / 2;
  const dot = (incident: IncidentOutcome, y: number, place: number): Markup => {
    // Dots at the same place are spread a little, always alike.
    const shift = ((place * 7) % 15) - 7;
    const missed = incident.delay_ms === undefined;
    const x =
      incident.delay_ms === undefined
        ? missedAt + ((place * 11) % 41) - 20
        : across(logarithm(incident.delay_ms));
    return markup`<circle class="${missed ? 'dot-missed' : 'dot'}" cx="${x}" cy="${y + shift}" r="4.5"><title>${incident.id}, ${formatTime(incident.from)}: ${incident.delay_ms === undefined ? 'not detected' : `detected after ${formatDuration(incident.delay_ms)}`}, ${formatCount(incident.detected_logs)} of ${formatCount(incident.logs)} logs</title></circle>`;
  };
  const rows = kinds.map((kind, i) => {
    const y = frame.top + ROW * (i + 0.5);
    return markup`<line class="row" x1="${frame.left}" x2="${frame.width - 8}" y1="${y + ROW / 2}" y2="${y + ROW / 2}"/><text class="name" x="${frame.left - 12}" y="${y + 4}" text-anchor="end">${formatKind(kind).slice(0, 24)}</text>${incidents
      .filter((incident) => incident.kind === kind)
      .map((incident, place) => dot(incident, y, place))}`;
  });
  const base = frame.height - frame.bottom;
  return picture(
    frame,
    'Detection delay of each incident',
    markup`<rect class="missed-zone" x="${frame.width - frame.right}" y="${frame.top}" width="${frame.right - 8}" height="${base - frame.top}"/>${rows}${horizontalAxis(
      frame,
      DELAY_TICKS.filter((delay) => delay >= shortest && delay <= longest * 1.3).map((delay) => ({
        at: across(logarithm(delay)),
        label: formatDuration(delay),
      })),
      'from the first log of an incident to its detection (logarithmic)',
    )}<text class="axis-note" x="${missedAt}" y="${base + 18}" text-anchor="middle">not detected</text>`,
  );
}
