import type { BySpan, ChangeFact, ComparedField, FieldScalar, Span } from '../../../common/changes';
import type { LogRange, LogSource } from '.';

/** Fields of logs that can be compared between two times. */
export interface ComparableFields {
  readonly fields: readonly ComparedField[];
  /** Fields that are left out, since there are too many. */
  readonly leftOut: number;
}

/** Values that come more often than before, chosen from `looked` different ones. */
export interface RisenValues {
  readonly values: readonly { readonly field: string; readonly value: FieldScalar }[];
  readonly looked: number;
}

/** Logs of a source, as a comparison of two times reads them. */
export interface ChangeSource {
  /** Fields that hold values in the logs of these ranges. */
  fields(ranges: readonly LogRange[]): Promise<ComparableFields>;
  sample: LogSource['sample'];
  /**
   * Finds values that come far more often in the window than in the baseline, rare ones among them.
   *
   * @param logs about so many logs lie in the window
   * @returns with the number of values that were looked at; undefined where the cluster cannot say, or takes too long
   */
  risenValues(
    window: LogRange,
    baseline: LogRange,
    fields: readonly string[],
    logs: number,
  ): Promise<RisenValues | undefined>;
  /**
   * Counts logs that hold facts, in each span.
   *
   * @param logs about so many logs lie in all spans together
   * @returns `share`: of all logs, that were counted; undefined where the cluster cannot say, or takes too long
   */
  count(
    range: LogRange,
    spans: { readonly window: Span; readonly pieces: readonly Span[] },
    facts: readonly ChangeFact[],
    logs: number,
  ): Promise<
    { readonly counts: readonly BySpan[]; readonly totals: BySpan; readonly share: number } | undefined
  >;
  /** Narrows a range to logs that hold at least one of these facts; patterns are none that can be searched for. */
  holding(range: LogRange, facts: readonly ChangeFact[]): LogRange;
}
