import { durationSchema, durationToMilliseconds } from '../../../../common/detector';
import type { LogField } from '../../../../common/log_features/fields/log_fields';
import {
  expectedRows,
  proposeBudget,
  proposeShare,
  shareOfBudget,
  type LogsInWindow,
} from '../../../../common/scanning/propose_budget';
import { BUCKET_DEFAULTS, groupingOf, isBudgetProposed, type Draft } from './draft';

type Adaptive = Extract<NonNullable<Draft['threshold']>, { method: 'adaptive' }>;

/** Returns the changes that keep to the number of anomalies a day which is proposed for these logs, or rows. */
export function withProposedBudget(draft: Draft, rows: LogsInWindow, threshold: Adaptive): Partial<Draft> {
  const { unit = 'log' } = draft;
  const budget = proposeBudget(unit, rows);
  return {
    threshold: { ...threshold, contamination: proposeShare(unit, rows), alerts_per_day: budget },
    aside: { ...draft.aside, proposedBudget: budget },
  };
}

/** Returns the changes that set what somebody chose, also where it is what was proposed. */
export const withChosenThreshold = (draft: Draft, threshold: Draft['threshold']): Partial<Draft> => ({
  threshold,
  aside: { ...draft.aside, proposedBudget: undefined },
});

/**
 * Returns the changes that let the budget of a new detector follow its logs, or rows, until somebody types another, and let the share
 * that it is follow them in any case; undefined where nothing changes.
 */
export function followLogs(draft: Draft, rows: LogsInWindow): Partial<Draft> | undefined {
  const { threshold } = draft;
  if (threshold?.method !== 'adaptive') return undefined;
  const { alerts_per_day: typed } = threshold;
  if (typed === undefined || isBudgetProposed(draft)) return withProposedBudget(draft, rows, threshold);
  if (!(typed > 0)) return undefined;
  return { threshold: { ...threshold, contamination: shareOfBudget(rows, typed) } };
}

/** Rows of buckets that a preview counted, and the settings that their number depends on, see {@link rowSettings}. */
export interface CountedRows {
  readonly rows: LogsInWindow;
  readonly of: string;
}

/** Returns the settings of a draft that the number of its rows of buckets depends on, as a text to compare. */
export function rowSettings(draft: Draft): string {
  const { ingested_field: _ingested, ...source } = draft.source;
  const { span, session, silence } = { ...BUCKET_DEFAULTS, ...draft.bucket };
  return JSON.stringify([source, [...groupingOf(draft)].sort(), span, session, silence]);
}

/**
 * Returns the rows of buckets that a budget follows: those that a preview counted, also where other settings have changed since.
 * Before that a new detector follows the rows to expect; one that exists keeps the share that it has.
 */
export function rowsToFollow(
  draft: Draft,
  {
    counted,
    described,
    isNew,
  }: { counted: CountedRows | undefined; described: Parameters<typeof rowsExpected>[1]; isNew: boolean },
): LogsInWindow | undefined {
  if (counted?.of === rowSettings(draft)) return counted.rows;
  return isNew ? rowsExpected(draft, described) : undefined;
}

/**
 * Returns the rows of buckets to expect before a preview counts them; undefined where nothing tells, as of sessions. Of several fields
 * there are at least as many entities as the one with the most has values.
 */
export function rowsExpected(
  draft: Draft,
  described: { readonly days: number; readonly fields: readonly LogField[] } | undefined,
): LogsInWindow | undefined {
  const { bucket } = draft;
  const span = durationSchema.safeParse(bucket?.span ?? BUCKET_DEFAULTS.span).data;
  const grouping = groupingOf(draft);
  if (!described || bucket?.session || span === undefined || grouping.length === 0) return undefined;
  const distinct = grouping.map(
    (name) => described.fields.find(({ field }) => field === name)?.distinct ?? 0,
  );
  return expectedRows(Math.max(...distinct), durationToMilliseconds(span), described.days);
}
