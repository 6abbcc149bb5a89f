import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty, EuiFieldText, EuiFlexGroup, EuiFlexItem, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import type { Found } from '../../shared/results/results_table';
import { useAction } from '../../shared/requests/use_action';

const NotAnAnomalyFlyout = lazy(() => import('../feedback/not_an_anomaly_flyout'));

export type Feedback = Answer<'listFeedback'>['feedback'][number];

/** The user's judgement of one result; "not an anomaly" says first what it changes, and each can be taken back. */
export function FeedbackButtons(props: {
  detectorId: string;
  found: Found;
  feedback: Feedback | undefined;
  changed: () => void;
}): ReactElement {
  const { detectorId, found, feedback, changed } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(changed);
  const [comment, setComment] = useState(feedback?.comment ?? '');
  const params = { id: detectorId };
  const { index, id } = found.result.source;
  const [isAsking, setIsAsking] = useState(false);
  const confirm = () =>
    run(
      () =>
        api('saveFeedback', {
          params,
          body: { source: { index, id }, verdict: 'real', ...(comment !== '' && { comment }) },
        }),
      i18n.translate('logAnomalies.feedback.saved', {
        defaultMessage: 'Thank you: this is kept for the next training',
      }),
    );
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiText size="xs">
          <strong>
            {i18n.translate('logAnomalies.feedback.question', { defaultMessage: 'Is this a real anomaly?' })}
          </strong>
        </EuiText>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButton
          size="s"
          color="success"
          iconType="check"
          fill={feedback?.verdict === 'real'}
          isSelected={feedback?.verdict === 'real'}
          isDisabled={!canWrite || isBusy}
          onClick={confirm}
          data-test-subj="logAnomaliesFeedbackReal"
        >
          {i18n.translate('logAnomalies.feedback.real', { defaultMessage: 'Yes, real' })}
        </EuiButton>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButton
          size="s"
          color="text"
          iconType="cross"
          fill={feedback?.verdict === 'not_an_anomaly'}
          isSelected={feedback?.verdict === 'not_an_anomaly'}
          isDisabled={!canWrite || isBusy}
          onClick={() => setIsAsking(true)}
          data-test-subj="logAnomaliesFeedbackNot"
        >
          {i18n.translate('logAnomalies.feedback.not', { defaultMessage: 'Not an anomaly…' })}
        </EuiButton>
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiFieldText
          compressed
          fullWidth
          value={comment}
          disabled={!canWrite}
          maxLength={2_000}
          aria-label={i18n.translate('logAnomalies.feedback.comment', { defaultMessage: 'Comment' })}
          placeholder={i18n.translate('logAnomalies.feedback.comment', { defaultMessage: 'Comment' })}
          onChange={(event) => setComment(event.target.value)}
          data-test-subj="logAnomaliesComment"
        />
      </EuiFlexItem>
      {feedback && (
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType={icon('editorUndo')}
            isDisabled={!canWrite || isBusy}
            onClick={() => run(() => api('removeFeedback', { params, query: { index, id } }))}
            data-test-subj="logAnomaliesFeedbackUndo"
          >
            {i18n.translate('logAnomalies.feedback.undo', { defaultMessage: 'Take back' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      )}
      {isAsking && (
        <Suspense fallback={null}>
          <NotAnAnomalyFlyout {...{ detectorId, found, comment, changed }} close={() => setIsAsking(false)} />
        </Suspense>
      )}
    </EuiFlexGroup>
  );
}
