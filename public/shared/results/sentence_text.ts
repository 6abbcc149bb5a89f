import { i18n } from '@kbn/i18n';
import type { AnomalyResult, Attribution } from '../../../common/anomaly';
import type { FeatureDefinition } from '../../../common/detector';
import { readableValue, unitOf } from '../../../common/detector/value_units';
import {
  headlineOfAll,
  reasonOf,
  sentenceOf,
  styleOf,
  subjectOf,
  tellable,
  type Phrase,
  type Words,
} from '../../../common/explanations';

type Values = Readonly<Record<string, string>> | undefined;

/** Each phrase of {@link sentenceOf} in the language of Kibana; in English it is as `PHRASES` has it. */
const PHRASES: Readonly<Record<Phrase, (values: Values) => string>> = {
  range: (values) =>
    i18n.translate('logAnomalies.sentence.range', { defaultMessage: '{low} to {high}', values }),
  overnight: (values) =>
    i18n.translate('logAnomalies.sentence.overnight', {
      defaultMessage: '{low} to {high} the next day',
      values,
    }),
  usually: (values) =>
    i18n.translate('logAnomalies.sentence.usually', { defaultMessage: 'usually {usual}', values }),
  usually_for: (values) =>
    i18n.translate('logAnomalies.sentence.usuallyFor', {
      defaultMessage: 'usually {usual} for {group}',
      values,
    }),
  usually_hour: (values) =>
    i18n.translate('logAnomalies.sentence.usuallyHour', {
      defaultMessage: 'usually {usual} at this hour',
      values,
    }),
  usually_for_hour: (values) =>
    i18n.translate('logAnomalies.sentence.usuallyForHour', {
      defaultMessage: 'usually {usual} for {group} at this hour',
      values,
    }),
  of_logs: (values) =>
    i18n.translate('logAnomalies.sentence.ofLogs', { defaultMessage: '{what} ({logs} logs)', values }),
  missing: () => i18n.translate('logAnomalies.sentence.missing', { defaultMessage: 'missing' }),
  never: (values) =>
    i18n.translate('logAnomalies.sentence.never', {
      defaultMessage: 'never seen before in {logs} logs: {value}',
      values,
    }),
  never_number: (values) =>
    i18n.translate('logAnomalies.sentence.neverNumber', {
      defaultMessage: '{value}, never seen before in {logs} logs',
      values,
    }),
  never_together: (values) =>
    i18n.translate('logAnomalies.sentence.neverTogether', {
      defaultMessage: 'never seen together in {logs} logs: {value}',
      values,
    }),
  never_time: (values) =>
    i18n.translate('logAnomalies.sentence.neverTime', {
      defaultMessage: '{value}, never seen before in {logs} logs',
      values,
    }),
  rare: (values) =>
    i18n.translate('logAnomalies.sentence.rare', {
      defaultMessage: '{value}, rare: {count} of {logs} logs',
      values,
    }),
  rare_at_most: (values) =>
    i18n.translate('logAnomalies.sentence.rareAtMost', {
      defaultMessage: '{value}, rare: at most {count} of {logs} logs',
      values,
    }),
  common: (values) =>
    i18n.translate('logAnomalies.sentence.common', {
      defaultMessage: '{value}, in {share} of the logs',
      values,
    }),
  where_answer: (values) =>
    i18n.translate('logAnomalies.sentence.whereAnswer', {
      defaultMessage: '{value}, where {share} of {group} answer {usual}',
      values,
    }),
  where_have: (values) =>
    i18n.translate('logAnomalies.sentence.whereHave', {
      defaultMessage: '{value}, where {share} of {group} have {usual}',
      values,
    }),
  logs_answer: (values) =>
    i18n.translate('logAnomalies.sentence.logsAnswer', {
      defaultMessage: '{value}, where {share} of the logs answer {usual}',
      values,
    }),
  logs_have: (values) =>
    i18n.translate('logAnomalies.sentence.logsHave', {
      defaultMessage: '{value}, where {share} of the logs have {usual}',
      values,
    }),
  like: (values) =>
    i18n.translate('logAnomalies.sentence.like', {
      defaultMessage: '{value}, like {share} of {group}',
      values,
    }),
  like_logs: (values) =>
    i18n.translate('logAnomalies.sentence.likeLogs', {
      defaultMessage: '{value}, like {share} of the logs',
      values,
    }),
  over_share: (values) =>
    i18n.translate('logAnomalies.sentence.overShare', { defaultMessage: 'over {share}', values }),
  under_share: (values) =>
    i18n.translate('logAnomalies.sentence.underShare', { defaultMessage: 'under {share}', values }),
  character: () => i18n.translate('logAnomalies.sentence.character', { defaultMessage: '1 character' }),
  characters: (values) =>
    i18n.translate('logAnomalies.sentence.characters', { defaultMessage: '{count} characters', values }),
  holds: (values) =>
    i18n.translate('logAnomalies.sentence.holds', { defaultMessage: '{signs} in {value}', values }),
  signs_of: (values) =>
    i18n.translate('logAnomalies.sentence.signsOf', { defaultMessage: 'signs of {signs}', values }),
  title_together: (values) =>
    i18n.translate('logAnomalies.sentence.titleTogether', {
      defaultMessage: '{subject} never seen together',
      values,
    }),
  title_never: (values) =>
    i18n.translate('logAnomalies.sentence.titleNever', {
      defaultMessage: '{subject} never seen before',
      values,
    }),
  title_odd: () =>
    i18n.translate('logAnomalies.sentence.titleOdd', { defaultMessage: 'looks like code or an attack' }),
  own_pattern: (values) =>
    i18n.translate('logAnomalies.sentence.ownPattern', { defaultMessage: 'pattern {name}', values }),
  more_signs: (values) =>
    i18n.translate('logAnomalies.sentence.moreSigns', { defaultMessage: '{count} more', values }),
  signs_usual: (values) =>
    i18n.translate('logAnomalies.sentence.signsUsual', {
      defaultMessage: 'signs of attacks are in {share} of the logs',
      values,
    }),
  odd_signs: (values) =>
    i18n.translate('logAnomalies.sentence.oddSigns', {
      defaultMessage: 'looks like code or an attack: {value}',
      values,
    }),
  no_signs: (values) =>
    i18n.translate('logAnomalies.sentence.noSigns', {
      defaultMessage: 'no signs of an attack: {value}',
      values,
    }),
  odd_text: (values) =>
    i18n.translate('logAnomalies.sentence.oddText', { defaultMessage: 'unusual text: {value}', values }),
  any_hour: () => i18n.translate('logAnomalies.sentence.anyHour', { defaultMessage: 'any hour is usual' }),
  any_day: () => i18n.translate('logAnomalies.sentence.anyDay', { defaultMessage: 'any day is usual' }),
  withheld: (values) =>
    i18n.translate('logAnomalies.sentence.withheld', { defaultMessage: '{subject} is unusual', values }),
  nothing: () =>
    i18n.translate('logAnomalies.sentence.nothing', { defaultMessage: 'nothing is unusual by itself' }),
  no_number: () =>
    i18n.translate('logAnomalies.sentence.noNumber', { defaultMessage: 'no number to compare' }),
  text_for_number: (values) =>
    i18n.translate('logAnomalies.sentence.textForNumber', {
      defaultMessage: '“{value}” instead of a number, which all {logs} logs have',
      values,
    }),
  unit_byte: () => i18n.translate('logAnomalies.sentence.unitByte', { defaultMessage: '1 byte' }),
  unit_bytes: (values) =>
    i18n.translate('logAnomalies.sentence.unitBytes', { defaultMessage: '{value} bytes', values }),
  unit_kb: (values) =>
    i18n.translate('logAnomalies.sentence.unitKb', { defaultMessage: '{value} KB', values }),
  unit_mb: (values) =>
    i18n.translate('logAnomalies.sentence.unitMb', { defaultMessage: '{value} MB', values }),
  unit_gb: (values) =>
    i18n.translate('logAnomalies.sentence.unitGb', { defaultMessage: '{value} GB', values }),
  category_sql_injection: () =>
    i18n.translate('logAnomalies.sentence.categorySqlInjection', { defaultMessage: 'SQL injection' }),
  category_cross_site_scripting: () =>
    i18n.translate('logAnomalies.sentence.categoryCrossSiteScripting', {
      defaultMessage: 'cross-site scripting',
    }),
  category_command_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryCommandInjection', { defaultMessage: 'command injection' }),
  category_path_traversal: () =>
    i18n.translate('logAnomalies.sentence.categoryPathTraversal', { defaultMessage: 'path traversal' }),
  category_template_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryTemplateInjection', {
      defaultMessage: 'template injection',
    }),
  category_ldap_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryLdapInjection', { defaultMessage: 'LDAP injection' }),
  category_log4shell: () =>
    i18n.translate('logAnomalies.sentence.categoryLog4shell', { defaultMessage: 'Log4Shell' }),
  category_null_byte: () =>
    i18n.translate('logAnomalies.sentence.categoryNullByte', { defaultMessage: 'null byte' }),
  category_scanner: () =>
    i18n.translate('logAnomalies.sentence.categoryScanner', { defaultMessage: 'scanner' }),
  category_header_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryHeaderInjection', { defaultMessage: 'header injection' }),
  category_request_forgery: () =>
    i18n.translate('logAnomalies.sentence.categoryRequestForgery', {
      defaultMessage: 'server-side request forgery',
    }),
  category_object_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryObjectInjection', { defaultMessage: 'object injection' }),
  category_nosql_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryNosqlInjection', { defaultMessage: 'NoSQL injection' }),
  category_xml_injection: () =>
    i18n.translate('logAnomalies.sentence.categoryXmlInjection', { defaultMessage: 'XML injection' }),
  category_sensitive_path: () =>
    i18n.translate('logAnomalies.sentence.categorySensitivePath', { defaultMessage: 'sensitive path' }),
  subject_duration: () =>
    i18n.translate('logAnomalies.sentence.subjectDuration', { defaultMessage: 'duration' }),
  subject_status: () => i18n.translate('logAnomalies.sentence.subjectStatus', { defaultMessage: 'status' }),
  subject_response_size: () =>
    i18n.translate('logAnomalies.sentence.subjectResponseSize', { defaultMessage: 'response size' }),
  subject_request_size: () =>
    i18n.translate('logAnomalies.sentence.subjectRequestSize', { defaultMessage: 'request size' }),
  subject_url: () => i18n.translate('logAnomalies.sentence.subjectUrl', { defaultMessage: 'URL' }),
  subject_method: () => i18n.translate('logAnomalies.sentence.subjectMethod', { defaultMessage: 'method' }),
  subject_level: () => i18n.translate('logAnomalies.sentence.subjectLevel', { defaultMessage: 'level' }),
  subject_message: () =>
    i18n.translate('logAnomalies.sentence.subjectMessage', { defaultMessage: 'message' }),
  subject_user: () => i18n.translate('logAnomalies.sentence.subjectUser', { defaultMessage: 'user' }),
  subject_host: () => i18n.translate('logAnomalies.sentence.subjectHost', { defaultMessage: 'host' }),
  subject_service: () =>
    i18n.translate('logAnomalies.sentence.subjectService', { defaultMessage: 'service' }),
  subject_service_port: () =>
    i18n.translate('logAnomalies.sentence.subjectServicePort', { defaultMessage: 'service port' }),
  subject_client: () => i18n.translate('logAnomalies.sentence.subjectClient', { defaultMessage: 'client' }),
  subject_user_agent: () =>
    i18n.translate('logAnomalies.sentence.subjectUserAgent', { defaultMessage: 'user agent' }),
  subject_process: () =>
    i18n.translate('logAnomalies.sentence.subjectProcess', { defaultMessage: 'process' }),
  subject_parent_process: () =>
    i18n.translate('logAnomalies.sentence.subjectParentProcess', { defaultMessage: 'parent process' }),
  subject_hour: () => i18n.translate('logAnomalies.sentence.subjectHour', { defaultMessage: 'time of day' }),
  subject_weekday: () =>
    i18n.translate('logAnomalies.sentence.subjectWeekday', { defaultMessage: 'day of the week' }),
  subject_logs: () =>
    i18n.translate('logAnomalies.sentence.subjectLogs', { defaultMessage: 'number of logs' }),
  subject_failed_log_ins: () =>
    i18n.translate('logAnomalies.sentence.subjectFailedLogIns', { defaultMessage: 'failed log-ins' }),
  subject_errors: () => i18n.translate('logAnomalies.sentence.subjectErrors', { defaultMessage: 'errors' }),
  subject_error_share: () =>
    i18n.translate('logAnomalies.sentence.subjectErrorShare', { defaultMessage: 'error share' }),
  subject_latency_p50: () =>
    i18n.translate('logAnomalies.sentence.subjectLatencyP50', { defaultMessage: 'median duration' }),
  subject_latency_p95: () =>
    i18n.translate('logAnomalies.sentence.subjectLatencyP95', {
      defaultMessage: '95th percentile of the duration',
    }),
  step_times: (values) =>
    i18n.translate('logAnomalies.sentence.stepTimes', {
      defaultMessage: '“{step}” {count} times, usually {usual}',
      values,
    }),
  step_never: (values) =>
    i18n.translate('logAnomalies.sentence.stepNever', {
      defaultMessage: '“{step}” never seen before in {logs} rows',
      values,
    }),
  step_missing: (values) =>
    i18n.translate('logAnomalies.sentence.stepMissing', {
      defaultMessage: 'no “{other}”, so in {count} of {logs} sessions',
      values,
    }),
  step_missing_after: (values) =>
    i18n.translate('logAnomalies.sentence.stepMissingAfter', {
      defaultMessage: 'no “{other}” after “{step}”, so in {count} of {logs} sessions',
      values,
    }),
  step_missing_before: (values) =>
    i18n.translate('logAnomalies.sentence.stepMissingBefore', {
      defaultMessage: '“{step}” without “{other}” before it, so in {count} of {logs} sessions',
      values,
    }),
  step_after: (values) =>
    i18n.translate('logAnomalies.sentence.stepAfter', {
      defaultMessage: '“{other}” after “{step}”, so in {count} of {logs} sessions',
      values,
    }),
  step_twice: (values) =>
    i18n.translate('logAnomalies.sentence.stepTwice', {
      defaultMessage: '“{other}” more than once, so in {count} of {logs} sessions',
      values,
    }),
  steps_together: () =>
    i18n.translate('logAnomalies.sentence.stepsTogether', { defaultMessage: 'unusual together' }),
  subject_steps: () => i18n.translate('logAnomalies.sentence.subjectSteps', { defaultMessage: 'steps' }),
  change_new: (values) =>
    i18n.translate('logAnomalies.sentence.changeNew', {
      defaultMessage: '“{pattern}” is new, {logs}',
      values,
    }),
  change_surging: (values) =>
    i18n.translate('logAnomalies.sentence.changeSurging', {
      defaultMessage: '“{pattern}” came more often, {logs}, usually {usual}',
      values,
    }),
  change_dropping: (values) =>
    i18n.translate('logAnomalies.sentence.changeDropping', {
      defaultMessage: '“{pattern}” came less often, {logs}, usually {usual}',
      values,
    }),
  change_vanished: (values) =>
    i18n.translate('logAnomalies.sentence.changeVanished', {
      defaultMessage: '“{pattern}” stays away, {logs} were due',
      values,
    }),
  change_returned: (values) =>
    i18n.translate('logAnomalies.sentence.changeReturned', {
      defaultMessage: '“{pattern}” is back, {logs}',
      values,
    }),
  one_log: () => i18n.translate('logAnomalies.sentence.oneLog', { defaultMessage: '1 log' }),
  several_logs: (values) =>
    i18n.translate('logAnomalies.sentence.severalLogs', { defaultMessage: '{count} logs', values }),
  subject_length: () => i18n.translate('logAnomalies.sentence.subjectLength', { defaultMessage: 'length' }),
  subject_pattern: () =>
    i18n.translate('logAnomalies.sentence.subjectPattern', { defaultMessage: 'pattern' }),
};

