import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../common/detection_error';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { createLogSource, type ElasticsearchClient } from '../../server/elasticsearch';
import {
  namesOfPipeline,
  planAttachment,
  type AttachmentPlan,
  type DeployPipelineOptions,
  type PipelineDeployment,
} from '../../server/elasticsearch/ingest';
import type { Session } from './session';
import { rangeOf } from '../../server/detection/ports/log_range';

const TRIAL_LOGS = 1_000;
const TRIAL_WINDOW_MILLISECONDS = 30 * 86_400_000;

/** A trial over a random sample of the last month's logs. */
export async function trialOptions(
  session: Session,
  client: ElasticsearchClient,
  snapshot: ModelSnapshot,
  {
    detectorId,
    maxMicrosecondsPerLog,
  }: { readonly detectorId: string; readonly maxMicrosecondsPerLog?: number },
): Promise<DeployPipelineOptions> {
  const { source, forest } = snapshot.detector;
  const to = session.clock.now();
  const sample = await createLogSource(client).sample(rangeOf(source, to - TRIAL_WINDOW_MILLISECONDS, to), {
    size: TRIAL_LOGS,
    seed: forest.seed,
    fields: snapshot.encoder.fields,
    signal: session.signal,
  });
  return {
    detectorId,
    space: session.config.space,
    at: to,
    signal: session.signal,
    trial: {
      now: () => performance.now(),
      documents: sample.logs.map(({ document }) => document),
      ...(maxMicrosecondsPerLog === undefined ? {} : { maxMicrosecondsPerLog }),
      signal: session.signal,
    },
  };
}

export const deploymentText = ({ live, bytes, simulation }: PipelineDeployment): string =>
  `The ingest pipeline "${live.name}" scores with ${live.version}${live.previousVersion === undefined ? '' : ` (before: ${live.previousVersion})`}: ${bytes} bytes; trial over ${simulation.logs} logs: ${simulation.anomalies} anomalies, ${simulation.microsecondsPerLog.toFixed(1)} microseconds a log.`;

/** Returns the plan that makes logs go through the pipeline; undefined where the indices do not allow it. */
export async function planFor(
  session: Session,
  client: Client,
  detectorId: string,
  index: string,
): Promise<AttachmentPlan | undefined> {
  try {
    const { signal } = session;
    const names = await namesOfPipeline(client, detectorId, { space: session.config.space, signal });
    return await planAttachment(client, names, index, { signal });
  } catch (error) {
    if (!(error instanceof DetectionError) || !['conflict', 'not_found'].includes(error.code)) throw error;
    session.say(error.message);
    return undefined;
  }
}

export const attachedText = ({ indices }: AttachmentPlan, version: string): string =>
  `Logs of ${indices.join(', ')} are scored by ${version} as they are indexed.`;

export function planText(plan: AttachmentPlan): string {
  const shown = ({ method, path, body }: AttachmentPlan['componentTemplate']): string =>
    `${method} ${path}\n${JSON.stringify(body)}`;
  return [
    `Ways to send the logs of ${plan.indices.join(', ')} through it:`,
    `1. as their final pipeline ("attach-pipeline --apply" does it):`,
    ...plan.requests.map(shown),
    `   and for indices to come ("--component-template"), named in composed_of of their index template:`,
    shown(plan.componentTemplate),
    `2. from a pipeline that they go through already, as its last processor:`,
    JSON.stringify(plan.processor),
  ].join('\n');
}
