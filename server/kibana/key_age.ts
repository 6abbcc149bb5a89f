import type { ReadinessFinding } from '../../common/api';
import type { ApiKeyAttributes } from './saved_object_types';

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
      next_step: 'Whoever owns the detector opens this page, or somebody with the rights saves or starts it.',
    },
  ];
}
