import { anomalousEntities } from '../../server/elasticsearch/results/anomalous_entities';
import { boundText } from '../../common/buckets/entity_bound';
import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import colors from 'picocolors';
import type { AnomalyResult, Severity } from '../../common/anomaly';
import { spanOf } from '../../common/buckets';
import { mergeResults, unitWords, type Finding } from '../../common/findings';
import { durationToMilliseconds, SCORING_WAYS, type Detector } from '../../common/detector';
import { DetectionError, isRetryable } from '../../common/detection_error';
import { sentenceOf, subjectOf } from '../../common/explanations';
import { messageKeysOf, templateTokensOf } from '../../common/log_features';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { CatalogueCache, patternsOfRun } from '../../server/detection/patterns/count_patterns';
import { detectAnomalies } from '../../server/detection/scoring/detect_anomalies';
import { frozenWindowsOf } from '../../server/detection/training/left_out_of_training';
import { rangeOf } from '../../server/detection/ports/log_range';
import { closedIndicesFindingOf } from '../../server/detection/upkeep/readiness';
import {
  closedIndices,
  type connect,
  createDetectorSource,
  createLogSource,
  createResultStore,
  createScoredLogs,
  createSnapshotStore,
  whyNoLogs,
} from '../../server/elasticsearch';
import { createAnnotationStore, withKeptPreceding } from '../../server/elasticsearch/annotations';
import { createPatternStore } from '../../server/elasticsearch/patterns';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import { createFileJournal, createNotifier } from '../../server/notifications';
import { garbageCollector } from '../command_line/collect_garbage';
import { createCheckpointFile } from '../command_line/checkpoint_file';
import { hidingStores, suppressor } from '../command_line/hiding';
import { incidentsFor } from '../command_line/incidents';
import { detectorIdOf, loadActiveModel, loadModelFile } from '../command_line/models';
import { numberBetween, printable, runs, type Session } from '../command_line/session';
import { parseDuration } from '../command_line/duration_option';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  model?: string[];
  detectorId?: string[];
  threshold?: number;
  scoring?: Detector['scoring'];
  index?: string;
  checkpoint?: string[];
  alertsPerDay?: number;
  from: string;
  interval?: string;
  delay?: string;
  once: boolean;
  alerts: boolean;
  context: number;
  limit: number;
}

/** A run ends here and the next one follows at once; alerts are grouped by run. */
const LOGS_IN_A_RUN = 200_000;
const FIRST_RETRY_MILLISECONDS = 1_000;
const LAST_RETRY_MILLISECONDS = 60_000;

export const detect = (): Command =>
  runs<Options>(
    new Command('detect')
      .description('Follow the logs and report each anomaly with confidence, severity, context and reasons')
      .option(
        '--model <file...>',
        'model to score with (default: the active one of --detector-id in Elasticsearch); of several, such as one of single logs and one of buckets, the anomalies become one list',
      )
      .option(
        '--detector-id <id...>',
        'id of the detector for results and checkpoint (default: from the name of the detector); for several models in their order',
      )
      .option(
        '--threshold <score>',
        "anomaly score from which a log is an anomaly (default: the model's)",
        numberBetween(0.000001, 1),
      )
      .addOption(
        new Option(
          '--scoring <way>',
          "job: score here; ingest: collect what the ingest pipeline has scored (default: the detector's)",
        ).choices(SCORING_WAYS),
      )
      .option('--index <pattern>', "logs to follow (default: the detector's source)")
      .option(
        '--checkpoint <file...>',
        'file of the checkpoint (default: .log-anomalies/<detector id>.json); for several models in their order',
      )
      .option(
        '--alerts-per-day <number>',
        'alert budget of all models together: those with an adaptive threshold share it (default: each has its own)',
        numberBetween(0.01, 1_000_000),
      )
      .option('--from <duration>', 'start without a checkpoint, as a time before now', parseDuration, '15m')
      .option('--interval <duration>', "pause between two looks (default: the detector's)", parseDuration)
      .option(
        '--delay <duration>',
        "stay so far behind now (default: the detector's query_delay)",
        parseDuration,
      )
      .option('--once', 'catch up and end', false)
      .option('--no-alerts', 'do not send the alerts of the configuration')
      .option('--context <fields>', 'features shown with each anomaly', numberBetween(0, 20, true), 3)
      .option(
        '--limit <number>',
        'anomalies printed in one run, the most anomalous first; all are stored',
        numberBetween(0, 1_000_000, true),
        1_000,
      )
      .addHelpText(
        'after',
        `
Results go to log-anomalies-results.<space>.*. Stop with Ctrl-C at any point: the next start carries on from the checkpoint
file, late logs included; nothing is lost and nothing is written or announced twice.

Examples:
  log-anomalies detect --model model.json --threshold 0.8
  log-anomalies detect --model model.json services.json --alerts-per-day 10
  log-anomalies detect --detector-id web --once --from 1h --json
  log-anomalies detect --detector-id web web-services`,
      ),
    async (session, options) => {
      await withStoredData(session, async (client) => {
        const followed = shareBudget(await chooseModels(session, options, client), options.alertsPerDay);
        await follow(
          session,
          options,
          followed.map((each) => createFollower(session, options, client, each)),
        );
      });
    },
  );

