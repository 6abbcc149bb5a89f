import { z } from 'zod';

/** A duration such as `30s`, `5m`, `12h`, `7d`, `2w`. */
export const durationSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,5}(s|m|h|d|w)$/, 'must be a duration such as 30s, 5m, 12h or 7d')
  .describe('A whole number and a unit: s, m, h, d or w');

/** Spans of time in milliseconds. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Returns milliseconds in whole hours; half an hour is one more in both directions, so that there and back is where it began. */
export const wholeHours = (milliseconds: number): number =>
  Math.sign(milliseconds) * Math.round(Math.abs(milliseconds) / HOUR);

const MILLISECONDS = { s: 1_000, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY } as const;

/** @returns milliseconds of a duration that {@link durationSchema} has accepted */
export function durationToMilliseconds(duration: string): number {
  const unit = duration.slice(-1) as keyof typeof MILLISECONDS;
  return Number(duration.slice(0, -1)) * MILLISECONDS[unit];
}
