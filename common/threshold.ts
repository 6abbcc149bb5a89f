// Quantiles, threshold, confidence and the adaptive (streaming) threshold follow here:
//   learnQuantiles(scores: Float64Array): ScoreQuantiles
//   exceedance(quantiles, score): share p of training rows that score as high
//   thresholdFrom(detectorThreshold, quantiles): number
//   confidenceOf(score, threshold, quantiles, contamination): number in [0, 1], monotone, 0.5 at the threshold
//   AdaptiveThreshold: observe scores with their times, bounded steps, history, toJSON/fromJSON
export {};
