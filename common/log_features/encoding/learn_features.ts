import { DetectionError } from '../../detection_error';
import { fieldOfPart, type FeatureDefinition, type FieldPart } from '../../detector';
import type { LogDocument } from '../../log_document';
import { learnAttackSigns } from '../text/attack_signs_encoding';
import { learnCategory } from '../category/category_encoding';
import type { ColumnWatch } from '../../isolation_forest/learning/learn_surprise';
import type { Matrix } from '../../isolation_forest/forest/types';
import type { ColumnEncoding } from '../columns/column_encoding';
import { varyingColumns } from '../columns/column_weights';
import { compileField } from '../fields/field_access';
import { learnCombination } from '../category/combination_encoding';
import {
  featureReader,
  hasPatterns,
  LogFeatureEncoder,
  MAX_FEATURES,
  type LearnedFeature,
} from './feature_encoder';
import { learnDeviation } from '../number/deviation_encoding';
import { learnRouteParameters, parentsOfField } from '../fields/route_parameters';
import { SERVICE_PORT } from '../fields/connections';
import { fieldsOfFeature } from '../fields/group_fields';
import { learnOvershoot, partsInTime, type TimeParts } from '../columns/novelty';
import { learnEvents } from '../events/event_encoding';
import { learnMessageNumbers } from '../number/message_numbers_encoding';
import { learnNumber } from '../number/number_encoding';
import { learnRoute } from '../category/route_encoding';
import { learnSeverity } from '../category/severity_encoding';
import { learnTemplate } from '../template/template_encoding';
import { learnText } from '../text/text_encoding';
import { learnTime, parseTimestamp } from '../time/time_encoding';
import type { DirtReport, FeatureEncoder } from '../columns/types';
import { DAY } from '../../duration';

/** A feature gets a missing-indicator when its share of missing training values lies between these. */
const MISSING_SHARE = { from: 0.001, to: 0.999 };

export interface LearnOptions {
  /** Field of hour and weekday where their own field is absent. */
  readonly timestampField: string;
}

/** Times of the training logs: in order of time, and the days from first to last. */
interface TrainingTimes {
  readonly inTime: TimeParts;
  readonly days: number;
}

function timesOf(documents: readonly LogDocument[], timestampField: string): TrainingTimes {
  const read = compileField(timestampField);
  const times = Float64Array.from(documents, (document) => {
    const value = read(document);
    return typeof value === 'string'
      ? (parseTimestamp(value) ?? NaN)
      : typeof value === 'number'
        ? value
        : NaN;
  });
  const known = times.filter(Number.isFinite).sort();
  return {
    inTime: partsInTime(times),
    days: known.length === 0 ? 0 : (known[known.length - 1] - known[0]) / DAY,
  };
}

function learn(
  definition: FeatureDefinition,
  values: readonly unknown[],
  { inTime, days }: TrainingTimes,
  sharedBy: number,
): ColumnEncoding {
  switch (definition.type) {
    case 'number':
      return learnNumber(definition, values, inTime);
    case 'category':
      return learnCategory(definition, values, inTime);
    case 'hour_of_day':
    case 'day_of_week':
      return learnTime(definition, values, days);
    case 'text':
      return learnText(definition, values, sharedBy);
    case 'template':
      return learnTemplate(definition, values, inTime);
    case 'deviation':
      return learnDeviation(definition, values);
    case 'message_numbers':
      return learnMessageNumbers(definition, values);
    case 'severity':
      return learnSeverity(definition, values);
    case 'route':
      return learnRoute(definition, values, inTime);
    case 'attack_signs':
      return learnAttackSigns(definition, values);
    case 'combination':
      return learnCombination(definition, values, inTime);
    case 'event_counts':
      return learnEvents(definition, values, inTime);
  }
}

const nameOfFields = ({ field, fields }: FeatureDefinition): string =>
  fields === undefined ? field : fields.map(nameOfPart).join(' with ');

const nameOfPart = (part: FieldPart): string =>
  typeof part === 'object' && 'service_port' in part ? SERVICE_PORT : fieldOfPart(part);

