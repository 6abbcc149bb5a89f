import React, { type ReactElement } from 'react';
import { EuiButton, EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { useAction } from '../../shared/requests/use_action';
import type { DetectorView } from '../../shared/detector/detector_view';
import { changedQuery } from './explorer_query';
import { scorePastText, type ScorePast } from './past_logs';

/** Nothing was scored in this time: what to do depends on how far the detector is. */
export function NothingScored({
  record,
  status,
  reload,
  past,
}: DetectorView & { past: ScorePast }): ReactElement {
  const { api, canWrite, setQuery } = useApp();
  const { run, isBusy } = useAction(reload);
  const isTraining = status.state === 'training' || status.training?.state === 'running';
  const isScoringPast = status.backfill?.state === 'running' || status.backfill?.state === 'queued';
  return (
    <EuiEmptyPrompt
      iconType={isTraining ? 'clock' : icon('magnifyWithExclamation')}
      data-test-subj="logAnomaliesNothingScored"
      title={
        <h2>
          {isTraining
            ? i18n.translate('logAnomalies.nothing.training', {
                defaultMessage: 'It is learning from your logs',
              })
            : i18n.translate('logAnomalies.nothing.title', {
                defaultMessage: 'No log was scored in this time',
              })}
        </h2>
      }
      body={
        <p>
          {record.enabled
            ? i18n.translate('logAnomalies.nothing.running', {
                defaultMessage: 'Results appear here by themselves as new logs arrive.',
              })
            : i18n.translate('logAnomalies.nothing.stopped', {
                defaultMessage:
                  'The detector is not started. Start it, and new logs are scored on its schedule.',
              })}
        </p>
      }
      actions={[
        ...(!record.enabled && canWrite
          ? [
              <EuiButton
                key="start"
                fill
                iconType="play"
                isLoading={isBusy}
                onClick={() => run(() => api('startDetector', { params: { id: record.id } }))}
              >
                {i18n.translate('logAnomalies.action.start', { defaultMessage: 'Start' })}
              </EuiButton>,
            ]
          : []),
        ...(status.model !== undefined && canWrite && !isScoringPast && !past.isAsked
          ? [
              <EuiButton
                key="past"
                fill={record.enabled}
                iconType={icon('timeRefresh')}
                isLoading={past.isBusy}
                onClick={past.start}
                data-test-subj="logAnomaliesScorePast"
              >
                {scorePastText()}
              </EuiButton>,
            ]
          : []),
        <EuiButton
          key="wider"
          onClick={() => setQuery(changedQuery({ range: { from: 'now-30d', to: 'now' }, entities: [] }))}
        >
          {i18n.translate('logAnomalies.nothing.wider', { defaultMessage: 'Look at the last 30 days' })}
        </EuiButton>,
      ]}
    />
  );
}
