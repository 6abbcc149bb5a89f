import { IncidentWatch, quietTimeOf } from '../../detection/incidents/record_incidents';
import {
  incidentsOfRun,
  type IncidentAnnouncer,
  type RunIncidentsOptions,
} from '../../detection/incidents/run_incidents';
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

/** Incidents of one backfill: nobody is told of them, also by later runs, as long as these find no more of them. */
export const incidentsOfBackfill = (services: Services, job: DetectorJob): RunIncidents =>
  incidentsOfRun({ ...settingsOf(services, job), isUntold: true });

/** Incidents of one run of a job. @param announce absent: this Kibana tells nobody */
export const incidentsOfJob = (
  services: Services,
  job: DetectorJob,
  announce?: IncidentAnnouncer,
): RunIncidents => incidentsOfRun({ ...settingsOf(services, job), announce });

const settingsOf = (services: Services, job: DetectorJob): RunIncidentsOptions => ({
  incidents: job.incidents,
  detectorId: job.target.detectorId,
  quiet: quietTimeOf(job.stored.detector.schedule),
  now: () => services.clock.now(),
  watch: watchOf(services, job.target),
  warn: (message) =>
    services.log.warn(
      `Detector ${job.target.detectorId}: ${message} Save or start it again: that grants it a new API key.`,
    ),
});
