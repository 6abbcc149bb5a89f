import React, { useState, type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty, EuiFieldText, EuiFlexGroup, EuiFlexItem, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../api_client';
import { useApp } from '../../app_context';
import { useAction } from '../../shared/use_action';

export type Feedback = Answer<'listFeedback'>['feedback'][number];
type Verdict = Feedback['verdict'];

/** The user's judgement of one result; it can be taken back. */
export function FeedbackButtons(props: {
  detectorId: string;
  source: { index: string; id: string };
  feedback: Feedback | undefined;
  changed: () => void;
}): ReactElement {
  const { detectorId, source, feedback, changed } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(changed);
  const [comment, setComment] = useState(feedback?.comment ?? '');
  const params = { id: detectorId };
  const { index, id } = source;
  const save = (verdict: Verdict) =>
    run(
      () =>
        api('saveFeedback', {
          params,
          body: { source: { index, id }, verdict, ...(comment !== '' && { comment }) },
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
          aria-pressed={feedback?.verdict === 'real'}
          isDisabled={!canWrite || isBusy}
          onClick={() => save('real')}
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
          aria-pressed={feedback?.verdict === 'not_an_anomaly'}
          isDisabled={!canWrite || isBusy}
          onClick={() => save('not_an_anomaly')}
          data-test-subj="logAnomaliesFeedbackNot"
        >
          {i18n.translate('logAnomalies.feedback.not', { defaultMessage: 'No, this is normal' })}
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
        />
      </EuiFlexItem>
      {feedback && (
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType="editorUndo"
            isDisabled={!canWrite || isBusy}
            onClick={() => run(() => api('removeFeedback', { params, query: { index, id } }))}
            data-test-subj="logAnomaliesFeedbackUndo"
          >
            {i18n.translate('logAnomalies.feedback.undo', { defaultMessage: 'Take back' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
