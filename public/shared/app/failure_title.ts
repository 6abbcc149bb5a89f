import { i18n } from '@kbn/i18n';

/** Names of HTTP statuses, with which Kibana answers in place of a text for people. */
const BARE_REASONS: ReadonlySet<string> = new Set([
  'Bad Gateway',
  'Bad Request',
  'Conflict',
  'Forbidden',
  'Gateway Timeout',
  'Internal Server Error',
  'Not Found',
  'Request Timeout',
  'Service Unavailable',
  'Too Many Requests',
  'Unauthorized',
]);

/** Newer versions of Kibana name the privileges that a request takes by their ids, in English. */
const REFUSAL_OF_KIBANA = /^API \[\w+ \S+\] is unauthorized for /;

/** Returns what a failed request means for whoever looks at the page. @param status HTTP status, 0 where Kibana was not reached */
export function failureTitle(status: number): string {
  switch (status) {
    case 0:
      return i18n.translate('logAnomalies.request.unreachable', {
        defaultMessage: 'Kibana could not be reached',
      });
    case 401:
    case 403:
      return i18n.translate('logAnomalies.request.forbidden', { defaultMessage: 'You may not see this' });
    case 404:
      return i18n.translate('logAnomalies.request.notFound', { defaultMessage: 'This is not here' });
    case 429:
      return i18n.translate('logAnomalies.request.busy', { defaultMessage: 'Kibana is busy' });
    default:
      return i18n.translate('logAnomalies.request.failed', {
        defaultMessage: 'This could not be loaded',
      });
  }
}

/**
 * Returns the message, or what the status means where it is nothing but the name of one.
 *
 * @param isReading false for a request that was to change something
 */
export function failureMessage(status: number, message: string, isReading: boolean): string {
  if (!BARE_REASONS.has(message) && !REFUSAL_OF_KIBANA.test(message)) return message;
  if (isReading || status === 0 || status === 404 || status === 429) return failureTitle(status);
  return status === 401 || status === 403
    ? i18n.translate('logAnomalies.request.changeForbidden', { defaultMessage: 'You may not do this' })
    : i18n.translate('logAnomalies.request.changeFailed', { defaultMessage: 'This could not be done' });
}
