import React, { type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorStatus } from '../../../common/api';
import { FailureText } from '../requests/failure_text';
import { formatTime } from '../values/format';

/** The reason why a detector does not work, and what to do: its last runs have failed, or it could not be trained. */
export function FailingCallout({ status }: { status: DetectorStatus }): ReactElement | null {
  const { last_error: runFailure, training, consecutive_failures: failures } = status;
  const trainingFailure = training?.state === 'failed' ? training.failure : undefined;
  const failure = runFailure ?? trainingFailure;
  if (failure === undefined) return null;
  return (
    <>
      <EuiCallOut
        color="danger"
        iconType="warning"
        data-test-subj="logAnomaliesLastError"
        title={
          runFailure === undefined
            ? i18n.translate('logAnomalies.failing.training', {
                defaultMessage: 'It could not be trained',
              })
            : i18n.translate('logAnomalies.jobs.failed', {
                defaultMessage:
                  '{count, plural, one {The last run has failed} other {The last # runs have failed}}',
                values: { count: Math.max(1, failures) },
              })
        }
      >
        <FailureText failure={failure} at={formatTime(failure.at)} />
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}
