import { Command } from 'commander';
import { changeSpansSchema } from '../../common/changes/explanation_schema';
import { defaultBaseline } from '../../common/changes';
import type { sourceSchema } from '../../common/detector/detector_schema';
import { entityFieldsOf } from '../../common/detector/entity_fields';
import { newSourceSchema } from '../../common/detector/query_limits';
import { parseWith } from '../../common/validation';
import { explainChange } from '../../server/detection/changes/explain_change';
import { rangeOf } from '../../server/detection/ports/log_range';
import { createChangeSource } from '../../server/elasticsearch/logs/change_source';
import { changeText } from '../command_line/change_text';
import { loadDetectorFile } from '../command_line/detectors';
import { runs, type Session } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

interface Options {
  index?: string;
  detector?: string;
  from: string;
  to: string;
  baselineFrom?: string;
  baselineTo?: string;
  query?: string;
  timestampField?: string;
}

export const explainChangeCommand = (): Command =>
  runs<Options>(
    new Command('explain-change')
      .description(
        'Say what explains a change: field values, message patterns and numbers that are not as in the time before',
      )
      .option('--index <pattern>', 'logs to look at (default: index of the configuration)')
      .option('--detector <file>', 'a detector file (YAML or JSON) whose source is looked at')
      .requiredOption('--from <time>', 'start of the time to explain: ISO 8601, or milliseconds since 1970')
      .requiredOption('--to <time>', 'its end, not in it')
      .option(
        '--baseline-from <time>',
        'start of the time to compare with (default: four times as long, just before)',
      )
      .option('--baseline-to <time>', 'its end (default: start of the time to explain)')
      .option('--query <lucene>', 'only logs that match this query string')
      .option('--timestamp-field <name>', 'time of the logs (default: @timestamp)')
      .addHelpText(
        'after',
        `
A change is more than chance (false discovery rate 1 %), more than what differs between parts of the time before, and at least
half as much again. Changes of the same logs stand together.

Examples:
  log-anomalies explain-change --index 'web-*' --from 2026-11-02T14:05:00Z --to 2026-11-02T14:20:00Z
  log-anomalies explain-change --detector web.yml --from 2026-11-02T14:05:00Z --to 2026-11-02T14:20:00Z \\
    --baseline-from 2026-11-01T14:05:00Z --baseline-to 2026-11-01T14:20:00Z --json`,
      ),
    async (session, options) => {
      const { from, to, baseline_from, baseline_to } = parseWith(
        changeSpansSchema,
        {
          from: options.from,
          to: options.to,
          ...(options.baselineFrom !== undefined && { baseline_from: options.baselineFrom }),
          ...(options.baselineTo !== undefined && { baseline_to: options.baselineTo }),
        },
        'The time',
      );
      const window = { from, to };
      const baseline =
        baseline_from === undefined
          ? defaultBaseline(window)
          : { from: baseline_from, to: baseline_to ?? from };
      const { source, preferred, messages } = await sourceOf(session, options);
      await withClient(session, async (client) => {
        const { signal } = session;
        const logs = createChangeSource(client, { signal, preferred, messages });
        const found = await explainChange(logs, {
          ...{ window, baseline, signal },
          range: rangeOf(source, from, to),
        });
        session.result(found, () => changeText(found));
      });
    },
  );

async function sourceOf(
  { config }: Session,
  { index, detector: file, query, timestampField }: Options,
): Promise<{
  source: ReturnType<typeof sourceSchema.parse>;
  preferred: string[];
  messages: string[];
}> {
  const detector = file === undefined ? undefined : await loadDetectorFile(file);
  const source = parseWith(
    newSourceSchema,
    {
      ...(detector?.source ?? { index: config.index }),
      ...(index !== undefined && { index }),
      ...(query !== undefined && { query }),
      ...(timestampField !== undefined && { timestamp_field: timestampField }),
    },
    'The source',
  );
  const features = detector?.features ?? [];
  return {
    source,
    preferred: [...entityFieldsOf(detector ?? {}), ...features.map(({ field }) => field)],
    messages: features.filter(({ type }) => type === 'template').map(({ field }) => field),
  };
}
