import type { Kind } from './file_kinds';
import type { Difference, Planned } from './plan_by_name';
import type { Named } from './references';

/** Outcome of a step that was carried out. */
export interface Done {
  readonly id?: string;
  readonly started?: boolean;
}

/** One change, or none, of what is in Kibana. */
export interface Step {
  readonly kind: Kind;
  readonly name: string;
  readonly action: Planned<unknown>['action'];
  /** Absent for one that is not there yet. */
  readonly id?: string;
  readonly changes: readonly Difference[];
  /** Returns what it would lose; saves nothing. */
  warnings?(): Promise<string[]>;
  /** Returns why it could not be done; saves nothing. */
  problems?(): Promise<string[]>;
  /** @param detectors those of the space by now, with ids */
  carryOut(detectors: readonly Named[]): Promise<Done>;
}

/** Returns what all kinds of steps have of a plan. */
export const stepOf = (
  kind: Kind,
  { name, action, found, differences }: Planned<{ readonly name: string }>,
): Pick<Step, 'kind' | 'name' | 'action' | 'id' | 'changes'> => ({
  kind,
  name,
  action,
  ...(found && { id: found.id }),
  changes: differences,
});
