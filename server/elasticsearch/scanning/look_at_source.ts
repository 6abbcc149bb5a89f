import { daysWithLogs } from '../../../common/days_with_logs';
import { sourceSchema } from '../../../common/detector/detector_schema';
import type { LogDocument } from '../../../common/log_document';
import { leafFields } from '../../../common/log_features/fields/leaf_fields';
import { proposeDetectors, type SourceProposals } from '../../../common/scanning/propose_detectors';
import { proposingSteps, type SampleProposal } from '../../../common/scanning/propose_from_sample';
import { createTurns } from '../../detection/ports/in_turns';
import { rangeOf } from '../../detection/ports/log_range';
import { noLogsError } from '../logs/no_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes } from '../transport/log_query';
import { drawSample } from './draw_sample';

export interface LookedAt extends SourceProposals {
  /** In the window. */
  readonly logs: number;
  readonly days: number;
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
  const sample = await drawSample(client, range, options);
  if (sample === undefined) {
    throw await noLogsError(client, range, { since: new Date(from).toISOString() }, options);
  }
  const { total: logs, first } = sample;
  const documents = sample.logs.map((log) => log.document);
  const days = daysWithLogs(range, first);
  const proposal = await proposeForLogs(client, { index, timestampField, documents }, options);
  return { logs, days, ...proposeDetectors({ index, timestampField, proposal, logs, days }) };
}

/** Proposes what to look at in logs of an index, by the way that it maps their fields. */
export async function proposeForLogs(
  client: ElasticsearchClient,
  sample: {
    readonly index: string;
    readonly timestampField: string;
    readonly documents: readonly LogDocument[];
    readonly limit?: number;
  },
  options: RequestOptions = {},
): Promise<SampleProposal> {
  const names = leafFields(sample.documents).flatMap((field) => [field, `${field}.keyword`]);
  const { types } = await fieldTypes(client, sample.index, names, options);
  return createTurns().finish(proposingSteps({ ...sample, types }));
}
