import type { Detector, DetectorInput } from '../../common/detector';
import { detectorOfFileSchema } from '../../common/detector/query_limits';
import { parseWith } from '../../common/validation';
import { DetectionError } from '../../common/detection_error';
import { basename, extname } from 'node:path';
import { getField, suggestFeatures, type LabelField } from '../../common/log_features';
import { proposeFromSample } from '../../common/scanning/propose_from_sample';
import type { LogDocument } from '../../common/log_document';
import { parseYamlText, type Config } from './config';
import { readBounded } from '../../server/notifications/read_bounded';

const LARGEST_SETTINGS_MB = 16;

export interface DetectorOptions {
  readonly detector?: string;
  readonly features?: string;
  readonly name?: string;
  readonly contamination?: number;
  readonly seed?: number;
}

type FeatureInput = NonNullable<DetectorInput['features']>[number];

/** Features that are read as something else than their values suggest, by name. */
const KNOWN_FEATURES: Readonly<Record<string, { type: FeatureInput['type'] }>> = {
  hour_of_day: { type: 'hour_of_day' },
  day_of_week: { type: 'day_of_week' },
  status_code: { type: 'severity' },
  'http.response.status_code': { type: 'severity' },
};

/**
 * @param absent stands for settings that the file leaves out, such as the index where logs come from a file anyway
 * @throws DetectionError `invalid_input` naming file, setting, value and what is allowed
 */
export async function loadDetectorFile(path: string, absent: Partial<DetectorInput> = {}): Promise<Detector> {
  const text = await readBounded(path, LARGEST_SETTINGS_MB).catch((error: Error) => {
    throw new DetectionError('invalid_input', `The detector ${path} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  const read = parseYamlText(text, path);
  const isObject = typeof read === 'object' && read !== null && !Array.isArray(read);
  return parseWith(detectorOfFileSchema, isObject ? { ...absent, ...read } : read, `The detector (${path})`);
}

/** One sentence on a field that seems to hold the ground truth. */
export const aboutLabel = ({ field, isReadable, values }: LabelField): string =>
  `${field} seems to say which logs are anomalous (${values.join(', ')}) and is no feature` +
  (isReadable
    ? `: to measure a model by it, pass --label-field ${field}`
    : '; a label must be true or false, 1 or 0, "anomaly" or "normal"');

/**
 * The detector to train: a file, named features, the one of the configuration, or suggested
 * features, in this order.
 *
 * @returns with one sentence on where the features come from
 */
export async function chooseDetector(
  options: DetectorOptions,
  config: Config,
  documents: readonly LogDocument[],
): Promise<{ detector: Detector; why: string }> {
  const { detector, why } = await baseDetector(options, config, documents);
  const contamination =
    options.contamination === undefined
      ? {}
      : { threshold: { method: 'contamination', contamination: options.contamination } as const };
  const seed = options.seed === undefined ? {} : { forest: { ...detector.forest, seed: options.seed } };
  return {
    detector: parseWith(
      detectorOfFileSchema,
      { ...detector, ...contamination, ...seed, ...(options.name && { name: options.name }) },
      'The detector',
    ),
    why,
  };
}

async function baseDetector(
  options: DetectorOptions,
  config: Config,
  documents: readonly LogDocument[],
): Promise<{ detector: Detector; why: string }> {
  if (options.detector !== undefined) {
    const absent = {
      name: options.name ?? basename(options.detector, extname(options.detector)),
      source: config.detector?.source ?? { index: config.index },
    };
    return { detector: await loadDetectorFile(options.detector, absent), why: `from ${options.detector}` };
  }
  const make = (features: DetectorInput['features'], why: string): { detector: Detector; why: string } => ({
    detector: parseWith(
      detectorOfFileSchema,
      {
        ...(config.detector ?? {}),
        name: options.name ?? config.detector?.name ?? config.index.replace(/[*,]+/g, ' ').trim(),
        source: config.detector?.source ?? { index: config.index },
        features,
      },
      'The detector',
    ),
    why,
  });
  if (options.features !== undefined) {
    return make(
      options.features.split(',').map((field) => featureFor(field.trim(), documents)),
      'named by --features',
    );
  }
  if (config.detector !== undefined) return { detector: config.detector, why: 'from the configuration' };
  const { suggestions } = proposeFromSample({ index: config.index, timestampField: '@timestamp', documents });
  if (suggestions.length === 0) {
    throw new DetectionError(
      'too_few_logs',
      'No field of the logs is fit to be a feature; name some with --features or --detector.',
    );
  }
  return make(
    suggestions.map(({ definition }) => definition),
    'suggested from the logs',
  );
}

function featureFor(field: string, documents: readonly LogDocument[]): FeatureInput {
  const known = KNOWN_FEATURES[field];
  if (known !== undefined) return { ...known, field };
  // Looked at by itself, so that another field that says the same does not stand in for it.
  const alone = documents.map((document) => ({ [field]: getField(document, field) }));
  const suggestion = suggestFeatures(alone, { timestampField: '@timestamp' }).find(
    ({ definition }) => definition.field === field,
  );
  if (suggestion === undefined) {
    throw new DetectionError(
      'invalid_input',
      `--features names "${field}", which the logs do not hold in a usable way; suggest-features lists what they do hold.`,
    );
  }
  return suggestion.definition;
}
