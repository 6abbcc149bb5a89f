import { parseDetector, type Detector, type DetectorInput } from '../../../common/detector';
import { readsOf } from '../../../common/model_snapshot/model_reads';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { learnQuantiles } from '../../../common/threshold';
import { checkReads, needsTraining, withCurrentSettings, type SteeredDetector } from './effective_snapshot';

const detector = (change: Partial<DetectorInput> = {}) =>
  parseDetector({
    name: 'Web',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'bytes' }],
    threshold: { method: 'contamination', contamination: 0.01 },
    ...change,
  });
const quantiles = learnQuantiles(Float64Array.from({ length: 1_000 }, (_, i) => 0.3 + (0.4 * i) / 1_000));
const snapshot = {
  detector: detector(),
  encoder: { fields: ['bytes'] },
  quantiles,
  threshold: 0.6961,
  version: 'web-1',
} as unknown as ModelSnapshot;
const current = (change: Partial<DetectorInput>, modelReads = ['bytes']): SteeredDetector => ({
  detector: detector(change),
  modelReads,
});

describe('a model under settings of today', () => {
  it('keeps its features and its threshold, and takes the source', () => {
    const now = withCurrentSettings(
      snapshot,
      current({ source: { index: 'others' }, features: [{ type: 'text', field: 'message' }] }),
    );
    expect(now.threshold).toBe(0.6961);
    expect(now.detector.source.index).toBe('others');
    expect(now.detector.features).toEqual(snapshot.detector.features);
  });

  it('places a new threshold among the scores of its sample', () => {
    const strict = withCurrentSettings(snapshot, current({ threshold: { method: 'fixed', score: 0.9 } }));
    expect(strict.threshold).toBe(0.9);
    const loose = withCurrentSettings(
      snapshot,
      current({ threshold: { method: 'contamination', contamination: 0.1 } }),
    );
    expect(loose.threshold).toBeCloseTo(0.66, 2);
  });

  it('has to be trained again when what it is made of changes', () => {
    expect(needsTraining(detector(), detector({ name: 'Other', schedule: { interval: '5m' } }))).toBe(false);
    expect(needsTraining(detector(), detector({ threshold: { method: 'fixed', score: 0.9 } }))).toBe(false);
    expect(needsTraining(detector(), detector({ forest: { seed: 7 } }))).toBe(true);
    expect(needsTraining(detector(), detector({ source: { index: 'others' } }))).toBe(true);
    const zone = { time_zone: 'Europe/Berlin' };
    expect(needsTraining(detector(), detector(zone))).toBe(false);
    const hours = { features: [{ type: 'hour_of_day' as const, field: '@timestamp' }] };
    expect(needsTraining(detector(hours), detector({ ...hours, ...zone }))).toBe(true);
  });
});

describe('what a model has a run read', () => {
  it('must have been saved in the detector, whether features or encoding name it', () => {
    const secret = (change: object): ModelSnapshot => ({ ...snapshot, ...change });
    const saved = current({}, readsOf(detector()));
    checkReads(snapshot, saved);
    expect(() => checkReads(secret({ encoder: { fields: ['bytes', 'password'] } }), saved)).toThrow(
      /The model web-1 reads what nobody has saved in this detector: "password"/,
    );
    const other = detector({ features: [{ type: 'category', field: 'user.name' }] });
    expect(() => checkReads(secret({ detector: other }), saved)).toThrow(/: "user\.name"\./);
    const compared = detector({ features: [{ type: 'deviation', field: 'bytes', by: 'customer' }] });
    expect(() => checkReads(secret({ detector: compared }), saved)).toThrow(/: "customer"\./);
  });

  it('are no other buckets than those that were saved: they bring queries', () => {
    const buckets = (errors: string, entity = 'service.name') =>
      detector({ unit: 'bucket', entity_field: entity, bucket: { errors }, features: undefined });
    const of = (model: Detector): ModelSnapshot =>
      ({ ...snapshot, detector: model, encoder: { fields: ['bucket.count'] } }) as unknown as ModelSnapshot;
    const saved = { detector: buckets('status:500'), modelReads: readsOf(buckets('status:500')) };
    checkReads(of(buckets('status:500')), saved);
    expect(() => checkReads(of(buckets('password:a*')), saved)).toThrow(/: its buckets\./);
    expect(() => checkReads(of(buckets('status:500', 'user.name')), saved)).toThrow(
      /its buckets, "user\.name"/,
    );
    const ofLogs = detector({ entity_field: 'user.name' });
    expect(() => checkReads({ ...snapshot, detector: ofLogs }, saved)).toThrow(/"user\.name"/);
  });
});
