import type { AnomalyResult } from '../anomaly';
import { spanOfResult } from '../findings/found_by';
import { wellFormed } from '../json_values';
import { getField } from '../log_features/fields/field_access';
import { routeOf } from '../log_features/fields/routes';
import { patternOf } from '../suppressions/result_facts';
import { failuresOf, type FailureKind } from './failure_kinds';
import type { IncidentScope, IncidentSource } from './incident';

/**
 * Fields that name an actor, the client before the user: ECS first, then the names that access logs and firewalls use. The first
 * that a result has is its source. A host is no source: it is where things happen, not who does them.
 */
const SOURCE_FIELDS = [
  'client.ip',
  'source.ip',
  'client.address',
  'source.address',
  'client_ip',
  'clientip',
  'remote_addr',
  'remote_ip',
  'src_ip',
  'user.name',
  'username',
] as const;
const LONGEST_SOURCE = 256;
/** Characters of a host that a scope holds: a longer one is known by its beginning. */
export const LONGEST_HOST = 256;
/** Longer values of a field are not searched by. */
const LONGEST_INDEXED = 1_024;

const PATH_FIELDS = ['url.path', 'url.original', 'http.request.path'];
const METHOD_FIELDS = ['http.request.method', 'http.method'];

/** Ties of one result to others. Times in epoch milliseconds. */
export interface ResultLinks {
  readonly detectorId: string;
  readonly scope: IncidentScope;
  readonly from: number;
  /** End of the span of a bucket; of a log its time. */
  readonly to: number;
  /** Message or request with what varies masked. */
  readonly pattern: string;
  /** Method and path with ids masked; absent for logs of no request. */
  readonly route?: string;
  /** Absent where the log names nobody. */
  readonly source?: IncidentSource;
  /** Present for a log that says that its service fails. */
  readonly failures?: readonly FailureKind[];
  /** A bucket tells of all logs of its entity, and so does a change of a pattern in it. */
  readonly isBucket: boolean;
  /** A change of a pattern. */
  readonly isChange: boolean;
}

function textAt(result: AnomalyResult, fields: readonly string[], longest: number): string | undefined {
  for (const field of fields) {
    const value = getField(result, field);
    const scalar: unknown = Array.isArray(value) ? value[0] : value;
    if ((typeof scalar === 'string' && scalar !== '') || typeof scalar === 'number') {
      return wellFormed(String(scalar).slice(0, longest));
    }
  }
  return undefined;
}

/** Returns the entity of a result; where it has none its host, and where that is not copied or not searched by either, its detector. */
function scopeOf(result: AnomalyResult): IncidentScope {
  const { entity, entity_parts: parts } = result.anomaly;
  if (entity !== undefined) return { kind: 'entity', value: entity, ...(parts && { parts }) };
  const host: unknown = [getField(result, 'host.name')].flat()[0];
  const name = ['string', 'number', 'boolean'].includes(typeof host) ? String(host) : '';
  if (name !== '' && name.length <= LONGEST_INDEXED) {
    return { kind: 'host', value: wellFormed(name.slice(0, LONGEST_HOST)) };
  }
  return { kind: 'detector', value: result.detector.id };
}

function sourceOf(result: AnomalyResult): IncidentSource | undefined {
  for (const field of SOURCE_FIELDS) {
    const value = textAt(result, [field], LONGEST_SOURCE);
    if (value !== undefined) return { field, value };
  }
  return undefined;
}

/** Returns the ties of a result to others: everything that the grouping looks at. */
export function linksOf(result: AnomalyResult): ResultLinks {
  const span = spanOfResult(result);
  const time = Date.parse(result['@timestamp']);
  const path = textAt(result, PATH_FIELDS, Infinity);
  const method = textAt(result, METHOD_FIELDS, 32);
  const source = sourceOf(result);
  const failures = failuresOf(result.anomaly.attribution ?? []);
  return {
    detectorId: result.detector.id,
    scope: scopeOf(result),
    from: time,
    to: Math.max(time, span?.to ?? time),
    pattern: result.anomaly.pattern ?? patternOf(result),
    ...(path !== undefined && {
      route: [method?.toUpperCase(), routeOf(path, false)].filter((part) => part !== undefined).join(' '),
    }),
    ...(source !== undefined && { source }),
    ...(failures.length > 0 && { failures }),
    isBucket: result.anomaly.entity_field !== undefined || result.anomaly.change !== undefined,
    isChange: result.anomaly.change !== undefined,
  };
}
