import { DetectionError } from '../../../common/detection_error';
import { durationToMilliseconds } from '../../../common/detector';
import {
  createIncidentRecorder,
  IncidentWatch,
  quietTimeOf,
  type IncidentRecorder,
} from '../../detection/incidents/record_incidents';
import type { KeptIncident } from '../../detection/ports/incidents';
import type { RunIncidents } from '../../detection/scoring/run_detection';
import type { DetectorJob } from '../records/detector_job';
import type { Services } from '../contracts/services';

/** Of each Kibana, when the next incident of a detector may be over. */
const WATCHES = new WeakMap<Services, Map<string, IncidentWatch>>();

function watchOf(services: Services, { space, detectorId }: DetectorJob['target']): IncidentWatch {
  let watches = WATCHES.get(services);
  if (watches === undefined) WATCHES.set(services, (watches = new Map()));
  const name = `${space}/${detectorId}`;
  let watch = watches.get(name);
  if (watch === undefined) watches.set(name, (watch = new IncidentWatch()));
  return watch;
}

/** Told of what a run has changed, before anything that is over is closed: at least once for each. */
export type IncidentAnnouncer = (
  changed: readonly KeptIncident[],
  over: readonly KeptIncident[],
) => Promise<void>;

/**
 * Incidents of one run. A detector whose API key was granted before there were incidents goes on without them.
 *
 * @param announce absent: nobody is told, as of a backfill
 */
export function incidentsOfRun(
  services: Services,
  job: DetectorJob,
  announce?: IncidentAnnouncer,
): RunIncidents {
  const { clock, log } = services;
  const { target, stored } = job;
  const recorder = createIncidentRecorder({
    incidents: job.incidents,
    detectorId: target.detectorId,
    quiet: quietTimeOf(stored.detector.schedule),
    now: () => clock.now(),
    watch: watchOf(services, target),
  });
  let mayWrite = true;
  const ifAllowed = async (work: () => Promise<void>): Promise<void> => {
    if (!mayWrite) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
      mayWrite = false;
      log.warn(
        `Detector ${target.detectorId}: its anomalies are not put into incidents. ${error.message} Save or start it again: that grants it a new API key.`,
      );
    }
  };
  return {
    areAnnounced: announce !== undefined,
    record: (results, reached, revised) => ifAllowed(() => recorder.record(results, reached, revised)),
    finish: (reached) => ifAllowed(() => closeAndTell(recorder, reached, announce)),
  };
}

/** Closes what is over in a detector that finds no log, and tells of it. */
export async function closeIncidents(
  services: Services,
  job: DetectorJob,
  announce?: IncidentAnnouncer,
): Promise<void> {
  const delay = durationToMilliseconds(job.stored.detector.schedule.query_delay);
  await incidentsOfRun(services, job, announce).finish(services.clock.now() - delay);
}

async function closeAndTell(
  recorder: IncidentRecorder,
  reached: number | undefined,
  announce: IncidentAnnouncer | undefined,
): Promise<void> {
  const over = reached !== undefined && recorder.mayBeDue(reached) ? await recorder.due(reached) : [];
  const ids = new Set(over.map(({ incident }) => incident.id));
  const changed = recorder.changed().filter(({ incident }) => !ids.has(incident.id));
  if (changed.length > 0 || over.length > 0) await announce?.(changed, over);
  // Told first: an end that was written and not told would never be told.
  if (reached !== undefined) await recorder.close(over, reached);
}