const words = (): Words => ({
  locale: i18n.getLocale(),
  write: (phrase, values) => PHRASES[phrase](values),
});

/** A number of a field with the unit that the feature names or the field's name tells. @example '31 ms' */
export const valueText = (value: number, feature: Pick<FeatureDefinition, 'unit' | 'field'>): string =>
  readableValue(value, unitOf(feature), styleOf(words()));

/** Returns the name of what a feature is of. @example subjectText({ feature: 'logs', field: 'bucket.count' }) // 'number of logs' */
export const subjectText = (what: Parameters<typeof subjectOf>[0]): string => subjectOf(what, words());

/** A feature's value beside what is usual. */
export const sentenceText = (attribution: Attribution): string => sentenceOf(attribution, words());

/** Returns the leading reason of several logs in a few words, see `headlineOfAll`. */
export const headlineText = (
  results: readonly (readonly Attribution[])[],
): ReturnType<typeof headlineOfAll> => headlineOfAll(results, words());

/** Returns the translated sentence that says why a log is anomalous, or the server's own where it was stored without data. */
export const reasonText = ({
  attribution,
  reason,
}: Pick<AnomalyResult['anomaly'], 'attribution' | 'reason'>): string => {
  const byShare = [...attribution].sort((left, right) => right.share - left.share);
  return tellable(byShare) ? reasonOf(byShare, words()) : reason;
};
