import { offsetsOf } from '../log_features/time/time_encoding';
import { DAY } from '../duration';

const zones = new Map<string, (time: number) => number>();

/**
 * @returns offset of local time from UTC, milliseconds, at a time in epoch milliseconds
 * @throws DetectionError `invalid_input` for a time zone that the runtime does not know
 */
export function offsetIn(timeZone: string): (time: number) => number {
  let known = zones.get(timeZone);
  if (known === undefined) {
    known = offsetsOf(timeZone);
    if (zones.size >= 100) zones.clear();
    zones.set(timeZone, known);
  }
  return known;
}

/**
 * The moment when clocks show a local time, given as if it were UTC. Where clocks go back and show it twice, the first; where
 * they go forward and never show it, as by the offset before (RFC 5545, 3.3.5).
 *
 * @example momentOf(Date.UTC(2026, 9, 25, 2, 30), offsetIn('Europe/Berlin')) // 00:30 UTC, not 01:30
 */
export function momentOf(local: number, offsetOf: (time: number) => number): number {
  const before = offsetOf(local - DAY);
  if (offsetOf(local - before) === before) return local - before;
  const after = offsetOf(local + DAY);
  return offsetOf(local - after) === after ? local - after : local - before;
}
