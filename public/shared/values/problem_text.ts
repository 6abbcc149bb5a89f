import { i18n } from '@kbn/i18n';
import type { z } from 'zod';
import { problemsOf, valueAt, writeProblem, type Problem } from '../../../common/problem_words';
import { formatNumber } from './format';

/**
 * Returns what is wrong with a setting in the language of the page, without the setting itself.
 *
 * @param input what was checked
 */
export function problemText(issue: z.core.$ZodIssue, input: unknown): string {
  const problems = problemsOf(issue, valueAt(input, issue.path));
  const isOurs = problems.map(writeProblem).join(', or ') === issue.message;
  const text = isOurs
    ? problems
        .map((problem) => {
          const phrase = phraseText(problem);
          return problem.path === undefined ? phrase : `${problem.path}: ${phrase}`;
        })
        .join(', ')
    : (knownText(issue.message) ?? issue.message);
  return text.charAt(0).toLocaleUpperCase(i18n.getLocale()) + text.slice(1);
}

type LimitPhrase = Extract<
  Problem['phrase'],
  | 'characters_at_least'
  | 'characters_at_most'
  | 'entries_at_least'
  | 'entries_at_most'
  | 'at_least'
  | 'more_than'
  | 'at_most'
  | 'less_than'
  | 'multiple_of'
>;

function phraseText({ phrase, values }: Problem): string {
  const { limit = '', allowed = '', unknown = '' } = values;
  const shown = limit === '' ? '' : formatNumber(Number(limit));
  switch (phrase) {
    case 'missing':
      return i18n.translate('logAnomalies.problem.missing', { defaultMessage: 'must be given' });
    case 'text':
      return i18n.translate('logAnomalies.problem.text', { defaultMessage: 'must be a text' });
    case 'number':
      return i18n.translate('logAnomalies.problem.number', { defaultMessage: 'must be a number' });
    case 'whole_number':
      return i18n.translate('logAnomalies.problem.wholeNumber', { defaultMessage: 'must be a whole number' });
    case 'truth':
      return i18n.translate('logAnomalies.problem.truth', { defaultMessage: 'must be true or false' });
    case 'list':
      return i18n.translate('logAnomalies.problem.list', { defaultMessage: 'must be a list' });
    case 'object':
      return i18n.translate('logAnomalies.problem.object', {
        defaultMessage: 'must be an object of settings',
      });
    case 'time':
      return i18n.translate('logAnomalies.problem.time', { defaultMessage: 'must be a time' });
    case 'nothing':
      return i18n.translate('logAnomalies.problem.nothing', { defaultMessage: 'must not be given' });
    case 'type':
      return i18n.translate('logAnomalies.problem.type', {
        defaultMessage: 'must be of the type {allowed}',
        values: { allowed },
      });
    case 'empty':
      return i18n.translate('logAnomalies.problem.empty', { defaultMessage: 'must not be empty' });
    default:
      return limitText(phrase, shown);
    case 'one_value':
      return i18n.translate('logAnomalies.problem.oneValue', {
        defaultMessage: 'must be {allowed}',
        values: { allowed },
      });
    case 'one_of':
      return i18n.translate('logAnomalies.problem.oneOf', {
        defaultMessage: 'must be one of {allowed}',
        values: { allowed },
      });
    case 'unknown_settings':
      return i18n.translate('logAnomalies.problem.unknownSettings', {
        defaultMessage: 'has no setting {unknown}',
        values: { unknown },
      });
    case 'pattern':
      return i18n.translate('logAnomalies.problem.pattern', {
        defaultMessage: 'must match the pattern {allowed}',
        values: { allowed },
      });
    case 'format':
      return i18n.translate('logAnomalies.problem.format', {
        defaultMessage: 'must be written as {allowed}',
        values: { allowed },
      });
    case 'invalid':
      return i18n.translate('logAnomalies.problem.invalid', { defaultMessage: 'is not valid' });
  }
}

/** Translates what the detector's own checks say most often; the rest keeps the words of the schema. */
function knownText(message: string): string | undefined {
  switch (message) {
    case 'must be a duration such as 30s, 5m, 12h or 7d':
      return i18n.translate('logAnomalies.problem.duration', {
        defaultMessage: 'must be a duration such as 30s, 5m, 12h or 7d',
      });
    case 'must be a duration such as 1h or 1d, or off':
      return i18n.translate('logAnomalies.problem.durationOrOff', {
        defaultMessage: 'must be a duration such as 1h or 1d, or off',
      });
    case 'must be a field name without wildcards':
      return i18n.translate('logAnomalies.problem.fieldName', {
        defaultMessage: 'must be a field name without wildcards',
      });
    case 'must name at least one feature':
      return i18n.translate('logAnomalies.problem.noFeatures', {
        defaultMessage: 'must name at least one field to look at',
      });
    case 'must be given with unit: bucket, such as service.name or client.ip':
      return i18n.translate('logAnomalies.problem.noEntity', {
        defaultMessage: 'must be given, such as service.name or client.ip',
      });
    case 'must have match, schedule or expires_at':
      return i18n.translate('logAnomalies.problem.endlessMute', {
        defaultMessage: 'a mute of everything must end: give an entity, a feature or an end',
      });
    default:
      return undefined;
  }
}

function limitText(phrase: LimitPhrase, limit: string): string {
  switch (phrase) {
    case 'characters_at_least':
      return i18n.translate('logAnomalies.problem.charactersAtLeast', {
        defaultMessage: 'must have at least {limit} characters',
        values: { limit },
      });
    case 'characters_at_most':
      return i18n.translate('logAnomalies.problem.charactersAtMost', {
        defaultMessage: 'must have at most {limit} characters',
        values: { limit },
      });
    case 'entries_at_least':
      return i18n.translate('logAnomalies.problem.entriesAtLeast', {
        defaultMessage: 'must have at least {limit} entries',
        values: { limit },
      });
    case 'entries_at_most':
      return i18n.translate('logAnomalies.problem.entriesAtMost', {
        defaultMessage: 'must have at most {limit} entries',
        values: { limit },
      });
    case 'at_least':
      return i18n.translate('logAnomalies.problem.atLeast', {
        defaultMessage: 'must be at least {limit}',
        values: { limit },
      });
    case 'more_than':
      return i18n.translate('logAnomalies.problem.moreThan', {
        defaultMessage: 'must be more than {limit}',
        values: { limit },
      });
    case 'at_most':
      return i18n.translate('logAnomalies.problem.atMost', {
        defaultMessage: 'must be at most {limit}',
        values: { limit },
      });
    case 'less_than':
      return i18n.translate('logAnomalies.problem.lessThan', {
        defaultMessage: 'must be less than {limit}',
        values: { limit },
      });
    case 'multiple_of':
      return i18n.translate('logAnomalies.problem.multipleOf', {
        defaultMessage: 'must be a multiple of {limit}',
        values: { limit },
      });
  }
}
