import { DAY, HOUR, MINUTE } from '../duration';
import type { Annotation } from './annotation';

/** Longest time from the start of an annotation to that of an incident which names it, unless it goes on still. Milliseconds. */
export const NAMED_WITHIN = 30 * MINUTE;

/** Place and time that annotations are compared with. */
export interface Occurrence {
  /** ISO 8601. */
  readonly start: string;
  /** End of the bucket that it began in, ISO 8601; absent: it began at `start`. */
  readonly began_by?: string;
  readonly entity?: string;
  readonly scope: {
    readonly kind: string;
    readonly value: string;
    readonly parts?: Readonly<Record<string, string>>;
  };
}

/** Names that an incident is known by: its entity, the parts of that, its host. */
export function namesOf({ entity, scope }: Pick<Occurrence, 'entity' | 'scope'>): string[] {
  const isPlace = scope.kind === 'entity' || scope.kind === 'host';
  return [
    ...(entity === undefined ? [] : [entity]),
    ...(isPlace ? [scope.value] : []),
    ...Object.values(scope.parts ?? {}),
  ];
}

/** @returns the latest time at which it can have begun, epoch milliseconds: a bucket says only that it began within it */
export const beganBy = ({ start, began_by: by = start }: Pick<Occurrence, 'start' | 'began_by'>): number =>
  Math.max(Date.parse(start), Date.parse(by) - 1);

/** @returns true where an annotation is about all entities, or about one of these names */
export const concerns = (
  { entities }: { readonly entities: readonly string[] },
  names: readonly string[],
): boolean => entities.length === 0 || entities.some((entity) => names.includes(entity));

/**
 * Returns the annotation that an incident began after: the latest of those that concern its entity and began at most
 * {@link NAMED_WITHIN} before it, or go on when it begins. Of one that began in a bucket, what began in that bucket counts, too.
 */
export function precedingOf<Each extends Pick<Annotation, 'id' | 'at' | 'ends_at' | 'entities'>>(
  occurrence: Occurrence,
  annotations: readonly Each[],
): Each | undefined {
  const start = Date.parse(occurrence.start);
  const end = beganBy(occurrence);
  const names = namesOf(occurrence);
  const [latest] = annotations
    .filter((annotation) => {
      const at = Date.parse(annotation.at);
      const goesOn = annotation.ends_at !== undefined && start <= Date.parse(annotation.ends_at);
      return at <= end && (at >= start - NAMED_WITHIN || goesOn) && concerns(annotation, names);
    })
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at) || (one.id < other.id ? -1 : 1));
  return latest;
}

/** Facts of the sentence that an incident began after an annotation, for any language. */
export interface Precedence {
  /** True where it goes on when the incident begins. */
  readonly isDuring: boolean;
  /** From the start of the annotation to that of the incident, milliseconds; below 0: within the bucket that the incident began in. */
  readonly gap: number;
  /** Length of that bucket, milliseconds; 0 where it began in none. */
  readonly span: number;
  /** Version, or title in quotation marks where there is none. */
  readonly name: string;
  /** Entities with commas between; undefined: all. */
  readonly of: string | undefined;
}

/** Entities that are named in a sentence; more are counted. */
const NAMED_ENTITIES = 3;

export function precedenceOf(
  { at, ends_at: endsAt, title, version, entities }: Annotation,
  occurrence: Pick<Occurrence, 'start' | 'began_by'>,
): Precedence {
  const start = Date.parse(occurrence.start);
  const shown = entities.slice(0, NAMED_ENTITIES).join(', ');
  const more = entities.length - NAMED_ENTITIES;
  return {
    isDuring: endsAt !== undefined && Date.parse(at) <= start && start <= Date.parse(endsAt),
    gap: start - Date.parse(at),
    span: occurrence.began_by === undefined ? 0 : Date.parse(occurrence.began_by) - start,
    name: version ?? `“${title}”`,
    of: entities.length === 0 ? undefined : more > 0 ? `${shown} +${more}` : shown,
  };
}

/**
 * @example precedenceText(annotation, incident) // Began 2 min after deployment 1.42 of cart.
 * @example precedenceText(annotation, incident) // Began in the same 60 min as deployment 1.42 of cart.
 * @example precedenceText(annotation, incident) // Began during maintenance “Move of the database”.
 */
export function precedenceText(
  annotation: Annotation,
  occurrence: Pick<Occurrence, 'start' | 'began_by'>,
): string {
  const { isDuring, gap, span, name, of } = precedenceOf(annotation, occurrence);
  const what = `${annotation.kind} ${name}${of === undefined ? '' : ` of ${of}`}`;
  if (isDuring) return `Began during ${what}.`;
  return gap < 0 ? `Began in the same ${gapText(span)} as ${what}.` : `Began ${gapText(gap)} after ${what}.`;
}

/**
 * @param gap milliseconds
 * @example gapText(125_000) // 2 min
 */
function gapText(gap: number): string {
  const [seconds, minutes, hours] = [1_000, MINUTE, HOUR].map((unit) => Math.round(gap / unit));
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 120) return `${minutes} min`;
  return hours < 48 ? `${hours} h` : `${Math.round(gap / DAY)} days`;
}
