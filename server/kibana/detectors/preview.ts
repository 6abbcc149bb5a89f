import { bucketMessage } from '../../../common/buckets';
import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { durationToMilliseconds, entityFieldsText, type Detector } from '../../../common/detector';
import { newDetectorSchema } from '../../../common/detector/query_limits';
import { parseWith } from '../../../common/validation';
import { daysWithLogs } from '../../../common/days_with_logs';
import { DetectionError } from '../../../common/detection_error';
import { distributionOf, type Distribution } from '../../../common/log_features/suggesting/distribution';
import { leafFields } from '../../../common/log_features/fields/leaf_fields';
import { logFieldsOf } from '../../../common/log_features/fields/log_fields';
import { proposeEntity } from '../../../common/scanning/propose_from_sample';
import { verdictOf } from '../../../common/threshold';
import { startingScore } from '../../../common/threshold/starting_score';
import { measureSample } from '../../detection/training/training_work';
import { createTurns } from '../../detection/ports/in_turns';
import { rangeOf } from '../../detection/ports/log_range';
import type { LogRange } from '../../detection/ports';
import { checkConnection, createDetectorSource } from '../../elasticsearch';
import { drawSample, proposeForLogs, type DrawnSample } from '../../elasticsearch/scanning';
import { fieldTypes } from '../../elasticsearch/transport/log_query';
import { noLogsError } from '../../elasticsearch/logs/no_logs';
import { firstLogAt } from '../../elasticsearch/logs/sample_logs';
import { usesApiKeys } from '../keys/api_key';
import { modelKept } from './kept_model';
import { checkGroupField, groupFieldProblem } from './group_field';
import { intervalProblem } from '../limits/usage_limits';
import type { RequestScope, Services } from '../contracts/services';
import { collectWork } from '../models/train_detector';

/** Text of a log in a preview is cut here, in characters: it is for looking at. */
const SHOWN_CHARACTERS = 2_000;
const SHOWN_LOGS = 10;

/** Says all that is wrong with a detector instead of failing at the first. */
export async function validateDetector(
  services: Services,
  scope: RequestScope,
  input: unknown,
): Promise<ApiResponse<Endpoints['validateDetector']>> {
  let detector: Detector;
  try {
    detector = parseWith(newDetectorSchema, input, 'The detector');
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error;
    const issues = error.details?.issues as string[] | undefined;
    return { valid: false, issues: issues ?? [error.message], missing_privileges: [] };
  }
  const problem = intervalProblem(detector, services.usage);
  if (problem !== undefined) return { valid: false, issues: [problem], missing_privileges: [] };
  const check = (await usesApiKeys(services.apiKeys))
    ? await checkConnection(scope.elasticsearch, {
        indices: detector.source.index.split(','),
        space: scope.space,
        scoring: detector.scoring,
      })
    : undefined;
  const missing = check?.missingPrivileges ?? [];
  const warnings = check?.warnings ?? [];
  const unknown = missing.length === 0 ? await groupFieldProblem(services, scope, detector) : undefined;
  return {
    valid: missing.length === 0 && unknown === undefined,
    issues: unknown === undefined ? [] : [unknown],
    detector,
    missing_privileges: [...missing],
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  };
}

/** Shows what a model makes of a sample: that of the detector which is edited, where it stays, else one trained in memory. Nothing is stored. */
export async function previewDetector(
  services: Services,
  scope: RequestScope,
  detector: Detector,
  options: Pick<ApiRequest<Endpoints['previewDetector']>['body'], 'rows' | 'top' | 'id'> & {
    readonly signal: AbortSignal;
  },
): Promise<ApiResponse<Endpoints['previewDetector']>> {
  const source = createDetectorSource(scope.elasticsearch, detector);
  await checkGroupField(services, scope, detector);
  let sampledBy = 'all';
  const work = await collectWork(
    detector,
    {
      ...source,
      sample: async (range, sampleOptions) => {
        const sample = await source.sample(range, sampleOptions);
        sampledBy = sample.method;
        return sample;
      },
    },
    services.clock.now(),
    { rows: options.rows, top: Math.max(1, options.top), signal: options.signal },
  );
  if (work.logs.length === 0) {
    const range = rangeOf(detector.source, work.window.from, work.window.to);
    throw await nothingToPreview(scope, detector, range);
  }
  const { id } = options;
  const kept = id === undefined ? undefined : await modelKept(services, scope, id, detector);
  const [outcome, days] = await Promise.all([
    kept === undefined ? services.train(work, options.signal) : measureSample(kept, work),
    daysOf(scope, rangeOf(detector.source, work.window.from, work.window.to)),
  ]);
  // An adaptive threshold begins where its number of anomalies a day does.
  const threshold = startingScore(detector.threshold, outcome.quantiles, { logs: work.logsInWindow, days });
  const top = outcome.top.slice(0, options.top);
  const documents = await source.fetch(
    top.map((log) => log.source),
    [...detector.context_fields, ...detector.features.map((feature) => feature.field)],
  );
  const whole = new Map(documents.map((log) => [`${log.index}/${log.id}`, log.document]));
  return {
    logs_in_window: work.logsInWindow,
    rows: work.logs.length,
    sampled_by: sampledBy,
    window: {
      from: new Date(work.window.from).toISOString(),
      to: new Date(work.window.to).toISOString(),
    },
    days,
    features: outcome.features.map(({ name, columns }) => ({ name, columns: [...columns] })),
    dirt: outcome.dirt,
    threshold,
    alert_share: outcome.alertShare,
    alerts_per_day: (outcome.alertShare * work.logsInWindow) / days,
    quantiles: outcome.quantiles,
    top: top.map(({ source: place, document, score, reason, attribution }) => {
      const { confidence, severity, isAnomaly } = verdictOf(score, threshold, outcome.quantiles);
      return {
        source: place,
        document: shortened({
          ...(whole.get(`${place.index}/${place.id}`) ?? document),
          ...(detector.unit === 'bucket' && { message: bucketMessage(document, attribution) }),
        }),
        score,
        confidence,
        severity,
        is_anomaly: isAnomaly,
        reason,
        attribution: [...attribution],
      };
    }),
  };
}

