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

/** A document id that depends on these parts alone, and whose length does not depend on theirs. */
export function documentId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
