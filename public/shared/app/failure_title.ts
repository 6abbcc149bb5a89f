import { i18n } from '@kbn/i18n';

/** Names of HTTP statuses, with which Kibana answers in place of a text for people. */
const BARE_REASONS: ReadonlySet<string> = new Set([
  'Bad Gateway',
  'Bad Request',
  'Forbidden',
  'Gateway Timeout',
  'Internal Server Error',
  'Not Found',
  'Service Unavailable',
  'Too Many Requests',
  'Unauthorized',
]);

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

/** Returns the message, or what the status means where it is nothing but the name of one. */
export const failureMessage = (status: number, message: string): string =>
  BARE_REASONS.has(message) ? failureTitle(status) : message;
