import { z } from 'zod';
import { DetectionError } from '../detection_error';
import { DAY } from '../duration';
import { timeSchema } from '../parameters';

/**
 * - `deployment`: a new version went live
 * - `change`: anything else that was changed, such as a setting or a flag
 * - `incident`: something known was broken
 * - `maintenance`: planned work
 */
export const ANNOTATION_KINDS = ['deployment', 'change', 'incident', 'maintenance'] as const;
export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

/** Longest id of a document in Elasticsearch. */
const MOST_ID_BYTES = 512;
/** Longest name of a user in Elasticsearch. */
const MOST_USER_CHARACTERS = 1_024;

export const ANNOTATION_LIMITS = {
  idCharacters: 200,
  titleCharacters: 200,
  versionCharacters: 100,
  urlCharacters: 2_048,
  entities: 50,
  entityCharacters: 256,
  /** The longest time from start to end. */
  days: 31,
  /** Planned work is noted so long before it; what lies further ahead is a mistake. */
  daysAhead: 366,
} as const;

/** Own id of a caller who notes an annotation, such as that of a CI job. */
export const annotationIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]*$/,
    'must begin with a letter or digit and hold only letters, digits and . _ : -',
  )
  .max(ANNOTATION_LIMITS.idCharacters)
  .describe('Id of an annotation');

/** Id of an annotation as it is stored, whoever has written the document: what Elasticsearch takes as one. */
export const storedAnnotationIdSchema = z
  .string()
  .min(1)
  .refine((id) => new TextEncoder().encode(id).length <= MOST_ID_BYTES, {
    message: `must have at most ${MOST_ID_BYTES} bytes`,
  })
  .describe('Id of an annotation');

const HAS_ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;
/** Earlier times are seconds that were taken for milliseconds. */
const EARLIEST = Date.UTC(2000, 0, 1);

const isoTimeSchema = z.union([z.number().int(), z.string().max(40)]).transform((given, context): string => {
  const time = timeSchema.safeParse(given).data;
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (time === undefined) return refuse('must be ISO 8601 or milliseconds since 1970');
  if (typeof given === 'string' && !/^-?\d+$/.test(given) && !HAS_ZONE.test(given)) {
    return refuse('must name its zone, such as 2026-12-01T22:00:00Z or 2026-12-01T23:00:00+01:00');
  }
  if (time < EARLIEST) return refuse('must be 2000 or later; a number is milliseconds since 1970');
  return new Date(time).toISOString();
});

const textSchema = (most: number) => z.string().trim().min(1).max(most);

const addressSchema = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .max(ANNOTATION_LIMITS.urlCharacters)
  .describe('Page that says more');

/** Draft of an annotation as a person or a CI job says it; times are converted to ISO 8601 in UTC. */
export const annotationDraftSchema = z
  .strictObject({
    id: annotationIdSchema
      .optional()
      .describe('Says it once only: a call that is repeated with the same id writes nothing'),
    kind: z.enum(ANNOTATION_KINDS),
    title: textSchema(ANNOTATION_LIMITS.titleCharacters),
    at: isoTimeSchema.optional().describe('Start, ISO 8601 or milliseconds since 1970; absent: now'),
    ends_at: isoTimeSchema
      .optional()
      .describe(`End, at most ${ANNOTATION_LIMITS.days} days after the start; absent: it has no length`),
    entities: z
      .array(textSchema(ANNOTATION_LIMITS.entityCharacters))
      .max(ANNOTATION_LIMITS.entities)
      .default([])
      .describe('Entities that it concerns, such as names of services or hosts; none: all'),
    version: textSchema(ANNOTATION_LIMITS.versionCharacters).optional(),
    url: addressSchema.optional(),
  })
  .describe('A deployment, a change, an incident or maintenance');
export type AnnotationDraft = z.output<typeof annotationDraftSchema>;

/** One entry of the calendar of changes. Times are ISO 8601. */
export const annotationSchema = z.object({
  id: z.string(),
  kind: z.enum(ANNOTATION_KINDS),
  title: z.string(),
  at: z.string().describe('Start'),
  ends_at: z.string().optional(),
  entities: z.array(z.string()).describe('Entities that it concerns; none: all'),
  version: z.string().optional(),
  url: addressSchema.optional(),
  by: z.string().optional().describe('User who said it'),
  recorded_at: z.string().describe('Time at which it was said'),
});
export type Annotation = z.output<typeof annotationSchema>;

/** Instant of a stored document: without a zone, Elasticsearch would take it as UTC and others as local time. */
const storedTimeSchema = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());

/**
 * Reads a stored document with its id. Whoever may write the index can write anything into it: only what could have been noted
 * is accepted, and fields that are not known are dropped. Times come out in UTC.
 */
export const storedAnnotationSchema = annotationSchema
  .extend({
    title: textSchema(ANNOTATION_LIMITS.titleCharacters),
    at: storedTimeSchema,
    ends_at: storedTimeSchema.optional(),
    entities: z.array(textSchema(ANNOTATION_LIMITS.entityCharacters)).max(ANNOTATION_LIMITS.entities),
    version: textSchema(ANNOTATION_LIMITS.versionCharacters).optional(),
    by: z.string().max(MOST_USER_CHARACTERS).optional(),
    recorded_at: storedTimeSchema,
  })
  .refine(({ at, ends_at: endsAt }) => problemOfTimes(at, endsAt) === undefined);

/** @returns a sentence where start and end do not fit each other; times in ISO 8601 */
export function problemOfTimes(at: string, endsAt: string | undefined): string | undefined {
  if (endsAt === undefined) return undefined;
  const length = Date.parse(endsAt) - Date.parse(at);
  if (length <= 0) return `ends_at is ${endsAt}; it must be later than the start, ${at}`;
  if (length > ANNOTATION_LIMITS.days * DAY) {
    return `ends_at is ${endsAt}; it must be at most ${ANNOTATION_LIMITS.days} days after the start, ${at}`;
  }
  return undefined;
}

/**
 * @param by user who says it
 * @param now epoch milliseconds: the start where none is given
 * @throws DetectionError `invalid_input` where its end does not fit its start, or its start lies more than a year ahead
 */
export function annotationWithoutId(
  { id: _id, at: given, ...draft }: AnnotationDraft,
  by: string | undefined,
  now: number,
): Omit<Annotation, 'id'> {
  const at = given ?? new Date(now).toISOString();
  const problem =
    Date.parse(at) > now + ANNOTATION_LIMITS.daysAhead * DAY
      ? `at is ${at}; it must be at most a year ahead`
      : problemOfTimes(at, draft.ends_at);
  if (problem !== undefined)
    throw new DetectionError('invalid_input', `The annotation is not valid: ${problem}.`);
  return {
    ...draft,
    at,
    entities: [...new Set(draft.entities)].sort(),
    ...(by !== undefined && { by }),
    recorded_at: new Date(now).toISOString(),
  };
}

/** Names the fields that are not as they are stored; a start that was not given is none of them. */
export function differencesOf(given: Annotation, stored: Annotation): string[] {
  const said = ['kind', 'title', 'at', 'ends_at', 'entities', 'version', 'url'] as const;
  return said.filter(
    (field) =>
      !(field === 'at' && given.at === given.recorded_at) &&
      !(field === 'ends_at' && given.ends_at === undefined) &&
      JSON.stringify(given[field]) !== JSON.stringify(stored[field]),
  );
}
