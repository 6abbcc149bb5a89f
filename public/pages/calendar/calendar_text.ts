import { i18n } from '@kbn/i18n';
import { EXCLUDED_KINDS, type Annotation } from '../../../common/annotations';
import type { ApiResponse, Endpoints } from '../../../common/api';
import { annotationTime, annotationTitle } from '../../shared/values/annotation_text';

type Added = ApiResponse<Endpoints['addAnnotation']>;

/**
 * Says what became of an annotation: noted, or there already, and which of its fields stay as they were.
 *
 * @param title as it is shown
 */
export function notedText(title: string, { created, differs }: Pick<Added, 'created' | 'differs'>): string {
  if (created) {
    return i18n.translate('logAnomalies.calendar.noted', {
      defaultMessage: '{title} is noted',
      values: { title },
    });
  }
  return differs.length === 0
    ? i18n.translate('logAnomalies.calendar.thereAlready', {
        defaultMessage: '{title} is there already, as you noted it',
        values: { title },
      })
    : i18n.translate('logAnomalies.calendar.stays', {
        defaultMessage: '{title} is there already and stays as it was: {fields}',
        values: { title, fields: differs.map(fieldName).join(', ') },
      });
}

/** Says of an annotation that was given an end that it has it, or that it had another before. */
export const endedText = (title: string, { differs }: Pick<Added, 'differs'>): string =>
  differs.includes('ends_at')
    ? i18n.translate('logAnomalies.calendar.endStays', {
        defaultMessage: '{title} has another end already, which stays',
        values: { title },
      })
    : i18n.translate('logAnomalies.calendar.ended', {
        defaultMessage: '{title} is given an end',
        values: { title },
      });

/** Returns a field of the API as the form calls it. */
export function fieldName(field: string): string {
  switch (field) {
    case 'kind':
      return i18n.translate('logAnomalies.calendar.kind', { defaultMessage: 'Kind' });
    case 'title':
      return i18n.translate('logAnomalies.calendar.title', { defaultMessage: 'What was done' });
    case 'at':
      return i18n.translate('logAnomalies.calendar.start', { defaultMessage: 'Start' });
    case 'ends_at':
      return i18n.translate('logAnomalies.calendar.end', { defaultMessage: 'End' });
    case 'entities':
      return i18n.translate('logAnomalies.calendar.entities', { defaultMessage: 'Services or hosts' });
    case 'version':
      return i18n.translate('logAnomalies.calendar.version', { defaultMessage: 'Version' });
    case 'url':
      return i18n.translate('logAnomalies.calendar.url', { defaultMessage: 'Page that says more' });
    default:
      return field;
  }
}

/** @example removalTitle(annotation) // Remove “Release” (Deployment 1.42 of cart, Nov 1, 2026 @ 10:00:00.000)? */
export const removalTitle = (annotation: Annotation): string =>
  i18n.translate('logAnomalies.calendar.removeTitle', {
    defaultMessage: 'Remove “{title}” ({what}, {time})?',
    values: {
      title: annotation.title,
      what: annotationTitle(annotation),
      time: annotationTime(annotation),
    },
  });

/** Says what changes once an annotation is removed. */
export const removalText = ({ kind, ends_at: endsAt }: Annotation): string =>
  endsAt !== undefined && EXCLUDED_KINDS.includes(kind)
    ? i18n.translate('logAnomalies.calendar.removeBody', {
        defaultMessage:
          'Incidents no longer say that they began after it, and models learn from its logs again. The audit trail keeps it.',
      })
    : i18n.translate('logAnomalies.calendar.removeBodyShort', {
        defaultMessage: 'Incidents no longer say that they began after it. The audit trail keeps it.',
      });
