import { suppressionDraftSchema, type WEEKDAYS } from '../../../common/suppressions/suppression';
import { describeZodIssues } from '../../../common/validation';
import type { ApiCall, Endpoints } from '../../../common/api';
import { HOUR } from '../../../common/duration';

const DAY = 24 * HOUR;

/** A schedule that is being written; times in epoch milliseconds. */
export type ScheduleDraft =
  | { readonly type: 'once'; readonly from: number; readonly to: number }
  | {
      readonly type: 'weekly';
      readonly days: readonly (typeof WEEKDAYS)[number][];
      readonly from: string;
      readonly to: string;
      readonly time_zone: string;
    }
  | {
      readonly type: 'icalendar';
      /** Name of the file. */
      readonly file: string;
      readonly text: string;
      readonly time_zone: string;
    };

/** Input of the form for quiet times and mutes. */
export interface QuietTimeDraft {
  readonly name: string;
  readonly kind: ScheduleDraft['type'] | 'mute';
  /** Of each kind, so that going from one to another loses nothing. */
  readonly schedules: { readonly [Type in ScheduleDraft['type']]: Extract<ScheduleDraft, { type: Type }> };
  readonly entity: string;
  readonly feature: string;
  /** Days from now; undefined: never. */
  readonly expiresInDays: number | undefined;
  readonly excludeFromTraining: boolean;
  readonly everyDetector: boolean;
  readonly comment: string;
}

/** @param now epoch milliseconds */
export function emptyQuietTime(now: number): QuietTimeDraft {
  const hour = Math.ceil(now / HOUR) * HOUR;
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    name: '',
    kind: 'once',
    schedules: {
      once: { type: 'once', from: hour, to: hour + 2 * HOUR },
      weekly: { type: 'weekly', days: ['sunday'], from: '02:00', to: '04:00', time_zone: timeZone },
      icalendar: { type: 'icalendar', file: '', text: '', time_zone: timeZone },
    },
    entity: '',
    feature: '',
    expiresInDays: undefined,
    excludeFromTraining: true,
    everyDetector: false,
    comment: '',
  };
}

type Body = NonNullable<ApiCall<Endpoints['addSuppression']>['body']>['suppression'];

/**
 * The request that a draft stands for, or what is wrong with it.
 *
 * @param now epoch milliseconds
 */
export function quietTimeOf(
  draft: QuietTimeDraft,
  detectorId: string,
  now: number,
): { readonly suppression?: Body; readonly problems: readonly string[] } {
  const { kind, entity, feature, expiresInDays, comment } = draft;
  const match = {
    ...(entity.trim() !== '' && { entity: entity.trim() }),
    ...(feature.trim() !== '' && { top_feature: feature.trim() }),
  };
  const suppression = {
    detector_ids: draft.everyDetector ? [] : [detectorId],
    name: draft.name.trim(),
    origin: kind === 'mute' ? ('mute' as const) : ('calendar' as const),
    ...(Object.keys(match).length > 0 && { match }),
    ...(kind !== 'mute' && { schedule: scheduleOf(draft.schedules[kind]) }),
    ...(expiresInDays !== undefined && { expires_at: new Date(now + expiresInDays * DAY).toISOString() }),
    exclude_from_training: draft.excludeFromTraining,
    ...(comment.trim() !== '' && { comment: comment.trim() }),
  };
  const parsed = suppressionDraftSchema.safeParse(suppression);
  return parsed.success
    ? { suppression, problems: [] }
    : { problems: describeZodIssues(parsed.error, suppression) };
}

function scheduleOf(schedule: ScheduleDraft) {
  switch (schedule.type) {
    case 'once':
      return {
        type: 'once' as const,
        windows: [{ from: new Date(schedule.from).toISOString(), to: new Date(schedule.to).toISOString() }],
      };
    case 'weekly':
      return { ...schedule, days: [...schedule.days] };
    case 'icalendar': {
      const { type, text, time_zone } = schedule;
      return { type, text, time_zone };
    }
  }
}
