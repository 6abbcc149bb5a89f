import { DetectionError } from './detection_error';

/** Every index of ours begins with it. */
export const INDEX_PREFIX = 'log-anomalies-';
export const DEFAULT_SPACE = 'default';

/** Kibana's own rule for the ids of spaces. */
const SPACE = /^[a-z0-9_-]{1,100}$/;

/**
 * Stands on both sides of a space in the name of an index. The id of a space cannot hold it, so that no name and no pattern of
 * one space matches an index of another.
 */
const SEPARATOR = '.';

function checkedSpace(space: string): string {
  if (SPACE.test(space)) return space;
  throw new DetectionError(
    'invalid_input',
    `space is ${JSON.stringify(space).slice(0, 120)}; allowed: 1 to 100 of a-z, 0-9, _ and -`,
  );
}

const nameOf = (resource: string, space: string): string =>
  `${INDEX_PREFIX}${resource}${SEPARATOR}${checkedSpace(space)}`;

/** Model snapshots of a space. @example modelsIndex('default') // log-anomalies-models.default */
export const modelsIndex = (space: string): string => nameOf('models', space);

/** Places that detectors have reached, what they tell of their runs, and what was announced of them. */
export const checkpointsIndex = (space: string): string => nameOf('checkpoints', space);

/** Verdicts and suppressions. */
export const feedbackIndex = (space: string): string => nameOf('feedback', space);

/** Incidents. */
export const incidentsIndex = (space: string): string => nameOf('incidents', space);

/** Calendar of changes: deployments, incidents, maintenance. */
export const annotationsIndex = (space: string): string => nameOf('annotations', space);

/** Patterns of logs: their catalogue, their counts, and what was found of them. */
export const patternsIndex = (space: string): string => nameOf('patterns', space);

/** The audit trail. */
export const auditIndex = (space: string): string => nameOf('audit', space);

/** The made-up logs that a newcomer tries the plugin on: logs of the user like any others, and named in full where they are read. */
export const demoIndex = (space: string): string => `${INDEX_PREFIX}sample-${checkedSpace(space)}`;

/**
 * Results lie in one index for each month of the log's own time, so that a log always has the same place.
 *
 * @param time epoch milliseconds
 * @example resultsIndex('default', Date.UTC(2026, 10, 5)) // log-anomalies-results.default.2026.11
 */
export function resultsIndex(space: string, time: number): string {
  const month = new Date(time).toISOString().slice(0, 7).replace('-', '.');
  return `${nameOf('results', space)}${SEPARATOR}${month}`;
}

/** Matches the results of exactly this space. */
export const resultsPattern = (space: string): string => `${nameOf('results', space)}${SEPARATOR}*`;

/** Id of the data view of the results of a space, which goes with the dashboards. */
export const resultsDataViewId = (space: string): string => `log-anomalies-results-${space}`;

/** @returns the first moment after the month of a results index of this space, or undefined for any other index */
export function endOfResultsIndex(space: string, index: string): number | undefined {
  const prefix = `${nameOf('results', space)}${SEPARATOR}`;
  const month = /^(\d{4})\.(\d{2})$/.exec(index.startsWith(prefix) ? index.slice(prefix.length) : '');
  return month ? Date.UTC(Number(month[1]), Number(month[2]), 1) : undefined;
}
