import type { ReadinessFinding } from '../../../common/api';
import type { StoredDetector } from './detector_repository';
import type { ApiKeyAttributes } from '../contracts/saved_object_types';

type Dates = Pick<ApiKeyAttributes, 'granted_at' | 'expires_at'>;

/** A key that has lived half of its time is renewed when its owner comes by. @param now epoch milliseconds */
export function isAged({ granted_at: from, expires_at: to }: Dates, now: number): boolean {
  return from !== undefined && to !== undefined && now >= (Date.parse(from) + Date.parse(to)) / 2;
}

/** @param now epoch milliseconds @param warnBefore milliseconds */
export function expiryFindings(
  { expires_at: to }: Dates,
  now: number,
  warnBefore: number,
): ReadinessFinding[] {
  if (to === undefined || now < Date.parse(to) - warnBefore) return [];
  const isOver = now >= Date.parse(to);
  return [
    {
      kind: 'api_key',
      level: isOver ? 'blocking' : 'warning',
      message: `The API key that the detector works with ${isOver ? 'has expired' : 'expires'} on ${to}.`,
      next_step:
        'Ask the owner of the detector to open this page, or ask a user with the required permissions to save or start the detector.',
      said: { code: isOver ? 'key_expired' : 'key_expires', values: { at: to } },
    },
  ];
}

/** Returns findings on a missing key of a detector, where detectors work with keys. */
export function missingKeyFindings({
  apiKeyObject,
  isOf010,
}: Pick<StoredDetector, 'apiKeyObject' | 'isOf010'>): ReadinessFinding[] {
  if (apiKeyObject === undefined) {
    return [
      {
        kind: 'api_key',
        level: 'blocking',
        message:
          'The detector works with nobody’s rights: nobody has saved or started it since it was imported.',
        next_step:
          'Look through its settings, then save or start it: it works with your rights from then on.',
        said: { code: 'key_missing', values: {} },
      },
    ];
  }
  if (!isOf010) return [];
  return [
    {
      kind: 'api_key',
      level: 'blocking',
      message:
        'The detector was saved by version 0.1.0, whose API keys do not tell which detector they were granted for, so it pauses.',
      next_step:
        'Look through its settings, then save or start it: that grants it a key of yours. Its models, results and place stay.',
      said: { code: 'key_unbound', values: {} },
    },
  ];
}
