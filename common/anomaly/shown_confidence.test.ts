import { roundedConfidence, SEVERITIES, severityOf, shownConfidence } from './index';

it('is rounded, but never into the next severity', () => {
  expect(
    [0.5, 0.744, 0.746, 0.7499, 0.75, 0.8951, 0.8999, 0.9, 1].map((each) => shownConfidence(each)),
  ).toEqual(['50', '74', '74', '74', '75', '89', '89', '90', '100']);
  expect(['74.9', '75.0', '97.4', '97.5']).toEqual(
    [0.74999, 0.75, 0.97499, 0.975].map((each) => shownConfidence(each, 1)),
  );
});

it('keeps four places as a number, and its severity', () => {
  expect([0.12345, 0.749_94, 0.749_96, 0.75, 0.899_99, 0.974_99, 1].map(roundedConfidence)).toEqual([
    0.1235, 0.7499, 0.7499, 0.75, 0.8999, 0.9749, 1,
  ]);
});

it('belongs to the severity that it stands beside', () => {
  for (const { from } of SEVERITIES) {
    for (let confidence = Math.max(0, from / 100 - 0.02); confidence <= 1; confidence += 0.000_37) {
      for (const digits of [0, 1]) {
        expect(severityOf(Number(shownConfidence(confidence, digits)) / 100)).toBe(severityOf(confidence));
      }
    }
  }
});
