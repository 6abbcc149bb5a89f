import type { Attribution } from '../anomaly';
import { ERRORS_FIELD } from '../detector/bucket_fields';
import { FEATURE_TYPES } from '../detector/feature_types';
import { readableCount, readableRange, readableValue, type NumberStyle } from '../detector/value_units';
import { printable } from '../printable';
import type { Comparison } from '../anomaly/comparison';
import { ENGLISH, PHRASES, type Phrase, type Words } from './words';
import { DAY } from '../duration';

/** A reason names features until they account for this share of the score, but no more than so many. */
const REASON_SHARE = 0.6;
const REASON_FEATURES = 3;
/** A value that fewer training logs than this share hold is called rare. */
const RARE_SHARE = 0.02;
/** A most frequent value with at least this share is named beside a rare one. */
const RULING_SHARE = 0.9;
/** Groups of fewer logs say how many they are. */
const FEW_LOGS = 100;
/** Characters of what results hold that are shown. */
const LONGEST_TEXT = 200;

type What = Pick<Attribution, 'feature' | 'field' | 'comparison'>;

/** Returns the style of numbers and units in the language of the words. */
export const styleOf = ({ locale, write }: Words): NumberStyle => ({
  locale,
  bytes: (unit, number) =>
    unit === 'bytes' && number === '1'
      ? write('unit_byte')
      : write(`unit_${unit.toLowerCase() as 'bytes' | 'kb' | 'mb' | 'gb'}`, { value: number }),
  range: (low, high) => write('range', { low, high }),
});

/** A share that is neither all nor nothing is never written as such. @example 0.9996 is "over 99.9 %" */
function shareText(share: number, words: Words): string {
  const percent = share * 100;
  const written = (number: number): string =>
    `${new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 }).format(number)} %`;
  if (percent > 99.9 && percent < 100) return words.write('over_share', { share: written(99.9) });
  if (percent > 0 && percent < 0.1) return words.write('under_share', { share: written(0.1) });
  // 99.4 % is not rounded to 99 %, nor 99.6 % to 100 %
  return written(percent >= 10 && percent < 99 ? Math.round(percent) : Math.floor(percent * 10 + 1e-6) / 10);
}

/** Well-known fields by what people call them. */
const SUBJECTS: Readonly<Record<string, Phrase>> = {
  'event.duration': 'subject_duration',
  'http.response.status_code': 'subject_status',
  'http.response.bytes': 'subject_response_size',
  'http.response.body.bytes': 'subject_response_size',
  'http.request.bytes': 'subject_request_size',
  'http.request.body.bytes': 'subject_request_size',
  'http.request.method': 'subject_method',
  'url.original': 'subject_url',
  'url.full': 'subject_url',
  'url.path': 'subject_url',
  'log.level': 'subject_level',
  message: 'subject_message',
  'user.name': 'subject_user',
  'host.name': 'subject_host',
  'service.name': 'subject_service',
  'client.ip': 'subject_client',
  'source.ip': 'subject_client',
  'user_agent.original': 'subject_user_agent',
  'service port': 'subject_service_port',
  'process.name': 'subject_process',
  'process.parent.name': 'subject_parent_process',
  'bucket.count': 'subject_logs',
  'bucket.errors': 'subject_errors',
  'bucket.error_share': 'subject_error_share',
  'bucket.latency_p50': 'subject_latency_p50',
  'bucket.latency_p95': 'subject_latency_p95',
  'bucket.events': 'subject_steps',
  'bucket.duration': 'subject_length',
};

const subjectOfField = (field: string, words: Words): string =>
  Object.hasOwn(SUBJECTS, field) ? words.write(SUBJECTS[field]) : printable(field, LONGEST_TEXT);

/** Name of the errors of a row where these are log-ins that failed, by which titles know them. */
export const FAILED_LOG_INS = PHRASES.subject_failed_log_ins;

const isOfFailedLogIns = ({ feature, field }: Pick<What, 'feature' | 'field'>): boolean =>
  feature === FAILED_LOG_INS && field === ERRORS_FIELD;

/** Names that training gives: the field, those of a combination, or the field with the type where several read it; what people add stays. */
const GIVEN_BY_TRAINING = new RegExp(` \\((?:${FEATURE_TYPES.join('|')})(?: \\d+)?\\)$`);

