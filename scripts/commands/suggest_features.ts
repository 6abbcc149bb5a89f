import { basename, extname, join, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command, Option } from 'commander';
import { featureSchema, type FeatureDefinition } from '../../common/detector';
import { stringify } from 'yaml';
import { BUCKET_CONTAMINATION, type BucketProposal } from '../../common/buckets/propose_bucket';
import { parseDetector, type DetectorInput } from '../../common/detector';
import { sourceOfFileSchema } from '../../common/detector/query_limits';
import { unitWords } from '../../common/findings';
import { spanOf } from '../../common/buckets';
import { proposeFromSample } from '../../common/scanning/propose_from_sample';
import { PRESET_NAMES, presetFor } from '../../common/log_features';
import type { FeatureSuggestion } from '../../common/log_features/suggesting/suggest_features';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { sourceSchema } from '../../common/detector/detector_schema';
import { rangeOf } from '../../server/detection/ports/log_range';
import { noLogsError } from '../../server/elasticsearch';
import { drawSample, proposeForLogs } from '../../server/elasticsearch/scanning';
import { aboutLabel } from '../command_line/detectors';
import { loadDocuments, unreadOf, writeWhole } from '../command_line/log_files';
import { numberBetween, printable, runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';
import { DAY } from '../../common/duration';
import { compileField } from '../../common/log_features/fields/field_access';
import { parseWith } from '../../common/validation';

interface Options {
  input?: string;
  index?: string;
  days: number;
  limit?: number;
  preset?: string;
  output?: string;
  name: string;
}

export const suggestFeaturesCommand = (): Command =>
  runs<Options>(
    new Command('suggest-features')
      .description(
        'Propose features from a sample of logs, with a reason for each, and what to judge in spans of time beside single logs',
      )
      .option('--input <file>', 'logs: NDJSON or a JSON array (default: a sample from Elasticsearch)')
      .option('--index <pattern>', 'logs to sample (default: index of the configuration)')
      .option('--days <number>', 'sample the last days', numberBetween(0.001, 3_650), 7)
      .option(
        '--limit <number>',
        'features at most (default: of 12 fields, and some beside them)',
        numberBetween(1, 64, true),
      )
      .addOption(
        new Option(
          '--preset <name>',
          'take a ready-made set in place of the proposed features, with the fields of the logs; auto: the one that fits best',
        ).choices(PRESET_NAMES),
      )
      .option(
        '--output <file>',
        'also write a detector file (YAML) with them; what judges spans of time goes beside it, as <file>.buckets.yml',
      )
      .option('--name <name>', 'name of that detector', 'my-detector')
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies suggest-features --index 'filebeat-*' --output detector.yml
  log-anomalies suggest-features --input training_data.json`,
      ),
    async (session, options) => {
      const { index } = parseWith(
        sourceOfFileSchema,
        { index: options.index ?? session.config.index },
        'The log source',
      );
      const documents =
        options.input === undefined
          ? await sample(session, index, options.days)
          : await logsOf(session, options.input);
      const given = { index, timestampField: '@timestamp', documents, limit: options.limit };
      const proposal =
        options.input === undefined
          ? await withClient(session, (client) => proposeForLogs(client, given, { signal: session.signal }))
          : proposeFromSample(given);
      const suggestions =
        options.preset === undefined
          ? proposal.suggestions
          : ofPreset(options.preset, documents).slice(0, options.limit);
      const buckets = bucketDetector(index, options.name, proposal);
      if (suggestions.length === 0) {
        throw new DetectionError(
          'too_few_logs',
          `No field of ${documents.length} logs is fit to be a feature.`,
        );
      }
      for (const label of proposal.labels) session.say(aboutLabel(label));
      if (options.output !== undefined) {
        const detector = {
          name: options.name,
          source: { index },
          ...(buckets && { entity_field: buckets.entity_field }),
          features: suggestions.map(({ definition }) => settingsGiven(definition)),
          threshold: { method: 'contamination', contamination: 0.01 },
        };
        await writeWhole(options.output, stringify(detector));
        if (buckets !== undefined) await writeWhole(bucketsFile(options.output), stringify(buckets));
      }
      session.result(suggestions, () =>
        [
          ...suggestions.map(
            ({ definition, reason, examples, coverage }) =>
              `${definition.type.padEnd(12)} ${definition.field}  (in ${Math.round(coverage * 100)}% of the logs)\n` +
              `             ${reason}\n             e.g. ${examples.map((example) => printable(example, 40)).join(' | ')}`,
          ),
          ...(buckets === undefined ? [] : [bucketsText(buckets)]),
          ...(options.output === undefined
            ? []
            : [
                `\nWritten to ${options.output}${buckets === undefined ? '' : ` and ${bucketsFile(options.output)}`}; train with: log-anomalies train-model --detector ${options.output} …`,
              ]),
        ].join('\n'),
      );
    },
  );

/**
 * Returns the features of a preset whose fields the logs have.
 *
 * @throws DetectionError `invalid_input` where they have too few of them
 */
export function ofPreset(name: string, documents: readonly LogDocument[]): FeatureSuggestion[] {
  const preset = presetFor(documents, '@timestamp', name);
  if (preset === undefined) {
    throw new DetectionError(
      'invalid_input',
      `--preset ${name}: ${documents.length} logs have too few of its fields; leave it out to have features proposed from the fields that are there`,
    );
  }
  return preset.definitions.map((definition) => {
    const read = compileField(definition.field);
    const values = documents.flatMap((document) => {
      const value = read(document);
      return value === undefined || value === null ? [] : [printable(JSON.stringify(value), 80)];
    });
    return {
      definition,
      reason: `of the preset ${preset.name}: ${preset.title}`,
      examples: [...new Set(values)].slice(0, 3),
      coverage: documents.length === 0 ? 0 : values.length / documents.length,
    };
  });
}

/** @example bucketsFile('web.yml') // "web.buckets.yml" */
function bucketsFile(path: string): string {
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}.buckets${extension || '.yml'}`);
}

