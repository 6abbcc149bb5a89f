import { z } from 'zod';
import { DetectionError } from '../detection_error';
import { parseDetector } from '../detector';
import { parseWith } from '../validation';
import { referenceSchema } from '../drift/reference';
import { DEEPEST_JSON, isNestedTooDeeply } from '../json_values';
import { printable } from '../printable';
import { decodeForest, encodeForest } from '../isolation_forest';
import { evaluationSchema } from '../evaluation';
import {
  DIRT_KINDS,
  encoderOf,
  readEncoding,
  type EncodingState,
  type FeatureEncoder,
} from '../log_features';
import type { ScoreQuantiles } from '../threshold';
import { fromBase64, toBase64 } from './base64';
import { hashOfJson } from './canonical_json';
import { MODEL_FORMAT, MODEL_SCHEMA_VERSION, type ModelSnapshot } from './types';

/** Characters. The largest forest that a detector allows (1,000 trees of psi 4,096) needs about 40 million. */
const LARGEST_MODEL_TEXT = 100_000_000;

/** Far more than features read. */
const MOST_DIRTY_FIELDS = 1_000;
const VERSION_NAME_LENGTH = 60;
const versionPattern = /^[a-z0-9][a-z0-9-]{0,59}-\d{8}T\d{6}-[0-9a-f]{8}$/;

const instant = z.iso.datetime({ offset: true });
const rising = z
  .array(z.number().min(0).lte(1))
  .min(2)
  .max(1_000)
  .refine((list) => list.every((value, i) => i === 0 || value > list[i - 1]), 'must rise strictly');
const quantilesSchema = z
  .strictObject({
    shares: rising,
    scores: rising,
    tail: z.strictObject({
      from: z.number().gt(0).max(1),
      share: z.number().gt(0).lt(1),
      shape: z.number().min(0).max(0.9),
      scale: z.number().gt(0).max(1_000),
    }),
  })
  .refine(({ shares, scores }) => shares.length === scores.length, 'shares and scores must be equally many')
  .refine(({ shares, scores }) => shares[0] === 0 && scores[0] === 0, 'shares and scores must begin at 0')
  .refine(joinsTail, 'the tail must begin at the last of the shares and scores');

function joinsTail({ shares, scores, tail }: ScoreQuantiles): boolean {
  const last = scores.length - 1;
  return scores[last] === tail.from && Math.abs(1 - shares[last] - tail.share) < 1e-12;
}

const trainingSchema = z.strictObject({
  started_at: instant,
  finished_at: instant,
  rows: z.number().int().min(1),
  logs_in_window: z.number().int().nonnegative().optional(),
  window: z.strictObject({ from: instant, to: instant }).optional(),
  first_log_at: instant.optional(),
  source: z.string().max(4_096),
  dirt: z
    .record(z.string().max(600), z.partialRecord(z.enum(DIRT_KINDS), z.number().int().nonnegative()))
    .refine(
      (dirt) => Object.keys(dirt).length <= MOST_DIRTY_FIELDS,
      `must name at most ${MOST_DIRTY_FIELDS} fields`,
    ),
  verdicts: z
    .strictObject({
      real: z.number().int().nonnegative(),
      not_an_anomaly: z.number().int().nonnegative(),
    })
    .optional(),
});

const contentShape = {
  /** These two are checked by their own schemas. */
  detector: z.unknown(),
  encoding: z.unknown(),
  forest: z.string(),
  quantiles: quantilesSchema,
  threshold: z.number().gt(0).max(1_000),
  training: trainingSchema,
  reference: referenceSchema.optional(),
};
const fileSchema = z.strictObject({
  format: z.literal(MODEL_FORMAT),
  schema_version: z.literal(MODEL_SCHEMA_VERSION),
  version: z.string().regex(versionPattern, 'must be <name>-<yyyymmddThhmmss>-<8 hexadecimal digits>'),
  ...contentShape,
  evaluation: evaluationSchema.optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
});
type ModelFile = z.infer<typeof fileSchema>;
type ModelContent = Pick<ModelFile, keyof typeof contentShape>;

function contentOf(parts: Omit<ModelSnapshot, 'version'>): ModelContent {
  return {
    detector: parts.detector,
    encoding: parts.encoder.toJSON(),
    forest: toBase64(encodeForest(parts.forest)),
    quantiles: parts.quantiles as ModelContent['quantiles'],
    threshold: parts.threshold,
    training: parts.training,
    ...(parts.reference === undefined ? {} : { reference: parts.reference }),
  };
}

function versionOf(content: ModelContent, name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, VERSION_NAME_LENGTH)
    .replace(/^-|-$/g, '');
  const time = new Date(content.training.finished_at)
    .toISOString()
    .replace(/[-:]/g, '')
    .slice(0, 'yyyymmddThhmmss'.length);
  return `${slug || 'model'}-${time}-${hashOfJson(content).slice(0, 8)}`;
}

/**
 * Names a trained model. The version is derived from its name, the end of its training and its content without the
 * evaluation: the same parts get the same version, and evaluating a model again does not make it another.
 */
export function createModelSnapshot(parts: Omit<ModelSnapshot, 'version'>): ModelSnapshot {
  return Object.freeze({ ...parts, version: versionOf(contentOf(parts), parts.detector.name) });
}

/** @returns the text of a model file: one JSON object; about 0.25 MB for 100 trees of psi 256 */
export function encodeModelSnapshot(snapshot: ModelSnapshot): string {
  const file = {
    format: MODEL_FORMAT,
    schema_version: MODEL_SCHEMA_VERSION,
    version: snapshot.version,
    ...contentOf(snapshot),
    ...(snapshot.evaluation === undefined ? {} : { evaluation: snapshot.evaluation }),
  };
  return JSON.stringify({ ...file, sha256: hashOfJson(file) });
}

