import { isRecord } from '../json_values';
import { DetectionError } from '../detection_error';
import type { LogDocument } from '../log_document';
import { getField, readLabel } from '../log_features';
import type { GroundTruth } from './types';

/** Fields searched for labels when no field is named, in this order. */
export const LABEL_FIELDS = ['labels.anomaly', 'labels', 'label', 'is_anomaly'] as const;
/** Documents that are looked at for it. */
const SEARCHED_DOCUMENTS = 1_000;

const LONGEST_NAME = 200;

/** @returns the first of {@link LABEL_FIELDS} in which one of the documents holds a label */
export function findLabelField(documents: readonly LogDocument[]): string | undefined {
  const searched = documents.slice(0, SEARCHED_DOCUMENTS);
  return LABEL_FIELDS.find((field) =>
    searched.some((document) => readLabel(anomalyValue(getField(document, field))) !== undefined),
  );
}

/**
 * Reads the ground truth of each document: a boolean, 0 or 1, or a word (`normal`, `anomaly`, `true`, ...), in the field
 * itself or, where the field holds an object, in its `anomaly`. The kind of anomaly and the incident are read from
 * `kind` and `incident` beside it.
 *
 * @returns one entry a document, undefined where it has no label
 * @throws DetectionError `invalid_input` for a value that is no label, or when no document has one
 */
export function readGroundTruth(
  documents: readonly LogDocument[],
  labelField: string,
): (GroundTruth | undefined)[] {
  const truths = documents.map((document, row) => truthOf(document, labelField, row));
  if (truths.every((truth) => truth === undefined)) {
    throw new DetectionError(
      'invalid_input',
      `label field: none of the ${documents.length} logs has a label in ${JSON.stringify(labelField)}`,
    );
  }
  return truths;
}

function truthOf(document: LogDocument, labelField: string, row: number): GroundTruth | undefined {
  const value = getField(document, labelField);
  const label = anomalyValue(value);
  if (label === undefined || label === null || label === '') return undefined;
  const anomaly = readLabel(label);
  if (anomaly === undefined) {
    throw new DetectionError(
      'invalid_input',
      `log ${row + 1}: ${labelField} is ${JSON.stringify(label)?.slice(0, 100)}, must be true or false, 1 or 0, "anomaly" or "normal"`,
    );
  }
  if (!anomaly) return { anomaly };
  const lastDot = labelField.lastIndexOf('.');
  const prefix = isRecord(value)
    ? `${labelField}.`
    : lastDot === -1
      ? undefined
      : labelField.slice(0, lastDot + 1);
  if (prefix === undefined) return { anomaly };
  const kind = asName(getField(document, `${prefix}kind`));
  const incident = asName(getField(document, `${prefix}incident`));
  return {
    anomaly,
    ...(kind === undefined ? {} : { kind }),
    ...(incident === undefined ? {} : { incident }),
  };
}

function anomalyValue(value: unknown): unknown {
  const inner = isRecord(value) ? value.anomaly : value;
  return Array.isArray(inner) && inner.length === 1 ? inner[0] : inner;
}

function asName(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_NAME) : undefined;
}
