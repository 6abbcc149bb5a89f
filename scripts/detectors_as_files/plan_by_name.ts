import { isDeepStrictEqual } from 'node:util';
import { DetectionError } from '../../common/detection_error';
import { printable } from '../../common/printable';

/** A setting that a file has otherwise. Absent sides have no such setting. */
export interface Difference {
  /** Path of the setting, such as `features.0.type`. */
  readonly setting: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A detector, a rule or a quiet time of the files. */
export interface Wanted<Settings> {
  readonly settings: Settings;
  /** File and line, for messages. */
  readonly place: string;
}

/** One that is in Kibana, with its settings as a file would have them. */
export interface Found<Settings> {
  readonly id: string;
  readonly settings: Settings;
  readonly labels: readonly string[];
}

export interface Planned<Settings> {
  readonly name: string;
  readonly action: 'create' | 'change' | 'leave' | 'delete';
  /** In Kibana before; absent for one to be created. */
  readonly found?: Found<Settings>;
  /** From the files; absent for one to be deleted. */
  readonly wanted?: Settings;
  readonly differences: readonly Difference[];
}

export interface PlanOptions {
  /** For messages, such as `detector`. */
  readonly kind: string;
  /** A label that all of the files have; undefined without one. */
  readonly label: string | undefined;
  /** If true, those with the label that stand in no file are deleted. */
  readonly prune: boolean;
}

/**
 * Compares what files have with what is in a space, by name.
 *
 * @returns first those of the files in their order, then those to delete
 * @throws DetectionError `conflict` where several of the space have the name of one in the files
 */
export function planByName<Settings extends { readonly name: string }>(
  files: readonly Wanted<Settings>[],
  all: readonly Found<Settings>[],
  { kind, label, prune }: PlanOptions,
): Planned<Settings>[] {
  const planned = files.map(({ settings: wanted, place }): Planned<Settings> => {
    const { name } = wanted;
    const same = all.filter((each) => each.settings.name === name);
    if (same.length > 1) {
      throw new DetectionError(
        'conflict',
        `${place}: name: "${printable(name, 200)}" is that of ${same.length} ${kind}s of the space ` +
          `(${same.map(({ id }) => id).join(', ')}), so none can be changed. Rename or delete all but one.`,
      );
    }
    const [found] = same;
    if (found === undefined) return { name, action: 'create', wanted, differences: [] };
    const differences = differencesOf(found.settings, wanted);
    return { name, action: differences.length === 0 ? 'leave' : 'change', found, wanted, differences };
  });
  if (!prune || label === undefined) return planned;
  const kept = new Set(planned.map(({ name }) => name));
  const deleted = all
    .filter(({ labels, settings }) => labels.includes(label) && !kept.has(settings.name))
    .map((found): Planned<Settings> => ({
      name: found.settings.name,
      action: 'delete',
      found,
      differences: [],
    }));
  return [...planned, ...deleted];
}

/** Returns labels with one more, where one is given. */
export const labelledWith = (
  labels: readonly string[] | undefined,
  label: string | undefined,
): string[] | undefined =>
  label === undefined ? labels && [...labels] : [...new Set([...(labels ?? []), label])];

/** Returns the settings in which two differ, by path; a list of plain values is one setting. */
export function differencesOf(before: unknown, after: unknown, path: readonly string[] = []): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isBranch(before) || !isBranch(after)) {
    return [
      {
        setting: path.join('.'),
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      },
    ];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differencesOf(before[key], after[key], [...path, key]));
}

/** Maps, and lists of maps. */
function isBranch(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false;
  return !Array.isArray(value) || value.every((item) => item !== null && typeof item === 'object');
}
