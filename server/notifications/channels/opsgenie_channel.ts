import type { Severity } from '../../../common/anomaly';
import type { SuppressedAlerts } from '../messages/alert_message';
import { suppressedSentence } from '../messages/alert_message';
import type { AlertChannel } from '../messages/delivery';
import { isEnd, type IncidentMessage, type IncidentNews } from '../messages/incident_message';
import { shortened } from '../messages/untrusted_text';
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
/** News of an alert that is there: created again it is only counted. Source: Opsgenie, "Alert Deduplication". */
const CHANGES: ReadonlySet<IncidentNews> = new Set(['reopened', 'grew', 'severity']);
/** Fields of an alert that have a request of their own. Source: Opsgenie, Alert API, "Update Alert Priority", "… Message", "… Description". */
const CHANGED_FIELDS = ['priority', 'message', 'description'] as const;

const aliasOf = ({ about }: IncidentMessage): string => `log-anomalies:${about.id}`.slice(0, LONGEST_ALIAS);

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

/**
 * Opsgenie, and Jira Service Management, which takes the same: an alert changes with its incident, and is closed when that is over.
 */
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
      const addressOf = (action: string): string =>
        `${alerts}/${encodeURIComponent(aliasOf(message))}/${action}?identifierType=alias`;
      const post = (address: string, content: object, method: 'POST' | 'PUT' = 'POST'): Promise<void> =>
        send({ url: address, method, headers, body: JSON.stringify(content), signal });
      const rendered = renderOpsgenie(message, settings, suppressed);
      // Also of a change: the alert of before may be closed.
      if (message.news !== 'over') await post(alerts, rendered);
      if (CHANGES.has(message.news)) {
        for (const field of CHANGED_FIELDS) await post(addressOf(field), { [field]: rendered[field] }, 'PUT');
      }
      if (isEnd(message)) await post(addressOf('close'), { source: SOURCE, note: message.headline });
    },
  };
}
