import React, { type ReactElement } from 'react';
import { EuiButton, EuiCallOut, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { formatScore, formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import type { Found } from '../../shared/results/results_table';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { SuppressionsTable } from '../feedback/suppressions_table';
import type { Feedback } from './feedback_buttons';

/** Shows the reason why a result is hidden, a way to show it again, and other changes since it was written. */
export function HiddenBecause(props: {
  detectorId: string;
  found: Found;
  feedback: Feedback | undefined;
  changed: () => void;
}): ReactElement | null {
  const { detectorId, found, feedback, changed } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(changed);
  const { type, suppressed_by: by = [], suppressed_because: because, history = [] } = found.result.result;
  const { index, id } = found.result.source;
  const isHidden = type === 'suppressed';
  const suppressions = useRequest(
    async (signal) =>
      isHidden
        ? (await api('listSuppressions', { query: { detector_id: detectorId } }, signal)).suppressions
        : [],
    [api, detectorId, isHidden],
  );
  if (type === 'log' && history.length === 0) return null;
  const hiding = suppressions.value?.filter((each) => by.includes(each.id)) ?? [];
  return (
    <>
      <EuiSpacer size="s" />
      <EuiCallOut
        size="s"
        color={type === 'log' ? 'primary' : 'warning'}
        iconType={isHidden ? icon('eyeClosed') : 'clock'}
        title={titleOf(type, because)}
        data-test-subj="logAnomaliesHidden"
      >
        {history.length > 0 && (
          <EuiText size="xs">
            <ul>
              {[...history].reverse().map(({ at, by: who, because: reason, from }) => (
                <li key={`${at} ${reason}`}>
                  {[formatTime(at), who, reason, from.score !== undefined && scoreBefore(from.score)]
                    .filter(Boolean)
                    .join(' · ')}
                </li>
              ))}
            </ul>
          </EuiText>
        )}
        {isHidden && feedback?.verdict === 'not_an_anomaly' && (
          <EuiButton
            size="s"
            iconType={icon('editorUndo')}
            isLoading={isBusy}
            isDisabled={!canWrite}
            onClick={() =>
              run(
                () => api('removeFeedback', { params: { id: detectorId }, query: { index, id } }),
                i18n.translate('logAnomalies.feedback.takenBack', {
                  defaultMessage: 'It is shown and counted again',
                }),
              )
            }
            data-test-subj="logAnomaliesShowAgain"
          >
            {i18n.translate('logAnomalies.hidden.showAgain', { defaultMessage: 'Show it again' })}
          </EuiButton>
        )}
      </EuiCallOut>
      {isHidden && hiding.length > 0 && feedback?.verdict !== 'not_an_anomaly' && (
        <RequestState request={suppressions}>
          {() => (
            <SuppressionsTable suppressions={hiding} isLoading={suppressions.isLoading} changed={changed} />
          )}
        </RequestState>
      )}
      <EuiSpacer size="s" />
    </>
  );
}

const scoreBefore = (score: number): string =>
  i18n.translate('logAnomalies.hidden.scoreBefore', {
    defaultMessage: 'score before: {score}',
    values: { score: formatScore(score) },
  });

function titleOf(type: Found['result']['result']['type'], because: string | undefined): string {
  switch (type) {
    case 'suppressed':
      return i18n.translate('logAnomalies.hidden.because', {
        defaultMessage: 'Hidden. {because}',
        values: { because: because ?? '' },
      });
    case 'withdrawn':
      return i18n.translate('logAnomalies.hidden.withdrawn', {
        defaultMessage: 'No longer anomalous: its logs have been scored again',
      });
    case 'log':
      return i18n.translate('logAnomalies.hidden.changed', {
        defaultMessage: 'Changes since detection',
      });
  }
}
