import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { featureSchema, type FeatureDefinition } from '../../common/detector';
import { stringify } from 'yaml';
import { findLabelFields, suggestFeatures } from '../../common/log_features';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument } from '../../common/log_document';
import { connect, createLogSource } from '../../server/elasticsearch';
import { aboutLabel } from '../command_line/detectors';
import { loadDocuments, writeWhole } from '../command_line/log_files';
import { numberBetween, printable, runs } from '../command_line/session';

interface Options {
  input?: string;
  index?: string;
  days: number;
  limit: number;
  output?: string;
  name: string;
}

const SAMPLE = 2_000;
const DAY_MILLISECONDS = 86_400_000;

export const suggestFeaturesCommand = (): Command =>
  runs<Options>(
    new Command('suggest-features')
      .description('Propose features from a sample of logs, with a reason for each')
      .option('--input <file>', 'logs: NDJSON or a JSON array (default: a sample from Elasticsearch)')
      .option('--index <pattern>', 'logs to sample (default: index of the configuration)')
      .option('--days <number>', 'sample the last days', numberBetween(0.001, 3_650), 7)
      .option('--limit <number>', 'features at most', numberBetween(1, 64, true), 12)
      .option('--output <file>', 'also write a detector file (YAML) with them')
      .option('--name <name>', 'name of that detector', 'my-detector')
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies suggest-features --index 'filebeat-*' --output detector.yml
  log-anomalies suggest-features --input training_data.json`,
      ),
    async (session, options) => {
      const index = options.index ?? session.config.index;
      const documents =
        options.input === undefined
          ? await sample(session, index, options.days)
          : (await loadDocuments(options.input, session.signal)).documents;
      const suggestions = suggestFeatures(documents, { timestampField: '@timestamp', limit: options.limit });
      if (suggestions.length === 0) {
        throw new DetectionError(
          'too_few_logs',
          `No field of ${documents.length} logs is fit to be a feature.`,
        );
      }
      for (const label of findLabelFields(documents)) session.say(aboutLabel(label));
      if (options.output !== undefined) {
        const detector = {
          name: options.name,
          source: { index },
          features: suggestions.map(({ definition }) => settingsGiven(definition)),
          threshold: { method: 'contamination', contamination: 0.01 },
        };
        await writeWhole(options.output, stringify(detector));
      }
      session.result(suggestions, () =>
        [
          ...suggestions.map(
            ({ definition, reason, examples, coverage }) =>
              `${definition.type.padEnd(12)} ${definition.field}  (in ${Math.round(coverage * 100)}% of the logs)\n` +
              `             ${reason}\n             e.g. ${examples.map((example) => printable(example, 40)).join(' | ')}`,
          ),
          ...(options.output === undefined
            ? []
            : [
                `\nWritten to ${options.output}; train with: log-anomalies train-model --detector ${options.output} …`,
              ]),
        ].join('\n'),
      );
    },
  );

/** The settings of a feature that are not what they are by default: a file for people says no more. */
export function settingsGiven(definition: FeatureDefinition): Partial<FeatureDefinition> {
  const { type, field } = definition;
  const defaults = featureSchema.parse({ type: 'number', field }) as Record<string, unknown>;
  const given = Object.entries(definition).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, defaults[name]),
  );
  return { type, field, ...Object.fromEntries(given) };
}

async function sample(
  session: Parameters<Parameters<typeof runs<Options>>[1]>[0],
  index: string,
  days: number,
): Promise<LogDocument[]> {
  const client = connect(session.config.elasticsearch);
  const to = session.clock.now();
  try {
    const { logs } = await createLogSource(client).sample(
      {
        index,
        timestampField: '@timestamp',
        ingestedField: 'event.ingested',
        from: Math.round(to - days * DAY_MILLISECONDS),
        to,
      },
      { size: SAMPLE, seed: 42, signal: session.signal },
    );
    if (logs.length === 0)
      throw new DetectionError('too_few_logs', `${index} holds no log of the last ${days} days.`);
    return logs.map((log) => log.document);
  } finally {
    await client.close();
  }
}