/** Returns the subject of a feature: the name that its detector gives, else that of a well-known field, else the field. */
export function subjectOf({ feature, field, comparison }: What, words: Words = ENGLISH): string {
  if (comparison?.kind === 'hour' && feature === field) return words.write('subject_hour');
  if (comparison?.kind === 'weekday' && feature === field) return words.write('subject_weekday');
  if (comparison?.kind === 'change') return words.write('subject_pattern');
  const name = feature.replace(GIVEN_BY_TRAINING, '');
  if (name === field) return subjectOfField(field, words);
  if (comparison?.kind === 'together') {
    return name
      .split(' with ')
      .map((part) => subjectOfField(part, words))
      .join(' + ');
  }
  if (isOfFailedLogIns({ feature, field })) return words.write('subject_failed_log_ins');
  // rows of buckets name their features in English
  if (field.startsWith('bucket.') && Object.hasOwn(SUBJECTS, field)) return subjectOfField(field, words);
  return printable(name, LONGEST_TEXT);
}

/** @returns undefined for what no sentence can be made of, such as the results of 0.1.0 */
function compared({ field, comparison }: What, words: Words): string | undefined {
  if (comparison === undefined) return undefined;
  switch (comparison.kind) {
    case 'number':
      return numberSentence(field, comparison, words);
    case 'status':
      return statusSentence(field, comparison, words);
    case 'value':
    case 'template':
    case 'together':
      return valueSentence(comparison, words);
    case 'text':
    case 'signs':
      return textSentence(comparison, words);
    case 'hour':
    case 'weekday':
      return timeSentence(comparison, words);
    case 'events':
      return eventsSentence(comparison, words);
    case 'change':
      return changeSentence(comparison, words);
  }
}

/** A change of a pattern with its logs in the bucket; of one that has vanished with those that were due. */
function changeSentence(comparison: Comparison, words: Words): string {
  const { change = 'new', count = 0, expected = 0 } = comparison;
  const style = styleOf(words);
  const number = readableCount(change === 'vanished' ? Math.round(expected) : count, style);
  return words.write(`change_${change}`, {
    pattern: valueOf(comparison),
    logs: number === '1' ? words.write('one_log') : words.write('several_logs', { count: number }),
    usual: readableValue(expected, 'none', style),
  });
}

/** Steps of a session, or templates of a row, that came more or less often than usual, and what never follows each other. */
function eventsSentence({ events = [], order, logs = 0 }: Comparison, words: Words): string {
  const style = styleOf(words);
  const rows = readableCount(logs, style);
  const steps = events.map(({ text, count = 0, low = 0, high = low, never }) => {
    const step = clean(text);
    if (never === true) return words.write('step_never', { step, logs: rows });
    const usual = low === high ? readableCount(low, style) : readableRange(low, high, 'none', { style });
    return words.write('step_times', { step, count: readableCount(count, style), usual });
  });
  if (order !== undefined) {
    const { rule, step, other } = order;
    const phrase = rule === 'missing_after' && step === undefined ? 'missing' : rule;
    steps.push(
      words.write(`step_${phrase}`, {
        step: clean(step ?? ''),
        other: clean(other),
        count: readableCount(order.rows, style),
        logs: readableCount(order.of, style),
      }),
    );
  }
  return steps.length === 0 ? words.write('steps_together') : steps.join(', ');
}

const clean = (text: string): string => printable(text, LONGEST_TEXT);
/** Returns a value as it can be seen: one of nothing but white space in quotation marks. */
function valueOf({ value }: Comparison, longest = LONGEST_TEXT): string {
  const text = printable(String(value ?? ''), longest);
  return text.trim() === '' ? `"${text}"` : text;
}
const isNever = ({ count, at_most: atMost, logs = 0 }: Comparison): boolean =>
  count === 0 && atMost !== true && logs > 0;

/** Rows of buckets are compared with their entity, which stands beside them. */
const isOfBucket = (field: string): boolean => field.startsWith('bucket.');