type Client = ReturnType<typeof connect>;

/** A model in use, and whose results it writes. */
interface Followed {
  readonly snapshot: ModelSnapshot;
  readonly detectorId: string;
  readonly checkpointPath: string;
}

async function chooseModels(session: Session, options: Options, client: Client): Promise<Followed[]> {
  const { model: paths = [], detectorId: ids = [], checkpoint: checkpoints = [] } = options;
  const count = Math.max(paths.length, ids.length);
  if (count === 0) {
    throw new DetectionError(
      'invalid_input',
      'Neither --model nor --detector-id is given; one of them must name the model.',
    );
  }
  for (const [name, values] of Object.entries({
    '--model': paths,
    '--detector-id': ids,
    '--checkpoint': checkpoints,
  })) {
    if (values.length > 0 && values.length !== count) {
      throw new DetectionError(
        'invalid_input',
        `${name} names ${values.length} of ${count} detectors; it must name all, in the same order, or none.`,
      );
    }
  }
  const followed: Followed[] = [];
  for (let place = 0; place < count; place++) {
    const loaded = await loadModel(session, client, paths[place], ids[place]);
    const { detector } = loaded;
    const detectorId = ids[place] ?? detectorIdOf(detector.name);
    const twin = followed.find((each) => each.detectorId === detectorId);
    if (twin !== undefined) {
      throw new DetectionError(
        'invalid_input',
        `Two of the detectors have the id "${detectorId}"; --detector-id must name a different one for each.`,
      );
    }
    followed.push({
      detectorId,
      checkpointPath: checkpoints[place] ?? `.log-anomalies/${detectorId}.json`,
      snapshot: {
        ...loaded,
        detector: {
          ...detector,
          scoring: options.scoring ?? detector.scoring,
          source: { ...detector.source, ...(options.index && { index: options.index }) },
          schedule: { ...detector.schedule, ...(options.delay && { query_delay: options.delay }) },
        },
      },
    });
  }
  if (options.threshold !== undefined && count > 1) {
    throw new DetectionError(
      'invalid_input',
      `--threshold is ${options.threshold} for ${count} detectors; it is only for one, since their scores do not compare.`,
    );
  }
  return followed;
}

async function loadModel(
  session: Session,
  client: Client,
  path: string | undefined,
  id: string | undefined,
): Promise<ModelSnapshot> {
  if (path !== undefined) return (await loadModelFile(path)).snapshot;
  const active = await loadActiveModel(client, session.config.space, id as string);
  if (active === undefined) {
    throw new DetectionError(
      'not_found',
      `The detector "${id}" has no active model; deploy one with deploy-model.`,
    );
  }
  return active.snapshot;
}

