import { finishSteps } from '../../finish_steps';
import { printable } from '../../printable';
import { z } from 'zod';
import { DetectionError } from '../../detection_error';
import { featureSchema, type FeatureDefinition } from '../../detector';
import { describeZodIssues } from '../../validation';
import type { Matrix } from '../../isolation_forest/forest/types';
import type { LogDocument } from '../../log_document';
import { attackSignsStateSchema, decodeAttackSigns } from '../text/attack_signs_encoding';
import { categoryStateSchema, decodeCategory } from '../category/category_encoding';
import { EXPLANATION_LENGTH, type ColumnEncoding } from '../columns/column_encoding';
import { compileField, type FieldReader } from '../fields/field_access';
import { DirtCounter } from '../columns/field_value';
import {
  combinationReader,
  combinationStateSchema,
  decodeCombination,
} from '../category/combination_encoding';
import { agentReader, fieldsOfFeature, groupReader, partReader } from '../fields/group_fields';
import { parentsOfField, routeParametersSchema } from '../fields/route_parameters';
import type { ParentsOfField, RouteParameters } from '../fields/route_parameters';
import { decodeEvents, eventCountsReader, eventStateSchema } from '../events/event_encoding';
import { decodeRoute, routeFeatureReader, routeStateSchema } from '../category/route_encoding';
import { decodeSeverity, severityReader, severityStateSchema } from '../category/severity_encoding';
import { unitOf } from '../../detector/value_units';
import { decodeDeviation, deviationReader, deviationStateSchema } from '../number/deviation_encoding';
import {
  decodeMessageNumbers,
  messageNumbersReader,
  messageNumbersStateSchema,
} from '../number/message_numbers_encoding';
import { decodeNumber, numberStateSchema } from '../number/number_encoding';
import {
  decodeTemplate,
  templateStateSchema,
  type MessageReadingSettings,
  type MessageTemplate,
  type TemplateEncoding,
} from '../template/template_encoding';
import type { MessageKeys } from '../template/token_key';
import { decodeTextEncoding, textStateSchema } from '../text/text_encoding';
import { decodeTime, timeStateSchema } from '../time/time_encoding';
import type { DirtReport, FeatureEncoder, FeatureExplanation } from '../columns/types';

const ENCODING_FORMAT = 'log-anomalies-features';
const ENCODING_VERSION = 1;
export const MAX_FEATURES = 64;
/** Columns of one feature at most: 64 one-hot, the rest, the unseen and the missing-indicator. */
const MAX_FEATURE_COLUMNS = 67;

const fieldName = z.string().min(1).max(512);
const featureStateSchema = z
  .strictObject({
    definition: featureSchema,
    name: z.string().min(1).max(600),
    /** Columns that go into the matrix, by index; the one after the encoding's own is the missing-indicator. */
    kept: z
      .array(
        z
          .number()
          .int()
          .min(0)
          .max(MAX_FEATURE_COLUMNS - 1),
      )
      .max(MAX_FEATURE_COLUMNS),
    encoding: z.discriminatedUnion('kind', [
      numberStateSchema,
      categoryStateSchema,
      timeStateSchema,
      textStateSchema,
      templateStateSchema,
      deviationStateSchema,
      messageNumbersStateSchema,
      severityStateSchema,
      routeStateSchema,
      attackSignsStateSchema,
      combinationStateSchema,
      eventStateSchema,
    ]),
  })
  .refine(
    (state) => state.kept.every((column, index) => index === 0 || column > state.kept[index - 1]),
    'kept columns must ascend',
  )
  .refine((state) => state.encoding.kind === state.definition.type, 'encoding is not of the feature’s type');

