import { i18n } from '@kbn/i18n';
import type { CodedSentence } from '../../../common/coded_sentence';
import type { FailureSentence, PageSentence } from '../../../common/sentences/failure_sentences';
import { formatDuration } from '../values/format';

type Values = CodedSentence['values'];

/** Each sentence in the language of Kibana. */
const SENTENCES: Readonly<Record<FailureSentence | PageSentence, (values: Values) => string>> = {
  detector_missing: (values) =>
    i18n.translate('logAnomalies.failed.detectorMissing', {
      defaultMessage: 'There is no such object in this space: the detector "{id}".',
      values,
    }),
  detector_changed: (values) =>
    i18n.translate('logAnomalies.failed.detectorChanged', {
      defaultMessage:
        'Somebody else has changed the detector "{id}" meanwhile. Load it again and repeat your change.',
      values,
    }),
  rights_missing: (values) =>
    i18n.translate('logAnomalies.failed.rightsMissing', {
      defaultMessage:
        'A detector works with your rights, and you lack: {rights}. Ask for a role that has them.',
      values,
    }),
  backfill_rights_missing: (values) =>
    i18n.translate('logAnomalies.failed.backfillRightsMissing', {
      defaultMessage:
        'A backfill in the cluster works with your rights, and you lack: {rights}. Ask for a role that has them.',
      values,
    }),
  sample_rights_missing: (values) =>
    i18n.translate('logAnomalies.failed.sampleRightsMissing', {
      defaultMessage:
        'The sample logs are made with your rights, and you lack: {rights}. Ask for a role that has them.',
      values,
    }),
  detectors_too_many: (values) =>
    i18n.translate('logAnomalies.failed.detectorsTooMany', {
      defaultMessage:
        'The space has {existing} detectors, so {added} more cannot be made: at most {most} are allowed (logAnomalies.limits.max_detectors). Delete some first.',
      values,
    }),
  incident_missing: (values) =>
    i18n.translate('logAnomalies.failed.incidentMissing', {
      defaultMessage:
        'There is no incident "{id}" in this space; incidents of old logs may have been deleted.',
      values,
    }),
  result_missing: (values) =>
    i18n.translate('logAnomalies.failed.resultMissing', {
      defaultMessage: 'There is no result "{id}" in this space; results of old logs may have been deleted.',
      values,
    }),
  pattern_missing: (values) =>
    i18n.translate('logAnomalies.failed.patternMissing', {
      defaultMessage:
        'There is no pattern "{id}" of this detector; it may have become a part of another one.',
      values,
    }),
  suppression_missing: (values) =>
    i18n.translate('logAnomalies.failed.suppressionMissing', {
      defaultMessage: 'There is no suppression "{id}" in this space.',
      values,
    }),
  annotation_missing: (values) =>
    i18n.translate('logAnomalies.failed.annotationMissing', {
      defaultMessage: 'There is no annotation "{id}" in this space.',
      values,
    }),
  model_missing: (values) =>
    i18n.translate('logAnomalies.failed.modelMissing', {
      defaultMessage: 'Detector "{id}" has no model "{version}".',
      values,
    }),
  index_unreadable: (values) =>
    i18n.translate('logAnomalies.failed.indexUnreadable', {
      defaultMessage: 'There is no index "{index}", or none that you may read.',
      values,
    }),
  no_model: () =>
    i18n.translate('logAnomalies.failed.noModel', {
      defaultMessage: 'The detector has no model to score with; train it first.',
    }),
  no_earlier_model: () =>
    i18n.translate('logAnomalies.failed.noEarlierModel', {
      defaultMessage: 'The detector has no earlier model to go back to that was not taken back itself.',
    }),
  model_active: (values) =>
    i18n.translate('logAnomalies.failed.modelActive', {
      defaultMessage:
        'Model "{version}" is the active one of "{id}" and is not deleted; promote another first.',
      values,
    }),
  no_pipeline: () =>
    i18n.translate('logAnomalies.failed.noPipeline', {
      defaultMessage: 'The detector has no ingest pipeline to score with; put one first.',
    }),
  backfill_under_way: () =>
    i18n.translate('logAnomalies.failed.backfillUnderWay', {
      defaultMessage: 'A backfill of this detector is under way; cancel it first.',
    }),
  sample_there: () =>
    i18n.translate('logAnomalies.failed.sampleThere', {
      defaultMessage: 'The sample logs of this space are there already; remove them first.',
    }),
  result_busy: () =>
    i18n.translate('logAnomalies.failed.resultBusy', {
      defaultMessage: 'The result is being changed by somebody else; try again.',
    }),
  results_busy: () =>
    i18n.translate('logAnomalies.failed.resultsBusy', {
      defaultMessage: 'Results are being changed by somebody else; try again.',
    }),
  incident_busy: () =>
    i18n.translate('logAnomalies.failed.incidentBusy', {
      defaultMessage: 'The incident is being changed by somebody else; try again.',
    }),
  training_few_logs: (values) =>
    i18n.translate('logAnomalies.failed.trainingFewLogs', {
      defaultMessage: 'Training needs more logs: {logs} of {needed} (training.min_rows)',
      values,
    }),
  time_field_missing: (values) =>
    i18n.translate('logAnomalies.failed.timeFieldMissing', {
      defaultMessage:
        'source.{setting} is "{field}", which "{index}" does not have; allowed: one of its date fields',
      values,
    }),
  time_field_wrong: (values) =>
    i18n.translate('logAnomalies.failed.timeFieldWrong', {
      defaultMessage:
        'source.{setting} is "{field}", which is of type {type} in "{index}"; allowed: date, date_nanos',
      values,
    }),
  api_keys_off: () =>
    i18n.translate('logAnomalies.failed.apiKeysOff', {
      defaultMessage:
        'Elasticsearch asks for credentials, and detectors work with API keys, which are switched off or which Kibana does not offer: set xpack.security.authc.api_key.enabled to true in elasticsearch.yml, and look whether Kibana reports security as available.',
    }),
  api_keys_later: () =>
    i18n.translate('logAnomalies.failed.apiKeysLater', {
      defaultMessage:
        'Kibana does not grant API keys at the moment, since it does not know its licence. Try again when it reports all services as available.',
    }),
  no_encryption_key: () =>
    i18n.translate('logAnomalies.failed.noEncryptionKey', {
      defaultMessage:
        'A detector keeps the API key of its owner encrypted, and Kibana has no encryption key: set xpack.encryptedSavedObjects.encryptionKey in kibana.yml to at least 32 characters and restart Kibana.',
    }),
  no_api_key: () =>
    i18n.translate('logAnomalies.failed.noApiKey', {
      defaultMessage: 'The detector has no API key. Save the detector again: that grants it a new key.',
    }),
  file_without_detector: () =>
    i18n.translate('logAnomalies.failed.fileWithoutDetector', {
      defaultMessage: 'The file holds no detector; it must hold the settings of at least one.',
    }),
  no_channel: () =>
    i18n.translate('logAnomalies.failed.noChannel', {
      defaultMessage:
        'No channel is set up: logAnomalies.alerts in kibana.yml names slack, email or channels.',
    }),
  elasticsearch_unavailable: (values) =>
    i18n.translate('logAnomalies.failed.elasticsearchUnavailable', {
      defaultMessage: 'Elasticsearch does not answer, or is overloaded: {reason}',
      values,
    }),
  elasticsearch_forbidden: (values) =>
    i18n.translate('logAnomalies.failed.elasticsearchForbidden', {
      defaultMessage: 'A right in Elasticsearch is missing: {reason}',
      values,
    }),
  elasticsearch_credentials: (values) =>
    i18n.translate('logAnomalies.failed.elasticsearchCredentials', {
      defaultMessage: 'Elasticsearch does not accept the credentials: {reason}',
      values,
    }),
  elasticsearch_invalid: (values) =>
    i18n.translate('logAnomalies.failed.elasticsearchInvalid', {
      defaultMessage: 'Elasticsearch refuses the request: {reason}',
      values,
    }),
  index_missing: (values) =>
    i18n.translate('logAnomalies.failed.indexMissing', {
      defaultMessage: 'There is no index "{index}".',
      values,
    }),
  kibana_forbidden: (values) =>
    i18n.translate('logAnomalies.failed.kibanaForbidden', {
      defaultMessage:
        'Kibana does not let you do this with detectors: {reason}. Ask for the Kibana privilege "Log Anomalies: All" in this space.',
      values,
    }),
  kibana_unavailable: (values) =>
    i18n.translate('logAnomalies.failed.kibanaUnavailable', {
      defaultMessage: 'Kibana cannot reach the detectors: {reason}',
      values,
    }),
  kibana_busy: (values) =>
    i18n.translate('logAnomalies.failed.kibanaBusy', {
      defaultMessage:
        'Kibana is busy with other requests. Try again in {seconds, plural, one {# second} other {# seconds}}.',
      values,
    }),
  internal: (values) =>
    i18n.translate('logAnomalies.failed.internal', {
      defaultMessage: 'This failed inside Kibana; its log says why ({operation}).',
      values,
    }),
  no_readable_index: (values) =>
    i18n.translate('logAnomalies.failed.noReadableIndex', {
      defaultMessage: 'No index that can be read matches {index}.',
      values,
    }),
  no_log: (values) =>
    i18n.translate('logAnomalies.failed.noLog', {
      defaultMessage:
        '{index} holds {hasOthers, select, yes {logs} other {no log}} {span, select, last {in the last {from}} since {since {from}} other {from {from} to {to}}}{hasOthers, select, yes {, but none that the query selects} other {}}{selected, select, none {} other {; the last one is of {selected}}}.',
      values: { ...values, from: formatDuration(String(values.from)) },
    }),
};

/**
 * Returns the sentence of a failure in the language of the reader; that of the server where it is of none of these kinds, or of a
 * later version.
 */
export const failureSentence = ({ message, said }: { message: string; said?: CodedSentence }): string =>
  said !== undefined && Object.hasOwn(SENTENCES, said.code)
    ? SENTENCES[said.code as keyof typeof SENTENCES](said.values)
    : message;
