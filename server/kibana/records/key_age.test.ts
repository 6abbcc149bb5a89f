import { expiryFindings, isAged, missingKeyFindings } from './key_age';

const DAY = 86_400_000;
const GRANTED = Date.UTC(2026, 0, 1);
const key = {
  granted_at: new Date(GRANTED).toISOString(),
  expires_at: new Date(GRANTED + 100 * DAY).toISOString(),
};

it('renews a key that has lived half of its time', () => {
  expect([49, 50, 120].map((days) => isAged(key, GRANTED + days * DAY))).toEqual([false, true, true]);
  expect(isAged({ granted_at: key.granted_at }, GRANTED + 1_000 * DAY)).toBe(false);
});

it('tells of the end of a key before it comes', () => {
  const levels = (days: number): string[] =>
    expiryFindings(key, GRANTED + days * DAY, 10 * DAY).map(({ level }) => level);
  expect([89, 90, 99, 100].map(levels)).toEqual([[], ['warning'], ['warning'], ['blocking']]);
  expect(expiryFindings({}, GRANTED, DAY)).toEqual([]);
});

it('says in words why a detector has no key that it may work with', () => {
  const codes = (apiKeyObject: string | undefined, isOf010: boolean): (string | undefined)[] =>
    missingKeyFindings({ apiKeyObject, isOf010 }).map(({ level, said }) => `${level} ${said?.code}`);
  expect(codes(undefined, false)).toEqual(['blocking key_missing']);
  expect(codes(undefined, true)).toEqual(['blocking key_missing']);
  expect(codes('key', true)).toEqual(['blocking key_unbound']);
  expect(codes('key', false)).toEqual([]);
});
