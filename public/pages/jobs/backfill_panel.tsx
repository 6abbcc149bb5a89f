import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiProgress,
  EuiSpacer,
  EuiSuperDatePicker,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { BackfillReport, DetectorStatus } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { FailureText } from '../../shared/requests/failure_text';
import { formatCount, formatTime } from '../../shared/values/format';
import { resolveRange, type TimeRange } from '../../shared/values/time_range';
import { useAction } from '../../shared/requests/use_action';

function stateName(state: BackfillReport['state'], hasModel: boolean): string {
  switch (state) {
    case 'queued':
      if (!hasModel) {
        return i18n.translate('logAnomalies.backfill.waiting', {
          defaultMessage: 'waiting until the detector has learned',
        });
      }
      return i18n.translate('logAnomalies.backfill.queued', { defaultMessage: 'queued' });
    case 'running':
      return i18n.translate('logAnomalies.backfill.running', { defaultMessage: 'running' });
    case 'done':
      return i18n.translate('logAnomalies.backfill.done', { defaultMessage: 'done' });
    case 'cancelled':
      return i18n.translate('logAnomalies.backfill.cancelled', { defaultMessage: 'cancelled' });
    case 'failed':
      return i18n.translate('logAnomalies.backfill.failed', { defaultMessage: 'failed' });
  }
}

const PatternsNotCounted = (): ReactElement => (
  <EuiText size="s" color="subdued">
    {i18n.translate('logAnomalies.backfill.patternsNotCounted', {
      defaultMessage:
        'Elasticsearch scores these logs, so their patterns are not counted. To count them, score the same time here.',
    })}
  </EuiText>
);

/** Scores logs of the past, with progress and a way to stop. */
export function BackfillPanel(props: {
  detectorId: string;
  status: DetectorStatus;
  reload: () => void;
}): ReactElement {
  const { detectorId, status, reload } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(reload);
  const [range, setRange] = useState<TimeRange>({ from: 'now-7d', to: 'now' });
  const [isInvalid, setIsInvalid] = useState(false);
  const { backfill } = status;
  const isRunning = backfill?.state === 'running' || backfill?.state === 'queued';
  const params = { id: detectorId };
  return (
    <EuiPanel hasBorder hasShadow={false}>
      <EuiTitle size="xs">
        <h2>{i18n.translate('logAnomalies.backfill.title', { defaultMessage: 'Score logs of the past' })}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      <EuiFlexGroup responsive={false} wrap alignItems="center">
        <EuiFlexItem grow={false}>
          <EuiSuperDatePicker
            start={range.from}
            end={range.to}
            showUpdateButton={false}
            isDisabled={isRunning}
            onTimeChange={({ start, end, isInvalid }) => {
              setRange({ from: start, to: end });
              setIsInvalid(isInvalid);
            }}
          />
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          {isRunning ? (
            <EuiButton
              iconType="cross"
              color="danger"
              isLoading={isBusy}
              isDisabled={!canWrite}
              onClick={() => run(() => api('cancelBackfill', { params }))}
            >
              {i18n.translate('logAnomalies.backfill.cancel', { defaultMessage: 'Stop scoring the past' })}
            </EuiButton>
          ) : (
            <EuiButton
              iconType={icon('timeRefresh')}
              isLoading={isBusy}
              isDisabled={!canWrite || isInvalid || status.model === undefined}
              onClick={() => run(() => api('startBackfill', { params, body: resolveRange(range) }))}
              data-test-subj="logAnomaliesBackfill"
            >
              {i18n.translate('logAnomalies.backfill.start', { defaultMessage: 'Score these logs' })}
            </EuiButton>
          )}
        </EuiFlexItem>
      </EuiFlexGroup>
      {backfill && (
        <>
          <EuiSpacer size="m" />
          {isRunning && (
            <EuiProgress
              size="s"
              {...(backfill.total !== undefined && backfill.total > 0
                ? { max: backfill.total, value: backfill.logs }
                : {})}
            />
          )}
          <EuiText size="s" color={backfill.state === 'failed' ? 'danger' : 'subdued'}>
            {i18n.translate('logAnomalies.backfill.report', {
              defaultMessage:
                '{from} to {to}: {state}, {count, plural, one {{logs} log} other {{logs} logs}} scored, {found, plural, one {{anomalies} anomaly} other {{anomalies} anomalies}}',
              values: {
                from: formatTime(backfill.from),
                to: formatTime(backfill.to),
                state: stateName(backfill.state, status.model !== undefined),
                count: backfill.logs,
                logs: formatCount(backfill.logs),
                found: backfill.anomalies,
                anomalies: formatCount(backfill.anomalies),
              },
            })}
            {backfill.failure && <FailureText failure={backfill.failure} />}
          </EuiText>
          {backfill.patterns_not_counted && <PatternsNotCounted />}
        </>
      )}
      {status.model === undefined && !isRunning && (
        <EuiText size="s" color="subdued">
          {i18n.translate('logAnomalies.backfill.needsModel', {
            defaultMessage: 'It needs a model: train one first.',
          })}
        </EuiText>
      )}
    </EuiPanel>
  );
}
