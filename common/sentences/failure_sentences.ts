import type { CodedSentence } from '../coded_sentence';
import { DetectionError, type DetectionErrorCode } from '../detection_error';
import { fillIn } from './fill_in';

/**
 * Sentences of failures that pages say in the language of the reader; `{name}` is filled in. Files, logs and the command line have
 * them in English, as they stand here.
 */
export const FAILURE_SENTENCES = {
  detector_missing: 'There is no such object in this space: the detector "{id}".',
  detector_changed:
    'Somebody else has changed the detector "{id}" meanwhile. Load it again and repeat your change.',
  rights_missing: 'A detector works with your rights, and you lack: {rights}. Ask for a role that has them.',
  backfill_rights_missing:
    'A backfill in the cluster works with your rights, and you lack: {rights}. Ask for a role that has them.',
  sample_rights_missing:
    'The sample logs are made with your rights, and you lack: {rights}. Ask for a role that has them.',
  detectors_too_many:
    'The space has {existing} detectors, so {added} more cannot be made: at most {most} are allowed (logAnomalies.limits.max_detectors). Delete some first.',
  incident_missing: 'There is no incident "{id}" in this space; incidents of old logs may have been deleted.',
  result_missing: 'There is no result "{id}" in this space; results of old logs may have been deleted.',
  pattern_missing: 'There is no pattern "{id}" of this detector; it may have become a part of another one.',
  suppression_missing: 'There is no suppression "{id}" in this space.',
  annotation_missing: 'There is no annotation "{id}" in this space.',
  model_missing: 'Detector "{id}" has no model "{version}".',
  index_unreadable: 'There is no index "{index}", or none that you may read.',
  no_model: 'The detector has no model to score with; train it first.',
  no_earlier_model: 'The detector has no earlier model to go back to that was not taken back itself.',
  model_active: 'Model "{version}" is the active one of "{id}" and is not deleted; promote another first.',
  no_pipeline: 'The detector has no ingest pipeline to score with; put one first.',
  backfill_under_way: 'A backfill of this detector is under way; cancel it first.',
  sample_there: 'The sample logs of this space are there already; remove them first.',
  result_busy: 'The result is being changed by somebody else; try again.',
  results_busy: 'Results are being changed by somebody else; try again.',
  incident_busy: 'The incident is being changed by somebody else; try again.',
  training_few_logs: 'Training needs more logs: {logs} of {needed} (training.min_rows)',
  time_field_missing:
    'source.{setting} is "{field}", which "{index}" does not have; allowed: one of its date fields',
  time_field_wrong:
    'source.{setting} is "{field}", which is of type {type} in "{index}"; allowed: date, date_nanos',
  api_keys_off:
    'Elasticsearch asks for credentials, and detectors work with API keys, which are switched off or which Kibana does not offer: set xpack.security.authc.api_key.enabled to true in elasticsearch.yml, and look whether Kibana reports security as available.',
  api_keys_later:
    'Kibana does not grant API keys at the moment, since it does not know its licence. Try again when it reports all services as available.',
  no_encryption_key:
    'A detector keeps the API key of its owner encrypted, and Kibana has no encryption key: set xpack.encryptedSavedObjects.encryptionKey in kibana.yml to at least 32 characters and restart Kibana.',
  no_api_key: 'The detector has no API key. Save the detector again: that grants it a new key.',
  file_without_detector: 'The file holds no detector; it must hold the settings of at least one.',
  no_readable_index: 'No index that can be read matches {index}.',
  no_channel: 'No channel is set up: logAnomalies.alerts in kibana.yml names slack, email or channels.',
} as const;
export type FailureSentence = keyof typeof FAILURE_SENTENCES;

/** Failures whose message says more, or has words that cannot be translated: pages have a sentence of their own. */
export type PageSentence =
  | 'elasticsearch_unavailable'
  | 'elasticsearch_forbidden'
  | 'elasticsearch_credentials'
  | 'elasticsearch_invalid'
  | 'index_missing'
  | 'kibana_forbidden'
  | 'kibana_unavailable'
  | 'kibana_busy'
  | 'internal'
  | 'no_log';

type Values = CodedSentence['values'];

/** Makes a failure whose sentence pages can translate. */
export const sentenceError = (
  code: DetectionErrorCode,
  sentence: FailureSentence,
  values: Values = {},
  options: { cause?: unknown; details?: Record<string, unknown> } = {},
): DetectionError =>
  new DetectionError(code, fillIn(FAILURE_SENTENCES[sentence], values), {
    ...options,
    said: { code: sentence, values },
  });

/** Returns what a page needs to say a failure in a sentence of its own. */
export const pageSentence = (code: PageSentence, values: Values): CodedSentence => ({ code, values });