async function nothingToPreview(
  { elasticsearch }: RequestScope,
  detector: Detector,
  range: LogRange,
): Promise<DetectionError> {
  const { source, unit } = detector;
  const [from, to] = [range.from, range.to].map((time) => new Date(time).toISOString());
  // A row needs an entity: logs without one are none to a detector of buckets.
  return unit === 'bucket' && (await firstLogAt(elasticsearch, range)) !== undefined
    ? new DetectionError(
        'too_few_logs',
        `${source.index} holds logs from ${from} to ${to}, but none with a value of ${entityFieldsText(detector)}.`,
      )
    : noLogsError(elasticsearch, range, { from, to });
}

const shortened = (document: unknown): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(document, (_key, value: unknown) =>
      typeof value === 'string' ? value.slice(0, SHOWN_CHARACTERS) : value,
    ),
  ) as Record<string, unknown>;

export async function suggest(
  services: Services,
  scope: RequestScope,
  source: Detector['source'],
  window: string,
): Promise<ApiResponse<Endpoints['suggestFeatures']>> {
  const { logs, total } = await sampleOf(services, scope, { source, window });
  const { index, timestamp_field: timestampField } = source;
  const documents = logs.map((log) => log.document);
  const { suggestions, labels } = await proposeForLogs(scope.elasticsearch, {
    index,
    timestampField,
    documents,
  });
  return {
    logs: total,
    suggestions: suggestions.map((suggestion) => ({ ...suggestion })),
    label_fields: labels.map(({ field, isReadable, values }) => ({
      field,
      is_readable: isReadable,
      values: [...values],
    })),
  };
}

async function sampleOf(
  services: Services,
  { elasticsearch }: RequestScope,
  { source, window }: Pick<Detector, 'source'> & { readonly window: string },
): Promise<DrawnSample & { readonly range: LogRange }> {
  const to = services.clock.now();
  const range = rangeOf(source, to - durationToMilliseconds(window), to);
  const sample = await drawSample(elasticsearch, range);
  if (sample === undefined) {
    throw await noLogsError(elasticsearch, range, { last: window });
  }
  return { ...sample, range };
}

const daysOf = async ({ elasticsearch }: RequestScope, range: LogRange): Promise<number> =>
  daysWithLogs(range, await firstLogAt(elasticsearch, range));

/** @throws DetectionError `too_few_logs` when there is nothing to look at */
export async function describeLogs(
  services: Services,
  scope: RequestScope,
  { source, window, features }: ApiRequest<Endpoints['describeLogs']>['body'],
): Promise<ApiResponse<Endpoints['describeLogs']>> {
  const { logs, total, first, range } = await sampleOf(services, scope, { source, window });
  const documents = logs.map((log) => log.document);
  const names = leafFields(documents).flatMap((field) => [field, `${field}.keyword`]);
  const asked = [...names, ...features.map(({ field }) => field)];
  const { types } = await fieldTypes(scope.elasticsearch, source.index, asked, {});
  const turns = createTurns();
  const distributions: Distribution[] = [];
  for (const feature of features) {
    const isMapped = Object.hasOwn(types, feature.field);
    distributions.push({ ...distributionOf(feature, documents), is_mapped: isMapped });
    await turns.next();
  }
  const fields = logFieldsOf(documents, (field) => types[field]);
  const entity = proposeEntity(source.index, documents, fields);
  return {
    logs: total,
    days: daysWithLogs(range, first),
    sampled: documents.length,
    ...(entity !== undefined && { entity_field: entity }),
    documents: logs
      .slice(0, SHOWN_LOGS)
      .map(({ index, id, document }) => ({ index, id, document: shortened(document) })),
    fields,
    distributions,
  };
}
