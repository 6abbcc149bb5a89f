import { HOUR } from '../duration';
import { learnFeatures } from '../log_features';
import { parseDetector } from './detector_schema';
import { featuresInZone } from './features_in_zone';

const detector = parseDetector({
  name: 'Shop',
  time_zone: 'Europe/Berlin',
  source: { index: 'logs' },
  features: [
    { type: 'hour_of_day', field: '@timestamp' },
    { type: 'day_of_week', field: '@timestamp' },
    { type: 'hour_of_day', field: 'sent', time_zone: 'Asia/Tokyo' },
    { type: 'number', field: 'bytes' },
  ],
});

test('hours and days are those of the detector, unless a feature names a zone of its own', () => {
  const zones = (given: typeof detector): string[] => featuresInZone(given).map((each) => each.time_zone);
  expect(zones(detector)).toEqual(['Europe/Berlin', 'Europe/Berlin', 'Asia/Tokyo', 'UTC']);
  expect(zones({ ...detector, time_zone: undefined })).toEqual(['UTC', 'UTC', 'Asia/Tokyo', 'UTC']);
});

test('a zone that is none is refused', () => {
  expect(() => parseDetector({ ...detector, time_zone: 'Berlin' })).toThrow(
    /time_zone: must be an IANA time zone.*got "Berlin"/,
  );
});

test.each([
  ['summer', '2026-03-28T08:10:00Z', '2026-03-29T07:10:00Z', '2026-03-29T22:30:00Z'],
  ['winter', '2026-10-24T07:10:00Z', '2026-10-25T08:10:00Z', '2026-10-25T23:30:00Z'],
])('the same hour of the clock is the same over the change to %s time', (_to, before, after, monday) => {
  const first = Date.parse(before) - 27 * 24 * HOUR;
  // Business hours of all days but Sundays.
  const documents = Array.from({ length: 28 * 9 }, (_, each) => ({
    '@timestamp': new Date(first + Math.floor(each / 9) * 24 * HOUR + (each % 9) * HOUR).toISOString(),
  }));
  const valuesOf = (feature: number) => {
    const features = featuresInZone(detector).slice(feature, feature + 1);
    const { encoder } = learnFeatures(features, documents, { timestampField: '@timestamp' });
    return (time: string, later = 0) => [
      ...encoder.encode([{ '@timestamp': new Date(Date.parse(time) + later).toISOString() }]).values,
    ];
  };
  const hourAt = valuesOf(0);
  expect(hourAt(after)).toEqual(hourAt(before));
  expect(hourAt(before, 24 * HOUR)).not.toEqual(hourAt(before));
  // Half past midnight of the Monday after.
  const dayAt = valuesOf(1);
  expect(dayAt(monday)).not.toEqual(dayAt(after));
  expect(dayAt(monday)).toEqual(dayAt(monday, 12 * HOUR));
});
