import { trainingLines, type TrainingFacts } from './models';

const facts = (
  unit: 'log' | 'bucket',
  report: Pick<TrainingFacts['report'], 'quantilesFrom' | 'quantileRows'>,
): TrainingFacts => ({
  detector: {
    unit,
    features: [{ field: 'bucket.count', type: 'number' }] as never,
    forest: { tree_count: 100 } as never,
    threshold: { method: 'contamination', contamination: 0.01 } as never,
  },
  snapshot: { threshold: 0.61234, forest: { subsampleSize: 256 } },
  report: { rows: 3_220, heldOutRows: 805, columns: ['a', 'b'], ...report },
  why: 'from the file',
  problems: [],
});

it('names buckets, and says why the threshold comes from more than were held out', () => {
  expect(trainingLines(facts('bucket', { quantilesFrom: 'cross_fitting', quantileRows: 4_025 }))).toEqual([
    '  buckets    3,220 to train on, 805 held out',
    '  features   bucket.count (from the file; 2 columns)',
    '  forest     100 trees of 256 buckets',
    '  threshold  0.6123 (contamination 0.01, from 4,025 buckets, each scored by a forest grown without it)',
  ]);
});

it('names logs that were held out', () => {
  const lines = trainingLines(facts('log', { quantilesFrom: 'held_out', quantileRows: 805 }));
  expect(lines[0]).toBe('  logs       3,220 to train on, 805 held out');
  expect(lines[3]).toBe('  threshold  0.6123 (contamination 0.01, from 805 logs held out)');
});
