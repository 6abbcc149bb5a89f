import { getField } from '../../../common/log_features';
import { printable } from '../../../common/printable';
import type { AnomalyResult } from '../../../common/anomaly';
import type { FieldMap } from '../contracts/alerting_contracts';

/** Fields of the log that an alert carries under their ECS names. */
const ECS_FIELDS = {
  'service.name': 'keyword',
  'host.name': 'keyword',
  'client.ip': 'ip',
  'source.ip': 'ip',
  'url.path': 'keyword',
  'url.original': 'keyword',
  'http.request.method': 'keyword',
  'http.response.status_code': 'long',
  'log.level': 'keyword',
  message: 'text',
} as const;

const LONGEST_VALUE = 1_000;

const optional = (type: string) => ({ type, array: false, required: false });

/**
 * Alerts as data: the rule types share the index `.alerts-log.anomalies.alerts-*`, so they share this map. The
 * context must be lower case.
 */
export const ALERTS_AS_DATA = {
  context: 'log.anomalies',
  shouldWrite: true,
  mappings: {
    fieldMap: {
      ...Object.fromEntries(Object.entries(ECS_FIELDS).map(([name, type]) => [name, optional(type)])),
      'log_anomalies.detector.id': optional('keyword'),
      'log_anomalies.detector.name': optional('keyword'),
      'log_anomalies.group': optional('keyword'),
      'log_anomalies.problem': optional('keyword'),
      'log_anomalies.count': optional('long'),
      'log_anomalies.score': optional('double'),
      'log_anomalies.confidence': optional('double'),
      'log_anomalies.severity': optional('keyword'),
      'log_anomalies.new_count': optional('long'),
      'log_anomalies.result.id': optional('keyword'),
      'log_anomalies.incident.id': optional('keyword'),
      'log_anomalies.incident.title': optional('keyword'),
      'log_anomalies.incident.start': optional('date'),
    } as FieldMap,
  },
};

/** ECS fields that the log has, for the alert's document. An address that is none is left out: it would be refused. */
export function ecsFieldsOf(result: AnomalyResult): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(ECS_FIELDS)) {
    const value = getField(result, name);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (type === 'long' && !Number.isInteger(Number(value))) continue;
    if (type === 'ip' && !/^[0-9a-fA-F.:]{2,45}$/.test(String(value))) continue;
    fields[name] = typeof value === 'string' ? printable(value, LONGEST_VALUE) : value;
  }
  return fields;
}
