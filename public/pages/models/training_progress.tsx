import React, { type ReactElement } from 'react';
import {
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiProgress,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { ModelRecordBody } from '../../../common/api';
import { TRAINING_STEPS, type TrainingStep } from '../../../common/api/status';
import { useApp } from '../../shared/app/app_context';
import { FailureText } from '../../shared/requests/failure_text';
import { formatPart, formatTime } from '../../shared/values/format';
import { useAction } from '../../shared/requests/use_action';
import type { DetectorView } from '../../shared/detector/detector_view';
import { Doubts } from './doubts';

function stepName(step: TrainingStep | undefined): string {
  switch (step) {
    case undefined:
      return i18n.translate('logAnomalies.training.queued', { defaultMessage: 'Waiting for its turn' });
    case 'sampling':
      return i18n.translate('logAnomalies.training.sampling', {
        defaultMessage: 'Drawing a sample of the logs',
      });
    case 'learning':
      return i18n.translate('logAnomalies.training.learning', { defaultMessage: 'Learning what is usual' });
    case 'threshold':
      return i18n.translate('logAnomalies.training.threshold', { defaultMessage: 'Placing the threshold' });
    case 'evaluating':
      return i18n.translate('logAnomalies.training.evaluating', {
        defaultMessage: 'Checking it on unseen logs',
      });
    case 'storing':
      return i18n.translate('logAnomalies.training.storing', { defaultMessage: 'Storing the model' });
  }
}

/** Shows the progress of the last requested training. The server keeps it, so that it survives a reload. */
export function TrainingProgress(
  props: DetectorView & { models: readonly ModelRecordBody[] },
): ReactElement | null {
  const { record, status, reload, models } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(reload);
  const { training } = status;
  if (
    training === undefined ||
    training.state === 'promoted' ||
    training.state === 'shadowing' ||
    training.state === 'waiting'
  ) {
    return null;
  }
  if (training.state === 'queued' || training.state === 'running') {
    // Of a step that does not say how far it is, half.
    const done =
      training.step === undefined ? 0 : TRAINING_STEPS.indexOf(training.step) + (training.step_done ?? 0.5);
    const what =
      training.place !== undefined
        ? i18n.translate('logAnomalies.training.place', {
            defaultMessage: 'Waiting for its turn: place {place} of {waiting}',
            values: { place: training.place, waiting: training.waiting },
          })
        : training.step_done === undefined
          ? stepName(training.step)
          : `${stepName(training.step)} · ${formatPart(training.step_done)}`;
    return (
      <>
        <EuiCallOut
          size="s"
          iconType="clock"
          data-test-subj="logAnomaliesTrainingRunning"
          title={i18n.translate('logAnomalies.training.running', {
            defaultMessage: 'A model is being trained since {time}',
            values: { time: formatTime(training.requested_at) },
          })}
        >
          <EuiProgress
            size="s"
            max={TRAINING_STEPS.length}
            value={done}
            aria-label={stepName(training.step)}
          />
          <EuiFlexGroup alignItems="center" responsive={false} gutterSize="s">
            <EuiFlexItem>
              <EuiText size="xs">{what}</EuiText>
            </EuiFlexItem>
            {canWrite && (
              <EuiFlexItem grow={false}>
                <EuiButtonEmpty
                  size="xs"
                  color="danger"
                  isLoading={isBusy}
                  onClick={() => run(() => api('cancelTraining', { params: { id: record.id } }))}
                  data-test-subj="logAnomaliesCancelTraining"
                >
                  {i18n.translate('logAnomalies.training.cancel', { defaultMessage: 'Stop the training' })}
                </EuiButtonEmpty>
              </EuiFlexItem>
            )}
          </EuiFlexGroup>
        </EuiCallOut>
        <EuiSpacer size="m" />
      </>
    );
  }
  const { failure, message } = training;
  const gate = models.find(({ version }) => version === training.version)?.gate;
  return (
    <>
      <EuiCallOut
        size="s"
        color={training.state === 'failed' ? 'danger' : 'warning'}
        iconType={training.state === 'cancelled' ? icon('minusInCircle') : 'warning'}
        title={outcomeName(training.state)}
      >
        {failure ? (
          <FailureText failure={failure} />
        ) : gate ? (
          <Doubts gate={gate} />
        ) : (
          message && <p>{message}</p>
        )}
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}

function outcomeName(state: 'refused' | 'failed' | 'cancelled'): string {
  switch (state) {
    case 'failed':
      return i18n.translate('logAnomalies.training.failed', { defaultMessage: 'The last training failed' });
    case 'refused':
      return i18n.translate('logAnomalies.training.refused', {
        defaultMessage: 'The last model was not promoted by itself',
      });
    case 'cancelled':
      return i18n.translate('logAnomalies.training.cancelled', {
        defaultMessage: 'The last training was stopped',
      });
  }
}
