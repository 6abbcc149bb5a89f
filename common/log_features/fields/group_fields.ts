import { cached } from '../columns/cached';
import { fieldOfPart, fieldsOfPart, type FeatureDefinition, type FieldPart } from '../../detector';
import { compileField, type FieldReader } from './field_access';
import { DirtCounter, numberOf, scalarOf } from '../columns/field_value';
import type { ParentsOfField } from './route_parameters';
import { agentFamily } from './agent_family';
import { networkOf, servicePortOf } from './connections';
import { maskedReader, readableRoute, routeReader } from './routes';

/** UTF-16 code units of a value that tell a group from others. */
const MAX_PART = 256;
/** Between the parts of a group's name. */
export const PART_SEPARATOR = '\n';
/** Longest name of a group: four parts and what separates them. */
export const MAX_GROUP_NAME = 4 * MAX_PART + 3;

/** Names of the groups that a log belongs to, from the widest to the narrowest. */
export type GroupReader = (document: unknown) => readonly string[];

/** Reads one part as text: a value as it stands, masked, or what is told by it, such as its route; undefined where there is none. */
export function partReader(
  part: FieldPart,
  parentsOf?: ParentsOfField,
): (document: unknown) => string | undefined {
  if (typeof part === 'string') return textReader(part);
  if ('service_port' in part) return servicePortReader(part.service_port);
  const change =
    'route' in part
      ? routeReader(false, parentsOf?.(part.route))
      : 'masked' in part
        ? maskedReader()
        : cached(networkOf);
  return textReader(fieldOfPart(part), change);
}

function servicePortReader(fields: readonly [string, string]): (document: unknown) => string | undefined {
  const readers = fields.map(compileField);
  const unread = new DirtCounter();
  return (document) => servicePortOf(readers.map((read) => numberOf(read(document), unread)));
}

/** Reads the family of a user agent, see {@link agentFamily}; undefined where there is none. */
export const agentReader = (field: string): ((document: unknown) => string | undefined) =>
  textReader(field, cached(agentFamily));

function textReader(
  field: string,
  change?: (text: string) => string,
): (document: unknown) => string | undefined {
  const read: FieldReader = compileField(field);
  const unread = new DirtCounter();
  return (document) => {
    const scalar = scalarOf(read(document), unread);
    if (scalar === undefined) return undefined;
    const text = typeof scalar === 'string' ? scalar : String(scalar);
    return change === undefined ? text.slice(0, MAX_PART) : change(text);
  };
}

/**
 * Reads the groups of `by`. One field makes one group, which a log without the field lacks; of a list each beginning
 * makes one, and a missing value is a value like any other.
 */
export function groupReader(by: FeatureDefinition['by'], parentsOf?: ParentsOfField): GroupReader {
  if (by === undefined) return () => [];
  if (typeof by === 'string') {
    const read = partReader(by);
    return (document) => {
      const name = read(document);
      return name === undefined ? [] : [name];
    };
  }
  const readers = by.map((part) => partReader(part, parentsOf));
  return (document) => {
    let name = '';
    return readers.map((read, index) => {
      name += (index === 0 ? '' : PART_SEPARATOR) + (read(document) ?? '');
      return name;
    });
  };
}

/** Fields that `by` or `fields` reads. */
const fieldsOfParts = (parts: FeatureDefinition['by']): string[] =>
  parts === undefined ? [] : [parts].flat().flatMap(fieldsOfPart);

/** All fields that a feature reads beside the time. */
export const fieldsOfFeature = ({ field, by, fields, method }: FeatureDefinition): string[] => [
  field,
  ...fieldsOfParts(by),
  ...fieldsOfParts(fields),
  ...(method === undefined ? [] : [method]),
];

/** A group as people are shown it: of a request its status, method and route alone. */
export function readableGroup(name: string): string {
  const parts = name.split(PART_SEPARATOR).filter((part) => part !== '');
  let route = parts.length - 1;
  while (route >= 0 && !parts[route].startsWith('/')) route--;
  if (route < 0) return parts.join(' ');
  const hasMethod = route > 0 && /^[A-Z]{3,10}$/.test(parts[route - 1]);
  const request = parts.slice(hasMethod ? route - 1 : route);
  const hasStatus = request.length < parts.length && /^[1-5]\d\d$/.test(parts[0]);
  return [...(hasStatus ? [parts[0]] : []), ...request].map(readableRoute).join(' ');
}
