import type { Detector } from '../../common/detector';
import { precedenceText } from '../../common/annotations';
import { countText, type Incident } from '../../common/incidents';
import { quietTimeOf } from '../../server/detection/incidents/record_incidents';
import { incidentsOfRun, type IncidentAnnouncer } from '../../server/detection/incidents/run_incidents';
import type { RunIncidents } from '../../server/detection/ports/incidents';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import type { ElasticsearchClient } from '../../server/elasticsearch';
import { printable, type Session } from './session';

/** Puts what a command finds into incidents, as Kibana's job does. */
export const incidentsFor = (
  session: Session,
  client: ElasticsearchClient,
  { detectorId, detector }: { readonly detectorId: string; readonly detector: Detector },
  announce?: IncidentAnnouncer,
): RunIncidents =>
  incidentsOfRun({
    incidents: createIncidentStore(client, { space: session.config.space }),
    detectorId,
    quiet: quietTimeOf(detector.schedule),
    now: () => session.clock.now(),
    warn: session.say,
    announce,
    // As of a backfill: nobody hears of the end either.
    isUntold: announce === undefined,
  });

/** Two or three lines: how bad, where and since when; the leading reason; the change that it began after, where there is one. */
export function incidentLines(incident: Incident): string {
  const { id, severity, state, title, start, end, reasons, assignee, preceded_by: preceding } = incident;
  const who = assignee === undefined ? '' : `, ${printable(assignee, 40)}`;
  const until = state === 'closed' ? ` to ${end}` : `, last ${end}`;
  return [
    `${severity.toUpperCase().padEnd(8)} ${printable(title, 160)}: ${countText(incident.counts)} since ${start}${until} (${state}${who})`,
    `         ${printable(reasons[0]?.reason ?? '', 160)}  ${id}`,
    ...(preceding === undefined ? [] : [`         ${printable(precedenceText(preceding, incident), 300)}`]),
  ].join('\n');
}

/** One incident with its reasons, lines, comments and history. */
export function incidentText(incident: Incident): string {
  const { reasons, first_line: first, last_line: last, comments, history } = incident;
  return [
    incidentLines(incident),
    ...reasons.slice(1).map(({ reason }) => `         ${printable(reason, 160)}`),
    ...(first ? [`first    ${first.time}  ${printable(first.line, 300)}`] : []),
    ...(last ? [`last     ${last.time}  ${printable(last.line, 300)}`] : []),
    ...comments.map(
      ({ at, by, text }) => `comment  ${at}  ${printable(by ?? 'somebody', 40)}: ${printable(text, 400)}`,
    ),
    ...history.map(({ at, by, action, from, to, because }) => {
      const change = from === undefined && to === undefined ? '' : ` (${from ?? 'none'} -> ${to ?? 'none'})`;
      const why = because === undefined ? '' : `: ${because}`;
      return `history  ${at}  ${printable(by ?? 'the detector', 40)} ${action}${printable(`${change}${why}`, 300)}`;
    }),
  ].join('\n');
}
