import { i18n } from '@kbn/i18n';
import type { z } from 'zod';
import { suppressionDraftSchema, type WEEKDAYS } from '../../../common/suppressions/suppression';
import { problemText } from '../../shared/values/problem_text';
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

/**
 * @param now epoch milliseconds
 * @param zone that of the detector; undefined: that of the browser
 */
export function emptyQuietTime(now: number, zone?: string): QuietTimeDraft {
  const hour = Math.ceil(now / HOUR) * HOUR;
  const timeZone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
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
    : { problems: parsed.error.issues.map((issue) => labelled(issue, suppression)) };
}

/** The problem of a setting under the name that the form has for it. */
function labelled(issue: z.core.$ZodIssue, suppression: unknown): string {
  const text = problemText(issue, suppression);
  const label = labelOf(issue.path.map(String));
  return label === undefined ? `${text}.` : `${label}: ${text}.`;
}

function labelOf([setting, part]: readonly string[]): string | undefined {
  switch (setting) {
    case 'name':
      return i18n.translate('logAnomalies.quiet.name', { defaultMessage: 'What it is for' });
    case 'comment':
      return i18n.translate('logAnomalies.feedback.comment', { defaultMessage: 'Comment' });
    case 'match':
      return part === 'top_feature'
        ? i18n.translate('logAnomalies.quiet.feature', {
            defaultMessage: 'Only where this feature stands out most',
          })
        : i18n.translate('logAnomalies.quiet.entity', { defaultMessage: 'Only of the entity' });
    case 'schedule':
      switch (part) {
        case 'text':
          return i18n.translate('logAnomalies.quiet.calendar', {
            defaultMessage: 'Calendar file (iCalendar, .ics)',
          });
        case 'days':
          return i18n.translate('logAnomalies.quiet.days', { defaultMessage: 'Every week on' });
        case 'time_zone':
          return i18n.translate('logAnomalies.quiet.timeZone', { defaultMessage: 'Time zone' });
        default:
          return i18n.translate('logAnomalies.quiet.kind', { defaultMessage: 'When it is quiet' });
      }
    default:
      return setting;
  }
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
