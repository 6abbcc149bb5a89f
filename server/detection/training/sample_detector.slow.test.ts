import { demoDetector, generateLogs } from '../../../common/demo_logs';
import { parseDetector } from '../../../common/detector';
import { createModelScorer } from '../../../common/model_snapshot';
import { DAY } from '../../../common/duration';
import { trainModel } from './train_model';

/** Logs of a week, as the sample of Kibana has them, of a seed that the sample does not use. */
const to = Date.UTC(2026, 10, 27);
const logs = [
  ...generateLogs({ seed: 5, from: to - 7 * DAY, to, ratePerSecond: 1 / 60, anomalyRate: 0.01 }),
].map(({ document }) => document);
const isAnomalous = logs.map(({ labels }) => (labels as { anomaly: string }).anomaly === 'true');

describe('the detector of the sample logs', () => {
  it('finds most of what is wrong in them, and little else', () => {
    const detector = parseDetector(demoDetector('sample'));
    const { snapshot } = trainModel({
      detector,
      documents: logs,
      source: 'sample',
      clock: { now: () => to },
    });
    const { scores } = createModelScorer(snapshot).score(logs, {});
    const flagged = isAnomalous.filter((_, row) => scores[row] >= snapshot.threshold);
    const found = flagged.filter(Boolean).length;
    expect(found / flagged.length).toBeGreaterThan(0.75);
    expect(found / isAnomalous.filter(Boolean).length).toBeGreaterThan(0.65);
  });
});