/** Names for people, made to differ: the given name or the field, with the type or a number where taken. */
function uniqueNames(definitions: readonly FeatureDefinition[]): string[] {
  const taken = new Set<string>();
  return definitions.map((definition) => {
    const base = definition.name ?? nameOfFields(definition);
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

/** Returns true when a column tells new values, so that it is kept even when it is constant in training. */
const isWatched = ({ encoding }: LearnedFeature, column: number, missing: number): boolean =>
  encoding.watched?.[column] !== undefined && missing < 1;

/**
 * Learns how each feature becomes columns. Columns that are constant in training are left out, unless all are or they tell
 * what is new. The encoder is the same for any order of the documents.
 *
 * @returns the encoder, the documents as it encodes them, what was odd in them, and which columns are watched for what training
 *   never held, see `learnSurprise`
 * @throws DetectionError `too_few_logs` without documents, `invalid_input` without features, for an unknown time zone,
 *   an unsafe pattern, or when no document has a usable value for any feature
 */
export function learnFeatures(
  definitions: readonly FeatureDefinition[],
  documents: readonly LogDocument[],
  options: LearnOptions,
): { encoder: FeatureEncoder; matrix: Matrix; dirt: DirtReport; watches: ColumnWatch[] } {
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
  const times = timesOf(documents, options.timestampField);
  const withPatterns = definitions.filter(hasPatterns).length;
  const routeParameters = learnRouteParameters(definitions, documents);
  const parentsOf = parentsOfField(routeParameters);
  const complete = definitions.map((definition, index): LearnedFeature => {
    const read = featureReader(definition, options.timestampField, parentsOf);
    const encoding = learn(
      definition,
      documents.map((document) => read(document)),
      times,
      withPatterns,
    );
    const kept = Array.from({ length: encoding.columns.length + 1 }, (_, column) => column);
    return { definition, name: names[index], encoding, kept };
  });

  const dirt: DirtReport = {};
  const matrix = new LogFeatureEncoder(complete, options.timestampField, routeParameters).encode(
    documents,
    dirt,
  );
  const varies = varyingColumns(matrix);
  let first = 0;
  let usable = false;
  // Features that read one field lack it in the same logs, which counts once.
  const indicators: { readonly column: number; readonly fields: ReadonlySet<string> }[] = [];
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
    const isIndicated = share >= MISSING_SHARE.from && share <= MISSING_SHARE.to;
    const fields = fieldsOfFeature(feature.definition);
    const isTold = indicators.some(
      (other) => fields.some((field) => other.fields.has(field)) && areAlike(matrix, other.column, indicator),
    );
    const tellsOfMissing = isIndicated && !isTold;
    if (tellsOfMissing) indicators.push({ column: indicator, fields: new Set(fields) });
    const kept = feature.kept.filter(
      (column) =>
        (varies[offset + column] || isWatched(feature, column, share)) &&
        (offset + column !== indicator || tellsOfMissing),
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
  const used = features.some(({ kept }) => kept.length > 0) ? features : complete;
  const encoder = new LogFeatureEncoder(used, options.timestampField, routeParameters);
  return { encoder, matrix: keptOf(used, matrix), dirt, watches: watchesOf(used, matrix, times.inTime) };
}

/** @param matrix all columns of all features, each with its missing-indicator */
function keptOf(features: readonly LearnedFeature[], { values, rowCount, columnCount }: Matrix): Matrix {
  let first = 0;
  const places = features.flatMap(({ encoding, kept }) => {
    const own = kept.map((column) => first + column);
    first += encoding.columns.length + 1;
    return own;
  });
  const count = places.length;
  const keptValues = new Float32Array(rowCount * count);
  for (let row = 0; row < rowCount; row++) {
    for (let place = 0; place < count; place++) {
      keptValues[row * count + place] = values[row * columnCount + places[place]];
    }
  }
  return { values: keptValues, rowCount, columnCount: count };
}

function areAlike({ values, rowCount, columnCount }: Matrix, one: number, other: number): boolean {
  for (let row = 0; row < rowCount; row++) {
    if (values[row * columnCount + one] !== values[row * columnCount + other]) return false;
  }
  return true;
}

/** @param matrix all columns of all features, each with its missing-indicator */
function watchesOf(features: readonly LearnedFeature[], matrix: Matrix, inTime: TimeParts): ColumnWatch[] {
  const watches: ColumnWatch[] = [];
  let column = 0;
  let first = 0;
  const overshoot = (place: number, sign: 1 | -1): number => learnOvershoot(matrix, place, sign, inTime);
  features.forEach(({ encoding, kept }, feature) => {
    for (const own of kept) {
      const watched = encoding.watched?.[own];
      // That a value is missing is as surprising as it is rare.
      if (own === encoding.columns.length) {
        watches.push({ column, feature, kind: 'rarity', isOfMissing: true, probability: 0 });
      } else if (watched !== undefined && typeof watched !== 'string' && 'unseen' in watched) {
        const { probability, seldom } = watched.unseen;
        watches.push({ column, feature, kind: 'unseen', probability, seldom });
      } else if (watched === 'rarity') {
        watches.push({ column, feature, kind: 'rarity', probability: 0 });
      } else if (watched !== undefined) {
        const isTail = typeof watched !== 'string';
        const direction = isTail ? watched.tail : watched;
        const high = direction === 'low' ? 0 : overshoot(first + own, 1);
        const low = direction === 'high' ? 0 : overshoot(first + own, -1);
        watches.push({
          ...{ column, feature, kind: isTail ? 'tail' : 'beyond', direction },
          ...(isTail && {
            leastDecay: watched.leastDecay,
            leastTail: watched.leastTail,
            ownTail: watched.ownTail,
            decay: watched.decay,
          }),
          probability: Math.max(high, low),
        });
      }
      column++;
    }
    first += encoding.columns.length + 1;
  });
  return watches;
}
