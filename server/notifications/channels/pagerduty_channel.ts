import type { Severity } from '../../../common/anomaly';
import type { SuppressedAlerts } from '../messages/alert_message';
import { suppressedSentence } from '../messages/alert_message';
import type { AlertChannel } from '../messages/delivery';
import { isEnd, type IncidentMessage } from '../messages/incident_message';
import { createHttpSender, type HttpDependencies } from './http_delivery';
import type { PagerdutySettings } from './settings';

/** PagerDuty's own words. */
const SEVERITIES: Readonly<Record<Severity, 'critical' | 'error' | 'warning'>> = {
  critical: 'critical',
  major: 'error',
  minor: 'warning',
  warning: 'warning',
};
/** Source: PagerDuty, Events API v2 and PD-CEF. */
const LONGEST_SUMMARY = 1_024;
const LONGEST_DEDUP_KEY = 255;

/** Known by the incident: a repeated event changes the alert that is there, and never makes a second one. */
const dedupKeyOf = ({ about }: IncidentMessage): string =>
  `log-anomalies:${about.id}`.slice(0, LONGEST_DEDUP_KEY);

/** Returns an event of PagerDuty's Events API v2. Source: PagerDuty, "Send an alert event", and PD-CEF. */
function renderPagerduty(
  routingKey: string,
  action: 'trigger' | 'resolve',
  message: IncidentMessage,
  suppressed?: SuppressedAlerts,
) {
  const named = { routing_key: routingKey, event_action: action, dedup_key: dedupKeyOf(message) };
  if (action === 'resolve') return named;
  const { headline, about, reasons, lines, link } = message;
  return {
    ...named,
    client: 'Log Anomalies',
    ...(link !== undefined && { client_url: link, links: [{ href: link, text: 'Open the incident' }] }),
    payload: {
      summary: headline.slice(0, LONGEST_SUMMARY),
      source: about.place || 'Log Anomalies',
      severity: SEVERITIES[about.severity],
      ...(about.start !== undefined && { timestamp: about.start }),
      ...(about.entity !== undefined && { component: about.entity }),
      class: 'log anomaly',
      custom_details: {
        title: about.title,
        severity: about.severity,
        anomalies: message.total,
        detectors: about.detectors.map(({ name }) => name),
        reasons,
        lines: lines.map(({ time, line }) => `${time} ${line}`),
        ...(suppressed !== undefined && { suppressed: suppressedSentence(suppressed) }),
      },
    },
  };
}

/** PagerDuty: an alert opens and changes with the incident, and is resolved when that is over. */
export function createPagerdutyChannel(
  name: string,
  { routing_key: routingKey, url }: PagerdutySettings,
  dependencies: HttpDependencies,
): AlertChannel {
  const send = createHttpSender(`PagerDuty at ${new URL(url).host}`, [routingKey], dependencies);
  return {
    name,
    tracksIncidents: true,
    dropsRepeats: true,
    ping: (signal) => send({ url, method: 'HEAD', signal }),
    async send(message, suppressed, signal) {
      // Only incidents have a life of their own, which the settings see to.
      if (message === undefined || !('kind' in message)) return;
      const post = (action: 'trigger' | 'resolve') =>
        send({ url, body: JSON.stringify(renderPagerduty(routingKey, action, message, suppressed)), signal });
      if (message.news !== 'over') await post('trigger');
      // Also one that was over before it could be told: it is on record and calls nobody for long.
      if (isEnd(message)) await post('resolve');
    },
  };
}
