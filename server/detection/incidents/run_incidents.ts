import { DetectionError } from '../../../common/detection_error';
import type { KeptIncident, RunIncidents } from '../ports/incidents';
import { createIncidentRecorder, type IncidentRecorder, type IncidentSettings } from './record_incidents';

/** Told of what a run has changed, before anything that is over is closed: at least once for each. */
export type IncidentAnnouncer = (
  changed: readonly KeptIncident[],
  over: readonly KeptIncident[],
) => Promise<void>;

export interface RunIncidentsOptions extends IncidentSettings {
  /** Absent: nobody is told, as of a backfill. */
  readonly announce?: IncidentAnnouncer;
  /** Called with one sentence where incidents may not be written: results are stored all the same. */
  readonly warn: (message: string) => void;
}

/** Incidents of one run. Whoever may write results and no incidents goes on without them. */
export function incidentsOfRun({ announce, warn, ...settings }: RunIncidentsOptions): RunIncidents {
  const recorder = createIncidentRecorder(settings);
  let mayWrite = true;
  const ifAllowed = async (work: () => Promise<void>): Promise<void> => {
    if (!mayWrite) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
      mayWrite = false;
      warn(`Anomalies are not put into incidents. ${error.message}`);
    }
  };
  return {
    areAnnounced: announce !== undefined,
    record: (results, reached, revised) => ifAllowed(() => recorder.record(results, reached, revised)),
    finish: (reached) => ifAllowed(() => closeAndTell(recorder, reached, announce)),
  };
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
