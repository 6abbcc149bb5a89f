import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { entityName } from '../../shared/values/entity_name';
import { formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { lineOf, type Found } from '../../shared/results/results_table';
import { SeverityLabel } from '../../shared/values/severity';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { reasonText } from '../../shared/results/sentence_text';

const NotAnAnomalyFlyout = lazy(() => import('./not_an_anomaly_flyout'));

/** Target of the feedback link in an alert: shows the result and asks for a verdict. Nothing changes before the answer. */
export function JudgeResult(props: {
  resultId: string;
  record: DetectorRecord;
  close: () => void;
}): ReactElement {
  const { resultId, record, close } = props;
  const { api } = useApp();
  const request = useRequest(
    (signal) => api('getResult', { params: { result_id: resultId } }, signal),
    [api, resultId],
  );
  return (
    <>
      <EuiPanel hasBorder hasShadow={false} data-test-subj="logAnomaliesJudge">
        <RequestState request={request}>
          {(found) => <Question found={found} record={record} close={close} changed={request.reload} />}
        </RequestState>
      </EuiPanel>
      <EuiSpacer size="l" />
    </>
  );
}

function Question(props: {
  found: Found;
  record: DetectorRecord;
  close: () => void;
  changed: () => void;
}): ReactElement {
  const { found, record, close, changed } = props;
  const { api, canWrite, go } = useApp();
  const { run, isBusy } = useAction();
  const [isFlyoutOpen, setIsFlyoutOpen] = useState(false);
  const { result } = found;
  const { index, id } = result.source;
  return (
    <>
      <EuiTitle size="xs">
        <h2>
          {i18n.translate('logAnomalies.feedback.question', { defaultMessage: 'Is this a real anomaly?' })}
        </h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiText size="s">{formatTime(result['@timestamp'])}</EuiText>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <SeverityLabel severity={result.anomaly.severity} confidence={result.anomaly.confidence} />
        </EuiFlexItem>
        {result.anomaly.entity !== undefined && (
          <EuiFlexItem grow={false}>
            <EuiText size="s">{entityName(result.anomaly.entity)}</EuiText>
          </EuiFlexItem>
        )}
      </EuiFlexGroup>
      <EuiSpacer size="s" />
      <EuiText size="s" className="eui-textBreakWord">
        <code>{lineOf(result)}</code>
        <p>{reasonText(result.anomaly)}</p>
      </EuiText>
      <EuiSpacer size="m" />
      <EuiFlexGroup gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiButton
            color="success"
            iconType="check"
            isLoading={isBusy}
            isDisabled={!canWrite}
            onClick={async () => {
              const isDone = await run(
                () =>
                  api('saveFeedback', {
                    params: { id: record.id },
                    body: { source: { index, id }, verdict: 'real' },
                  }),
                i18n.translate('logAnomalies.feedback.saved', {
                  defaultMessage: 'Thank you: this is kept for the next training',
                }),
              );
              if (isDone) close();
            }}
            data-test-subj="logAnomaliesJudgeReal"
          >
            {i18n.translate('logAnomalies.feedback.real', { defaultMessage: 'Yes, real' })}
          </EuiButton>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButton
            color="text"
            iconType="cross"
            isDisabled={!canWrite || isBusy}
            onClick={() => setIsFlyoutOpen(true)}
            data-test-subj="logAnomaliesJudgeNot"
          >
            {i18n.translate('logAnomalies.feedback.not', { defaultMessage: 'Not an anomaly…' })}
          </EuiButton>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty onClick={() => go(`/results/${encodeURIComponent(found.id)}`)}>
            {i18n.translate('logAnomalies.feedback.look', { defaultMessage: 'Look at it first' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      </EuiFlexGroup>
      {isFlyoutOpen && (
        <Suspense fallback={null}>
          <NotAnAnomalyFlyout
            detectorId={record.id}
            found={found}
            close={() => setIsFlyoutOpen(false)}
            changed={() => {
              changed();
              close();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
