import { beginsWithKql, MATCH_NONE_KQL, unquotedKql } from '../kql';
import type { LogDocument } from '../log_document';

/** Fields that make up an entity at most. */
export const MOST_ENTITY_FIELDS = 3;
/** Characters of an entity that a result holds. */
export const LONGEST_ENTITY = 256;

/** Returns the field that a `.keyword` is the part of, or the field itself. */
export const withoutKeyword = (field: string): string => field.replace(/\.keyword$/, '');

/** Settings of a detector that say what its results are grouped by. */
export interface EntitySettings {
  readonly entity_field?: string | undefined;
  readonly entity_fields?: readonly string[] | undefined;
}

/** Fields that make up the entity of a detector, in their order; none where its results are not grouped. */
export const entityFieldsOf = ({
  entity_field: field,
  entity_fields: fields,
}: EntitySettings): readonly string[] => fields ?? (field === undefined ? [] : [field]);

/** Returns one field as it stands and several as a list: the form in which versions of models and results of 0.1.0 know a single one. */
export const entitySettingOf = (settings: EntitySettings): string | readonly string[] | undefined => {
  const fields = entityFieldsOf(settings);
  return fields.length > 1 ? fields : fields[0];
};

/** @example entityFieldsText({ entity_fields: ['service.name', 'host.name'] }) // "service.name and host.name" */
export const entityFieldsText = (settings: EntitySettings): string => entityFieldsOf(settings).join(' and ');

/** Pipes within values come in pairs, so that one alone between spaces is none of theirs. */
const SEPARATOR = ' | ';
const PIPES = /\|/g;
const DOUBLE_PIPES = /\|\|/g;
const ABSENT = '-';
const DASHES = /^-+$/;
const shownPart = (part: string | undefined): string => {
  if (part === undefined) return ABSENT;
  return DASHES.test(part) ? `${part}-` : part.replace(PIPES, '||');
};

const readPart = (shown: string): string | undefined => {
  if (shown === ABSENT) return undefined;
  return DASHES.test(shown) ? shown.slice(1) : shown.replace(DOUBLE_PIPES, '|');
};

/**
 * One text for an entity of several parts. A pipe within a part is doubled, a part that is not there is a dash, and one that is made
 * of dashes has one more: no two entities have the same text.
 *
 * @param longest characters of each part as it is shown; default: no limit
 * @returns undefined where all parts are missing
 * @example entityText(['checkout', 'web-1']) // "checkout | web-1"
 */
export function entityText(parts: readonly (string | undefined)[], longest = Infinity): string | undefined {
  if (parts.every((part) => part === undefined)) return undefined;
  return parts.map((part) => shortened(part, longest)).join(SEPARATOR);
}

function shortened(part: string | undefined, longest: number): string {
  let cut = part;
  while (cut !== undefined && shownPart(cut).length > longest) {
    cut = cut.slice(0, cut.length - Math.max(1, Math.floor((shownPart(cut).length - longest) / 2)));
  }
  return shownPart(cut);
}

/** Characters of each part that the entity of a result holds. */
export const longestPart = (fields: number): number =>
  Math.floor((LONGEST_ENTITY - SEPARATOR.length * (fields - 1)) / fields);

/**
 * The parts of an entity, from what {@link entityText} made of them.
 *
 * @param fields their number; with one the text is the part itself
 * @returns as many parts as there are fields, undefined for those that the entity lacks
 */
export function partsOfEntity(entity: string, fields: number): (string | undefined)[] {
  if (fields === 1) return [entity];
  const parts = entity.split(SEPARATOR).map(readPart);
  return Array.from({ length: fields }, (_, place) => parts[place]);
}

/** @returns true where a part may be the beginning of a longer value */
export const isCutPart = (part: string, fields: number): boolean =>
  fields === 1 ? part.length >= LONGEST_ENTITY : shownPart(part).length >= longestPart(fields) - 1;

/** The parts that an entity has, by field; undefined for an entity of one field, which is its own part. */
export function namedParts(
  entity: string | undefined,
  settings: EntitySettings,
): Readonly<Record<string, string>> | undefined {
  if (entityFieldsOf(settings).length < 2 || entity === undefined) return undefined;
  return Object.fromEntries(
    conditionsOf(settings, entity).flatMap(({ field, value }) =>
      value === undefined ? [] : [[field, value]],
    ),
  );
}

/** One field of an entity with its value, undefined where the logs of the entity lack the field. */
export interface EntityCondition {
  readonly field: string;
  readonly value: string | undefined;
  /** True where the value may be the beginning of a longer one. */
  readonly isCut: boolean;
}

