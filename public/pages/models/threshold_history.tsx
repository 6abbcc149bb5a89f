import React, { type ReactElement } from 'react';
import { Axis, CurveType, LineSeries, Position, ScaleType } from '@elastic/charts';
import { EuiBasicTable, EuiCallOut, EuiSpacer, EuiText, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { formatCount, formatScore, formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { TimeChart } from '../../shared/charts/time_chart';
import { useRequest } from '../../shared/requests/use_request';
import { changeText } from './change_text';

type Threshold = Answer<'getThreshold'>;
type Change = Threshold['history'][number];

const CHART_HEIGHT = 180;

/** The threshold in force, how it came there and why it moved. */
export default function ThresholdHistory({ detectorId }: { detectorId: string }): ReactElement {
  const { api } = useApp();
  const request = useRequest(
    (signal) => api('getThreshold', { params: { id: detectorId } }, signal),
    [api, detectorId],
  );
  return (
    <div data-test-subj="logAnomaliesThreshold">
      <RequestState request={request}>
        {(found) => (
          <>
            <EuiText size="s">{sentence(found)}</EuiText>
            {found.frozen && (
              <>
                <EuiSpacer size="s" />
                <EuiCallOut
                  size="s"
                  iconType="pause"
                  title={i18n.translate('logAnomalies.threshold.frozen', {
                    defaultMessage: 'It does not move since {time}: {reason}',
                    values: { time: formatTime(found.frozen.since), reason: changeText(found.frozen.reason) },
                  })}
                />
              </>
            )}
            <EuiSpacer size="s" />
            {found.history.length > 0 && <ThresholdChart history={found.history} />}
            <EuiBasicTable<Change>
              compressed
              items={[...found.history].reverse()}
              itemId="at"
              tableCaption={i18n.translate('logAnomalies.threshold.caption', {
                defaultMessage: 'Changes of the threshold, newest first',
              })}
              noItemsMessage={i18n.translate('logAnomalies.threshold.never', {
                defaultMessage: 'It has not changed yet.',
              })}
              columns={[
                {
                  field: 'at',
                  name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
                  width: '200px',
                  render: formatTime,
                },
                {
                  field: 'threshold',
                  name: i18n.translate('logAnomalies.models.threshold', { defaultMessage: 'Threshold' }),
                  width: '110px',
                  render: formatScore,
                },
                {
                  field: 'reason',
                  name: i18n.translate('logAnomalies.audit.reason', { defaultMessage: 'Why' }),
                  render: changeText,
                },
              ]}
            />
          </>
        )}
      </RequestState>
    </div>
  );
}

function sentence({ method, threshold, alerts_per_day: budget }: Threshold): string {
  if (threshold === undefined) {
    return i18n.translate('logAnomalies.threshold.none', {
      defaultMessage: 'There is no model yet, and so no threshold.',
    });
  }
  const values = { score: formatScore(threshold) };
  switch (method) {
    case 'fixed':
      return i18n.translate('logAnomalies.threshold.fixed', {
        defaultMessage: 'Scores from {score} on are anomalies: a fixed threshold.',
        values,
      });
    case 'contamination':
      return i18n.translate('logAnomalies.threshold.contamination', {
        defaultMessage:
          'Scores from {score} on are anomalies: that is what the share of logs to flag comes to.',
        values,
      });
    case 'adaptive':
      return budget === undefined
        ? i18n.translate('logAnomalies.threshold.adaptive', {
            defaultMessage:
              'Scores from {score} on are anomalies just now: the threshold follows slow change.',
            values,
          })
        : i18n.translate('logAnomalies.threshold.adaptiveBudget', {
            defaultMessage:
              'Scores from {score} on are anomalies just now: the threshold follows slow change and keeps to about {budget} anomalies a day.',
            values: { ...values, budget: formatCount(budget) },
          });
  }
}

function ThresholdChart({ history }: { history: readonly Change[] }): ReactElement {
  const { euiTheme } = useEuiTheme();
  const name = i18n.translate('logAnomalies.models.threshold', { defaultMessage: 'Threshold' });
  const rows = history.map(({ at, threshold }) => ({ time: Date.parse(at), threshold }));
  const last = rows[rows.length - 1];
  // A step goes on until now.
  const now = Math.max(Date.now(), last.time + 1);
  const scores = rows.map(({ threshold }) => threshold);
  const room = Math.max(0.005, (Math.max(...scores) - Math.min(...scores)) / 5);
  return (
    <TimeChart
      range={{ from: rows[0].time, to: now }}
      label={i18n.translate('logAnomalies.threshold.chart', {
        defaultMessage: 'The threshold over time',
      })}
      height={CHART_HEIGHT}
    >
      <Axis
        id="threshold_axis"
        position={Position.Left}
        ticks={4}
        domain={{ min: Math.min(...scores) - room, max: Math.max(...scores) + room }}
        tickFormat={formatScore}
      />
      <LineSeries
        id="threshold"
        name={name}
        xScaleType={ScaleType.Time}
        yScaleType={ScaleType.Linear}
        xAccessor="time"
        yAccessors={['threshold']}
        curve={CurveType.CURVE_STEP_AFTER}
        color={euiTheme.colors.primary}
        data={[...rows, { time: now, threshold: last.threshold }]}
      />
    </TimeChart>
  );
}
