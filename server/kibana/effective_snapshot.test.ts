import { parseDetector, type DetectorInput } from '../../common/detector';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { learnQuantiles } from '../../common/threshold';
import { needsTraining, withCurrentSettings } from './effective_snapshot';

const detector = (change: Partial<DetectorInput> = {}) =>
  parseDetector({
    name: 'Web',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'bytes' }],
    threshold: { method: 'contamination', contamination: 0.01 },
    ...change,
  });
const quantiles = learnQuantiles(Float64Array.from({ length: 1_000 }, (_, i) => 0.3 + (0.4 * i) / 1_000));
const snapshot = { detector: detector(), quantiles, threshold: 0.6961, version: 'web-1' } as ModelSnapshot;

describe('a model under settings of today', () => {
  it('keeps its features and its threshold, and takes the source', () => {
    const now = withCurrentSettings(
      snapshot,
      detector({ source: { index: 'others' }, features: [{ type: 'text', field: 'message' }] }),
    );
    expect(now.threshold).toBe(0.6961);
    expect(now.detector.source.index).toBe('others');
    expect(now.detector.features).toEqual(snapshot.detector.features);
  });

  it('places a new threshold among the scores of its sample', () => {
    const strict = withCurrentSettings(snapshot, detector({ threshold: { method: 'fixed', score: 0.9 } }));
    expect(strict.threshold).toBe(0.9);
    const loose = withCurrentSettings(
      snapshot,
      detector({ threshold: { method: 'contamination', contamination: 0.1 } }),
    );
    expect(loose.threshold).toBeCloseTo(0.66, 2);
  });

  it('has to be trained again when what it is made of changes', () => {
    expect(needsTraining(detector(), detector({ name: 'Other', schedule: { interval: '5m' } }))).toBe(false);
    expect(needsTraining(detector(), detector({ threshold: { method: 'fixed', score: 0.9 } }))).toBe(false);
    expect(needsTraining(detector(), detector({ forest: { seed: 7 } }))).toBe(true);
    expect(needsTraining(detector(), detector({ source: { index: 'others' } }))).toBe(true);
  });
});
