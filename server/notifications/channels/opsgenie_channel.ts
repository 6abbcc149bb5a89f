import type { Severity } from '../../../common/anomaly';
import type { SuppressedAlerts } from '../messages/alert_message';
import { suppressedSentence } from '../messages/alert_message';
import type { AlertChannel } from '../messages/delivery';
import { isEnd, type IncidentMessage } from '../messages/incident_message';
import { createHttpSender, type HttpDependencies } from './http_delivery';
import type { OpsgenieSettings } from './settings';

const PRIORITIES: Readonly<Record<Severity, 'P1' | 'P2' | 'P3' | 'P4'>> = {
  critical: 'P1',
  major: 'P2',
  minor: 'P3',
  warning: 'P4',
};
/** Source: Opsgenie, Alert API, limits of "Create Alert". */
const LONGEST_MESSAGE = 130;
const LONGEST_DESCRIPTION = 15_000;
const LONGEST_ENTITY = 512;
const LONGEST_ALIAS = 512;
const SOURCE = 'Log Anomalies';

const aliasOf = ({ about }: IncidentMessage): string => `log-anomalies:${about.id}`.slice(0, LONGEST_ALIAS);

const shortened = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** Returns the alert of an incident. Source: Opsgenie, Alert API, "Create Alert". */
function renderOpsgenie(
  message: IncidentMessage,
  { teams, tags }: Pick<OpsgenieSettings, 'teams' | 'tags'>,
  suppressed?: SuppressedAlerts,
) {
  const { headline, about, reasons, lines, link } = message;
  const description = [
    headline,
    '',
    ...reasons.map((reason) => `- ${reason}`),
    ...lines.map(({ time, line }) => `${time}  ${line}`),
    ...(suppressed === undefined ? [] : [suppressedSentence(suppressed)]),
    ...(link === undefined ? [] : ['', link]),
  ].join('\n');
  return {
    message: shortened(about.title, LONGEST_MESSAGE) || SOURCE,
    alias: aliasOf(message),
    description: shortened(description, LONGEST_DESCRIPTION),
    ...(teams.length > 0 && { responders: teams.map((team) => ({ type: 'team', name: team })) }),
    tags: ['log-anomalies', about.severity, ...tags],
    details: {
      incident: about.id,
      anomalies: String(message.total),
      ...(link !== undefined && { link }),
    },
    ...(about.place !== '' && { entity: shortened(about.place, LONGEST_ENTITY) }),
    source: SOURCE,
    priority: PRIORITIES[about.severity],
  };
}

/** Opsgenie, and Jira Service Management, which takes the same: an alert is closed when its incident is over. */
export function createOpsgenieChannel(
  name: string,
  settings: OpsgenieSettings,
  dependencies: HttpDependencies,
): AlertChannel {
  const { api_key: key, url } = settings;
  const send = createHttpSender(`Opsgenie at ${new URL(url).host}`, [key], dependencies);
  const alerts = `${url.replace(/\/+$/, '')}/v2/alerts`;
  const headers = { authorization: `GenieKey ${key}` };
  return {
    name,
    tracksIncidents: true,
    dropsRepeats: true,
    ping: (signal) => send({ url: alerts, method: 'HEAD', headers, signal }),
    async send(message, suppressed, signal) {
      if (message === undefined || !('kind' in message)) return;
      if (message.news !== 'over') {
        const body = JSON.stringify(renderOpsgenie(message, settings, suppressed));
        await send({ url: alerts, headers, body, signal });
      }
      if (isEnd(message)) {
        await send({
          url: `${alerts}/${encodeURIComponent(aliasOf(message))}/close?identifierType=alias`,
          headers,
          body: JSON.stringify({ source: SOURCE, note: message.headline }),
          signal,
        });
      }
    },
  };
}
