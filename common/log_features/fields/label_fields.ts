import type { LogDocument } from '../../log_document';
import { printable } from '../../printable';
import { getField } from './field_access';
import { leafFields } from './leaf_fields';

/** A field that seems to say which logs are anomalous. */
export interface LabelField {
  readonly field: string;
  /** Each of its values can be read as a label: `readGroundTruth` takes the field. */
  readonly isReadable: boolean;
  /** Up to four values, printable and short. */
  readonly values: readonly string[];
}

const ANOMALOUS = new Set([
  'true',
  '1',
  'yes',
  'anomaly',
  'anomalous',
  'anom',
  'abnormal',
  'attack',
  'malicious',
  'outlier',
  'intrusion',
  'fraud',
]);
const NORMAL = new Set(['false', '0', 'no', 'normal', 'norm', 'benign', 'legitimate', 'inlier']);

/** @returns true for anomalous, false for normal, undefined for what is no label: of a boolean, 0 or 1, or a word */
export function readLabel(label: unknown): boolean | undefined {
  if (typeof label !== 'string' && typeof label !== 'number' && typeof label !== 'boolean') return undefined;
  const word = String(label).trim().toLowerCase();
  return ANOMALOUS.has(word) ? true : NORMAL.has(word) ? false : undefined;
}

const SEARCHED_DOCUMENTS = 1_000;
/** A field of more different values is none of kinds of anomaly. */
const MOST_VALUES = 40;
const EXAMPLES = 4;
const EXAMPLE_CHARACTERS = 40;

/** Last parts of names that say it outright, `isAttack` written `is_attack`. */
const TELLING =
  /^(is_)?(label|truth|ground_truth|anomaly|anomalous|attack|malicious|outlier|intrusion|fraud|fraudulent)(_(label|class|type|cat|category|kind))?$/;
/** Names that say it only where both kinds of label are there. */
const PERHAPS = /^(labels|class|target|y)$/;

const lastPart = (field: string): string =>
  (field.split('.').at(-1) ?? field)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase();

/**
 * Fields of a sample that seem to hold the ground truth, by their name and their few values. None of them should be a
 * feature: a model that reads the label finds nothing by itself. Readable ones come first.
 */
export function findLabelFields(documents: readonly LogDocument[]): LabelField[] {
  const sample = documents.slice(0, SEARCHED_DOCUMENTS);
  const found: LabelField[] = [];
  for (const field of leafFields(sample)) {
    const name = lastPart(field);
    const isTelling = TELLING.test(name);
    if (!isTelling && !PERHAPS.test(name)) continue;
    const values = new Set<unknown>();
    for (const document of sample) {
      const value = getField(document, field);
      if (value !== undefined && value !== null && value !== '') values.add(value);
    }
    if (values.size === 0 || values.size > MOST_VALUES) continue;
    if ([...values].some((value) => typeof value === 'object')) continue;
    const labels = [...values].map(readLabel);
    const isReadable = labels.every((label) => label !== undefined);
    if (!isTelling && !(isReadable && labels.includes(true) && labels.includes(false))) continue;
    const examples = [...values]
      .slice(0, EXAMPLES)
      .map((value) => printable(String(value), EXAMPLE_CHARACTERS));
    found.push({ field, isReadable, values: examples });
  }
  return found.sort((one, other) => Number(other.isReadable) - Number(one.isReadable));
}

/**
 * Returns what tells a field of ground truth from others: the labels themselves and, of an object that holds one, all its fields, such
 * as `labels.kind` beside `labels.anomaly`.
 */
export function groundTruthOf(documents: readonly LogDocument[]): (field: string) => boolean {
  const labels = findLabelFields(documents).map(({ field }) => field);
  const parents = labels.flatMap((field) =>
    field.includes('.') ? [field.slice(0, field.lastIndexOf('.') + 1)] : [],
  );
  return (field) => labels.includes(field) || parents.some((parent) => field.startsWith(parent));
}
