import { i18n } from '@kbn/i18n';
import {
  COUNT_FIELD,
  DURATION_FIELD,
  ERRORS_FIELD,
  ERROR_SHARE_FIELD,
  EVENTS_FIELD,
  FAILURE_SHARE_FIELD,
  LATENCY_P50_FIELD,
  LATENCY_P95_FIELD,
} from '../../../../common/detector/bucket_fields';
import { entityFieldsText } from '../../../../common/detector/entity_fields';
import { groupingOf, type Draft } from '../draft/draft';

/** Returns the title of the features of a draft of buckets. */
export const rowFeaturesTitle = ({ bucket }: Draft): string =>
  bucket?.session === undefined
    ? i18n.translate('logAnomalies.bucket.looksAt', { defaultMessage: 'Features of each time span' })
    : i18n.translate('logAnomalies.bucket.looksAtSession', { defaultMessage: 'Features of each session' });

/** Says which rows the numbers of a row are compared with; undefined while the entity is missing. */
export function comparedWithText(draft: Draft): string | undefined {
  if (draft.bucket?.session !== undefined) {
    return i18n.translate('logAnomalies.bucket.comparedWithSessions', {
      defaultMessage: 'Each number is compared with those of the other sessions.',
    });
  }
  if (groupingOf(draft).length === 0) return undefined;
  return i18n.translate('logAnomalies.bucket.comparedWith', {
    defaultMessage:
      'Each number is compared with what is usual for the same {entity} at that hour of the day.',
    values: { entity: entityFieldsText(draft) },
  });
}

/** A field of the row for people; the names of values that are counted are those of the detector. */
export function rowFieldName(field: string): string {
  const [, kind, counted] = /^bucket\.(distinct|per|rare)_(.+)$/.exec(field) ?? [];
  const values = { name: counted?.replaceAll('_', ' ') };
  if (kind === 'distinct') {
    return i18n.translate('logAnomalies.row.distinct', { defaultMessage: 'different {name}', values });
  }
  if (kind === 'per') {
    return i18n.translate('logAnomalies.row.per', { defaultMessage: 'logs for each of {name}', values });
  }
  if (kind === 'rare') {
    return i18n.translate('logAnomalies.row.rare', { defaultMessage: 'logs with rare {name}', values });
  }
  switch (field) {
    case EVENTS_FIELD:
      return i18n.translate('logAnomalies.row.events', { defaultMessage: 'steps' });
    case DURATION_FIELD:
      return i18n.translate('logAnomalies.row.duration', { defaultMessage: 'length of the session' });
    case COUNT_FIELD:
      return i18n.translate('logAnomalies.row.count', { defaultMessage: 'number of logs' });
    case ERRORS_FIELD:
      return i18n.translate('logAnomalies.row.errors', { defaultMessage: 'number of errors' });
    case ERROR_SHARE_FIELD:
      return i18n.translate('logAnomalies.row.errorShare', { defaultMessage: 'share of errors' });
    case FAILURE_SHARE_FIELD:
      return i18n.translate('logAnomalies.row.failureShare', { defaultMessage: 'share of failures' });
    case LATENCY_P50_FIELD:
      return i18n.translate('logAnomalies.row.median', { defaultMessage: 'median of how long it took' });
    case LATENCY_P95_FIELD:
      return i18n.translate('logAnomalies.row.slowest', {
        defaultMessage: '95th percentile of how long it took',
      });
    default:
      return field;
  }
}