const encodingStateSchema = z
  .strictObject({
    format: z.literal(ENCODING_FORMAT),
    version: z.literal(ENCODING_VERSION),
    timestamp_field: fieldName,
    /** Absent where no segment of a route is a parameter beyond what its own look tells. */
    route_parameters: routeParametersSchema.optional(),
    features: z.array(featureStateSchema).min(1).max(MAX_FEATURES),
  })
  .refine(
    (state) => new Set(state.features.map(({ name }) => name)).size === state.features.length,
    'feature names must differ',
  )
  .refine((state) => state.features.some(({ kept }) => kept.length > 0), 'no columns');

/** One feature with what was learned for it and the columns of it that go into the matrix. */
export interface LearnedFeature {
  readonly definition: FeatureDefinition;
  readonly name: string;
  readonly encoding: ColumnEncoding;
  readonly kept: readonly number[];
}

/** Features with patterns share what patterns may take for one log. */
export const hasPatterns = ({ type, patterns }: FeatureDefinition): boolean =>
  type === 'text' && patterns.length > 0;

function decodeState(
  { encoding: state, definition }: z.infer<typeof featureStateSchema>,
  sharedBy: number,
): ColumnEncoding {
  switch (state.kind) {
    case 'number':
      return decodeNumber(state, unitOf(definition));
    case 'category':
      return decodeCategory(state);
    case 'hour_of_day':
    case 'day_of_week':
      return decodeTime(state);
    case 'text':
      return decodeTextEncoding(state, { sharedBy });
    case 'template':
      return decodeTemplate(state);
    case 'deviation':
      return decodeDeviation(state, unitOf(definition));
    case 'message_numbers':
      return decodeMessageNumbers(state);
    case 'severity':
      return decodeSeverity(state);
    case 'route':
      return decodeRoute(state);
    case 'attack_signs':
      return decodeAttackSigns(state);
    case 'combination': {
      const asked = definition.fields?.length ?? state.parts;
      if (state.parts !== asked) {
        throw new DetectionError('refused', `combinations of ${state.parts} values for ${asked} fields`);
      }
      return decodeCombination(state);
    }
    case 'event_counts':
      return decodeEvents(state);
  }
}

const isTime = (definition: FeatureDefinition): boolean =>
  definition.type === 'hour_of_day' || definition.type === 'day_of_week';

const needsTime = (definition: FeatureDefinition): boolean =>
  isTime(definition) || definition.type === 'deviation' || definition.type === 'message_numbers';

/**
 * Reads a feature's value: hour and weekday fall back on the log's timestamp where their own field is absent; a
 * deviation also needs its group and the time.
 *
 * @param parentsOf what was learned of parameters in routes
 */
export function featureReader(
  definition: FeatureDefinition,
  timestampField: string,
  parentsOf?: ParentsOfField,
): FieldReader {
  const read = compileField(definition.field);
  switch (definition.type) {
    case 'deviation':
      return deviationReader(read, groupReader(definition.by, parentsOf), compileField(timestampField));
    case 'message_numbers':
      return messageNumbersReader(read, groupReader(definition.by, parentsOf), compileField(timestampField));
    case 'event_counts':
      return eventCountsReader(read, groupReader(definition.by, parentsOf));
    case 'severity':
      return severityReader(definition, parentsOf);
    case 'route':
      return routeFeatureReader(definition, parentsOf);
    case 'combination':
      return combinationReader(definition, parentsOf);
    case 'category':
      if (definition.masked === 'agent') return agentReader(definition.field);
      return definition.masked === true ? partReader({ masked: definition.field }) : read;
  }
  if (!isTime(definition) || definition.field === timestampField) return read;
  const readTimestamp = compileField(timestampField);
  return (document) => read(document) ?? readTimestamp(document);
}

function unseenIn(
  encoding: ColumnEncoding,
  value: unknown,
): Pick<FeatureExplanation, 'unseen' | 'trained_on'> {
  const trainedOn = encoding.unseenAmong?.(value);
  return trainedOn === undefined ? {} : { unseen: true, trained_on: trainedOn };
}

/** Logs encoded in one step: some microseconds each. */
const ROWS_A_STEP = 32;
/** A text up to this long takes some microseconds; a longer one has a step of its own. */
const SHORT_TEXT = 256;

