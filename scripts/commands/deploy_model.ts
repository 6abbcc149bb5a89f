import { Command } from 'commander';
import type { CandidateGate } from '../../common/api';
import { durationToMilliseconds } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import { describeReads, readsOf, readsOfModel } from '../../common/model_snapshot/model_reads';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { compilePipeline } from '../../common/painless';
import { checkProduction, measureProduction } from '../../server/detection/promotion/limit_checks';
import {
  failedChecks,
  gateReportOf,
  joinReports,
  type GateReport,
} from '../../server/detection/promotion/gate_report';
import { promoteModel } from '../../server/detection/promotion/promote_model';
import { compareCandidate } from '../../server/detection/promotion/compare_candidate';
import { rangeOf } from '../../server/detection/ports/log_range';
import {
  createAuditTrail,
  createDetectorSource,
  createFeedbackStore,
  createSnapshotStore,
  type ElasticsearchClient,
} from '../../server/elasticsearch';
import { attachPipeline, deployPipeline, type PipelineDeployment } from '../../server/elasticsearch/ingest';
import {
  attachedText,
  deploymentText,
  planFor,
  planText,
  trialOptions,
} from '../command_line/ingest_pipeline';
import { gateBody, gateText, insist } from '../command_line/gate_text';
import { authorOf } from '../command_line/hiding';
import { promotionWork } from '../command_line/promotion';
import { checkOnLabelledLogs } from '../command_line/labelled_check';
import { loadDocuments, unreadOf, type Unread } from '../command_line/log_files';
import { detectorIdOf, gateLimitsOf, loadActiveModel, loadModelFile } from '../command_line/models';
import { numberBetween, runs, type Session } from '../command_line/session';
import { parseDuration } from '../command_line/time_options';
import { withStoredData } from '../command_line/stored_data';
import { DAY } from '../../common/duration';

interface Options {
  model: string;
  detectorId?: string;
  testData?: string;
  window: string;
  force: boolean;
  candidateOnly: boolean;
  ingest: boolean;
  attach: boolean;
  maxCost?: number;
  note?: string;
}

const SAMPLE = 5_000;

export const deployModel = (): Command =>
  runs<Options>(
    new Command('deploy-model')
      .description('Register a model in Elasticsearch, gate it against the active one, and make it active')
      .requiredOption('--model <file>', 'the model')
      .option('--detector-id <id>', 'the detector it is for (default: from the name of the detector)')
      .option('--test-data <file>', 'labelled logs for the gate')
      .option('--window <duration>', 'recent logs that the gate looks at', parseDuration, '1d')
      .option('--candidate-only', 'register without making it active', false)
      .option('--force', 'make it active even if the gate says no', false)
      .option(
        '--ingest',
        'also make it the ingest pipeline that scores logs as they are indexed (implied by scoring: ingest)',
        false,
      )
      .option(
        '--attach',
        "with --ingest, which it implies: at once send the logs of the detector's indices through it, as attach-pipeline --apply does",
        false,
      )
      .option(
        '--max-cost <microseconds>',
        'with --ingest: refuse a pipeline that costs more a log',
        numberBetween(0.001, 1e6),
      )
      .option('--note <text>', 'why; kept with the model')
      .addHelpText(
        'after',
        `
The gate: share of recent logs called anomalous, alerts a day and score drift against the limits of the configuration; beside
an active model that it reads no field beside those of its detector, and what Kibana asks of a candidate by promotion.limits of its detector: false alarms, planted and known
anomalies still found, agreement, cost; with --test-data also the labelled limits, and no regression. Exit code 7 when
it says no: the model is registered as a candidate then, and what was active stays active.

Examples:
  log-anomalies deploy-model --model model.json --test-data test_logs.json
  log-anomalies deploy-model --model model.json --detector-id web --note "after the spring release"
  log-anomalies deploy-model --model model.json --ingest --attach --max-cost 100`,
      ),
    deploy,
  );

