import { InvalidArgumentError } from 'commander';
import { durationSchema } from '../../common/duration';

/** Reads the duration of an option, for commander. @throws InvalidArgumentError for anything else */
export function parseDuration(text: string): string {
  const parsed = durationSchema.safeParse(text);
  if (!parsed.success)
    throw new InvalidArgumentError(`must be a duration such as 90m, 12h or 7d, not "${text}".`);
  return parsed.data;
}
