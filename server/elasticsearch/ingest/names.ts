import { documentId, DEFAULT_SPACE, INDEX_PREFIX } from '../names';

const PLAIN = /^[a-zA-Z0-9_-]{1,100}$/;

/** The one name of a detector's pipeline, whatever its version: indices and other pipelines refer to it. */
export function pipelineName(detectorId: string, space = DEFAULT_SPACE): string {
  const name = PLAIN.test(detectorId) ? detectorId : documentId(detectorId);
  return `${INDEX_PREFIX}score-${space}-${name}`;
}

/** Where a pipeline is tried out before it goes live. Nothing refers to it. */
export const trialName = (pipeline: string): string => `${pipeline}-trial`;

/** Template for indices that are yet to be made. */
export const componentTemplateName = (pipeline: string): string => `${pipeline}-component`;