/** Suggests a bucket detector, grouped by the entity of the logs, for anomalies of many logs such as floods and silences. */
function bucketDetector(
  index: string,
  name: string,
  proposal: BucketProposal,
): (DetectorInput & { entity_field: string }) | undefined {
  return proposal.entity_field === undefined
    ? undefined
    : {
        name: `${name}-buckets`,
        source: { index },
        unit: 'bucket',
        entity_field: proposal.entity_field,
        bucket: withoutEmpty(proposal.bucket),
        threshold: { method: 'contamination', contamination: BUCKET_CONTAMINATION },
      };
}

const withoutEmpty = (bucket: BucketProposal['bucket']): BucketProposal['bucket'] =>
  Object.fromEntries(
    Object.entries(bucket).filter(
      ([setting, value]) =>
        !(typeof value === 'object' && Object.keys(value).length === 0) &&
        !(setting === 'silence' && value === true),
    ),
  );

/** Tells errors and latency of logs that have them: a query that no log matches is no column worth a word. */
export function bucketsText(input: DetectorInput): string {
  const detector = parseDetector(input);
  const { bucket, entity_field: entityField } = detector;
  const counted = [
    'logs',
    ...(typeof input.bucket?.errors === 'string' ? [`errors (${input.bucket.errors})`] : []),
    ...(bucket?.latency === undefined ? [] : [`median and 95th percentile of ${bucket.latency}`]),
    ...Object.entries(bucket?.distinct ?? {}).map(([, field]) => `different ${field}`),
    ...Object.entries(bucket?.rare ?? {}).map(([, field]) => `rare ${field}`),
  ];
  const shown = [
    'floods',
    'bursts',
    ...(bucket?.silence === false ? [] : ['silences']),
    ...(input.bucket?.errors === undefined ? [] : ['a rising share of errors']),
    ...(bucket?.latency === undefined ? [] : ['slowness']),
  ];
  return (
    `\nBeside single logs, ${unitWords(detector, spanOf(detector))} (${entityField}): ${counted.join(', ')}` +
    `\n             shows ${shown.join(', ')}, which no single log does`
  );
}

/** The settings of a feature that are not what they are by default: a file for people says no more. */
export function settingsGiven(definition: FeatureDefinition): Partial<FeatureDefinition> {
  const { type, field } = definition;
  const defaults = featureSchema.parse({ type: 'number', field }) as Record<string, unknown>;
  const given = Object.entries(definition).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, defaults[name]),
  );
  return { type, field, ...Object.fromEntries(given) };
}

/** Reads the logs of a file, and remarks on lines that cannot be read. */
async function logsOf(session: Session, path: string): Promise<LogDocument[]> {
  const { documents, problems } = await loadDocuments(path, session);
  const unread = unreadOf(path, problems);
  if (unread !== undefined) session.say(unread.remark);
  return documents;
}

async function sample(session: Session, index: string, days: number): Promise<LogDocument[]> {
  const to = session.clock.now();
  return withClient(session, async (client) => {
    const { signal } = session;
    const range = rangeOf(sourceSchema.parse({ index }), Math.round(to - days * DAY), to);
    const drawn = await drawSample(client, range, { signal });
    if (drawn === undefined) {
      throw await noLogsError(client, range, { last: `${days} days` }, { signal });
    }
    return drawn.logs.map((log) => log.document);
  });
}
