import { i18n } from '@kbn/i18n';
import moment from 'moment';

/** Default of Kibana's setting `dateFormat`. */
let dateFormat = 'MMM D, YYYY @ HH:mm:ss.SSS';

/** Takes over Kibana's setting `dateFormat`; one that is no text is left alone. */
export function setDateFormat(format: unknown): void {
  if (typeof format === 'string' && format !== '') dateFormat = format;
}

/** As Kibana's settings say: `dateFormat`, and `dateFormat:tz`, which Kibana itself sets moment to, with the language. */
export const formatTime = (time: string | number): string => moment(time).format(dateFormat);

/** A length of time that something is counted in, e.g. "second" or "5m", as it follows "per". */
export const formatUnitOfTime = (milliseconds: number): string => {
  switch (milliseconds) {
    case 1_000:
      return i18n.translate('logAnomalies.unit.second', { defaultMessage: 'second' });
    case 60_000:
      return i18n.translate('logAnomalies.unit.minute', { defaultMessage: 'minute' });
    case 3_600_000:
      return i18n.translate('logAnomalies.unit.hour', { defaultMessage: 'hour' });
    case 86_400_000:
      return i18n.translate('logAnomalies.unit.day', { defaultMessage: 'day' });
    default:
      return formatSpan(milliseconds);
  }
};

/** @example formatSpan(7_500_000) // '2h 05m' */
export function formatSpan(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 1_000) {
    return i18n.translate('logAnomalies.span.short', { defaultMessage: '<1s' });
  }
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) {
    return i18n.translate('logAnomalies.span.seconds', {
      defaultMessage: '{seconds}s',
      values: { seconds: String(seconds) },
    });
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) {
    return i18n.translate('logAnomalies.span.minutes', {
      defaultMessage: '{minutes}m',
      values: { minutes: String(minutes) },
    });
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return i18n.translate('logAnomalies.span.hours', {
      defaultMessage: '{hours}h {minutes}m',
      values: { hours: String(hours), minutes: String(minutes % 60).padStart(2, '0') },
    });
  }
  return i18n.translate('logAnomalies.span.days', {
    defaultMessage: '{days}d {hours}h',
    values: { days: String(Math.floor(hours / 24)), hours: String(hours % 24) },
  });
}

export const formatCount = (count: number): string =>
  new Intl.NumberFormat(i18n.getLocale(), { maximumFractionDigits: count < 10 ? 1 : 0 }).format(count);

/** A number with all its digits, such as a limit. */
export const formatNumber = (value: number): string =>
  new Intl.NumberFormat(i18n.getLocale(), { maximumFractionDigits: 20 }).format(value);

/** @param share in [0, 1] */
export const formatShare = (share: number): string =>
  new Intl.NumberFormat(i18n.getLocale(), { style: 'percent', maximumSignificantDigits: 3 }).format(share);

/** An anomaly score or a threshold, in (0, 1]. */
export const formatScore = (score: number): string =>
  new Intl.NumberFormat(i18n.getLocale(), { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(
    score,
  );

/** @param share in [0, 1]; @example formatPart(0.123) // '12%' */
export const formatPart = (share: number): string =>
  new Intl.NumberFormat(i18n.getLocale(), {
    style: 'percent',
    maximumFractionDigits: share < 0.1 ? 1 : 0,
  }).format(share);

/** Returns a duration of settings in words; a text that is none as it is. @example formatDuration('3d') // '3 days' */
export function formatDuration(duration: string): string {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(duration) ?? [];
  if (unit === undefined) return duration;
  return i18n.translate('logAnomalies.duration.words', {
    defaultMessage:
      '{unit, select, s {{count, plural, one {# second} other {# seconds}}} m {{count, plural, one {# minute} other {# minutes}}} h {{count, plural, one {# hour} other {# hours}}} d {{count, plural, one {# day} other {# days}}} other {{count, plural, one {# week} other {# weeks}}}}',
    values: { unit, count: Number(count) },
  });
}

/** A time as people say it. @example formatAbout(240_000) // '4 min' */
export function formatAbout(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const hours = Math.round(minutes / 60);
  if (minutes < 120) {
    return i18n.translate('logAnomalies.about.minutes', {
      defaultMessage: '{count} min',
      values: { count: minutes },
    });
  }
  if (hours < 48) {
    return i18n.translate('logAnomalies.about.hours', {
      defaultMessage: '{count} h',
      values: { count: hours },
    });
  }
  return i18n.translate('logAnomalies.about.days', {
    defaultMessage: '{count} days',
    values: { count: Math.round(hours / 24) },
  });
}