/** Gives each adaptive threshold an equal part of the budget of all together: rows that become one only make it less. */
function shareBudget(followed: readonly Followed[], alertsPerDay: number | undefined): Followed[] {
  if (alertsPerDay === undefined) return [...followed];
  const adaptive = followed.filter(({ snapshot }) => snapshot.detector.threshold.method === 'adaptive');
  if (adaptive.length === 0) {
    throw new DetectionError(
      'invalid_input',
      `--alerts-per-day is ${alertsPerDay}; no detector has a threshold of the method adaptive that could keep to it.`,
    );
  }
  return followed.map((each) => {
    const { detector } = each.snapshot;
    if (detector.threshold.method !== 'adaptive') return each;
    const threshold = { ...detector.threshold, alerts_per_day: alertsPerDay / adaptive.length };
    return { ...each, snapshot: { ...each.snapshot, detector: { ...detector, threshold } } };
  });
}

interface Follower extends Followed {
  readonly total: { logs: number; anomalies: number; suppressed: number; created: number; runs: number };
  readonly interval: number;
  /** One run. @param tell of what it has written @returns whether it has come up to now */
  run(started: number, tell: (found: readonly AnomalyResult[]) => void): Promise<boolean>;
  flush(): Promise<unknown>;
}

function createFollower(session: Session, options: Options, client: Client, followed: Followed): Follower {
  const { clock, signal } = session;
  const { snapshot, detectorId, checkpointPath } = followed;
  const { detector } = snapshot;
  const checkpoints = createCheckpointFile(checkpointPath);
  const notifier =
    options.alerts && session.config.alerts !== undefined
      ? createNotifier(session.config.alerts, {
          clock,
          journal: createFileJournal(`${checkpointPath}.announced`),
          findIncident: (id) => createIncidentStore(client, { space: session.config.space }).find(id),
          log: { info: session.say, warn: session.say },
        })
      : undefined;
  const isOfIncidents = session.config.alerts?.notify === 'incidents';
  const { space } = session.config;
  const source = createDetectorSource(client, detector, {
    anomalous: anomalousEntities(client, space, detectorId),
  });
  const results = createResultStore(client, { space, refreshResults: true });
  const scored = createScoredLogs(client, { signal });
  const models = createSnapshotStore(client, { space });
  const suppress = suppressor(session, client, detectorId);
  const { suppressions, audit } = hidingStores(session, client);
  const annotations = createAnnotationStore(client, { space, signal });
  const total = { logs: 0, anomalies: 0, suppressed: 0, created: 0, runs: 0 };
  const patterns = createPatternStore(client, detectorId, { space: session.config.space, signal });
  const catalogue = new CatalogueCache();
  const collectGarbage = garbageCollector();
  session.say(
    `Following ${detector.source.index} ${unitWords(detector, spanOf(detector))} with model ${snapshot.version}, threshold ${(options.threshold ?? snapshot.threshold).toFixed(4)}; Ctrl-C stops.`,
  );
  const said = new Map<string, string>();
  const sayOnce = (subject: string, text: string): void => {
    if (said.get(subject) !== text) session.say(text);
    said.set(subject, text);
  };
  /** @param logs of the run just now */
  const sayWhatIsNotRead = async (logs: number): Promise<void> => {
    const { source: of } = detector;
    const closed = await closedIndices(client, of.index, { signal }).catch(() => []);
    for (const { message, next_step: next } of closedIndicesFindingOf(closed))
      sayOnce('closed', `${message} ${next}`);
    if (total.logs + logs > 0 || said.has('nothing')) return;
    const to = clock.now();
    const range = rangeOf(of, to - durationToMilliseconds(options.from), to);
    // The run itself was good: what cannot be told now is told another time.
    const why = async (): Promise<string | undefined> =>
      (await createLogSource(client).count(range)) > 0
        ? undefined
        : whyNoLogs(client, range, `in the last ${options.from}`, { signal });
    const text = await why().catch(() => undefined);
    if (text !== undefined) sayOnce('nothing', text);
  };
  const run: Follower['run'] = async (started, tell) => {
    const runId = randomUUID();
    const report = await detectAnomalies({
      detectorId,
      snapshot,
      source,
      scored,
      models,
      results,
      incidents: incidentsFor(
        session,
        client,
        { detectorId, detector },
        notifier && isOfIncidents
          ? async (changed, over) => {
              const told = await withKeptPreceding(client, space, [...changed, ...over], {
                signal,
                warn: session.say,
              });
              await notifier.notifyIncidents(told);
            }
          : undefined,
      ),
      patterns: patternsOfRun({
        store: patterns,
        detector,
        templates: () => templateTokensOf(snapshot.encoder, detector.patterns?.field ?? ''),
        keys: (wanted) => messageKeysOf(snapshot.encoder, detector.patterns?.field ?? '', wanted),
        now: () => clock.now(),
        cache: catalogue,
        warn: session.say,
      }),
      suppress,
      frozenWindows: () =>
        frozenWindowsOf(
          { suppressions, annotations, warn: session.say },
          detectorId,
          detector.schedule,
          started,
        ),
      checkpoints,
      audit,
      clock,
      runId,
      startFrom: started - durationToMilliseconds(options.from),
      thresholdOverride: options.threshold,
      signal,
      progress: collectGarbage,
      onResults: async (written) => tell(written),
      maxLogs: LOGS_IN_A_RUN,
      announce:
        notifier === undefined || isOfIncidents
          ? undefined
          : async (announced) => {
              await notifier.notify({ id: detectorId, name: detector.name }, { id: runId }, announced);
            },
    });
    await sayWhatIsNotRead(report.logs + report.unscored);
    if (report.bound !== undefined) {
      sayOnce(
        'bound',
        `${detector.name}: ${boundText(report.bound, detector)}. Choose other entity fields, narrow source.query or raise bucket.max_entities.`,
      );
    }
    total.logs += report.logs;
    total.anomalies += report.anomalies;
    total.suppressed += report.suppressed;
    total.created += report.created;
    total.runs++;
    const dirty = Object.entries(report.dirt).flatMap(([feature, kinds]) =>
      Object.entries(kinds).map(([kind, count]) => `${feature} ${kind} ${count}`),
    );
    const unit = detector.unit === 'bucket' ? 'buckets' : 'logs';
    if (report.logs + report.unscored > 0)
      session.say(
        colors.dim(
          `${new Date(report.to).toISOString()}  ${report.logs} ${unit}, ${report.anomalies} anomalies${report.suppressed > 0 ? ` and ${report.suppressed} hidden` : ''}, threshold ${report.threshold.toFixed(4)}${report.unscored > 0 ? `; ${report.unscored} logs without a score: is the pipeline attached?` : ''}${dirty.length > 0 ? `; dirty: ${dirty.slice(0, 4).join(', ')}` : ''}`,
        ),
      );
    return report.complete;
  };
  return {
    ...followed,
    total,
    interval: durationToMilliseconds(options.interval ?? detector.schedule.interval),
    run,
    flush: async () => notifier?.flush(),
  };
}

