import type { PatternChange } from '../../../common/patterns';
import type { PlantedChange } from './pattern_month';
import { isFound, toldOfNothing, type Told } from './told_changes';

const drop: PlantedChange = { pattern: 7, change: 'dropping', from: 300, to: 310, factor: 0.1 };

const told = (change: PatternChange, bucket: number, more: Partial<Told> = {}): Told => ({
  ...{ patternId: 'p7', change, bucket, pattern: 7, time: bucket, count: 1, usual: 30 },
  ...more,
});

test('a change is found within two buckets of its begin, or of a later time', () => {
  expect(isFound([told('vanished', 301)], drop)).toBe(true);
  expect(isFound([told('dropping', 302)], drop)).toBe(false);
  expect(isFound([told('dropping', 302)], drop, 24)).toBe(true);
  expect(isFound([told('surging', 300)], drop)).toBe(false);
});

test('each kind that belongs to a change is told once; again, of another kind, or elsewhere it is of nothing', () => {
  const wanted = [told('dropping', 300), told('dropping', 301, { entity: 'a' }), told('vanished', 304)];
  const again = [told('dropping', 305), told('vanished', 306, { entity: 'b' })];
  const others = [
    told('surging', 301),
    told('dropping', 290),
    told('returned', 320),
    told('new', 300, { pattern: 8 }),
  ];
  expect(toldOfNothing([...wanted, ...again, ...others, told('returned', 311)], [drop])).toEqual([
    ...again,
    ...others,
  ]);
});
