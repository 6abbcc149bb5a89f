import { i18n } from '@kbn/i18n';
import type { ReadinessFinding } from '../../../common/api';
import type { LeftOutBy } from '../../../common/api/status';
import { leftOutAdvice } from '../requests/failure_text';
import { formatAbout, formatCount, formatPart, formatTime } from '../values/format';

interface FindingText {
  readonly message: string;
  readonly nextStep: string;
}

/** @param values as they are shown */
const tooFewText = (values: Record<'logs' | 'needed' | 'wait', string>): FindingText => ({
  message: i18n.translate('logAnomalies.readiness.tooFew', {
    defaultMessage: 'Too few logs yet: {logs} of {needed}, ready in about {wait}.',
    values,
  }),
  nextStep: i18n.translate('logAnomalies.readiness.tooFewNext', {
    defaultMessage: 'Wait, increase training.window, or lower training.min_rows.',
  }),
});

/** @param counts as they are shown */
const leftOutText = (
  by: LeftOutBy,
  counts: Record<'logs' | 'needed' | 'held' | 'about', string>,
): FindingText => ({
  message: i18n.translate('logAnomalies.readiness.leftOut', {
    defaultMessage:
      'Too few logs are left: {logs} of {needed}. The training window holds {about, select, yes {about {held}} other {{held}}}, many of them in times that {by, select, calendar {the calendar of changes keeps} quiet_times {quiet times keep} other {the calendar of changes and quiet times keep}} out of trainings.',
    values: { ...counts, by },
  }),
  nextStep: leftOutAdvice(by),
});

const untrainedEditText = (isStopped: boolean): FindingText => ({
  message: i18n.translate('logAnomalies.readiness.untrainedEdit', {
    defaultMessage:
      'The model was trained before the detector was edited: what the edit says of features, forest or logs takes effect with a new model.',
  }),
  nextStep: isStopped
    ? i18n.translate('logAnomalies.readiness.untrainedEditStopped', {
        defaultMessage: 'Start the detector, or train a model.',
      })
    : i18n.translate('logAnomalies.readiness.untrainedEditNext', {
        defaultMessage:
          'Nothing, if a training goes on; one that failed is repeated, and its error says what to do.',
      }),
});

/** Returns the translated message and next step of a finding; an unknown code keeps the server's words. */
export function readinessText(finding: ReadinessFinding): FindingText {
  const { message, next_step: nextStep, said } = finding;
  const values = said?.values ?? {};
  const count = (name: string): string => formatCount(Number(values[name]));
  const about = (name: string): string => formatAbout(Number(values[name]));
  const share = formatPart(Number(values.share));
  const { feature } = values;
  switch (said?.code) {
    case 'too_few_logs':
      return tooFewText({ logs: count('logs'), needed: count('needed'), wait: about('wait_ms') });
    case 'logs_left_out':
      return leftOutText(values.by as LeftOutBy, {
        logs: count('logs'),
        needed: count('needed'),
        held: count('held'),
        about: String(values.about),
      });
    case 'no_logs_yet':
      return {
        message: i18n.translate('logAnomalies.readiness.noLogs', {
          defaultMessage: 'Too few logs yet: {logs} of {needed}.',
          values: { logs: count('logs'), needed: count('needed') },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.noLogsNext', {
          defaultMessage: 'Check source.index and source.query: no log of the training window matches.',
        }),
      };
    case 'untrained_edit':
      return untrainedEditText(values.stopped === 'yes');
    case 'sparse_hours':
      return {
        message: i18n.translate('logAnomalies.readiness.sparse', {
          defaultMessage: 'Next to no logs {hours} UTC: {logs} of {sample} of the training sample.',
          values: { hours: values.hours, logs: count('logs'), sample: count('sample') },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.sparseNext', {
          defaultMessage:
            'What is usual then is hardly known. Increase training.window, or leave hour_of_day out of the features if logs of these hours should be judged like the others.',
        }),
      };
    case 'constant_feature':
      return {
        message: i18n.translate('logAnomalies.readiness.constant', {
          defaultMessage:
            'The feature {feature} is constant: it was alike in all logs of the training, so the model does not look at it.',
          values: { feature },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.constantNext', {
          defaultMessage: 'Take another field, increase training.window, or remove the feature.',
        }),
      };
    case 'feature_missing':
      return {
        message: i18n.translate('logAnomalies.readiness.missing', {
          defaultMessage: 'The feature {feature} is missing in {share} of the logs.',
          values: { feature, share },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.missingNext', {
          defaultMessage:
            'Check the name of its field, select only logs that have it with source.query, or remove the feature.',
        }),
      };
    case 'feature_mistyped':
      return {
        message: i18n.translate('logAnomalies.readiness.mistyped', {
          defaultMessage: 'The feature {feature} holds another type than its own in {share} of the logs.',
          values: { feature, share },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.mistypedNext', {
          defaultMessage:
            'Check how the field is parsed before the logs are indexed, or take the type that fits it.',
        }),
      };
    case 'drift':
      return {
        message: i18n.translate('logAnomalies.readiness.drift', {
          defaultMessage:
            'Logs are no longer like those of the training: {moved} (population stability index; limit {limit}).',
          values: { limit: values.limit, moved: movedText(values) },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.driftNext', {
          defaultMessage:
            'If this is how it is meant to be now, train a new model; else find out what has changed.',
        }),
      };
    case 'suppressed':
      return {
        message: i18n.translate('logAnomalies.readiness.suppressed', {
          defaultMessage: '{share} of the anomalies of the last day are suppressed ({hidden} of {all}).',
          values: { share, hidden: count('hidden'), all: count('all') },
        }),
        nextStep: i18n.translate('logAnomalies.readiness.suppressedNext', {
          defaultMessage:
            'Look through the suppressions: what is always hidden is better left out by source.query, or learned by a new model.',
        }),
      };
    default:
      return lagText(finding) ?? keyText(finding) ?? kibanasText(finding) ?? { message, nextStep };
  }
}

