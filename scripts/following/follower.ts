import { randomUUID } from 'node:crypto';
import colors from 'picocolors';
import type { AnomalyResult } from '../../common/anomaly';
import { spanOf } from '../../common/buckets';
import { boundText } from '../../common/buckets/entity_bound';
import { durationToMilliseconds } from '../../common/detector';
import { unitWords } from '../../common/findings';
import { templateTokensOf } from '../../common/log_features';
import { CatalogueCache } from '../../server/detection/patterns/count_patterns';
import { livePatternsOf } from '../../server/detection/patterns/live_patterns';
import { detectAnomalies, type DetectOptions } from '../../server/detection/scoring/detect_anomalies';
import type { DetectionRun } from '../../server/detection/scoring/run_detection';
import { frozenWindowsOf } from '../../server/detection/training/left_out_of_training';
import {
  type connect,
  createDetectorSource,
  createResultStore,
  createScoredLogs,
  createSnapshotStore,
} from '../../server/elasticsearch';
import { createAnnotationStore, withKeptPreceding } from '../../server/elasticsearch/annotations';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import { createCountingPlace, createPatternStore } from '../../server/elasticsearch/patterns';
import { anomalousEntities } from '../../server/elasticsearch/results/anomalous_entities';
import { createFileJournal, createNotifier, type Notifier } from '../../server/notifications';
import { createCheckpointFile, type CheckpointPlace } from '../command_line/checkpoint_file';
import { garbageCollector } from '../command_line/collect_garbage';
import { hidingStores, suppressor } from '../command_line/hiding';
import { incidentsFor } from '../command_line/incidents';
import type { Session } from '../command_line/session';
import type { Followed } from './choose_models';
import type { FollowOptions } from './options';
import { createRemarks, type Remarks } from './remarks';
import { unitWord } from '../command_line/models';

/** A run ends here and the next one follows at once; alerts are grouped by run. */
const LOGS_IN_A_RUN = 200_000;

export interface Total {
  logs: number;
  anomalies: number;
  suppressed: number;
  created: number;
  runs: number;
}

export const nothingYet = (): Total => ({ logs: 0, anomalies: 0, suppressed: 0, created: 0, runs: 0 });

export interface Follower extends Followed {
  readonly total: Total;
  readonly interval: number;
  /** One run. @param tell of what it has written @returns whether it has come up to now */
  run(started: number, tell: (found: readonly AnomalyResult[]) => void): Promise<boolean>;
  /** Sends the messages that wait. @returns how many still do */
  flush(): Promise<number>;
}

/** Environment of the followers of one command. */
export interface Following {
  readonly session: Session;
  readonly options: FollowOptions;
  readonly client: ReturnType<typeof connect>;
  readonly place: CheckpointPlace;
}

/** @param total of the runs before, with another model; it goes on */
export function createFollower(following: Following, followed: Followed, total = nothingYet()): Follower {
  const { session, options } = following;
  const { snapshot, detectorId } = followed;
  const { detector } = snapshot;
  const notifier = notifierFor(following, followed);
  const parts = partsOfRun(following, followed, notifier);
  const remarks = createRemarks(following, detector);
  session.say(
    `Following ${detector.source.index} ${unitWords(detector, spanOf(detector))} with model ${snapshot.version}, threshold ${(options.threshold ?? snapshot.threshold).toFixed(4)}; Ctrl-C stops.`,
  );
  const run: Follower['run'] = async (started, tell) => {
    const runId = randomUUID();
    const report = await detectAnomalies({
      ...parts,
      frozenWindows: () => parts.windowsFrozenAt(started),
      runId,
      startFrom: started - durationToMilliseconds(options.from),
      onResults: async (written) => tell(written),
      announce:
        notifier === undefined || isOfIncidents(session)
          ? undefined
          : async (announced) => {
              await notifier.notify({ id: detectorId, name: detector.name }, { id: runId }, announced);
            },
    });
    await remarks.ofUnreadLogs(total.logs + report.logs + report.unscored);
    sayOfRun(session, followed, report, remarks);
    total.logs += report.logs;
    total.anomalies += report.anomalies;
    total.suppressed += report.suppressed;
    total.created += report.created;
    total.runs++;
    return report.complete;
  };
  return {
    ...followed,
    total,
    interval: durationToMilliseconds(options.interval ?? detector.schedule.interval),
    run,
    flush: async () => ((await notifier?.flush()) ?? []).reduce((sum, { waiting }) => sum + waiting, 0),
  };
}

