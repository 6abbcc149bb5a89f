import { isDeepStrictEqual } from 'node:util';
import type { DetectorRecord } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import type { Detector } from '../../common/detector';
import { printable } from '../../common/printable';
import type { DetectorOfFile } from './read_detector_files';

/** A setting that a file has otherwise. Absent sides have no such setting. */
export interface Difference {
  /** Path of the setting, such as `features.0.type`. */
  readonly setting: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface PlannedDetector {
  readonly name: string;
  readonly action: 'create' | 'change' | 'leave' | 'delete';
  /** In Kibana before; absent for one to be created. */
  readonly record?: DetectorRecord;
  /** From the files; absent for one to be deleted. */
  readonly detector?: Detector;
  readonly differences: readonly Difference[];
}

/**
 * Compares detectors of files with those of a space, by name.
 *
 * @param label that every detector of the files gets
 * @param prune true to delete the detectors that have the label and stand in no file
 * @returns first those of the files in their order, then those to delete
 * @throws DetectionError `conflict` where several detectors of the space have the name of one in the files
 */
export function planDetectors(
  files: readonly DetectorOfFile[],
  records: readonly DetectorRecord[],
  { label, prune }: { readonly label: string | undefined; readonly prune: boolean },
): PlannedDetector[] {
  const planned = files.map(({ detector: read, place }): PlannedDetector => {
    const detector = label === undefined ? read : withLabel(read, label);
    const { name } = detector;
    const found = records.filter((each) => each.detector.name === name);
    if (found.length > 1) {
      throw new DetectionError(
        'conflict',
        `${place}: name: "${printable(name, 200)}" is that of ${found.length} detectors of the space ` +
          `(${found.map(({ id }) => id).join(', ')}), so none can be changed. Rename or delete all but one.`,
      );
    }
    const [record] = found;
    if (record === undefined) return { name, action: 'create', detector, differences: [] };
    const differences = differencesOf(record.detector, detector);
    return { name, action: differences.length === 0 ? 'leave' : 'change', record, detector, differences };
  });
  if (!prune || label === undefined) return planned;
  const kept = new Set(planned.map(({ name }) => name));
  const deleted = records
    .filter(({ detector }) => detector.labels?.includes(label) && !kept.has(detector.name))
    .map((record): PlannedDetector => ({
      name: record.detector.name,
      action: 'delete',
      record,
      differences: [],
    }));
  return [...planned, ...deleted];
}

const withLabel = (detector: Detector, label: string): Detector => ({
  ...detector,
  labels: [...new Set([...(detector.labels ?? []), label])],
});

/** Returns the settings in which two detectors differ, by path; a list of plain values is one setting. */
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
