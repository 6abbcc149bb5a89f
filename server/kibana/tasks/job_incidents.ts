import { IncidentWatch, quietTimeOf } from '../../detection/incidents/record_incidents';
import { incidentsOfRun, type IncidentAnnouncer } from '../../detection/incidents/run_incidents';
import type { RunIncidents } from '../../detection/ports/incidents';
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

/** Incidents of one run of a job. @param announce absent: nobody is told, as of a backfill */
export const incidentsOfJob = (
  services: Services,
  job: DetectorJob,
  announce?: IncidentAnnouncer,
): RunIncidents =>
  incidentsOfRun({
    incidents: job.incidents,
    detectorId: job.target.detectorId,
    quiet: quietTimeOf(job.stored.detector.schedule),
    now: () => services.clock.now(),
    watch: watchOf(services, job.target),
    announce,
    warn: (message) =>
      services.log.warn(
        `Detector ${job.target.detectorId}: ${message} Save or start it again: that grants it a new API key.`,
      ),
  });