function keyText({ said }: ReadinessFinding): FindingText | undefined {
  const lookThrough = i18n.translate('logAnomalies.key.missingNext', {
    defaultMessage:
      'Look through its settings, then save or start it: it works with your rights from then on.',
  });
  const nextStep = i18n.translate('logAnomalies.key.expiryNext', {
    defaultMessage:
      'Ask the owner of the detector to open this page, or ask a user with the required permissions to save or start the detector.',
  });
  const at = formatTime(String(said?.values.at));
  switch (said?.code) {
    case 'key_missing':
      return {
        message: i18n.translate('logAnomalies.key.missing', {
          defaultMessage:
            'The detector works with nobody’s rights: nobody has saved or started it since it was imported.',
        }),
        nextStep: lookThrough,
      };
    case 'key_unbound':
      return {
        message: i18n.translate('logAnomalies.key.unbound', {
          defaultMessage:
            'The detector was saved by version 0.1.0, whose API keys do not tell which detector they were granted for, so it pauses.',
        }),
        nextStep: i18n.translate('logAnomalies.key.unboundNext', {
          defaultMessage:
            'Look through its settings, then save or start it: that grants it a key of yours. Its models, results and place stay.',
        }),
      };
    case 'key_expired':
      return {
        message: i18n.translate('logAnomalies.key.expired', {
          defaultMessage: 'The API key that the detector works with has expired on {at}.',
          values: { at },
        }),
        nextStep,
      };
    case 'key_expires':
      return {
        message: i18n.translate('logAnomalies.key.expires', {
          defaultMessage: 'The API key that the detector works with expires on {at}.',
          values: { at },
        }),
        nextStep,
      };
    default:
      return undefined;
  }
}

function kibanasText({ said }: ReadinessFinding): FindingText | undefined {
  const { kibanas } = said?.values ?? {};
  const nextStep = i18n.translate('logAnomalies.kibanas.next', {
    defaultMessage: 'Give logAnomalies.alerts the same value in the kibana.yml of all of them.',
  });
  switch (said?.code) {
    case 'kibanas_differ':
      return {
        message: i18n.translate('logAnomalies.kibanas.differ', {
          defaultMessage:
            'Kibanas of this cluster announce by different channels ({kibanas}). What one of them finds and cannot announce waits for one that can. Nothing waits to be announced.',
          values: { kibanas },
        }),
        nextStep,
      };
    case 'kibanas_differ_waiting':
      return {
        message: i18n.translate('logAnomalies.kibanas.waiting', {
          defaultMessage:
            'Kibanas of this cluster announce by different channels ({kibanas}). What one of them finds and cannot announce waits for one that can. Announcements wait since {since}.',
          values: { kibanas, since: formatTime(String(said.values.since)) },
        }),
        nextStep,
      };
    default:
      return undefined;
  }
}

/** @example 'scores 0.30, duration 0.61' */
function movedText({ scores, limit, features }: Readonly<Record<string, string | number>>): string {
  return [
    ...(Number(scores) >= Number(limit)
      ? [
          i18n.translate('logAnomalies.readiness.driftScores', {
            defaultMessage: 'scores {drift}',
            values: { drift: Number(scores).toFixed(2) },
          }),
        ]
      : []),
    ...(features === '' ? [] : [String(features)]),
  ].join(', ');
}

function lagText({ said }: ReadinessFinding): FindingText | undefined {
  if (said === undefined) return undefined;
  const { values } = said;
  const lag = formatAbout(Number(values.lag_ms));
  switch (said.code) {
    case 'lag_failed':
      return {
        message: i18n.translate('logAnomalies.lag.failed', {
          defaultMessage:
            'Lag {lag}, because its {failures, plural, one {last run} other {last # runs}} failed: {error}.',
          values: { lag, failures: values.failures, error: values.error },
        }),
        nextStep: i18n.translate('logAnomalies.lag.failedNext', {
          defaultMessage: 'Deal with the last error of the detector.',
        }),
      };
    case 'lag_catching_up':
      return {
        message: i18n.translate('logAnomalies.lag.catchingUp', {
          defaultMessage: 'Lag {lag}, because more logs arrive than a run takes, so it is catching up.',
          values: { lag },
        }),
        nextStep: i18n.translate('logAnomalies.lag.catchingUpNext', {
          defaultMessage:
            'Wait if that was a burst; else raise logAnomalies.jobs.max_logs_per_run, reduce schedule.interval, or let Elasticsearch score logs as they arrive.',
        }),
      };
    case 'lag_waiting':
      return {
        message: i18n.translate('logAnomalies.lag.waiting', {
          defaultMessage: 'Lag {lag}, because no run has ended for {since}.',
          values: { lag, since: formatAbout(Number(values.since_last_run_ms)) },
        }),
        nextStep: i18n.translate('logAnomalies.lag.waitingNext', {
          defaultMessage: 'See whether Kibana is running and its Task Manager is healthy and not overloaded.',
        }),
      };
    case 'lag_slow':
      return {
        message: i18n.translate('logAnomalies.lag.slow', {
          defaultMessage: 'Lag {lag}, because runs take long or start late.',
          values: { lag },
        }),
        nextStep: i18n.translate('logAnomalies.lag.slowNext', {
          defaultMessage: 'See how long runs take, and whether Task Manager is overloaded.',
        }),
      };
    default:
      return undefined;
  }
}