function usuallyText(field: string, comparison: Comparison, words: Words): string | undefined {
  const { value, low, high, unit = 'none', hourly, group_logs: logs } = comparison;
  const group = isOfBucket(field) ? undefined : comparison.group;
  if (low === undefined || high === undefined) return undefined;
  const formats = [low, high].map((end) => words.formatted?.(field, end));
  const [from, to] = formats;
  const usual =
    from === undefined || to === undefined
      ? readableRange(low, high, unit, {
          style: styleOf(words),
          beside: typeof value === 'number' ? value : undefined,
        })
      : from === to
        ? from
        : words.write('range', { low: from, high: to });
  const suffix = `${group === undefined ? '' : '_for'}${hourly === true ? '_hour' : ''}` as const;
  const text = words.write(`usually${suffix}`, {
    usual,
    ...(group !== undefined && { group: clean(group) }),
  });
  return group !== undefined && logs !== undefined && logs < FEW_LOGS
    ? words.write('of_logs', { what: text, logs: readableCount(logs, styleOf(words)) })
    : text;
}

const joined = (...parts: (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(', ');

function numberSentence(field: string, comparison: Comparison, words: Words): string {
  const usually = usuallyText(field, comparison, words);
  const { value, unit = 'none', logs = 0 } = comparison;
  if (comparison.in_text === true && value === undefined) return words.write('no_number');
  if (typeof value === 'string') return textForNumber(comparison, words);
  if (typeof value !== 'number') return joined(words.write('missing'), usually);
  const shown = words.formatted?.(field, value) ?? readableValue(value, unit, styleOf(words));
  return joined(
    isNever(comparison)
      ? words.write('never_number', { value: shown, logs: readableCount(logs, styleOf(words)) })
      : shown,
    usually,
  );
}

/** A value that is no number where numbers are usual. */
function textForNumber(comparison: Comparison, words: Words): string {
  const { count = 0, logs = 0 } = comparison;
  const [value, total] = [valueOf(comparison), readableCount(logs, styleOf(words))];
  return isNever(comparison)
    ? words.write('text_for_number', { value, logs: total })
    : words.write('rare', { value, count: readableCount(count, styleOf(words)), logs: total });
}

/** Fields whose values answer a request. */
const ANSWERS = /status|response|code|grpc/i;

function statusSentence(field: string, comparison: Comparison, words: Words): string {
  const { value, usual, usual_share: share, group, group_logs: groupLogs = Infinity, logs = 0 } = comparison;
  const verb = ANSWERS.test(field) ? 'answer' : 'have';
  const shown =
    value === undefined
      ? words.write('missing')
      : isNever(comparison)
        ? words.write('never_number', {
            value: valueOf(comparison),
            logs: readableCount(logs, styleOf(words)),
          })
        : valueOf(comparison);
  if (usual === undefined || share === undefined) return shown;
  const parts = { value: shown, share: shareText(share, words) };
  if (group === undefined) {
    return words.write(String(value) === usual ? 'like_logs' : `logs_${verb}`, {
      ...parts,
      usual: clean(usual),
    });
  }
  const of =
    groupLogs < FEW_LOGS
      ? words.write('of_logs', { what: clean(group), logs: readableCount(groupLogs, styleOf(words)) })
      : clean(group);
  return words.write(String(value) === usual ? 'like' : `where_${verb}`, {
    ...parts,
    group: of,
    usual: clean(usual),
  });
}

function valueSentence(comparison: Comparison, words: Words): string {
  const { kind, value, count, at_most: atMost, logs = 0, usual, usual_share: share = 0 } = comparison;
  const style = styleOf(words);
  const rules = usual !== undefined && share >= RULING_SHARE && String(value) !== usual;
  const withUsual = (text: string): string =>
    rules
      ? words.write('logs_have', { value: text, share: shareText(share, words), usual: clean(usual) })
      : text;
  if (value === undefined) return withUsual(words.write('missing'));
  const shown = valueOf(comparison);
  const total = readableCount(logs, style);
  if (isNever(comparison)) {
    const phrase = kind === 'together' ? 'never_together' : 'never';
    return words.write(phrase, { value: shown, logs: total });
  }
  if (count === undefined || logs === 0) return shown;
  if (atMost === true && count / logs >= RARE_SHARE) return shown;
  if (count / logs < RARE_SHARE) {
    const phrase = atMost === true ? 'rare_at_most' : 'rare';
    return withUsual(words.write(phrase, { value: shown, count: readableCount(count, style), logs: total }));
  }
  return words.write('common', { value: shown, share: shareText(count / logs, words) });
}

/** A text so many times longer or shorter than usual is told by its length. */
const TELLING_LENGTH = 1.5;
/** Share of training texts with signs of attacks from which on they are said to be usual. */
const USUAL_SIGNS = 0.05;

function textSentence(comparison: Comparison, words: Words): string {
  const {
    kind,
    value,
    length = 0,
    low,
    high,
    signs = [],
    more_signs: more = 0,
    signs_share: share = 0,
    is_odd: isOdd,
  } = comparison;
  const style = styleOf(words);
  const range =
    low === undefined || high === undefined || kind === 'signs'
      ? undefined
      : words.write('usually', { usual: readableRange(low, high, 'none', { style }) });
  if (value === undefined) return joined(words.write('missing'), range);
  const shown = valueOf(comparison);
  if (signs.length > 0) {
    const named = signs.map(({ category, name }) => signText(category, name, words));
    if (more > 0) named.push(words.write('more_signs', { count: readableCount(more, style) }));
    return joined(
      words.write('holds', { signs: named.join(', '), value: shown }),
      share < USUAL_SIGNS ? undefined : words.write('signs_usual', { share: shareText(share, words) }),
    );
  }
  if (kind === 'signs') return words.write(isOdd === true ? 'odd_signs' : 'no_signs', { value: shown });
  const isOrdinary = (from: number, to: number): boolean =>
    length >= from / TELLING_LENGTH && length <= to * TELLING_LENGTH;
  if (low === undefined || high === undefined || isOrdinary(low, high)) {
    return words.write('odd_text', { value: shown });
  }
  const characters =
    length === 1
      ? words.write('character')
      : words.write('characters', { count: readableCount(length, style) });
  return `${joined(characters, range)}: ${shown}`;
}

const isKnownKind = (category: string): boolean => Object.hasOwn(PHRASES, `category_${category}`);

/** Returns the kind of an attack, or the name of a pattern of the detector. */
const kindOfSign = (category: string, name: string, words: Words): string =>
  isKnownKind(category)
    ? words.write(`category_${category}` as Phrase)
    : words.write('own_pattern', { name: clean(name) });

function signText(category: string, name: string, words: Words): string {
  // A sign without a picture, as a null byte, is told by its name alone.
  const seen = isKnownKind(category) && /[^\ufffd\s]/.test(clean(name)) ? ` (${clean(name)})` : '';
  return `${kindOfSign(category, name, words)}${seen}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
const clock = (minutes: number): string =>
  `${twoDigits(Math.floor(minutes / 60) % 24)}:${twoDigits(minutes % 60)}`;
const MINUTES = 60;
const WEEK = 7;
/** A Sunday. */
const SUNDAY = Date.UTC(2023, 0, 1);
const dayName = (day: number, { locale }: Words): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(SUNDAY + day * DAY);

/** Days one after another as a range. */
function daysText(days: readonly number[], words: Words): string {
  const first = days.find((day) => !days.includes((day + WEEK - 1) % WEEK));
  const isRange =
    days.length > 2 &&
    first !== undefined &&
    days.every((_day, index) => days.includes((first + index) % WEEK));
  return isRange
    ? words.write('range', {
        low: dayName(first, words),
        high: dayName((first + days.length - 1) % WEEK, words),
      })
    : days.map((day) => dayName(day, words)).join(', ');
}

function timeSentence(comparison: Comparison, words: Words): string {
  const { kind, value, low, high, days, logs = 0 } = comparison;
  const shown =
    typeof value !== 'number'
      ? words.write('missing')
      : kind === 'hour'
        ? clock(value)
        : dayName(value % WEEK, words);
  const usual =
    kind === 'weekday'
      ? days === undefined
        ? words.write('any_day')
        : days.length === 0
          ? undefined
          : words.write('usually', { usual: daysText(days, words) })
      : low === undefined || high === undefined
        ? isNever(comparison)
          ? undefined
          : words.write('any_hour')
        : words.write('usually', {
            usual: words.write(high < low ? 'overnight' : 'range', {
              low: clock(low * MINUTES),
              high: clock(high * MINUTES),
            }),
          });
  return joined(
    isNever(comparison)
      ? words.write('never_time', { value: shown, logs: readableCount(logs, styleOf(words)) })
      : shown,
    usual,
  );
}

/** Marks that models of 0.1.0 and ingest pipelines put into the text of a value. */
const UNSEEN_IN_TEXT = / \(not seen in training\)$|^new template: /;

/** One feature's value beside what is usual, for people. Without data to make it of, from the texts that are there. */
export function sentenceOf(attribution: Omit<Attribution, 'share'>, words: Words = ENGLISH): string {
  const sentence = compared(attribution, words);
  if (sentence !== undefined) return sentence;
  const { actual, typical, unseen, trained_on: trainedOn } = attribution;
  if (actual === '' && typical === '') return '';
  if (unseen === true && trainedOn !== undefined) {
    const value = clean(actual.replace(UNSEEN_IN_TEXT, ''));
    return words.write('never', { value, logs: readableCount(trainedOn, styleOf(words)) });
  }
  return joined(
    clean(actual),
    typical === '' ? undefined : words.write('usually', { usual: clean(typical) }),
  );
}

/** Returns the usual value of a number alone, for people; undefined where nothing is known. */
export function usualOf(attribution: Omit<Attribution, 'share'>, words: Words = ENGLISH): string | undefined {
  const { field, comparison, typical } = attribution;
  if (comparison !== undefined) return usuallyText(field, comparison, words);
  return typical === '' ? undefined : words.write('usually', { usual: clean(typical) });
}

/** Returns the features that a reason names, the largest share first. @param attribution in any order */
export const namedIn = (attribution: readonly Attribution[]): Attribution[] =>
  named([...attribution].sort((one, other) => other.share - one.share));

/** The features that a reason names, the largest share first. */
function named(attribution: readonly Attribution[]): Attribution[] {
  const found: Attribution[] = [];
  let share = 0;
  for (const feature of attribution.slice(0, REASON_FEATURES)) {
    if (share >= REASON_SHARE || feature.share === 0) break;
    found.push(feature);
    share += feature.share;
  }
  return tellingOf(found);
}

/** Leaves out what its group usually has, such as "status 500, like 100 % of GET /index.php", which is no reason beside others. */
export function tellingOf<Part extends Pick<Attribution, 'comparison'>>(features: readonly Part[]): Part[] {
  const telling = features.filter(
    ({ comparison }) =>
      comparison?.kind !== 'status' ||
      comparison.value === undefined ||
      comparison.group === undefined ||
      String(comparison.value) !== comparison.usual,
  );
  return [...(telling.length > 0 ? telling : features)];
}

/** A reason can be made of data in any language; else there is the text that was stored. */
export const tellable = (attribution: readonly Attribution[]): boolean => {
  const features = named(attribution);
  return features.length > 0 && features.every(({ comparison }) => comparison !== undefined);
};

/**
 * Says why a log is anomalous, for people, from its attribution, the largest share first.
 *
 * @example "status 500, where 99.9 % of POST /charge answer 201; duration 4.2 s, usually 0.1 to 0.3 s for POST /charge"
 */
export function reasonOf(attribution: readonly Attribution[], words: Words = ENGLISH): string {
  const phrases = named(attribution).map((feature) => {
    const subject = subjectOf(feature, words);
    const sentence = sentenceOf(feature, words);
    // Values may not be repeated: then there is no sentence.
    return sentence === '' ? words.write('withheld', { subject }) : `${subject} ${sentence}`;
  });
  return phrases.length === 0 ? words.write('nothing') : phrases.join('; ');
}

/** Characters of a value in a title. */
const LONGEST_IN_TITLE = 40;

/**
 * Returns the leading reason of a log in a few words, as a title has room for: attacks by their kind before anything else that the
 * reason names, then the value that stands out most. Undefined where the message alone stands out, which its pattern tells, or nothing is known.
 *
 * @param attribution in any order
 * @example "Signs of SQL injection", "Status 504", "Duration 30 s"
 */
export function headlineOf(attribution: readonly Attribution[], words: Words = ENGLISH): string | undefined {
  const features = namedIn(attribution);
  const kinds = attacksIn(attribution, words);
  if (kinds.length > 0) return attackTitle(kinds, words);
  // Tried passwords are many logs as well, which says less of them.
  const logIns = attribution.find(
    ({ comparison, ...of }) =>
      isOfFailedLogIns(of) && Number(comparison?.value) > (comparison?.high ?? Infinity),
  );
  if (logIns !== undefined) return titleOf(logIns, words);
  for (const [place, feature] of features.entries()) {
    // A time of day says little of a log that stands out by its message.
    if (place > 0 && ['hour', 'weekday'].includes(feature.comparison?.kind ?? '')) continue;
    const title = titleOf(feature, words);
    if (title !== undefined) return title;
  }
  return undefined;
}

/** Returns the kinds of attacks that the reason of a log names the signs of. */
const attacksIn = (attribution: readonly Attribution[], words: Words): string[] =>
  namedIn(attribution).flatMap(({ comparison }) =>
    (comparison?.signs ?? []).map(({ category, name }) => kindOfSign(category, name, words)),
  );

/** Kinds of attacks that a title names. */
const MOST_KINDS = 3;

function attackTitle(kinds: readonly string[], words: Words): string {
  const different = [...new Set(kinds)];
  const more = different.length - MOST_KINDS;
  const signs = [
    ...different.slice(0, MOST_KINDS),
    ...(more > 0 ? [words.write('more_signs', { count: readableCount(more, styleOf(words)) })] : []),
  ];
  return asBeginning(words.write('signs_of', { signs: signs.join(', ') }), words);
}

/**
 * Returns the leading reason of several logs in a few words, and the place of the log that has it: signs of attacks before anything
 * else, those of all of the logs together, since one that hides behind a louder one is what people look for.
 *
 * @param results attributions, the most severe first
 */
export function headlineOfAll(
  results: readonly (readonly Attribution[])[],
  words: Words = ENGLISH,
): { readonly headline?: string; readonly place: number } {
  const attacks = results.map((attribution) => attacksIn(attribution, words));
  const place = attacks.findIndex((kinds) => kinds.length > 0);
  if (place >= 0) return { headline: attackTitle(attacks.flat(), words), place };
  const headline = headlineOf(results[0] ?? [], words);
  return { ...(headline !== undefined && { headline }), place: 0 };
}

/** Returns a text with a capital letter, as a title begins. */
const asBeginning = (text: string, { locale }: Words): string =>
  text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1);

/** Returns what stands out in one feature; undefined for messages, whose pattern is the title, and what no single value tells. */
function titleOf(feature: Attribution, words: Words): string | undefined {
  const { field, comparison } = feature;
  if (comparison === undefined) return undefined;
  const subject = subjectOf(feature, words);
  // A field is written as it is called in the logs.
  const beginning = subject === printable(field, LONGEST_TEXT) ? subject : asBeginning(subject, words);
  switch (comparison.kind) {
    case 'template':
    case 'events':
    case 'change':
      return undefined;
    case 'signs':
      return comparison.is_odd === true ? asBeginning(words.write('title_odd'), words) : undefined;
    case 'text':
      return words.write('withheld', { subject: beginning });
    case 'together':
      if (isNever(comparison)) return words.write('title_together', { subject: beginning });
      break;
    case 'value':
      // The route is named by what the incident is in.
      if (isNever(comparison) && SUBJECTS[field] === 'subject_url')
        return words.write('title_never', { subject: beginning });
  }
  return `${beginning} ${shortValue(field, comparison, words)}`;
}

function shortValue(field: string, comparison: Comparison, words: Words): string {
  const { kind, value, unit = 'none' } = comparison;
  if (value === undefined) return words.write(comparison.in_text === true ? 'no_number' : 'missing');
  if (kind === 'hour' && typeof value === 'number') return clock(value);
  if (kind === 'weekday' && typeof value === 'number') return dayName(value % WEEK, words);
  if (kind === 'number' && typeof value === 'number') {
    return words.formatted?.(field, value) ?? readableValue(value, unit, styleOf(words));
  }
  return valueOf(comparison, LONGEST_IN_TITLE);
}
