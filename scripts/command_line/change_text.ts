import type { ChangeExplanation } from '../../common/api';
import { readableCount, readableValue } from '../../common/detector/value_units';
import { readableShare } from '../../common/log_features/columns/field_value';
import { printable } from './session';

type Value = ChangeExplanation['groups'][number]['values'][number];

const SHOWN_CHARACTERS = 200;

const REMARKS: Readonly<Record<ChangeExplanation['remarks'][number], string>> = {
  empty_window: 'There is no log in this time.',
  empty_baseline: 'There is no log in the time before: nothing to compare with.',
  entity_without_past:
    'The entity has next to no logs in the time before: all logs of the source are compared.',
  few_logs: 'There are few logs: only large changes can be told from chance.',
  counts_estimated: 'Counts of values are estimated from a part of the logs.',
  rare_values_not_searched:
    'Values too rare for a sample were not looked for: the cluster could not say in time.',
  fields_left_out: 'Fields that few logs hold were not compared, since there are too many.',
};

/** An explanation of a change as lines of text. */
export function changeText(found: ChangeExplanation): string {
  const { window, baseline, groups, numbers, remarks } = found;
  const lines = [
    `${window.from} to ${window.to}: ${readableCount(window.logs)} logs`,
    `compared with ${baseline.from} to ${baseline.to}: ${readableCount(baseline.logs)} logs` +
      (found.rate_ratio === null ? '' : ` (${times(found.rate_ratio)} as many in the same time)`),
  ];
  groups.forEach(({ direction, values, found_in: foundIn }, place) => {
    lines.push('', `${place + 1}. ${direction === 'more' ? 'more' : 'fewer'} logs with`);
    for (const value of values) lines.push(`   ${factText(value)}`, `      ${countText(value)}`);
    for (const { field, value, share, elsewhere } of foundIn) {
      lines.push(
        `   found in ${field}: ${shown(value)} (${readableShare(share)} of these logs, ${readableShare(elsewhere)} of the others)`,
      );
    }
  });
  if (numbers.length > 0) lines.push('', 'Numbers that shifted:');
  for (const { field, unit, window: now, baseline: before, group } of numbers) {
    const value = (number: number): string => readableValue(number, unit);
    lines.push(
      `   ${field}: median ${value(before.median)} to ${value(now.median)}, 95th percentile ${value(before.p95)} to ${value(now.p95)}` +
        (group === undefined ? '' : ` (in the logs of ${group + 1})`),
    );
  }
  if (groups.length + numbers.length === 0 && window.logs > 0 && baseline.logs > 0) {
    lines.push('', 'No value, pattern or number has changed beyond what is usual.');
  }
  if (remarks.length > 0) lines.push('', ...remarks.map((remark) => REMARKS[remark]));
  return lines.join('\n');
}

const shown = (value: string | number | boolean | undefined): string =>
  printable(String(value ?? ''), SHOWN_CHARACTERS);

function factText({ kind, field, value }: Value): string {
  switch (kind) {
    case 'value':
      return `${field}: ${shown(value)}`;
    case 'missing':
      return `no ${field}`;
    case 'pattern':
      return `message (${field}): ${shown(value)}`;
  }
}

function countText({
  window,
  baseline,
  lift,
  usual,
  is_new: isNew,
  is_gone: isGone,
  estimated,
}: Value): string {
  const about = estimated ? 'about ' : '';
  const counts = `${about}${readableCount(window.logs)} logs (${readableShare(window.share)})`;
  if (isNew) return `${counts}; new`;
  const before = `${readableShare(baseline.share)} before`;
  const range = `usually ${readableCount(usual.low)} to ${readableCount(usual.high)} in such a time`;
  if (isGone) return `none any more; ${before}, ${range}`;
  // Of a value that the counted part of the baseline lacks no ratio is known.
  return `${counts}; ${before}, ${range}${lift === null ? '' : `: share ${times(lift)}`}`;
}

const times = (ratio: number): string =>
  `${ratio >= 10 ? Math.round(ratio).toLocaleString('en-US') : Number(ratio.toPrecision(2))} times`;
