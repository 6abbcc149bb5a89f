import { daysWithLogs } from '../../../common/days_with_logs';
import { sourceSchema } from '../../../common/detector/detector_schema';
import { suggestingSteps } from '../../../common/log_features';
import { withMappedUnits } from '../../../common/log_features/suggesting/mapped_units';
import { leafFields } from '../../../common/log_features/fields/leaf_fields';
import { logFieldsOf, type LogField } from '../../../common/log_features/fields/log_fields';
import { proposeDetectors, type SourceProposals } from '../../../common/scanning/propose_detectors';
import { createTurns } from '../../detection/ports/in_turns';
import { rangeOf } from '../../detection/ports/log_range';
import { createLogSource } from '../logs/log_source';
import { whyNoLogs } from '../logs/no_logs';
import { firstLogAt, measureLogs } from '../logs/sample_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes } from '../transport/log_query';
import { DetectionError } from '../../../common/detection_error';

/** Logs of a sample: enough to see what a field holds, and looked at in a few milliseconds. */
const SAMPLE = 300;
/** Logs that a sample is drawn from; of more the latest stand for all. */
const DRAWN_FROM = 1_000_000;

export interface LookedAt extends SourceProposals {
  /** In the window. */
  readonly logs: number;
  readonly days: number;
  readonly fields: readonly LogField[];
}

/**
 * Looks at a few logs of a source and proposes detectors. Takes about twenty requests, each of a bounded size, and no other right than
 * `read` on the source.
 *
 * @param range epoch milliseconds
 * @throws DetectionError `too_few_logs` where the range holds none
 */
export async function lookAtSource(
  client: ElasticsearchClient,
  source: { readonly index: string; readonly timestampField: string },
  { from, to }: { readonly from: number; readonly to: number },
  options: RequestOptions = {},
): Promise<LookedAt> {
  const { index, timestampField } = source;
  const range = rangeOf(sourceSchema.parse({ index, timestamp_field: timestampField }), from, to);
  const [{ total: logs }, first] = await Promise.all([
    measureLogs(client, range, options),
    firstLogAt(client, range, options),
  ]);
  if (logs === 0 || first === undefined) {
    throw new DetectionError(
      'too_few_logs',
      await whyNoLogs(client, range, `since ${new Date(from).toISOString()}`, options),
    );
  }
  const begin = Math.max(from, first);
  const late = to - Math.ceil((to - begin) * Math.min(1, DRAWN_FROM / logs));
  const draw = (since: number) =>
    createLogSource(client, options).sample(
      { ...range, from: since },
      { size: SAMPLE, seed: 1, fields: ['*'], identified: true, signal: options.signal },
    );
  const drawn = await draw(late);
  // Logs that came in one heap and none since.
  const { logs: sample } = drawn.logs.length === 0 && late > begin ? await draw(begin) : drawn;
  const documents = sample.map((log) => log.document);
  const names = leafFields(documents).flatMap((field) => [field, `${field}.keyword`]);
  const { types } = await fieldTypes(client, index, names, options);
  const fields = logFieldsOf(documents, (field) => types[field]);
  const days = daysWithLogs(range, first);
  const found = await createTurns().finish(suggestingSteps(documents, { timestampField }));
  const suggestions = withMappedUnits(found, types);
  return {
    logs,
    days,
    fields,
    ...proposeDetectors({ index, timestampField, documents, fields, suggestions, logs, days }),
  };
}
