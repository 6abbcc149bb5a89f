import { z } from 'zod';
import { detectorIdSchema, labelsSchema, timeSchema } from '../parameters';
import { CALENDAR_LIMITS } from './limits';

/** A point in time as it is stored and shown: ISO 8601, UTC. */
const instantSchema = timeSchema.transform((time) => new Date(time).toISOString());

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

const timeZoneSchema = z
  .string()
  .min(1)
  .max(64)
  .default('UTC')
  .describe('IANA name such as Europe/Berlin; daylight saving is followed');
const timeOfDay = (latest: '23:59' | '24:00') =>
  z
    .string()
    .regex(
      latest === '24:00' ? /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/ : /^([01]\d|2[0-3]):[0-5]\d$/,
      `must be a time of day from 00:00 to ${latest}`,
    );

/** Schedule of a suppression; the log's own time decides. */
export const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('once'),
    windows: z
      .array(
        z
          .strictObject({ from: instantSchema, to: instantSchema })
          .refine(({ from, to }) => from < to, 'from must be before to'),
      )
      .min(1)
      .max(200),
  }),
  z.strictObject({
    type: z.literal('weekly'),
    days: z.array(z.enum(WEEKDAYS)).min(1).max(7).describe('On which the window begins'),
    from: timeOfDay('23:59'),
    to: timeOfDay('24:00').describe('Not later than from: on the day after'),
    time_zone: timeZoneSchema,
  }),
  z.strictObject({
    type: z.literal('icalendar'),
    text: z
      .string()
      .min(1)
      .max(CALENDAR_LIMITS.characters)
      .describe('Content of an .ics file; each event is a window'),
    time_zone: timeZoneSchema.describe('For events that name none'),
  }),
]);
export type Schedule = z.output<typeof scheduleSchema>;

/** Conditions on results; all that are given must hold. */
const matchSchema = z
  .strictObject({
    source: z
      .strictObject({ index: z.string().min(1).max(255), id: z.string().min(1).max(512) })
      .optional()
      .describe('This one log'),
    pattern: z.string().min(1).max(512).optional().describe('anomaly.pattern'),
    entity: z.string().min(1).max(256).optional().describe('anomaly.entity'),
    top_feature: z.string().min(1).max(200).optional().describe('anomaly.top_feature'),
  })
  .refine((match) => Object.values(match).some((value) => value !== undefined), 'must name something');
export type Match = z.output<typeof matchSchema>;

const shape = {
  detector_ids: z.array(detectorIdSchema).max(100).default([]).describe('Empty: all of the space'),
  name: z.string().min(1).max(200).describe('Name for people'),
  match: matchSchema.optional().describe('Results that it applies to; absent: all'),
  schedule: scheduleSchema
    .optional()
    .describe('Times at which it applies, by the time of the log; absent: always'),
  expires_at: instantSchema.optional().describe('Logs from then on are not hidden'),
  comment: z.string().max(2_000).optional(),
  labels: labelsSchema.describe('For those who keep quiet times as files: apply --prune goes by a label'),
};

/** Suppression as a caller requests it. */
export const suppressionDraftSchema = z
  .strictObject({
    ...shape,
    origin: z.enum(['mute', 'calendar']).default('mute'),
    exclude_from_training: z
      .boolean()
      .optional()
      .describe('If true, its logs stay out of training samples; default: true with a schedule'),
  })
  .refine(
    ({ match, schedule, expires_at: expiresAt }) => match ?? schedule ?? expiresAt,
    'must have match, schedule or expires_at',
  );
export type SuppressionDraft = z.output<typeof suppressionDraftSchema>;

/** Hides results of detectors: they are kept and marked, not announced and not counted. */
export const suppressionSchema = z.object({
  ...shape,
  id: z.string(),
  origin: z.enum(['feedback', 'mute', 'calendar']),
  exclude_from_training: z.boolean(),
  by: z.string().optional(),
  at: z.string(),
});
export type Suppression = z.output<typeof suppressionSchema>;

export const appliesTo = ({ detector_ids: ids }: Suppression, detectorId: string): boolean =>
  ids.length === 0 || ids.includes(detectorId);

/** @param now epoch milliseconds */
export const isExpired = ({ expires_at: expiresAt }: Suppression, now: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now;

/** A verdict on a single log hides nothing else, so few limits hold for it. */
export const isOfOneLog = ({ match }: Pick<Suppression, 'match'>): boolean => match?.source !== undefined;

/** Name of a verdict on one log, as what it does: it hides that log. */
export const THIS_LOG = 'this log';

/** The sentence that a hidden result carries. */
export function becauseOf({ origin, name, by }: Pick<Suppression, 'origin' | 'name' | 'by'>): string {
  switch (origin) {
    case 'feedback':
      return `${by ?? 'Somebody'} said: not an anomaly (${name})`;
    case 'mute':
      return `Muted: ${name}`;
    case 'calendar':
      return `Quiet time: ${name}`;
  }
}
