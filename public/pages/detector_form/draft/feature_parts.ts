import { i18n } from '@kbn/i18n';
import { fieldOfPart, hasSetting, type FeatureDefinition, type FieldPart } from '../../../../common/detector';
import { directionOfName } from '../../../../common/log_features/columns/directions';
import type { FeatureDirection, FeatureType, SeverityCodes, ValueUnit } from '../../../../common/detector';
import { unitOf } from '../../../../common/detector/value_units';

export type DraftFeature = Partial<FeatureDefinition>;

/** A part of a group or combination for people: the field, or what is told by it, such as its route or its text without numbers. */
export function partLabel(part: FieldPart): string {
  if (typeof part === 'string') return part;
  if ('route' in part)
    return i18n.translate('logAnomalies.feature.routeOf', {
      defaultMessage: 'route of {field}',
      values: { field: part.route },
    });
  if ('masked' in part)
    return i18n.translate('logAnomalies.feature.maskedOf', {
      defaultMessage: 'numbers masked in {field}',
      values: { field: part.masked },
    });
  if ('network' in part)
    return i18n.translate('logAnomalies.feature.networkOf', {
      defaultMessage: 'network of {field}',
      values: { field: part.network },
    });
  return i18n.translate('logAnomalies.feature.servicePortOf', {
    defaultMessage: 'service port of {fields}',
    values: { fields: part.service_port.join(FIELD_SEPARATOR) },
  });
}

/** Labels are listed with commas. */
const FIELD_SEPARATOR = ' / ';

/** The field within a label, where it has one that is read so. */
function fieldWithin(label: string, labelled: (field: string) => FieldPart): string | undefined {
  const [before, after] = partLabel(labelled('\u0000')).split('\u0000');
  const isLabelled =
    before + after !== '' &&
    label.startsWith(before) &&
    label.endsWith(after) &&
    label.length > before.length + after.length;
  return isLabelled ? label.slice(before.length, label.length - after.length) : undefined;
}

/** Returns the part for a chosen or typed label; the inverse of {@link partLabel}. */
export function partOfLabel(label: string): FieldPart {
  const typed = label.trim();
  const route = fieldWithin(typed, (field) => ({ route: field }));
  if (route !== undefined) return { route };
  const masked = fieldWithin(typed, (field) => ({ masked: field }));
  if (masked !== undefined) return { masked };
  const network = fieldWithin(typed, (field) => ({ network: field }));
  if (network !== undefined) return { network };
  const ports = servicePortWithin(typed);
  return ports === undefined ? typed : { service_port: ports };
}

function servicePortWithin(label: string): [string, string] | undefined {
  const [before, after] = partLabel({ service_port: ['\u0000', '\u0000'] }).split(
    `\u0000${FIELD_SEPARATOR}\u0000`,
  );
  if (!label.startsWith(before) || !label.endsWith(after)) return undefined;
  const fields = label
    .slice(before.length, label.length - after.length)
    .split('/')
    .map((field) => field.trim());
  return fields.length === 2 && fields.every((field) => field !== '') ? [fields[0], fields[1]] : undefined;
}

/** Fields whose values are paths or URLs, by their names. */
export const holdsRoutes = (field: string): boolean =>
  /(^|[._-])(url|uri|path|request)([._-]|$)/i.test(field);

/** Fields whose values are addresses, by their names. */
export const holdsAddresses = (field: string): boolean =>
  /(^|[._-])(ip|[a-z]*addr|address|(orig|resp)_h)$|[a-z]_?ip$/i.test(field);

/** Fields whose values are messages, by their names. */
export const holdsMessages = (field: string): boolean => /(^|[._-])(message|msg)$/i.test(field);

/** The feature read as another type: settings that the other type does not have are dropped, since they would be refused. */
export function withType(feature: DraftFeature, type: FeatureType): DraftFeature {
  const kept = Object.fromEntries(
    Object.entries(feature).filter(([setting]) => hasSetting(type, setting)),
  ) as DraftFeature;
  const { fields, ...rest } = { ...kept, type };
  if (type !== 'combination') return rest;
  return withFields(rest, fields ?? (feature.field ? [feature.field] : []));
}

/** The values that are looked at together; the first names the feature. */
export const withFields = (feature: DraftFeature, fields: FieldPart[]): DraftFeature => ({
  ...feature,
  fields,
  field: fields.length === 0 ? '' : fieldOfPart(fields[0]),
});

export function directionName(direction: FeatureDirection): string {
  switch (direction) {
    case 'high':
      return i18n.translate('logAnomalies.feature.onlyHigh', { defaultMessage: 'only higher than usual' });
    case 'low':
      return i18n.translate('logAnomalies.feature.onlyLow', { defaultMessage: 'only lower than usual' });
    case 'both':
      return i18n.translate('logAnomalies.feature.bothSides', {
        defaultMessage: 'higher or lower than usual',
      });
  }
}

/** The side that counts where none is chosen. */
export const usualDirection = ({ type, field = '' }: DraftFeature): FeatureDirection =>
  type === 'text' ? 'both' : directionOfName(field);

