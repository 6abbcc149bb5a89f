import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiHealth, EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { RunSummary } from '../../../common/api';
import { failureSentence } from '../../shared/app/failure_sentence';
import { nextStepText } from '../../shared/requests/failure_text';
import { withSettingLabels } from '../../shared/values/setting_label';
import { formatCount, formatSpan, formatTime } from '../../shared/values/format';
import type { Detector } from '../../../common/detector';
import { scoredLabel } from '../../shared/values/scored_label';

/** The last runs, newest first: how many logs they scored, or why they failed and what to do. */
export function RunHistory(props: {
  unit: Detector['unit'];
  runs: readonly RunSummary[];
  /** Time of the last search for logs; runs without a log are listed once in a while only. */
  lastLook: string | undefined;
}): ReactElement {
  const { runs, lastLook } = props;
  const isLater = lastLook !== undefined && runs.length > 0 && lastLook > runs[0].finished_at;
  return (
    <EuiPanel hasBorder hasShadow={false}>
      <EuiTitle size="xs">
        <h2>{i18n.translate('logAnomalies.runs.title', { defaultMessage: 'Last runs' })}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      {isLater && (
        <EuiText size="s" color="subdued" data-test-subj="logAnomaliesLookedAgain">
          <p>
            {i18n.translate('logAnomalies.runs.lookedAgain', {
              defaultMessage:
                'Last looked at {time} and found no new log. Such runs are listed once in a while only.',
              values: { time: formatTime(lastLook) },
            })}
          </p>
        </EuiText>
      )}
      <EuiBasicTable<RunSummary>
        compressed
        items={[...runs]}
        itemId="finished_at"
        data-test-subj="logAnomaliesRuns"
        tableCaption={i18n.translate('logAnomalies.runs.title', { defaultMessage: 'Last runs' })}
        noItemsMessage={i18n.translate('logAnomalies.runs.none', {
          defaultMessage: 'It has not run yet. Start it, and its runs are listed here.',
        })}
        columns={[
          {
            field: 'finished_at',
            name: i18n.translate('logAnomalies.jobs.finished', { defaultMessage: 'Finished' }),
            width: '200px',
            render: formatTime,
          },
          {
            name: i18n.translate('logAnomalies.runs.outcome', { defaultMessage: 'Outcome' }),
            render: ({ failure, complete, logs }: RunSummary) =>
              failure ? (
                <EuiText size="xs">
                  <EuiHealth color="danger">
                    {i18n.translate('logAnomalies.runs.failed', { defaultMessage: 'failed' })}
                  </EuiHealth>
                  <div className="eui-textBreakWord">{withSettingLabels(failureSentence(failure))}</div>
                  <strong>{withSettingLabels(nextStepText(failure))}</strong>
                </EuiText>
              ) : (
                <EuiHealth color={complete ? 'success' : 'primary'} textSize="xs">
                  {complete && logs === 0
                    ? i18n.translate('logAnomalies.runs.noLogs', { defaultMessage: 'no new log' })
                    : complete
                      ? i18n.translate('logAnomalies.runs.complete', { defaultMessage: 'all logs scored' })
                      : i18n.translate('logAnomalies.runs.partial', {
                          defaultMessage: 'a part scored, the next run went on',
                        })}
                </EuiHealth>
              ),
          },
          {
            name: i18n.translate('logAnomalies.jobs.took', { defaultMessage: 'Took' }),
            width: '90px',
            render: ({ started_at: started, finished_at: finished }: RunSummary) =>
              started === undefined ? '–' : formatSpan(Date.parse(finished) - Date.parse(started)),
          },
          {
            field: 'logs',
            name: scoredLabel(props.unit),
            width: '120px',
            render: formatCount,
          },
          {
            field: 'anomalies',
            name: i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
            width: '100px',
            render: formatCount,
          },
        ]}
      />
    </EuiPanel>
  );
}