const isOfIncidents = ({ config }: Session): boolean => config.alerts?.notify === 'incidents';

function notifierFor(
  { session, options, client }: Following,
  { checkpointPath }: Followed,
): Notifier | undefined {
  const { alerts, space } = session.config;
  if (!options.alerts || alerts === undefined) return undefined;
  return createNotifier(alerts, {
    clock: session.clock,
    journal: createFileJournal(`${checkpointPath}.announced`),
    findIncident: (id) => createIncidentStore(client, { space }).find(id),
    log: { info: session.say, warn: session.say },
  });
}

type PartsOfRun = Omit<DetectOptions, 'runId' | 'startFrom' | 'onResults' | 'announce' | 'frozenWindows'> & {
  /** @param started of the run, epoch milliseconds */
  windowsFrozenAt(started: number): ReturnType<typeof frozenWindowsOf>;
};

/** Returns what is the same in each run. */
function partsOfRun(
  following: Following,
  { snapshot, detectorId, checkpointPath }: Followed,
  notifier: Notifier | undefined,
): PartsOfRun {
  const { session, options, client, place } = following;
  const { clock, signal } = session;
  const { space } = session.config;
  const { detector } = snapshot;
  const { suppressions, audit } = hidingStores(session, client);
  const annotations = createAnnotationStore(client, { space, signal });
  return {
    detectorId,
    snapshot,
    source: createDetectorSource(client, detector, {
      anomalous: anomalousEntities(client, space, detectorId),
    }),
    scored: createScoredLogs(client, { signal }),
    models: createSnapshotStore(client, { space }),
    results: createResultStore(client, { space, refreshResults: true }),
    incidents: incidentsOf(following, { detectorId, detector }, notifier),
    patterns: livePatternsOf({
      store: createPatternStore(client, detectorId, { space, signal }),
      place: createCountingPlace(client, detectorId, { space, signal }),
      detector,
      templates: () => templateTokensOf(snapshot.encoder, detector.patterns?.field ?? ''),
      now: () => clock.now(),
      cache: new CatalogueCache(),
      warn: session.say,
    }),
    suppress: suppressor(session, client, detectorId),
    windowsFrozenAt: (started) =>
      frozenWindowsOf(
        { suppressions, annotations, warn: session.say },
        detectorId,
        detector.schedule,
        started,
      ),
    checkpoints: createCheckpointFile(checkpointPath, place),
    audit,
    clock,
    thresholdOverride: options.threshold,
    signal,
    progress: garbageCollector(),
    maxLogs: LOGS_IN_A_RUN,
  };
}

function incidentsOf(
  { session, client }: Following,
  of: Pick<Followed, 'detectorId'> & Pick<Followed['snapshot'], 'detector'>,
  notifier: Notifier | undefined,
): ReturnType<typeof incidentsFor> {
  if (notifier === undefined || !isOfIncidents(session)) return incidentsFor(session, client, of);
  const { signal, config, say } = session;
  return incidentsFor(session, client, of, async (changed, over) => {
    const told = await withKeptPreceding(client, config.space, [...changed, ...over], { signal, warn: say });
    await notifier.notifyIncidents(told);
  });
}

function sayOfRun(
  session: Session,
  { snapshot: { detector } }: Followed,
  report: Omit<DetectionRun, 'checkpoint'>,
  remarks: Remarks,
): void {
  if (report.bound !== undefined) {
    remarks.once(
      'bound',
      `${detector.name}: ${boundText(report.bound, detector)}. Choose other entity fields, narrow source.query or raise bucket.max_entities.`,
    );
  }
  if (report.logs + report.unscored === 0) return;
  const dirty = Object.entries(report.dirt).flatMap(([feature, kinds]) =>
    Object.entries(kinds).map(([kind, count]) => `${feature} ${kind} ${count}`),
  );
  session.say(
    colors.dim(
      `${new Date(report.to).toISOString()}  ${report.logs} ${unitWord(detector)}, ${report.anomalies} anomalies${report.suppressed > 0 ? ` and ${report.suppressed} hidden` : ''}, threshold ${report.threshold.toFixed(4)}${report.unscored > 0 ? `; ${report.unscored} logs without a score: is the pipeline attached?` : ''}${dirty.length > 0 ? `; dirty: ${dirty.slice(0, 4).join(', ')}` : ''}`,
    ),
  );
}