/** An entity as a result holds it: of the fields that its detector had when it was found. */
export interface StoredEntity {
  readonly entity?: string | undefined;
  /** See `AnomalyResult.anomaly`; of entities of several fields alone. */
  readonly entity_parts?: Readonly<Record<string, string>> | undefined;
  /** Of results of buckets alone. */
  readonly entity_field?: unknown;
}

/** The text of an entity, or what a result holds of it; undefined: none. */
export type GivenEntity = string | StoredEntity | undefined;

const storedOf = (given: GivenEntity): StoredEntity =>
  typeof given === 'string' ? { entity: given } : (given ?? {});

/** @returns the text of an entity; undefined where there is none */
export const textOfEntity = (given: GivenEntity): string | undefined => storedOf(given).entity;

/**
 * The conditions that the logs of an entity fulfil. Those of a result go by the fields that it was found with, where it tells them.
 *
 * @param settings of the detector as it is now
 * @returns none of an entity that was made of another number of fields, which are not known: these are not all logs
 */
export function conditionsOf(settings: EntitySettings, given: GivenEntity): EntityCondition[] {
  const { entity, entity_parts: parts, entity_field: found } = storedOf(given);
  if (entity === undefined) return [];
  const then = [found].flat().filter((field): field is string => typeof field === 'string');
  for (const fields of [then, entityFieldsOf(settings)]) {
    const conditions = conditionsWith(fields, entity);
    if (conditions.length > 0 && (parts === undefined || isSaidBy(conditions, parts))) return conditions;
  }
  const fields = entity.split(SEPARATOR).length;
  // A field that the logs lack is not known by its name.
  return Object.entries(parts ?? {}).map(([field, value]) => ({
    field,
    value,
    isCut: isCutPart(value, fields),
  }));
}

function conditionsWith(fields: readonly string[], entity: string): EntityCondition[] {
  if (fields.length === 0) return [];
  if (fields.length > 1 && entity.split(SEPARATOR).length !== fields.length) return [];
  const parts = partsOfEntity(entity, fields.length);
  return fields.map((field, place) => {
    const value = parts[place];
    return { field, value, isCut: value !== undefined && isCutPart(value, fields.length) };
  });
}

function isSaidBy(conditions: readonly EntityCondition[], parts: Readonly<Record<string, string>>): boolean {
  const present = conditions.filter(({ value }) => value !== undefined);
  return (
    present.length === Object.keys(parts).length &&
    present.every(({ field, value }) => parts[field] === value)
  );
}

/**
 * The condition in Kibana's query language that selects the logs of an entity.
 *
 * @returns empty where results are not grouped or the entity is not known; what selects nothing where its fields are not known
 * @example entityKql({ entity_field: 'service.name' }, 'checkout') // 'service.name : "checkout"'
 */
export function entityKql(settings: EntitySettings, given: GivenEntity): string {
  const conditions = conditionsOf(settings, given);
  if (conditions.length === 0 && textOfEntity(given) !== undefined && entityFieldsOf(settings).length > 0) {
    return MATCH_NONE_KQL;
  }
  return conditions
    .map(({ field, value, isCut }) => {
      const name = unquotedKql(field);
      if (value === undefined) return `not ${name} : *`;
      return `${name} : ${isCut ? beginsWithKql(value) : JSON.stringify(value)}`;
    })
    .join(' and ');
}

/** @returns the field and the value of `field=value`; undefined for anything else */
export function readPartFilter(text: string): { field: string; value: string } | undefined {
  const at = text.indexOf('=');
  return at < 1 ? undefined : { field: text.slice(0, at), value: text.slice(at + 1) };
}

/** @example partFilter('service.name', 'checkout') // "service.name=checkout" */
export const partFilter = (field: string, value: string): string => `${field}=${value}`;

/** Field of stored results that holds one part of an entity of several fields. */
export const storedPartField = (field: string): string => `anomaly.entity_parts.${field}`;

/** Reads the entity of logs. */
export type EntityReader = (document: LogDocument) => string | undefined;

/**
 * Returns the reader of the entity of logs, at most 256 characters of it.
 *
 * @param textOf reads one field as text
 */
export function entityReader(
  settings: EntitySettings,
  textOf: (document: LogDocument, field: string, longest: number) => string | undefined,
): EntityReader {
  const fields = entityFieldsOf(settings);
  if (fields.length === 0) return () => undefined;
  if (fields.length === 1) return (document) => textOf(document, fields[0], LONGEST_ENTITY);
  const longest = longestPart(fields.length);
  return (document) =>
    entityText(
      fields.map((field) => textOf(document, field, LONGEST_ENTITY)),
      longest,
    );
}
