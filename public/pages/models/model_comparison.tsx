import React, { type ReactElement } from 'react';
import {
  EuiBasicTable,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { ModelRecordBody } from '../../../common/api';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { formatCount, formatScore, formatShare, formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { FeatureDrift, ScoreDistribution } from './comparison_charts';

interface Line {
  readonly what: string;
  readonly left: string;
  readonly right: string;
}

/** Two models on the same sample of recent logs. */
export function ModelComparison(props: {
  detectorId: string;
  left: ModelRecordBody;
  right: ModelRecordBody;
  /** Absent when the user may not; the table's own actions rest while rows are ticked. */
  promote?: (model: ModelRecordBody) => void;
}): ReactElement {
  const { detectorId, left, right, promote } = props;
  const { api } = useApp();
  const request = useRequest(
    (signal) =>
      api(
        'compareModels',
        { params: { id: detectorId }, query: { left: left.version, right: right.version } },
        signal,
      ),
    [api, detectorId, left.version, right.version],
  );
  const names = { leftName: nameOf(left), rightName: nameOf(right) };
  return (
    <EuiPanel hasBorder hasShadow={false} data-test-subj="logAnomaliesComparison">
      <EuiTitle size="xs">
        <h2>{i18n.translate('logAnomalies.compare.title', { defaultMessage: 'Comparison' })}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      <RequestState request={request}>
        {(comparison) => {
          const lines = comparisonLines(comparison);
          return (
            <>
              <EuiText size="s" color="subdued">
                {i18n.translate('logAnomalies.compare.logs', {
                  defaultMessage: 'On {count} recent logs',
                  values: { count: formatCount(comparison.logs) },
                })}
              </EuiText>
              <EuiBasicTable<Line>
                items={lines}
                itemId="what"
                tableCaption={i18n.translate('logAnomalies.compare.title', { defaultMessage: 'Comparison' })}
                columns={[
                  { field: 'what', name: '' },
                  { field: 'left', name: names.leftName },
                  { field: 'right', name: names.rightName },
                ]}
              />
              <EuiSpacer size="m" />
              <EuiFlexGroup alignItems="flexStart" wrap>
                <EuiFlexItem style={{ minWidth: 360 }}>
                  <ScoreDistribution comparison={comparison} {...names} />
                </EuiFlexItem>
                <EuiFlexItem style={{ minWidth: 360 }}>
                  <FeatureDrift comparison={comparison} {...names} />
                </EuiFlexItem>
              </EuiFlexGroup>
              <EuiSpacer size="s" />
              {promote &&
                [left, right]
                  .filter(({ status }) => status !== 'active')
                  .map((model) => (
                    <EuiButtonEmpty
                      key={model.version}
                      size="s"
                      iconType={icon('launch')}
                      onClick={() => promote(model)}
                      data-test-subj="logAnomaliesPromoteCompared"
                    >
                      {i18n.translate('logAnomalies.compare.promote', {
                        defaultMessage: 'Promote the model of {time}',
                        values: { time: formatTime(model.created_at) },
                      })}
                    </EuiButtonEmpty>
                  ))}
            </>
          );
        }}
      </RequestState>
    </EuiPanel>
  );
}

const nameOf = ({ created_at: time, status }: ModelRecordBody): string =>
  status === 'active'
    ? i18n.translate('logAnomalies.compare.activeName', {
        defaultMessage: '{time} (active)',
        values: { time: formatTime(time) },
      })
    : formatTime(time);

/** Returns the figures of both models from labels and verdicts, where there are any. */
function judgementLines({ left, right }: Answer<'compareModels'>): Line[] {
  const [share, count] = [formatShare, formatCount].map(
    (format) => (value: number | null | undefined) =>
      value === null || value === undefined ? '–' : format(value),
  );
  return left.judged.flatMap((judged) => {
    const other = right.judged.find(({ from }) => from === judged.from);
    const source =
      judged.from === 'labels'
        ? i18n.translate('logAnomalies.compare.fromLabels', {
            defaultMessage: 'by the labels of {logs, plural, one {{count} log} other {{count} logs}}',
            values: { logs: judged.logs, count: formatCount(judged.logs) },
          })
        : i18n.translate('logAnomalies.compare.fromFeedback', {
            defaultMessage: 'by your feedback on {logs, plural, one {{count} log} other {{count} logs}}',
            values: { logs: judged.logs, count: formatCount(judged.logs) },
          });
    return [
      {
        what: i18n.translate('logAnomalies.compare.precision', {
          defaultMessage: 'Of what it flags, real ({source})',
          values: { source },
        }),
        left: share(judged.precision),
        right: share(other?.precision),
      },
      {
        what: i18n.translate('logAnomalies.compare.recall', {
          defaultMessage: 'Of what is real, found ({source})',
          values: { source },
        }),
        left: share(judged.recall),
        right: share(other?.recall),
      },
      {
        what: i18n.translate('logAnomalies.compare.falseAlarms', {
          defaultMessage: 'False alarms a day ({source})',
          values: { source },
        }),
        left: count(judged.false_alarms_per_day),
        right: count(other?.false_alarms_per_day),
      },
    ];
  });
}

function comparisonLines(comparison: Answer<'compareModels'>): Line[] {
  return [
    {
      what: i18n.translate('logAnomalies.compare.flagged', {
        defaultMessage: 'Share of logs flagged',
      }),
      left: formatShare(comparison.left.alert_share),
      right: formatShare(comparison.right.alert_share),
    },
    {
      what: i18n.translate('logAnomalies.compare.drift', {
        defaultMessage: 'Score drift since training',
      }),
      left: formatScore(comparison.left.score_drift),
      right: formatScore(comparison.right.score_drift),
    },
    {
      what: i18n.translate('logAnomalies.compare.only', { defaultMessage: 'Flagged by it alone' }),
      left: formatCount(comparison.flagged_by_left_only),
      right: formatCount(comparison.flagged_by_right_only),
    },
    {
      what: i18n.translate('logAnomalies.compare.both', { defaultMessage: 'Flagged by both' }),
      left: formatCount(comparison.flagged_by_both),
      right: formatCount(comparison.flagged_by_both),
    },
    {
      what: i18n.translate('logAnomalies.gate.alerts', { defaultMessage: 'Anomalies a day' }),
      left: formatCount(comparison.left.alerts_per_day),
      right: formatCount(comparison.right.alerts_per_day),
    },
    ...judgementLines(comparison),
  ];
}
