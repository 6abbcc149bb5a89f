import type { DetectorInput } from '../detector';
import { isPasserBy, PASSERS_BY } from '../detector/bucket_fields';
import { withoutKeyword } from '../detector/entity_fields';
import type { LogDocument } from '../log_document';
import { getField } from '../log_features/fields/field_access';
import type { LogField, MappedTypes } from '../log_features/fields/log_fields';

/** Settings of a bucket detector that suit the fields of the logs; what nothing was found for is absent. */
export interface BucketProposal {
  readonly entity_field?: string;
  readonly bucket: Partial<NonNullable<DetectorInput['bucket']>>;
}

/** Share of the rows of buckets to call anomalous: a row sums up many logs, so that an incident shows in a larger share of rows than of logs. */
export const BUCKET_CONTAMINATION = 0.02;

/** An entity is worth a row where most logs have one; a value is worth counting where some do. */
const ENTITY_SHARE = 0.5;
const VALUE_SHARE = 0.05;
/** Counting different values costs most. */
const MOST_DISTINCT = 2;

const ENTITIES = [
  'service.name',
  'kubernetes.deployment.name',
  'container.name',
  'host.name',
  'host.hostname',
  'service',
  'application',
  'app',
  'host',
  'hostname',
];
const STATUS_CODES = [
  'http.response.status_code',
  'http.status_code',
  'status_code',
  'status',
  'response',
  'code',
];
const LEVELS = ['log.level', 'level', 'loglevel', 'severity', 'severity_text'];
const ERROR_LEVELS = ['error', 'critical', 'fatal', 'alert', 'emergency'];
const LATENCY =
  /(^|[._])(duration|latency|elapsed|took|(response|request|processing)[._]?time)([._]?(ns|us|ms|s|nanos|micros|millis|milliseconds|seconds))?$/i;

/** Names for people, by field. */
const DISTINCT: Readonly<Record<string, string>> = {
  'client.ip': 'clients',
  'source.ip': 'clients',
  clientip: 'clients',
  client_ip: 'clients',
  'url.path': 'paths',
  'user.name': 'users',
  'destination.port': 'ports',
};
const RARE: Readonly<Record<string, string>> = {
  'user_agent.original': 'agents',
  'process.name': 'processes',
  'event.action': 'actions',
  'user_agent.name': 'agents',
};

const LONGEST_NAME = 40;

/**
 * A name for a field in `bucket.distinct` or `bucket.rare`, as the schema allows it.
 *
 * @param taken by other fields
 * @example bucketNameOf('Geo.Country-ISO', []) // "geo_country_iso"
 */
export function bucketNameOf(field: string, taken: readonly string[]): string {
  const base = withoutKeyword(field);
  const plain = base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, LONGEST_NAME);
  const known = Object.entries({ ...RARE, ...DISTINCT }).find(([each]) => each === base)?.[1];
  const name = known ?? (plain || 'field');
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) {
    const suffix = `_${number}`;
    const other = name.slice(0, LONGEST_NAME - suffix.length) + suffix;
    if (!taken.includes(other)) return other;
  }
}

/**
 * Chooses by the names that logs have in ECS and elsewhere; only what can be counted and is there.
 *
 * @param chosen the entity, where it is settled already
 */
export function proposeBucket(fields: readonly LogField[], chosen?: string): BucketProposal {
  const first = (names: readonly string[], share: number, kinds: readonly LogField['kind'][] = ['value']) =>
    names
      .flatMap((name) => fields.filter(({ field }) => withoutKeyword(field) === name))
      .find((found) => found.share >= share && kinds.includes(found.kind));
  const entity = chosen ?? first([...ENTITIES, ...PASSERS_BY], ENTITY_SHARE)?.field;
  const latency = fields
    .filter(({ field, kind, share }) => kind === 'number' && share >= VALUE_SHARE && LATENCY.test(field))
    .sort((one, other) => rankOf(one) - rankOf(other) || other.share - one.share)[0];
  const named = (names: Readonly<Record<string, string>>, most: number): Record<string, string> => {
    const taken: Record<string, string> = {};
    for (const base of Object.keys(names)) {
      const found = first([base], VALUE_SHARE);
      if (found === undefined || found.field === entity || taken[names[base]] !== undefined) continue;
      if (Object.keys(taken).length < most) taken[names[base]] = found.field;
    }
    return taken;
  };
  const { errors, failures } = errorsOf(first);
  return {
    ...(entity !== undefined && { entity_field: entity }),
    bucket: {
      ...(errors !== undefined && { errors }),
      ...(failures !== undefined && { failures }),
      ...(latency && { latency: latency.field }),
      distinct: named(DISTINCT, MOST_DISTINCT),
      rare: named(RARE, 1),
      ...(entity !== undefined && { silence: !isPasserBy(entity) }),
    },
  };
}

/**
 * Guesses the mapping of fields for logs in a file: numbers as they are, all text as values that can be counted.
 */
export function guessedTypes(documents: readonly LogDocument[]): (field: string) => MappedTypes | undefined {
  return (field): MappedTypes | undefined => {
    for (const document of documents) {
      const value = getField(document, field);
      const scalar: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof scalar === 'number') return { double: { aggregatable: true } };
      if (typeof scalar === 'boolean') return { boolean: { aggregatable: true } };
      if (typeof scalar !== 'string') continue;
      const isTime = ISO_TIME.test(scalar);
      return { [isTime ? 'date' : 'keyword']: { aggregatable: true } };
    }
    return undefined;
  };
}
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** That of ECS before others, and shorter names before longer ones. */
const rankOf = ({ field }: LogField): number => (field === 'event.duration' ? 0 : field.length);

/** Codes of gRPC that are the doing of the server; 0 is none. */
const GRPC_ERRORS = [2, 4, 8, 10, 12, 13, 14, 15];

/** Queries of what failed by the doing of the server, and of all that failed. */
function errorsOf(
  first: (
    names: readonly string[],
    share: number,
    kinds?: readonly LogField['kind'][],
  ) => LogField | undefined,
): { errors?: string; failures?: string } {
  const holdsOnly = (regex: RegExp) => (found: LogField | undefined) =>
    found !== undefined && found.examples.every((example) => regex.test(example));
  const coded = STATUS_CODES.map((name) => first([name], VALUE_SHARE, ['number', 'value']));
  const codes = coded.filter(holdsOnly(/^[1-5]\d\d$/));
  const level = first(LEVELS, VALUE_SHARE, ['value', 'text']);
  const code = codes.find((found) => found!.share >= ENTITY_SHARE) ?? (level ? undefined : codes[0]);
  if (code) return { errors: `${code.field}:>=500`, failures: `${code.field}:>=400` };
  const grpc = coded.filter(holdsOnly(/^(\d|1[0-6])$/)).find((found) => found!.examples.includes('0'));
  if (grpc) {
    return { errors: `${grpc.field}:(${GRPC_ERRORS.join(' OR ')})`, failures: `${grpc.field}:>=1` };
  }
  if (level === undefined) return {};
  const cased = level.examples.some((example) => /^[A-Z]+$/.test(example))
    ? ERROR_LEVELS.map((name) => name.toUpperCase())
    : level.examples.some((example) => /^[A-Z][a-z]+$/.test(example))
      ? ERROR_LEVELS.map((name) => name[0].toUpperCase() + name.slice(1))
      : ERROR_LEVELS;
  return { errors: `${level.field}:(${cased.join(' OR ')})` };
}
