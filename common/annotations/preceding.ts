import { MINUTE } from '../duration';
import type { Annotation } from './annotation';

/** Longest time from the start of an annotation to that of an incident which names it, unless it goes on still. Milliseconds. */
export const NAMED_WITHIN = 30 * MINUTE;

/** Place and time that annotations are compared with. */
export interface Occurrence {
  /** ISO 8601. */
  readonly start: string;
  readonly entity?: string;
  readonly scope: {
    readonly kind: string;
    readonly value: string;
    readonly parts?: Readonly<Record<string, string>>;
  };
}

/** Names that an incident is known by: its entity, the parts of that, its host. */
function namesOf({ entity, scope }: Occurrence): string[] {
  const isPlace = scope.kind === 'entity' || scope.kind === 'host';
  return [
    ...(entity === undefined ? [] : [entity]),
    ...(isPlace ? [scope.value] : []),
    ...Object.values(scope.parts ?? {}),
  ];
}

/** @returns true where an annotation is about all entities, or about one of these names */
export const concerns = ({ entities }: Pick<Annotation, 'entities'>, names: readonly string[]): boolean =>
  entities.length === 0 || entities.some((entity) => names.includes(entity));

/**
 * Returns the annotation that an incident began after: the latest of those that concern its entity and began at most
 * {@link NAMED_WITHIN} before it, or go on when it begins.
 */
export function precedingOf<Each extends Pick<Annotation, 'id' | 'at' | 'ends_at' | 'entities'>>(
  occurrence: Occurrence,
  annotations: readonly Each[],
): Each | undefined {
  const start = Date.parse(occurrence.start);
  const names = namesOf(occurrence);
  const [latest] = annotations
    .filter((annotation) => {
      const gap = start - Date.parse(annotation.at);
      const goesOn = annotation.ends_at !== undefined && start <= Date.parse(annotation.ends_at);
      return gap >= 0 && (gap <= NAMED_WITHIN || goesOn) && concerns(annotation, names);
    })
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at) || (one.id < other.id ? -1 : 1));
  return latest;
}

/** Facts of the sentence that an incident began after an annotation, for any language. */
export interface Precedence {
  /** Present where it goes on when the incident begins. */
  readonly isDuring: boolean;
  /** From the start of the annotation to that of the incident, milliseconds. */
  readonly gap: number;
  /** Version, or title in quotation marks where there is none. */
  readonly name: string;
  /** Entities with commas between; undefined: all. */
  readonly of: string | undefined;
}

/** Entities that are named in a sentence; more are counted. */
const NAMED_ENTITIES = 3;

export function precedenceOf(
  { at, ends_at: endsAt, title, version, entities }: Annotation,
  { start }: Pick<Occurrence, 'start'>,
): Precedence {
  const shown = entities.slice(0, NAMED_ENTITIES).join(', ');
  const more = entities.length - NAMED_ENTITIES;
  return {
    isDuring: endsAt !== undefined && Date.parse(start) <= Date.parse(endsAt),
    gap: Date.parse(start) - Date.parse(at),
    name: version ?? `“${title}”`,
    of: entities.length === 0 ? undefined : more > 0 ? `${shown} +${more}` : shown,
  };
}

/**
 * @example precedenceText(annotation, incident) // Began 2 min after deployment 1.42 of cart.
 * @example precedenceText(annotation, incident) // Began during maintenance “Move of the database”.
 */
export function precedenceText(annotation: Annotation, occurrence: Pick<Occurrence, 'start'>): string {
  const { isDuring, gap, name, of } = precedenceOf(annotation, occurrence);
  const what = `${annotation.kind} ${name}${of === undefined ? '' : ` of ${of}`}`;
  return isDuring ? `Began during ${what}.` : `Began ${gapText(gap)} after ${what}.`;
}

/** @param gap milliseconds, up to {@link NAMED_WITHIN} @example gapText(125_000) // 2 min */
const gapText = (gap: number): string =>
  gap < MINUTE ? `${Math.round(gap / 1_000)} s` : `${Math.round(gap / MINUTE)} min`;
