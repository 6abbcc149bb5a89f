import { DetectionError } from '../../../common/detection_error';
import type { Incident } from '../../../common/incidents';
import type { KeptIncident, RunIncidents } from '../ports/incidents';
import { createIncidentRecorder, type IncidentRecorder, type IncidentSettings } from './record_incidents';

/** Told of what a run has changed, before anything that is over is closed: at least once for each. */
export type IncidentAnnouncer = (
  changed: readonly KeptIncident[],
  over: readonly KeptIncident[],
) => Promise<void>;

export interface RunIncidentsOptions extends IncidentSettings {
  /** Absent: nobody is told by this run. */
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
  const told = new Map<string, Incident>();
  const announceNew: IncidentAnnouncer = async (changed, over) => {
    const isTold = ({ isUntold }: KeptIncident): boolean => isUntold !== true;
    const news = changed.filter((kept) => isTold(kept) && told.get(kept.incident.id) !== kept.incident);
    const ends = over.filter(isTold);
    if (announce === undefined || news.length + ends.length === 0) return;
    await announce(news, ends);
    for (const { incident } of news) told.set(incident.id, incident);
  };
  return {
    areAnnounced: announce !== undefined,
    record: (results, reached, revised) => ifAllowed(() => recorder.record(results, reached, revised)),
    tell: (reached) =>
      ifAllowed(async () => {
        await announceNew(goingOnAfter(reached, recorder.changed()), []);
      }),
    finish: (known, reached) => ifAllowed(() => closeAndTell(recorder, { known, reached }, announceNew)),
  };
}

/** Leaves out those that count as going on and are over by then: nobody has written their end. */
const goingOnAfter = (reached: number, changed: readonly KeptIncident[]): KeptIncident[] =>
  changed.filter(
    ({ incident: { state, closes_at: closesAt } }) =>
      (state !== 'open' && state !== 'acknowledged') || Date.parse(closesAt) > reached,
  );

async function closeAndTell(
  recorder: IncidentRecorder,
  { known, reached }: { readonly known: number | undefined; readonly reached: number },
  announce: IncidentAnnouncer,
): Promise<void> {
  const over = known !== undefined && recorder.mayBeDue(known) ? await recorder.due(known) : [];
  const ids = new Set(over.map(({ incident }) => incident.id));
  const changed = recorder.changed().filter(({ incident }) => !ids.has(incident.id));
  await announce(goingOnAfter(reached, changed), over);
  // Told first: an end that was written and not told would never be told.
  if (known !== undefined) await recorder.close(over, known);
}
