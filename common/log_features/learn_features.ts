import { DetectionError } from '../detection_error';
import type { FeatureDefinition } from '../detector';
import type { LogDocument } from '../log_document';
import { learnCategory } from './category_encoding';
import type { ColumnEncoding } from './column_encoding';
import { featureReader, LogFeatureEncoder, MAX_FEATURES, type LearnedFeature } from './feature_encoder';
import { learnDeviation } from './deviation_encoding';
import { learnNumber } from './number_encoding';
import { learnTemplate } from './template_encoding';
import { learnText } from './text_encoding';
import { learnTime } from './time_encoding';
import type { DirtReport, FeatureEncoder } from './types';

/** A feature gets a missing-indicator when its share of missing training values lies between these. */
const MISSING_SHARE = { from: 0.001, to: 0.999 };

export interface LearnOptions {
  /** Where hour and weekday are read from when their own field is absent. */
  readonly timestampField: string;
}

function learn(definition: FeatureDefinition, values: readonly unknown[]): ColumnEncoding {
  switch (definition.type) {
    case 'number':
      return learnNumber(definition, values);
    case 'category':
      return learnCategory(definition, values);
    case 'hour_of_day':
    case 'day_of_week':
      return learnTime(definition, values);
    case 'text':
      return learnText(definition, values);
    case 'template':
      return learnTemplate(definition, values);
    case 'deviation':
      return learnDeviation(definition, values);
  }
}

/** Names for people, made to differ: the given name or the field, with the type or a number where taken. */
function uniqueNames(definitions: readonly FeatureDefinition[]): string[] {
  const taken = new Set<string>();
  return definitions.map((definition) => {
    const base = definition.name ?? definition.field;
    const candidates = [base, `${base} (${definition.type})`];
    let name = candidates.find((candidate) => !taken.has(candidate));
    for (let number = 2; name === undefined; number++) {
      const numbered = `${base} (${definition.type} ${number})`;
      if (!taken.has(numbered)) name = numbered;
    }
    taken.add(name);
    return name;
  });
}

/** Whether each column holds at least two different values; a missing one (NaN) is a value of its own. */
function varyingColumns(values: Float32Array, columnCount: number): boolean[] {
  const varies = new Array<boolean>(columnCount).fill(false);
  for (let index = columnCount; index < values.length; index++) {
    const column = index % columnCount;
    if (!varies[column] && !Object.is(values[index], values[column])) varies[column] = true;
  }
  return varies;
}

/** A number that never differed in training is worth looking at where it is compared with what is usual. */
const isSteady = ({ definition }: LearnedFeature, column: number, missing: number): boolean =>
  definition.type === 'deviation' && column === 0 && missing < 1;

/**
 * Learns how each feature becomes columns. Columns that are constant in training say nothing and are left out, unless
 * all are; those of deviations are kept. The encoder is the same for any order of the documents.
 *
 * @returns the encoder and what was odd in `documents`
 * @throws DetectionError `too_few_logs` without documents, `invalid_input` without features, for an unknown time zone,
 *   an unsafe pattern, or when no document has a usable value for any feature
 */
export function learnFeatures(
  definitions: readonly FeatureDefinition[],
  documents: readonly LogDocument[],
  options: LearnOptions,
): { encoder: FeatureEncoder; dirt: DirtReport } {
  if (definitions.length === 0 || definitions.length > MAX_FEATURES) {
    throw new DetectionError(
      'invalid_input',
      `features must be 1 to ${MAX_FEATURES}, got ${definitions.length}`,
    );
  }
  if (documents.length === 0) {
    throw new DetectionError('too_few_logs', 'features cannot be learned from 0 logs; at least 1 is needed');
  }
  const names = uniqueNames(definitions);
  const complete = definitions.map((definition, index): LearnedFeature => {
    const read = featureReader(definition, options.timestampField);
    const encoding = learn(
      definition,
      documents.map((document) => read(document)),
    );
    const kept = Array.from({ length: encoding.columns.length + 1 }, (_, column) => column);
    return { definition, name: names[index], encoding, kept };
  });

  const dirt: DirtReport = {};
  const matrix = new LogFeatureEncoder(complete, options.timestampField).encode(documents, dirt);
  const varies = varyingColumns(matrix.values, matrix.columnCount);
  let first = 0;
  let usable = false;
  const features = complete.map((feature): LearnedFeature => {
    const indicator = first + feature.encoding.columns.length;
    let missing = 0;
    for (let row = 0; row < matrix.rowCount; row++) {
      missing += matrix.values[row * matrix.columnCount + indicator];
    }
    const share = missing / matrix.rowCount;
    usable ||= share < 1;
    const offset = first;
    first = indicator + 1;
    const kept = feature.kept.filter(
      (column) =>
        (varies[offset + column] || isSteady(feature, column, share)) &&
        (offset + column !== indicator || (share >= MISSING_SHARE.from && share <= MISSING_SHARE.to)),
    );
    return { ...feature, kept };
  });
  if (!usable) {
    throw new DetectionError(
      'invalid_input',
      `none of the ${documents.length} logs has a usable value in ${definitions.map(({ field }) => field).join(', ')}`,
      { details: { dirt } },
    );
  }
  const someVary = features.some(({ kept }) => kept.length > 0);
  return { encoder: new LogFeatureEncoder(someVary ? features : complete, options.timestampField), dirt };
}
