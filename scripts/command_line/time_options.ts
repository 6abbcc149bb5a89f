import { InvalidArgumentError } from 'commander';
import { durationSchema } from '../../common/duration';
import { parseInstant } from '../../common/parameters';

/** Reads the duration of an option, for commander. @throws InvalidArgumentError for anything else */
export function parseDuration(text: string): string {
  const parsed = durationSchema.safeParse(text);
  if (!parsed.success)
    throw new InvalidArgumentError(`must be a duration such as 90m, 12h or 7d, not "${text}".`);
  return parsed.data;
}

/**
 * Reads the time of an option, for commander; one without an offset is UTC.
 *
 * @returns epoch milliseconds
 * @throws InvalidArgumentError for anything else
 */
export function parseTimeOption(text: string): number {
  const time = parseInstant(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError(`must be a time such as 2026-01-31T00:00:00Z, not "${text}".`);
  return time;
}