/** The encoder of {@link learnFeatures} and {@link decodeFeatureEncoding}. */
export class LogFeatureEncoder implements FeatureEncoder {
  readonly columnNames: readonly string[];
  readonly featureOfColumn: readonly number[];
  readonly shareOfColumn: readonly number[];
  readonly featureNames: readonly string[];
  readonly fields: readonly string[];
  private readonly readers: readonly FieldReader[];

  constructor(
    private readonly features: readonly LearnedFeature[],
    private readonly timestampField: string,
    private readonly routeParameters: RouteParameters = [],
  ) {
    this.featureNames = features.map(({ name }) => name);
    this.columnNames = features.flatMap(({ name, encoding, kept }) =>
      kept.map((column) => `${name}${[...encoding.columns, '.missing'][column]}`),
    );
    this.featureOfColumn = features.flatMap(({ kept }, index) => kept.map(() => index));
    this.shareOfColumn = features.flatMap(({ encoding, kept }) =>
      kept.map((column) => encoding.shares?.[column] ?? 1),
    );
    this.fields = [
      ...new Set([
        ...features.flatMap(({ definition }) => fieldsOfFeature(definition)),
        ...(features.some(({ definition }) => needsTime(definition)) ? [timestampField] : []),
      ]),
    ];
    const parentsOf = parentsOfField(routeParameters);
    this.readers = features.map(({ definition }) => featureReader(definition, timestampField, parentsOf));
  }

  encode(documents: readonly LogDocument[], dirt?: DirtReport): Matrix {
    return finishSteps(this.encodeInSteps(documents, dirt));
  }

