import { documentId, DEFAULT_SPACE, INDEX_PREFIX } from '../indices/names';

const PLAIN = /^[a-zA-Z0-9_-]{1,100}$/;

const partOf = (detectorId: string): string => (PLAIN.test(detectorId) ? detectorId : documentId(detectorId));

/**
 * The one name of a detector's pipeline, whatever its version: indices and other pipelines refer to it. Neither space nor
 * detector holds a dot, so no two of them make the same name.
 */
export const pipelineName = (detectorId: string, space = DEFAULT_SPACE): string =>
  `${INDEX_PREFIX}score.${space}.${partOf(detectorId)}`;

/** The name in version 0.1.0, which several pairs of space and detector could have: `a`, `b-c` and `a-b`, `c`. */
export const formerPipelineName = (detectorId: string, space = DEFAULT_SPACE): string =>
  `${INDEX_PREFIX}score-${space}-${partOf(detectorId)}`;

/** Returns the name under which a pipeline is tried out before it goes live, another for each trial. Nothing refers to it. */
export const trialName = (pipeline: string, trial: string): string => `${pipeline}.trial.${trial}`;

/** Pattern of the names of all trials of a pipeline, that of version 0.1.0 among them. */
export const trialNames = (pipeline: string): string => `${pipeline}.trial*`;

/** Template for indices that are yet to be made. */
export const componentTemplateName = (pipeline: string): string => `${pipeline}.component`;