/**
 * The same as {@link encodeModelSnapshot}, read once: a model that cannot be read again must not replace one that can.
 *
 * @throws DetectionError `internal` with the reason for which it is refused
 */
export function encodeTrainedModel(snapshot: ModelSnapshot): string {
  const text = encodeModelSnapshot(snapshot);
  try {
    decodeModelSnapshot(text);
  } catch (cause) {
    if (!(cause instanceof DetectionError)) throw cause;
    throw new DetectionError(
      'internal',
      `The trained model could not be read again, so it is not stored and the model before stays. ${cause.message}`,
      { cause, details: cause.details },
    );
  }
  return text;
}

/** A model as plain data, checked: what a thread hands to another one. */
export interface ModelParts extends Omit<ModelSnapshot, 'encoder'> {
  readonly encoding: EncodingState;
}

export interface ReadOptions {
  /**
   * It was taken in before: an evaluation that does not fit, such as that of a file which an earlier version has taken from
   * somebody, is left out, since scoring does not need it. Otherwise the file is refused for it.
   */
  readonly stored?: boolean;
}

/**
 * Reads a model file. Nothing in it is trusted: its size, its parts and how they fit together are checked, and there is
 * no code in it to run. The hash tells damage, not forgery: anyone can compute it. Takes seconds for the largest ones.
 *
 * @throws DetectionError `refused` with the reason
 */
export function decodeModelSnapshot(text: string, options: ReadOptions = {}): ModelSnapshot {
  const { parts, encoder } = readModel(text, options);
  return snapshotOf(parts, encoder);
}

/** @returns a model whose encoder was made of its `encoding` */
export function snapshotOf({ encoding: _data, ...rest }: ModelParts, encoder: FeatureEncoder): ModelSnapshot {
  return Object.freeze({ ...rest, encoder });
}

/** The same as {@link decodeModelSnapshot}, with the model as plain data. @throws DetectionError `refused` with the reason */
export function readModel(
  text: string,
  options: ReadOptions = {},
): { readonly parts: ModelParts; readonly encoder: FeatureEncoder } {
  try {
    return readFile(text, options);
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error;
    throw new DetectionError('refused', `The model file is refused: ${error.message}`, {
      cause: error,
      details: error.details,
    });
  }
}

function readFile(text: string, { stored = false }: ReadOptions): ReturnType<typeof readModel> {
  if (text.length > LARGEST_MODEL_TEXT) {
    throw refusal(`it has ${text.length} characters, at most ${LARGEST_MODEL_TEXT} are allowed`);
  }
  const json = parseJson(text);
  checkKind(json);
  const file = parseWith(fileSchema, stored ? withoutMisfit(json) : json, 'the file');
  const { sha256, ...hashed } = json;
  if (hashOfJson(hashed) !== sha256) throw refusal('its content does not match its sha256; it is damaged');

  const detector = parseDetector(file.detector);
  const encoding = readEncoding(file.encoding);
  const encoder = encoderOf(encoding);
  const forest = decodeForest(fromBase64(file.forest));
  if (encoder.columnNames.length !== forest.columnCount) {
    throw refusal(
      `encoding has ${encoder.columnNames.length} columns, its forest was grown on ${forest.columnCount}`,
    );
  }
  if (encoder.featureNames.length !== detector.features.length) {
    throw refusal(
      `encoding has ${encoder.featureNames.length} features, its detector ${detector.features.length}`,
    );
  }
  if (file.reference !== undefined && file.reference.columns.length !== forest.columnCount) {
    throw refusal(
      `reference has ${file.reference.columns.length} columns, its forest was grown on ${forest.columnCount}`,
    );
  }
  const expected = versionOf(
    {
      detector: json.detector,
      encoding: json.encoding,
      forest: file.forest,
      quantiles: file.quantiles,
      threshold: file.threshold,
      training: file.training,
      ...(file.reference === undefined ? {} : { reference: file.reference }),
    },
    detector.name,
  );
  if (file.version !== expected)
    throw refusal(`version is ${file.version}, its content makes it ${expected}`);
  const { version, quantiles, threshold, training, reference, evaluation } = file;
  const parts: ModelParts = {
    version,
    detector,
    encoding,
    forest,
    quantiles,
    threshold,
    training,
    ...(reference === undefined ? {} : { reference }),
    ...(evaluation === undefined ? {} : { evaluation }),
  };
  return { parts, encoder };
}

function withoutMisfit({ evaluation, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return evaluationSchema.safeParse(evaluation).success ? { ...rest, evaluation } : rest;
}

const refusal = (message: string): DetectionError => new DetectionError('refused', message);

function parseJson(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DetectionError('refused', `it is not JSON (${printable((cause as Error).message, 200)})`, {
      cause,
    });
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw refusal('it is not a JSON object');
  }
  if (isNestedTooDeeply(json)) throw refusal(`it is nested more than ${DEEPEST_JSON} levels deep`);
  return json as Record<string, unknown>;
}

const shown = (value: unknown): string => printable(JSON.stringify(value) ?? 'missing', 100);

/** Says first what the file is not, before any detail. */
function checkKind(json: Record<string, unknown>): void {
  if (json.format !== MODEL_FORMAT) {
    throw refusal(`format is ${shown(json.format)}, must be "${MODEL_FORMAT}"`);
  }
  if (json.schema_version !== MODEL_SCHEMA_VERSION) {
    throw refusal(
      `schema_version is ${shown(json.schema_version)}, this program reads ${MODEL_SCHEMA_VERSION}`,
    );
  }
}
