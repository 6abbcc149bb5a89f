import React, { type ReactElement } from 'react';
import { i18n } from '@kbn/i18n';
import type { Failure } from '../../../common/api';
import type { LeftOutBy } from '../../../common/api/status';
import { failureSentence } from '../app/failure_sentence';
import { withSettingLabels } from '../values/setting_label';

/** Returns the translated next step where times that are kept out leave a training too few logs. */
export const leftOutAdvice = (by: LeftOutBy): string =>
  i18n.translate('logAnomalies.failure.leftOut', {
    defaultMessage:
      '{by, select, quiet_times {Let models learn from quiet times that are as usual} both {Remove incidents and maintenance from the calendar that were shorter or did not happen, let models learn from quiet times that are as usual} other {Remove incidents and maintenance from the calendar that were shorter or did not happen}}, increase training.window, or lower training.min_rows.',
    values: { by },
  });

/** Returns the translated next step of a failure; an unknown code keeps the server's words. */
export function nextStepText({
  code,
  next_step: nextStep,
  left_out_by: leftOutBy,
}: Pick<Failure, 'code' | 'next_step' | 'left_out_by'>): string {
  switch (code) {
    case 'invalid_input':
      return i18n.translate('logAnomalies.failure.invalidInput', {
        defaultMessage: 'Edit the detector: the message names the setting.',
      });
    case 'not_found':
      return i18n.translate('logAnomalies.failure.notFound', {
        defaultMessage:
          'Check that the index of the log source exists and holds logs; the run is repeated until it does.',
      });
    case 'conflict':
      return i18n.translate('logAnomalies.failure.conflict', {
        defaultMessage: 'Nothing: another Kibana has done this work.',
      });
    case 'unauthenticated':
      return i18n.translate('logAnomalies.failure.unauthenticated', {
        defaultMessage: 'Save the detector again, so that it gets a new API key from you.',
      });
    case 'forbidden':
      return i18n.translate('logAnomalies.failure.forbidden', {
        defaultMessage:
          'Ask for the missing right on the indices that the message names, then save the detector again.',
      });
    case 'too_few_logs':
      if (leftOutBy !== undefined) return leftOutAdvice(leftOutBy);
      return i18n.translate('logAnomalies.failure.tooFewLogs', {
        defaultMessage:
          'Widen the training window or the query, lower training.min_rows, or wait for more logs.',
      });
    case 'refused':
      return i18n.translate('logAnomalies.failure.refused', {
        defaultMessage: 'The message says which limit was broken; change the limit or the detector.',
      });
    case 'busy':
      return i18n.translate('logAnomalies.failure.busy', {
        defaultMessage: 'Wait as long as the message says, then try again.',
      });
    case 'unavailable':
      return i18n.translate('logAnomalies.failure.unavailable', {
        defaultMessage:
          'Nothing, if it passes by itself: the run is repeated. Otherwise look after the health of Elasticsearch.',
      });
    case 'interrupted':
      return i18n.translate('logAnomalies.failure.interrupted', {
        defaultMessage: 'Nothing: the next run carries on.',
      });
    case 'internal':
      return i18n.translate('logAnomalies.failure.internal', {
        defaultMessage: "Look into Kibana's log for the time of the failure; it may be a defect.",
      });
    default:
      return nextStep;
  }
}

/** Shows the message of a failure and, below it, the next step. */
export function FailureText({ failure, at }: { failure: Failure; at?: string }): ReactElement {
  const message = withSettingLabels(failureSentence(failure));
  return (
    <>
      <p className="eui-textBreakWord">{at === undefined ? message : `${at}: ${message}`}</p>
      <p>
        <strong>{withSettingLabels(nextStepText(failure))}</strong>
      </p>
    </>
  );
}
