import { shownSpan, shownTime } from './shown_time';

it('writes a time as people read it, and leaves alone what is none', () => {
  expect(shownTime('2026-01-05T10:00:03.123Z')).toBe('2026-01-05 10:00:03 UTC');
  expect(shownTime('2026-01-05T10:00:03Z')).toBe('2026-01-05 10:00:03 UTC');
  for (const other of ['2026-01-05T10:00:03+02:00', '1767607203000', ''])
    expect(shownTime(other)).toBe(other);
});

it('writes one time where both ends are the same second', () => {
  expect(shownSpan('2026-01-05T10:00:03.000Z', '2026-01-05T10:00:03.900Z')).toBe('2026-01-05 10:00:03 UTC');
  expect(shownSpan('2026-01-05T10:00:03.000Z', '2026-01-05T11:00:00.000Z')).toBe(
    '2026-01-05 10:00:03 UTC to 2026-01-05 11:00:00 UTC',
  );
});
