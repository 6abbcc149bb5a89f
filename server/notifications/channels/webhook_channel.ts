import { createHmac } from 'node:crypto';
import type { AlertMessage, SuppressedAlerts } from '../messages/alert_message';
import type { AlertChannel } from '../messages/delivery';
import { contentOf } from '../messages/content';
import type { IncidentMessage } from '../messages/incident_message';
import { createHttpSender, secretsOf, type HttpDependencies } from './http_delivery';
import type { WebhookSettings } from './settings';
import { fillTemplate, fillText, type TemplateValues } from './webhook_template';

/** Returns what a template may name, and what is sent without one. */
function templateValuesOf(
  message: AlertMessage | IncidentMessage | undefined,
  suppressed: SuppressedAlerts | undefined,
  linkBase: string | undefined,
  key: string | undefined,
): TemplateValues {
  const content = contentOf(message, suppressed, linkBase);
  const about = message !== undefined && 'kind' in message ? message.about : undefined;
  const detector =
    about?.detectors[0] ?? (message !== undefined && 'detector' in message ? message.detector : undefined);
  return {
    key: key ?? null,
    news: content.news,
    headline: content.headline,
    severity: content.severity ?? null,
    title: about?.title ?? content.headline,
    entity: about?.entity ?? null,
    incident_id: about?.id ?? null,
    start: about?.start ?? (message !== undefined && 'from' in message ? message.from : null),
    end: about?.end ?? (message !== undefined && 'to' in message ? message.to : null),
    count: message?.total ?? 0,
    detector: detector?.name ?? null,
    detector_id: detector?.id ?? null,
    reasons: content.reasons,
    lines: content.lines.map(({ time, line }) => `${time} ${line}`),
    link: content.link ?? null,
    suppressed: content.suppressed ?? null,
  };
}

/** A secret with this prefix is in base64, as Standard Webhooks writes it. */
const SECRET_PREFIX = 'whsec_';

/**
 * Signs a message: HMAC with SHA-256 over id, time and body, so that none of the three can be changed and no old message be sent again.
 *
 * Source: Standard Webhooks 1.0.0, which has libraries for receivers in many languages.
 *
 * @param timestamp seconds since 1970
 */
function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
    : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** Shorter words of a header are no secrets, such as Bearer. */
const SHORTEST_SECRET = 8;
const secretsOfHeaders = (headers: Readonly<Record<string, string>>): string[] =>
  Object.values(headers)
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((part) => part.length >= SHORTEST_SECRET);

/** Any receiver of HTTP: JSON of its own form, or a text, signed where there is a secret. */
export function createWebhookChannel(
  name: string,
  settings: WebhookSettings,
  linkBase: string | undefined,
  dependencies: HttpDependencies,
): AlertChannel {
  const { url, method, headers, secret, template } = settings;
  const send = createHttpSender(
    `Webhook at ${new URL(url).host}`,
    [...secretsOf(url), secret, ...secretsOfHeaders(headers)],
    dependencies,
  );
  return {
    name,
    ping: (signal) => send({ url, method: 'HEAD', headers, signal }),
    async send(message, suppressed, signal, key) {
      const values = templateValuesOf(message, suppressed, linkBase, key);
      const isText = typeof template === 'string';
      const body = isText
        ? fillText(template, values)
        : JSON.stringify(template === undefined ? values : fillTemplate(template, values));
      const id = key ?? `suppressed-${suppressed?.since ?? 0}`;
      const timestamp = Math.floor(dependencies.now() / 1_000);
      await send({
        url,
        method,
        headers: {
          ...headers,
          ...(isText && { 'content-type': 'text/plain; charset=utf-8' }),
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          ...(secret !== undefined && { 'webhook-signature': signatureOf(secret, id, timestamp, body) }),
        },
        body,
        key,
        signal,
      });
    },
  };
}
