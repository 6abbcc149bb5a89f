/**
 * Phrases that sentences are put together from, in English; `{name}` is filled in. Pages say them in the reader's language
 * with their translations, everything else, which has many readers or unknown ones, in English.
 */
export const PHRASES = {
  range: '{low} to {high}',
  usually: 'usually {usual}',
  usually_for: 'usually {usual} for {group}',
  usually_hour: 'usually {usual} at this hour',
  usually_for_hour: 'usually {usual} for {group} at this hour',
  of_logs: '{what} ({logs} logs)',
  missing: 'missing',
  never: 'never seen before in {logs} logs: {value}',
  never_number: '{value}, never seen before in {logs} logs',
  never_together: 'never seen together in {logs} logs: {value}',
  never_time: '{value}, never seen before in {logs} logs',
  rare: '{value}, rare: {count} of {logs} logs',
  rare_at_most: '{value}, rare: at most {count} of {logs} logs',
  common: '{value}, in {share} of the logs',
  where_answer: '{value}, where {share} of {group} answer {usual}',
  where_have: '{value}, where {share} of {group} have {usual}',
  logs_answer: '{value}, where {share} of the logs answer {usual}',
  logs_have: '{value}, where {share} of the logs have {usual}',
  like: '{value}, like {share} of {group}',
  like_logs: '{value}, like {share} of the logs',
  over_share: 'over {share}',
  under_share: 'under {share}',
  character: '1 character',
  characters: '{count} characters',
  holds: '{signs} in {value}',
  signs_of: 'signs of {signs}',
  title_together: '{subject} never seen together',
  title_never: '{subject} never seen before',
  title_odd: 'looks like code or an attack',
  own_pattern: 'pattern {name}',
  more_signs: '{count} more',
  signs_usual: 'signs of attacks are in {share} of the logs',
  odd_signs: 'looks like code or an attack: {value}',
  no_signs: 'no signs of an attack: {value}',
  odd_text: 'unusual text: {value}',
  overnight: '{low} to {high} the next day',
  any_hour: 'any hour is usual',
  any_day: 'any day is usual',
  step_times: '“{step}” {count} times, usually {usual}',
  step_never: '“{step}” never seen before in {logs} rows',
  step_missing: 'no “{other}”, so in {count} of {logs} sessions',
  step_missing_after: 'no “{other}” after “{step}”, so in {count} of {logs} sessions',
  step_missing_before: '“{step}” without “{other}” before it, so in {count} of {logs} sessions',
  step_after: '“{other}” after “{step}”, so in {count} of {logs} sessions',
  step_twice: '“{other}” more than once, so in {count} of {logs} sessions',
  steps_together: 'unusual together',
  change_new: '“{pattern}” is new, {logs}',
  change_surging: '“{pattern}” came more often, {logs}, usually {usual}',
  change_dropping: '“{pattern}” came less often, {logs}, usually {usual}',
  change_vanished: '“{pattern}” stays away, {logs} were due',
  change_returned: '“{pattern}” is back, {logs}',
  one_log: '1 log',
  several_logs: '{count} logs',
  withheld: '{subject} is unusual',
  nothing: 'nothing is unusual by itself',
  unit_byte: '1 byte',
  unit_bytes: '{value} bytes',
  unit_kb: '{value} KB',
  unit_mb: '{value} MB',
  unit_gb: '{value} GB',
  category_sql_injection: 'SQL injection',
  category_cross_site_scripting: 'cross-site scripting',
  category_command_injection: 'command injection',
  category_path_traversal: 'path traversal',
  category_template_injection: 'template injection',
  category_ldap_injection: 'LDAP injection',
  category_log4shell: 'Log4Shell',
  category_null_byte: 'null byte',
  category_scanner: 'scanner',
  subject_duration: 'duration',
  subject_status: 'status',
  subject_response_size: 'response size',
  subject_request_size: 'request size',
  subject_url: 'URL',
  subject_method: 'method',
  subject_level: 'level',
  subject_message: 'message',
  subject_user: 'user',
  subject_host: 'host',
  subject_service: 'service',
  subject_client: 'client',
  subject_user_agent: 'user agent',
  subject_process: 'process',
  subject_parent_process: 'parent process',
  subject_hour: 'time of day',
  subject_weekday: 'day of the week',
  subject_logs: 'number of logs',
  subject_errors: 'errors',
  subject_error_share: 'error share',
  subject_latency_p50: 'median duration',
  subject_latency_p95: '95th percentile of the duration',
  subject_steps: 'steps',
  subject_length: 'length',
  subject_pattern: 'pattern',
} as const;
export type Phrase = keyof typeof PHRASES;

/** The language that sentences are written in. */
export interface Words {
  /** For numbers and days, e.g. `en` or `fr-FR`. */
  readonly locale: string;
  write(phrase: Phrase, values?: Readonly<Record<string, string>>): string;
  /** A number of a field as its data view shows it; undefined where that has no format of its own. */
  formatted?(field: string, value: number): string | undefined;
}

/** Puts values into the places of a phrase. Values are taken as they are, with whatever braces they hold. */
const fillIn = (phrase: string, values: Readonly<Record<string, string>> = {}): string =>
  phrase.replace(/\{([a-z_]+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? values[name] : place,
  );

export const ENGLISH: Words = {
  locale: 'en-US',
  write: (phrase, values) => fillIn(PHRASES[phrase], values),
};