/** Runs all in turn, again and again, and shows what they have found as one list. */
async function follow(session: Session, options: Options, followers: readonly Follower[]): Promise<void> {
  const { clock, signal } = session;
  const list = createList(session, options, followers);
  const interval = Math.min(...followers.map((each) => each.interval));
  let failures = 0;
  while (!signal.aborted) {
    const started = clock.now();
    try {
      let isComplete = true;
      const found: AnomalyResult[] = [];
      // Those of several are shown together: what one of them says is part of what another does.
      const tell =
        followers.length === 1
          ? list.show
          : (written: readonly AnomalyResult[]) => void found.push(...written);
      try {
        for (const follower of followers) isComplete = (await follower.run(started, tell)) && isComplete;
      } finally {
        list.show(found);
      }
      failures = 0;
      if (!isComplete) continue;
      if (options.once) break;
      for (const follower of followers) await follower.flush();
    } catch (error) {
      if (error instanceof DetectionError && error.code === 'interrupted') break;
      const worthRetrying =
        error instanceof DetectionError &&
        isRetryable(error.code) &&
        error.code !== 'conflict' &&
        !options.once;
      if (!worthRetrying) throw error;
      const pause = Math.min(LAST_RETRY_MILLISECONDS, FIRST_RETRY_MILLISECONDS * 2 ** failures++);
      session.say(`${(error as Error).message} Trying again in ${pause / 1_000} s.`);
      await clock.sleep(pause, signal);
      continue;
    }
    await clock.sleep(Math.max(0, started + interval - clock.now()), signal);
  }
  for (const { detectorId, snapshot, checkpointPath, total } of followers) {
    const summary = { detector: detectorId, model: snapshot.version, checkpoint: checkpointPath, ...total };
    if (session.json) session.emit({ summary }, () => '');
    else
      session.say(
        `${followers.length > 1 ? `${snapshot.detector.name}: ` : ''}${total.logs.toLocaleString('en')} ${snapshot.detector.unit === 'bucket' ? 'buckets' : 'logs'} scored, ${total.anomalies.toLocaleString('en')} anomalies (${total.created.toLocaleString('en')} new).`,
      );
  }
  if (followers.length > 1 && !session.json)
    session.say(`Together ${list.rows.toLocaleString('en')} rows; what several found is one of them.`);
}