async function deploy(session: Session, options: Options): Promise<void> {
  const { snapshot, text } = await loadModelFile(options.model);
  const detectorId = options.detectorId ?? detectorIdOf(snapshot.detector.name);
  // Refuses what a pipeline cannot express before anything has changed.
  const hasPipeline = options.ingest || options.attach || snapshot.detector.scoring === 'ingest';
  if (hasPipeline) compilePipeline(snapshot, { detectorId });
  await withStoredData(session, async (client) => {
    const store = createSnapshotStore(client, { space: session.config.space });
    const active = await loadActiveModel(client, session.config.space, detectorId);
    await store.save(detectorId, snapshot.version, text, {
      createdAt: snapshot.training.finished_at,
      threshold: snapshot.threshold,
      rows: snapshot.training.rows,
      evaluation: snapshot.evaluation,
      note: options.note,
    });
    const candidate =
      active === undefined || active.version === snapshot.version
        ? undefined
        : await gateBeside(session, client, detectorId, { candidate: snapshot, active: active.snapshot });
    if (candidate !== undefined) await store.keepGate(detectorId, snapshot.version, candidate);
    const models = { candidate: snapshot, active: active?.snapshot };
    const { report: own, unread } = await gate(session, client, options, models);
    const report = joinReports(
      ...(active === undefined ? [] : [readsReport(snapshot, active.snapshot)]),
      own,
      ...(candidate === undefined ? [] : [candidate]),
    );
    const promote = !options.candidateOnly && (report.verdict !== 'fail' || options.force);
    const deployment: Deployment = {
      detectorId,
      version: snapshot.version,
      previous: active?.version,
      note: options.note,
      report,
    };
    const swap = async (): Promise<PipelineDeployment | undefined> => {
      if (!hasPipeline) return undefined;
      const trial = { detectorId, maxMicrosecondsPerLog: options.maxCost };
      return deployPipeline(client, snapshot, await trialOptions(session, client, snapshot, trial));
    };
    const ingest = promote ? await makeActive(session, client, deployment, swap) : undefined;
    if (!promote) await noteCandidate(session, client, deployment);
    const plan = ingest && (await planFor(session, client, detectorId, snapshot.detector.source.index));
    const attached = plan !== undefined && options.attach;
    if (attached) await attachPipeline(client, plan, { signal: session.signal });
    const outcome = {
      detector: detectorId,
      model: snapshot.version,
      active: promote,
      previous: active?.version,
      gate: gateBody(report),
      ...(unread && { unreadable_lines: unread.lines, notes: [unread.remark] }),
      ...(ingest && { ingest, attachment: plan, attached }),
    };
    session.result(outcome, () =>
      [
        `${snapshot.version} ${promote ? 'is active' : 'is registered as a candidate'} for detector ${detectorId}${promote && active !== undefined && active.version !== snapshot.version ? `; it replaces ${active.version}` : ''}`,
        gateText(report),
        ...(unread === undefined ? [] : [unread.remark]),
        ...(ingest === undefined ? [] : [deploymentText(ingest)]),
        ...(plan === undefined ? [] : [attached ? attachedText(plan, snapshot.version) : planText(plan)]),
      ].join('\n'),
    );
    if (!options.force) insist(report, 'The gate keeps this model from becoming active');
  });
}

/** @returns the ingest pipeline, where there is one */
async function makeActive(
  session: Session,
  client: ElasticsearchClient,
  deployment: Deployment,
  swap: () => Promise<PipelineDeployment | undefined>,
): Promise<PipelineDeployment | undefined> {
  const { detectorId, version, note } = deployment;
  const { pipeline } = await promoteModel(promotionWork(session, client, { detectorId, version }, swap), {
    detectorId,
    version,
    note,
    reason: reasonOf(deployment),
    ...(await authorOf(client)),
    action: 'model_promoted',
  });
  return pipeline;
}