  *encodeInSteps(documents: readonly LogDocument[], dirt?: DirtReport): Generator<void, Matrix> {
    const { features, readers } = this;
    const columnCount = this.columnNames.length;
    const values = new Float32Array(documents.length * columnCount);
    const row = new Float64Array(MAX_FEATURE_COLUMNS);
    const counters = features.map(() => new DirtCounter());
    let next = 0;
    for (let index = 0; index < documents.length; index++) {
      const document = documents[index];
      if (index % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
      for (let feature = 0; feature < features.length; feature++) {
        const { encoding, kept } = features[feature];
        const own = encoding.columns.length;
        const value = readers[feature](document);
        if (typeof value === 'string' && value.length > SHORT_TEXT) yield;
        row[own] = 0;
        if (!encoding.encode(value, row, 0, counters[feature])) {
          row.fill(encoding.missing, 0, own);
          row[own] = 1;
        }
        for (let column = 0; column < kept.length; column++) values[next++] = row[kept[column]];
      }
    }
    if (dirt !== undefined) {
      features.forEach(({ name }, feature) => counters[feature].flush(dirt, name));
    }
    return { values, rowCount: documents.length, columnCount };
  }

  explain(document: LogDocument): FeatureExplanation[] {
    return [...this.explainInSteps(document)];
  }

  *explainInSteps(document: LogDocument): Generator<FeatureExplanation, void> {
    for (let feature = 0; feature < this.features.length; feature++) {
      const { definition, name, encoding } = this.features[feature];
      const value = this.readers[feature](document);
      yield {
        ...unseenIn(encoding, value),
        feature: name,
        field: definition.field,
        type: definition.type,
        actual: printable(encoding.actual(value) ?? 'missing', EXPLANATION_LENGTH),
        typical: printable(encoding.typicalOf?.(value) ?? encoding.typical, EXPLANATION_LENGTH),
        comparison: encoding.compare(value),
      };
    }
  }

  /** The log template of each feature of type template that has a known one in this document. */
  templatesOf(document: LogDocument): (MessageTemplate & { readonly feature: string })[] {
    return this.features.flatMap(({ name, encoding }, feature) => {
      if (!('templateOf' in encoding)) return [];
      const { templateOf } = encoding as { templateOf(value: unknown): MessageTemplate | undefined };
      const template = templateOf(this.readers[feature](document));
      return template === undefined ? [] : [{ feature: name, ...template }];
    });
  }

  /** Tokens of the templates that a feature of type template has learned of a field; none of models of version 0.1.0. */
  templateTokensOf(field: string): (readonly string[])[] {
    return this.features.flatMap(({ definition, encoding }) => {
      if (definition.type !== 'template' || definition.field !== field) return [];
      return (encoding as TemplateEncoding).minedTokens;
    });
  }

  /**
   * Returns the keys of messages that a feature of type template has read lately; see `TemplateEncoding.messageKeys`. Undefined where no
   * feature reads that field as it is wanted.
   */
  messageKeysOf(field: string, wanted: MessageReadingSettings): MessageKeys | undefined {
    for (const { definition, encoding } of this.features) {
      if (definition.type !== 'template' || definition.field !== field) continue;
      const keys = (encoding as TemplateEncoding).messageKeys(wanted);
      if (keys !== undefined) return keys;
    }
    return undefined;
  }

  toJSON(): unknown {
    return {
      format: ENCODING_FORMAT,
      version: ENCODING_VERSION,
      timestamp_field: this.timestampField,
      ...(this.routeParameters.length > 0 && { route_parameters: this.routeParameters }),
      features: this.features.map(({ definition, name, kept, encoding }) => ({
        definition,
        name,
        kept,
        encoding: encoding.toJSON(),
      })),
    };
  }
}

/** An encoding that was checked, as plain data: it can be handed to another thread. */
export type EncodingState = z.output<typeof encodingStateSchema>;

/** Problems of a refused encoding that its message names. */
const SHOWN_ISSUES = 5;

/**
 * Makes the encoder that `toJSON` wrote, with bit-identical matrices. The input is not trusted: counts, sizes and types
 * are bounded by the schema and regular expressions are checked again.
 *
 * @throws DetectionError `refused` with the reasons
 */
export function decodeFeatureEncoding(json: unknown): FeatureEncoder {
  return encoderOf(readEncoding(json));
}

const refusal = (reasons: string[], cause?: unknown): DetectionError =>
  new DetectionError('refused', `The feature encoding is not valid: ${reasons.join('; ')}`, {
    cause,
    details: { issues: reasons },
  });

/** @throws DetectionError `refused` for anything but an encoding of bounded size */
export function readEncoding(json: unknown): EncodingState {
  const parsed = encodingStateSchema.safeParse(json);
  if (!parsed.success) {
    throw refusal(describeZodIssues(new z.ZodError(parsed.error.issues.slice(0, SHOWN_ISSUES)), json));
  }
  return parsed.data;
}

/** @throws DetectionError `refused` with the reasons */
export const encoderOf = (state: EncodingState): FeatureEncoder => finishSteps(encoderInSteps(state));

/**
 * Makes the encoder of what {@link readEncoding} gave, a feature a step.
 *
 * @throws DetectionError `refused` with the reasons
 */
export function* encoderInSteps({
  features,
  timestamp_field: timestampField,
  route_parameters: routeParameters,
}: EncodingState): Generator<void, FeatureEncoder> {
  const withPatterns = features.filter(
    ({ encoding }) => encoding.kind === 'text' && encoding.patterns.length > 0,
  ).length;
  const learned: LearnedFeature[] = [];
  for (const state of features) {
    let encoding: ColumnEncoding;
    try {
      encoding = decodeState(state, withPatterns);
    } catch (error) {
      if (error instanceof DetectionError) throw refusal([`${state.name}: ${error.message}`], error);
      throw error;
    }
    if (state.kept.some((column) => column > encoding.columns.length)) {
      throw refusal([`${state.name}: kept columns beyond the ${encoding.columns.length + 1} of the feature`]);
    }
    learned.push({ definition: state.definition, name: state.name, kept: state.kept, encoding });
    yield;
  }
  return new LogFeatureEncoder(learned, timestampField, routeParameters);
}