export function unitName(unit: ValueUnit): string {
  switch (unit) {
    case 'ns':
      return i18n.translate('logAnomalies.unit.ns', { defaultMessage: 'nanoseconds' });
    case 'us':
      return i18n.translate('logAnomalies.unit.us', { defaultMessage: 'microseconds' });
    case 'ms':
      return i18n.translate('logAnomalies.unit.ms', { defaultMessage: 'milliseconds' });
    case 's':
      return i18n.translate('logAnomalies.unit.s', { defaultMessage: 'seconds' });
    case 'min':
      return i18n.translate('logAnomalies.unit.min', { defaultMessage: 'minutes' });
    case 'h':
      return i18n.translate('logAnomalies.unit.h', { defaultMessage: 'hours' });
    case 'bytes':
      return i18n.translate('logAnomalies.unit.bytes', { defaultMessage: 'bytes' });
    case 'kb':
      return i18n.translate('logAnomalies.unit.kb', { defaultMessage: 'kilobytes' });
    case 'mb':
      return i18n.translate('logAnomalies.unit.mb', { defaultMessage: 'megabytes' });
    case 'gb':
      return i18n.translate('logAnomalies.unit.gb', { defaultMessage: 'gigabytes' });
    case 'percent':
      return i18n.translate('logAnomalies.unit.percent', { defaultMessage: 'percent, 50 is 50 %' });
    case 'share':
      return i18n.translate('logAnomalies.unit.share', { defaultMessage: 'a share, 0.5 is 50 %' });
    case 'none':
      return i18n.translate('logAnomalies.unit.none', { defaultMessage: 'no unit' });
  }
}

/** The unit of a number by its field's name. */
export const usualUnit = ({ field = '' }: DraftFeature): ValueUnit => unitOf({ field });

export function codesName(codes: SeverityCodes): string {
  switch (codes) {
    case 'http':
      return i18n.translate('logAnomalies.codes.http', { defaultMessage: 'HTTP status: 5xx worse than 4xx' });
    case 'grpc':
      return i18n.translate('logAnomalies.codes.grpc', { defaultMessage: 'gRPC status' });
    case 'level':
      return i18n.translate('logAnomalies.codes.level', { defaultMessage: 'level by name, such as WARN' });
    case 'syslog':
      return i18n.translate('logAnomalies.codes.syslog', { defaultMessage: 'syslog, 0 worst to 7' });
    case 'python':
      return i18n.translate('logAnomalies.codes.python', { defaultMessage: 'Python, 10 to 50' });
    case 'java':
      return i18n.translate('logAnomalies.codes.java', { defaultMessage: 'Java, 300 to 1000' });
    case 'pino':
      return i18n.translate('logAnomalies.codes.pino', { defaultMessage: 'pino and bunyan, 10 to 60' });
    case 'windows':
      return i18n.translate('logAnomalies.codes.windows', { defaultMessage: 'Windows, 1 worst to 5' });
    case 'opentelemetry':
      return i18n.translate('logAnomalies.codes.opentelemetry', { defaultMessage: 'OpenTelemetry, 1 to 24' });
  }
}

/** Returns the settings of a feature beside its type, in a few words; empty where all are defaults. */
export function settingsText(feature: DraftFeature): string {
  const {
    by,
    direction,
    method,
    ignore_below: below,
    ignore_within_percent: within,
    masks,
    patterns,
  } = feature;
  const parts = by === undefined ? [] : [by].flat();
  return [
    parts.length > 0 &&
      i18n.translate('logAnomalies.feature.comparedWithin', {
        defaultMessage: 'compared within {parts}',
        values: { parts: parts.map(partLabel).join(', ') },
      }),
    direction !== undefined && direction !== 'auto' && directionName(direction),
    below !== undefined &&
      i18n.translate('logAnomalies.feature.ignoresBelow', {
        defaultMessage: 'nothing below {number}',
        values: { number: below },
      }),
    within !== undefined &&
      i18n.translate('logAnomalies.feature.ignoresWithin', {
        defaultMessage: 'nothing within {number} %',
        values: { number: within },
      }),
    method &&
      i18n.translate('logAnomalies.feature.withMethod', {
        defaultMessage: 'with {field}',
        values: { field: method },
      }),
    ((masks ?? []).length > 0 || (patterns ?? []).length > 0) &&
      i18n.translate('logAnomalies.feature.ownPatterns', { defaultMessage: 'with patterns of your own' }),
  ]
    .filter(Boolean)
    .join(' · ');
}

type Named = { readonly name: string; readonly regex: string };

/** Patterns with their names as lines, `name = regular expression`. */
export const linesOfPatterns = (patterns: readonly Named[] = []): string =>
  patterns.map(({ name, regex }) => `${name} = ${regex}`).join('\n');

/** {@link linesOfPatterns} the other way; a line without a sign of equality is a name whose expression is still missing. */
export const patternsOfLines = (lines: string): Named[] =>
  lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name, ...regex] = line.split('=');
      return { name: name.trim(), regex: regex.join('=').trim() };
    });
