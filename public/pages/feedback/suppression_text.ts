import { i18n } from '@kbn/i18n';
import type { Suppression } from '../../../common/suppressions/suppression';
import { formatTime } from '../../shared/values/format';
import { weekdayNames } from './schedule_fields';

export function originName(origin: Suppression['origin']): string {
  switch (origin) {
    case 'feedback':
      return i18n.translate('logAnomalies.suppression.feedback', { defaultMessage: 'not an anomaly' });
    case 'mute':
      return i18n.translate('logAnomalies.suppression.mute', { defaultMessage: 'muted' });
    case 'calendar':
      return i18n.translate('logAnomalies.suppression.calendar', { defaultMessage: 'quiet time' });
  }
}

/** Returns a description of the results that a suppression hides. */
export function matchText({ match }: Pick<Suppression, 'match'>): string {
  if (match === undefined) {
    return i18n.translate('logAnomalies.suppression.all', { defaultMessage: 'all anomalies' });
  }
  const parts = [
    match.source &&
      i18n.translate('logAnomalies.suppression.source', {
        defaultMessage: 'the log {id}',
        values: { id: match.source.id },
      }),
    match.entity !== undefined &&
      i18n.translate('logAnomalies.suppression.entity', {
        defaultMessage: 'of {entity}',
        values: { entity: match.entity },
      }),
    match.top_feature !== undefined &&
      i18n.translate('logAnomalies.filter.feature', {
        defaultMessage: '{feature} stands out',
        values: { feature: match.top_feature },
      }),
    match.pattern !== undefined &&
      i18n.translate('logAnomalies.suppression.pattern', {
        defaultMessage: 'like {pattern}',
        values: { pattern: match.pattern },
      }),
  ];
  return parts.filter(Boolean).join(', ');
}

/** Returns a description of the times at which a suppression holds. */
export function scheduleText({ schedule }: Pick<Suppression, 'schedule'>): string {
  switch (schedule?.type) {
    case undefined:
      return i18n.translate('logAnomalies.suppression.always', { defaultMessage: 'always' });
    case 'once':
      return schedule.windows
        .map(({ from, to }) =>
          i18n.translate('logAnomalies.filter.time', {
            defaultMessage: '{from} to {to}',
            values: { from: formatTime(from), to: formatTime(to) },
          }),
        )
        .join('; ');
    case 'weekly':
      return i18n.translate('logAnomalies.suppression.weekly', {
        defaultMessage: '{days}, {from} to {to} ({zone})',
        values: {
          days: weekdayNames(schedule.days),
          from: schedule.from,
          to: schedule.to,
          zone: schedule.time_zone,
        },
      });
    case 'icalendar':
      return i18n.translate('logAnomalies.suppression.icalendar', {
        defaultMessage: '{count, plural, one {one event} other {# events}} of a calendar file',
        values: { count: schedule.text.match(/^BEGIN:VEVENT\s*$/gm)?.length ?? 0 },
      });
  }
}
