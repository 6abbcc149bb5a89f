import { createHash } from 'node:crypto';
import { DetectionError } from '../../common/detection_error';

/** Every index of ours begins with it; roles are given on it. */
export const INDEX_PREFIX = 'log-anomalies-';
export const MODELS_INDEX = `${INDEX_PREFIX}models`;
export const CHECKPOINTS_INDEX = `${INDEX_PREFIX}checkpoints`;
export const DEFAULT_SPACE = 'default';

/** Kibana's own rule for the ids of spaces. */
const SPACE = /^[a-z0-9_-]{1,100}$/;

function checked(space: string): string {
  if (SPACE.test(space)) return space;
  throw new DetectionError(
    'invalid_input',
    `space is ${JSON.stringify(space).slice(0, 120)}; allowed: 1 to 100 of a-z, 0-9, _ and -`,
  );
}

export const feedbackIndex = (space: string): string => `${INDEX_PREFIX}feedback-${checked(space)}`;

/** The made-up logs that a newcomer tries the plugin on. */
export const demoIndex = (space: string): string => `${INDEX_PREFIX}sample-${checked(space)}`;

/**
 * Results lie in one index for each month of the log's own time, so that a log always has the same place.
 *
 * @param time epoch milliseconds
 * @example resultsIndex('default', Date.UTC(2026, 10, 5)) // log-anomalies-results-default-2026.11
 */
export function resultsIndex(space: string, time: number): string {
  const month = new Date(time).toISOString().slice(0, 7).replace('-', '.');
  return `${INDEX_PREFIX}results-${checked(space)}-${month}`;
}

/** Matches the results of a space, and those of a space whose name begins with it and a hyphen: filter by `result.space`. */
export const resultsPattern = (space: string): string => `${INDEX_PREFIX}results-${checked(space)}-*`;

/** @returns the first moment after the month of a results index of this space, or undefined for any other index */
export function endOfResultsIndex(space: string, index: string): number | undefined {
  const prefix = `${INDEX_PREFIX}results-${checked(space)}-`;
  const month = /^(\d{4})\.(\d{2})$/.exec(index.startsWith(prefix) ? index.slice(prefix.length) : '');
  return month ? Date.UTC(Number(month[1]), Number(month[2]), 1) : undefined;
}

/** A document id that depends on these parts alone, and whose length does not depend on theirs. */
export function documentId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
