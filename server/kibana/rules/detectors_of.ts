import type { DetectorRepository } from '../records/detector_repository';

/** Detectors are hidden from the saved-objects client that a rule is given: they are looked up by the plugin itself. */
export type DetectorsOf = (space: string) => Promise<Pick<DetectorRepository, 'list'>>;