/** @returns undefined where no recent log is left to compare on */
async function gateBeside(
  session: Session,
  client: ElasticsearchClient,
  detectorId: string,
  { candidate, active }: { readonly candidate: ModelSnapshot; readonly active: ModelSnapshot },
): Promise<CandidateGate | undefined> {
  const { detector } = candidate;
  const feedback = await createFeedbackStore(client, { space: session.config.space }).list(detectorId);
  return compareCandidate({
    detector,
    candidate,
    active,
    source: createDetectorSource(client, detector),
    feedback,
    clock: session.clock,
    signal: session.signal,
  }).catch((error: unknown) => {
    if (error instanceof DetectionError && ['not_found', 'too_few_logs'].includes(error.code))
      return undefined;
    throw error;
  });
}

/** The active model stands for what the detector reads; whoever means another one to read more says so. */
function readsReport(snapshot: ModelSnapshot, { detector }: ModelSnapshot): GateReport {
  const known = readsOf(detector);
  const foreign = readsOfModel(snapshot, detector).filter((each) => !known.includes(each));
  const passed = foreign.length === 0;
  const message = passed
    ? 'it reads what the active model reads'
    : `it reads what the detector of the active model does not name: ${describeReads(foreign)}`;
  const verdict = passed ? 'pass' : 'fail';
  return gateReportOf([{ name: 'reads', verdict, value: foreign.length, limit: 0, message }]);
}

interface Deployment {
  readonly detectorId: string;
  readonly version: string;
  readonly previous: string | undefined;
  readonly note: string | undefined;
  readonly report: GateReport;
}

const failuresOf = ({ checks }: GateReport): string[] => failedChecks(checks).map(({ message }) => message);

const reasonOf = ({ note, report }: Deployment): string =>
  [note ?? 'deployed by the command line', ...failuresOf(report)].join('; ');

/** Writes down that the model stays a candidate: its gate has refused it, or nobody asked for more. */
async function noteCandidate(
  session: Session,
  client: ElasticsearchClient,
  deployment: Deployment,
): Promise<void> {
  const { detectorId, version, previous, report } = deployment;
  if (previous === version) return;
  await createAuditTrail(client, { space: session.config.space }).append([
    {
      detectorId,
      at: new Date(session.clock.now()).toISOString(),
      ...(await authorOf(client)),
      action: failuresOf(report).length > 0 ? 'model_refused' : 'model_waiting',
      ...(previous !== undefined && { from: previous }),
      to: version,
      reason: reasonOf(deployment),
    },
  ]);
}

/** Holds a model to the limits. @returns the lines of the labelled logs that could not be read as well */
async function gate(
  session: Session,
  client: ElasticsearchClient,
  options: Options,
  models: { readonly candidate: ModelSnapshot; readonly active: ModelSnapshot | undefined },
): Promise<{ readonly report: GateReport; readonly unread: Unread | undefined }> {
  const { candidate: snapshot } = models;
  const limits = gateLimitsOf(session.config.limits);
  const reports: GateReport[] = [];
  const { source } = snapshot.detector;
  const to = session.clock.now();
  const window = durationToMilliseconds(options.window);
  const sample = await createDetectorSource(client, snapshot.detector)
    .sample(rangeOf(source, to - window, to), {
      size: SAMPLE,
      seed: snapshot.detector.forest.seed,
      fields: snapshot.encoder.fields,
      signal: session.signal,
    })
    .catch((error: unknown) => {
      if (error instanceof DetectionError && error.code === 'not_found') return undefined;
      throw error;
    });
  if (sample === undefined || sample.logs.length === 0) {
    session.say(
      `${source.index} holds no log of the last ${options.window}: the gate could not look at recent logs.`,
    );
  } else {
    const documents = sample.logs.map((log) => log.document);
    reports.push(
      checkProduction(measureProduction(snapshot, documents, (sample.total * DAY) / window), limits),
    );
  }
  let unread: Unread | undefined;
  if (options.testData !== undefined) {
    const { documents, problems } = await loadDocuments(options.testData, session);
    unread = unreadOf(options.testData, problems);
    reports.push(checkOnLabelledLogs(models, { documents, file: options.testData }, limits).report);
  }
  return { report: joinReports(...reports), unread };
}
