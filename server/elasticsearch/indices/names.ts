import { createHash } from 'node:crypto';

export {
  annotationsIndex,
  auditIndex,
  checkpointsIndex,
  DEFAULT_SPACE,
  demoIndex,
  endOfResultsIndex,
  feedbackIndex,
  incidentsIndex,
  INDEX_PREFIX,
  modelsIndex,
  patternsIndex,
  resultsIndex,
  resultsPattern,
} from '../../../common/index_names';

/** Date math of a name, such as the braces of `<logs-{now/d{yyyy.MM}}>`. */
const DATE_MATH = /\{(?:[^{}]|\{[^{}]*\})*\}/g;

/**
 * Returns the names and patterns on which rights are asked and given for an index of logs. Exclusions take none; date math stands for
 * another name each day.
 *
 * @param index indices, data streams, aliases and patterns, separated by commas
 * @example namesForRights('logs-*,-logs-old*,<web-{now/d}>') // ['logs-*', 'web-*']
 */
export const namesForRights = (index: string): string[] =>
  index
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:[^:]+:)?-/.test(part))
    .map((part) => (/^<.*>$/.test(part) ? part.slice(1, -1).replace(DATE_MATH, '*') : part));

/** A document id that depends on these parts alone, and whose length does not depend on theirs. */
export function documentId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The id of a verdict: the same log and detector always have the same one. */
export const feedbackId = (detectorId: string, source: { index: string; id: string }): string =>
  documentId('feedback', detectorId, source.index, source.id);
