import { parseDetector } from '../detector';
import { AdaptiveThreshold, learnQuantiles } from '.';
import { WeeklyRhythm } from './weekly_rhythm';

const NOW = Date.UTC(2026, 0, 5);
const detectorIn = (zone: string) =>
  parseDetector({
    name: 'Nightly',
    source: { index: 'logs' },
    features: [{ type: 'number', field: 'duration' }],
    threshold: { method: 'adaptive', alerts_per_day: 10, time_zone: zone },
  });
const modelIn = (zone: string) => ({
  detector: detectorIn(zone),
  quantiles: learnQuantiles(Float64Array.from({ length: 500 }, (_none, place) => 0.4 + place / 2_000)),
  threshold: 0.6,
  training: {
    started_at: new Date(NOW).toISOString(),
    finished_at: new Date(NOW).toISOString(),
    ...{ rows: 500, source: 'test', dirt: {} },
  },
});
const slot = { occurrences: 5, absences: 0, level: 0.7, logs: 60 };

/** A threshold of UTC that knows a batch from 23:00 on, on Sundays above all. */
const known = () => {
  const state = AdaptiveThreshold.start(modelIn('UTC')).toJSON();
  return { ...state, adjusted_at: NOW, recurring: { usual: 1, slots: { 'day:23': slot, 'week:167': slot } } };
};

test('what recurs is known by the clocks of another zone as well', () => {
  const turned = AdaptiveThreshold.resume(known(), detectorIn('Europe/Berlin')).toJSON();
  expect(turned.recurring?.slots).toEqual({ 'day:0': slot, 'week:0': slot });
  const retrained = AdaptiveThreshold.start(modelIn('Europe/Berlin'), known()).toJSON();
  const event = { ...slot, level: expect.closeTo(slot.level, 2), carried: true };
  expect(retrained.recurring?.slots).toEqual({ 'day:0': event, 'week:0': event });
});

test('a rhythm and what recurs are where they were after half-hour zones there and back', () => {
  const there = AdaptiveThreshold.resume(known(), detectorIn('Asia/Kolkata')).toJSON();
  expect(there.recurring?.slots).toEqual({ 'day:5': slot, 'week:5': slot });
  const back = AdaptiveThreshold.resume(there, detectorIn('UTC')).toJSON();
  expect(back.recurring?.slots).toEqual(known().recurring.slots);
  const rhythm = WeeklyRhythm.start('UTC');
  rhythm.daily[20] = 0.1;
  const turned = WeeklyRhythm.inZone(rhythm, 'Asia/Kolkata', NOW);
  expect(turned.daily.indexOf(0.1)).toBe(2);
  expect(WeeklyRhythm.inZone(turned, 'UTC', NOW).daily.indexOf(0.1)).toBe(20);
});
