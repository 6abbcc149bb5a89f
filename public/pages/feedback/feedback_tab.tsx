import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import { EuiButton, EuiFlexGroup, EuiFlexItem, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import type { DetectorView } from '../../shared/detector/detector_view';
import { JudgeResult } from './judge_result';
import { SuppressionsTable } from './suppressions_table';
import { hiddenByVerdict, withoutVerdicts } from './verdict_rows';
import { VerdictsTable } from './verdicts_table';

const QuietTimeFlyout = lazy(() => import('./quiet_time_flyout'));

/** Tab of verdicts, mutes and quiet times of a detector; with `?result=` it asks for a verdict on one result. */
export default function FeedbackTab({ record }: DetectorView): ReactElement {
  const { api, canWrite, location, setQuery } = useApp();
  const [isAdding, setIsAdding] = useState(false);
  const lists = useRequest(
    async (signal) => {
      const [{ suppressions }, said] = await Promise.all([
        api('listSuppressions', { query: { detector_id: record.id } }, signal),
        api('listFeedback', { params: { id: record.id } }, signal),
      ]);
      return { suppressions, said };
    },
    [api, record.id],
  );
  const changed = lists.reload;
  const { result } = location.query;
  return (
    <div data-test-subj="logAnomaliesFeedbackTab">
      {result !== undefined && (
        <JudgeResult
          resultId={result}
          record={record}
          close={() => {
            setQuery({ result: undefined });
            changed();
          }}
        />
      )}
      <EuiFlexGroup alignItems="center" responsive={false} wrap>
        <EuiFlexItem>
          <EuiText size="s" color="subdued">
            {i18n.translate('logAnomalies.feedback.explained', {
              defaultMessage:
                'Hidden results are marked, never deleted. They raise no alerts and are not counted, and they are shown again when the rule that hides them is removed or expires.',
            })}
          </EuiText>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButton
            iconType={icon('plusInCircle')}
            isDisabled={!canWrite}
            onClick={() => setIsAdding(true)}
            data-test-subj="logAnomaliesAddQuietTime"
          >
            {i18n.translate('logAnomalies.quiet.title', { defaultMessage: 'Add a quiet time or a mute' })}
          </EuiButton>
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      <RequestState request={lists}>
        {({ suppressions, said }) => (
          <>
            <SuppressionsTable
              suppressions={withoutVerdicts(suppressions, said.feedback)}
              isLoading={lists.isLoading}
              changed={changed}
            />
            <EuiSpacer size="l" />
            <VerdictsTable
              detectorId={record.id}
              said={said}
              hiddenBy={(verdict) => hiddenByVerdict(verdict, suppressions)}
              changed={changed}
            />
          </>
        )}
      </RequestState>
      {isAdding && (
        <Suspense fallback={null}>
          <QuietTimeFlyout
            detectorId={record.id}
            timeZone={record.detector.time_zone}
            close={(isAdded) => {
              setIsAdding(false);
              if (isAdded) changed();
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
