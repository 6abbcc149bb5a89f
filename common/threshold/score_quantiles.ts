/**
 * Distribution of the scores of the training sample, enough to place any score: `shares[i]` is the share of logs that score below
 * `scores[i]`, dense towards 1; both rise strictly and begin at 0. Between two entries the logarithm of the exceedance
 * `1 - share` is linear in the score. From `tail.from` on, which `tail.share` of the logs reach, the excesses follow a
 * generalised Pareto distribution (Pickands 1975; Coles 2001, ch. 4), so that confidence goes on rising beyond the
 * sample.
 */
export interface ScoreQuantiles {
  readonly shares: readonly number[];
  readonly scores: readonly number[];
  readonly tail: {
    readonly from: number;
    /** Exceedance at `from`, in (0, 1). */
    readonly share: number;
    /** xi, in [0, 0.9]; 0 is the exponential distribution. */
    readonly shape: number;
    /** sigma > 0, in units of the score. */
    readonly scale: number;
  };
}
