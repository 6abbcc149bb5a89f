import { resolve } from 'node:path';
import { z } from 'zod';
import { durationSchema } from '../../common/detector';
import { detectorOfFileSchema } from '../../common/detector/query_limits';
import { describeZodIssues } from '../../common/validation';
import { DetectionError } from '../../common/detection_error';
import { readYamlDocuments } from '../../common/yaml_documents';
import { alertsConfigSchema } from '../../server/notifications/config';
import { SubstitutedValues } from './substituted_values';
import { connectionFromEnvironment, connectionSchema, takeUserOf } from '../../server/elasticsearch';
import { readBounded } from '../../server/notifications/read_bounded';

const LARGEST_SETTINGS_MB = 16;

/** Limits for a model, in `validate-model-performance`, in the gate of `deploy-model` and afterwards. */
const limitsSchema = z.strictObject({
  min_precision: z.number().min(0).max(1).default(0.5),
  min_recall: z.number().min(0).max(1).default(0.5),
  min_f1: z.number().min(0).max(1).default(0.5),
  min_roc_auc: z.number().min(0).max(1).default(0.85),
  min_average_precision: z.number().min(0).max(1).default(0.5),
  max_false_alarms_per_day: z.number().min(0).optional(),
  max_detection_delay: durationSchema.optional().describe('95th percentile from occurrence to detection'),
  max_alerts_per_day: z.number().min(0).optional().describe('Alerts a day that production may see'),
  max_alert_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Share of logs that may be called anomalous'),
  max_score_drift: z
    .number()
    .min(0)
    .default(0.25)
    .describe('Population stability index of the scores against training; 0.25 is the usual alarm'),
  max_lag: durationSchema.default('10m').describe('Largest delay of the detector behind now'),
  max_regression: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Largest loss of average precision and ROC AUC against the active model'),
});
export type Limits = z.infer<typeof limitsSchema>;

export const configSchema = z.strictObject({
  elasticsearch: connectionSchema.prefault({}),
  space: z
    .string()
    .regex(/^[a-z0-9_-]{1,100}$/, 'must be lower-case letters, digits, _ or -')
    .default('default'),
  index: z
    .string()
    .min(1)
    .max(1_024)
    .default('demo-http-logs')
    .describe('Logs to read when a command names none'),
  detector: detectorOfFileSchema.optional(),
  alerts: alertsConfigSchema.optional(),
  limits: limitsSchema.prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/** They are never shown, wherever they turn up. */
const SECRET_VARIABLES = ['ELASTICSEARCH_API_KEY', 'ELASTICSEARCH_PASSWORD'] as const;
/** Addresses, several of them separated by commas; the passwords in them are never shown. */
const ADDRESS_VARIABLES = ['ELASTICSEARCH_URL', 'KIBANA_URL'] as const;

const passwordsIn = (addresses = ''): string[] =>
  addresses.split(',').flatMap((address) => {
    const url = URL.canParse(address.trim()) ? new URL(address.trim()) : undefined;
    const password = url && takeUserOf(url)?.password;
    return password ? [password] : [];
  });

const DEFAULT_CONFIG_FILE = 'config.yaml';

/**
 * Reads the configuration: the file named by `--config` or LOG_ANOMALIES_CONFIG, else ./config.yaml where it exists.
 * `${NAME}` in a value stands for an environment variable, so that no secret has to lie in the file; environment
 * variables named ELASTICSEARCH_* win over the file.
 *
 * @param substituted is told the values that came from the environment, for messages that come later
 * @throws DetectionError `invalid_input` naming file, setting, what stands in the file, and what is allowed
 */
export async function readConfig(
  path: string | undefined,
  environment: NodeJS.ProcessEnv,
  substituted = new SubstitutedValues(),
): Promise<Config> {
  const named = path ?? environment.LOG_ANOMALIES_CONFIG;
  const file = resolve(named ?? DEFAULT_CONFIG_FILE);
  let text = '';
  try {
    text = await readBounded(file, LARGEST_SETTINGS_MB);
  } catch (error) {
    if (named !== undefined || (error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new DetectionError(
        'invalid_input',
        `The configuration file ${file} cannot be read: ${String((error as Error).message)}`,
        {
          cause: error,
        },
      );
    }
  }
  for (const name of SECRET_VARIABLES) substituted.add(name, environment[name] || undefined);
  for (const name of ADDRESS_VARIABLES)
    for (const password of passwordsIn(environment[name])) substituted.add(name, password);
  const written = parseYamlText(text, file) ?? {};
  const given = substitute(written, environment, file, substituted) as Record<string, unknown>;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new DetectionError('invalid_input', `The configuration file ${file} must hold settings by name.`);
  }
  const elasticsearch = connectionFromEnvironment(environment, given.elasticsearch ?? {});
  const parsed = configSchema.safeParse({ ...given, elasticsearch });
  if (parsed.success) return parsed.data;
  // Messages show the text of the file, before substitution. Values of these two sections are never repeated.
  const { elasticsearch: _connection, alerts: _alerts, ...speakable } = written as Record<string, unknown>;
  const issues = describeZodIssues(parsed.error, speakable).map((issue) => substituted.hideIn(issue));
  throw new DetectionError(
    'invalid_input',
    `The configuration (${file}) is not valid: ${issues.join('; ')}`,
    {
      details: { issues },
    },
  );
}

/**
 * @returns undefined for an empty file
 * @throws DetectionError `invalid_input` with the place of the mistake
 */
export function parseYamlText(text: string, file: string): unknown {
  const { documents, problem } = readYamlDocuments(text);
  if (problem !== undefined) {
    // The name of an alias is what stands in the file, such as a password that begins with an asterisk.
    throw new DetectionError(
      'invalid_input',
      `${file} is not valid YAML: ${problem.replace(/\): .*$/s, ')')}`,
    );
  }
  if (documents.length > 1) {
    const { line } = documents[1];
    throw new DetectionError(
      'invalid_input',
      `${file} holds ${documents.length} documents, the second from line ${line}; allowed: one.`,
    );
  }
  return documents[0]?.value;
}

function substitute(
  value: unknown,
  environment: NodeJS.ProcessEnv,
  file: string,
  substituted: SubstitutedValues,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (_whole, name: string) => {
      const replacement = environment[name];
      if (replacement === undefined) {
        throw new DetectionError(
          'invalid_input',
          `${file} asks for the environment variable ${name}, which is not set.`,
        );
      }
      substituted.add(name, replacement);
      return replacement;
    });
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, environment, file, substituted));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, environment, file, substituted)]),
    );
  }
  return value;
}