/** Time after which a shown result is forgotten, relative to the longest bucket: new results cannot overlap it any more. */
const SPANS_REMEMBERED = 3;

/**
 * The one list of all detectors. A bucket is judged after its end, when single logs in it were shown already: those stay as
 * they are, and the bucket says how many there were; a log that comes after its bucket is not shown again.
 */
function createList(
  session: Session,
  options: Options,
  followers: readonly Follower[],
): { show(found: readonly AnomalyResult[]): void; readonly rows: number } {
  const isOne = followers.length === 1;
  const longest = Math.max(...followers.map(({ snapshot }) => spanOf(snapshot.detector)));
  let shown: AnomalyResult[] = [];
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    show(found) {
      if (found.length === 0) return;
      const before = new Set(shown);
      const all = [...shown, ...found];
      const merged = mergeResults(all, (result) => result);
      const fresh = merged.filter(({ lead }) => !before.has(lead));
      rows += fresh.length;
      const limited =
        session.json || fresh.length <= options.limit
          ? fresh
          : [...fresh]
              .sort((left, right) => right.confidence - left.confidence)
              .slice(0, options.limit)
              .sort((left, right) => (left.lead['@timestamp'] < right.lead['@timestamp'] ? -1 : 1));
      for (const finding of limited) {
        const { lead, parts, found_by } = finding;
        session.emit(isOne ? lead : { ...lead, found_by, parts }, () =>
          describe(lead, options.context, isOne ? undefined : finding),
        );
      }
      if (limited.length < fresh.length)
        session.say(`… and ${fresh.length - limited.length} more (all are stored).`);
      if (isOne) return;
      const times = all.map((result) => Date.parse(result['@timestamp']));
      const oldest = Math.max(...times) - SPANS_REMEMBERED * longest;
      shown = all.filter((_result, place) => times[place] >= oldest);
    },
  };
}

const PAINT: Record<Severity, (text: string) => string> = {
  critical: (text) => colors.bold(colors.red(text)),
  major: colors.red,
  minor: colors.yellow,
  warning: colors.cyan,
};

/** One anomaly for people: when and where, how sure, the log line, and the features that made it so. */
function describe(
  result: AnomalyResult,
  features: number,
  finding?: Pick<Finding<AnomalyResult>, 'found_by' | 'parts'>,
): string {
  const { anomaly } = result;
  const line =
    typeof result.message === 'string' ? result.message : JSON.stringify(result.url ?? result.source);
  return [
    `${PAINT[anomaly.severity](anomaly.severity.toUpperCase().padEnd(8))} ${result['@timestamp']}  confidence ${(anomaly.confidence * 100).toFixed(1)}%  score ${anomaly.score.toFixed(4)}${anomaly.entity === undefined ? '' : `  ${printable(anomaly.entity, 60)}`}`,
    ...(finding === undefined
      ? []
      : [
          colors.dim(
            `  found by: ${finding.found_by.join(' + ')}${finding.parts.length > 0 ? ` (${finding.parts.length} more within)` : ''}`,
          ),
        ]),
    `  ${printable(line, 180)}`,
    ...anomaly.attribution
      .slice(0, features)
      .map((part) =>
        colors.dim(
          `  ${`${Math.round(part.share * 100)}%`.padStart(4)}  ${printable(`${subjectOf(part)} ${sentenceOf(part)}`, 200)}`,
        ),
      ),
  ].join('\n');
}
