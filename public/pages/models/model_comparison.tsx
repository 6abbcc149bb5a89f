import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiButtonEmpty, EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { ModelRecordBody } from '../../../common/api';
import { useApp } from '../../app_context';
import { formatCount, formatScore, formatShare, formatTime } from '../../shared/format';
import { RequestState } from '../../shared/request_state';
import { useRequest } from '../../shared/use_request';

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
  return (
    <EuiPanel hasBorder hasShadow={false} data-test-subj="logAnomaliesComparison">
      <EuiTitle size="xs">
        <h2>{i18n.translate('logAnomalies.compare.title', { defaultMessage: 'Comparison' })}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      <RequestState request={request}>
        {(comparison) => {
          const lines: Line[] = [
            {
              what: i18n.translate('logAnomalies.compare.flagged', {
                defaultMessage: 'Share of logs flagged',
              }),
              left: formatShare(comparison.left.alert_share),
              right: formatShare(comparison.right.alert_share),
            },
            {
              what: i18n.translate('logAnomalies.compare.drift', {
                defaultMessage: 'How far scores have moved since training',
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
          ];
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
                  { field: 'left', name: formatTime(left.created_at) },
                  { field: 'right', name: formatTime(right.created_at) },
                ]}
              />
              <EuiSpacer size="s" />
              {promote &&
                [left, right]
                  .filter(({ status }) => status !== 'active')
                  .map((model) => (
                    <EuiButtonEmpty
                      key={model.version}
                      size="s"
                      iconType="launch"
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
