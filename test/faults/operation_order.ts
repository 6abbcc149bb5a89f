/** Beside the runs of a detector; those of models swap the pipeline, too, `migration` moves what version 0.1.0 has stored. */
export const OPERATIONS = [
  'verdict',
  'training',
  'backfill',
  'creation',
  'import',
  'promotion',
  'edit',
  'rollback',
  'pipeline_revert',
  'migration',
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/**
 * Carries out one of the other things that a Kibana does, meets a fault at one of its requests, does it again as Kibana or a
 * person would, and looks at what is stored. In a process of its own, where pauses are a hundredth of what they are; the report goes
 * to the process that has begun it.
 */
export interface OperationOrder {
  readonly operation: OperationName;
  readonly elasticsearch: { readonly url: string; readonly username: string; readonly password: string };
  readonly seed: number;
  /** Faults at most, spread over its requests; each request has one before any has two. */
  readonly faults: number;
  /** Folder with what version 0.1.0 has stored. */
  readonly oldData: string;
}
export interface OperationReport {
  readonly operation: string;
  /** Requests of an undisturbed one. */
  readonly requests: number;
  readonly faults: number;
  /** Faults of what is stored, in words; empty where nothing is wrong. */
  readonly broken: readonly string[];
}
