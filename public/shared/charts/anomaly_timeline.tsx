import React, { type ReactElement } from 'react';
import { Axis, BarSeries, Position, ScaleType } from '@elastic/charts';
import { useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../app/api_client';
import { formatCount } from '../values/format';
import { TimeChart } from './time_chart';
import type { Interval } from '../values/time_range';

export type Group = Answer<'summarizeResults'>['groups'][number];

/** Logs scored and anomalies among them over time, each on a scale of its own. A brush chooses a time. */
export function AnomalyTimeline(props: {
  buckets: Group['buckets'];
  intervalMilliseconds: number;
  range: Interval;
  height: number | string;
  choose?: (range: Interval) => void;
}): ReactElement {
  const { buckets, intervalMilliseconds, range, height, choose } = props;
  const { euiTheme } = useEuiTheme();
  const rows = buckets.map(({ time, logs, anomalies }) => ({ time: Date.parse(time), logs, anomalies }));
  const logs = i18n.translate('logAnomalies.chart.logs', { defaultMessage: 'Logs scored' });
  const anomalies = i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' });
  return (
    <div style={{ height }} data-test-subj="logAnomaliesTimeline">
      <TimeChart
        range={range}
        intervalMilliseconds={intervalMilliseconds}
        label={i18n.translate('logAnomalies.chart.timeline', {
          defaultMessage: 'Logs scored and anomalies over time',
        })}
        height="100%"
        legend={Position.Top}
        ticks={8}
        choose={choose}
      >
        <Axis
          id="logs_axis"
          groupId="logs"
          position={Position.Left}
          title={logs}
          ticks={4}
          tickFormat={formatCount}
        />
        <Axis
          id="anomalies_axis"
          groupId="anomalies"
          position={Position.Right}
          title={anomalies}
          ticks={4}
          integersOnly
          tickFormat={formatCount}
        />
        <BarSeries
          id="logs"
          groupId="logs"
          name={logs}
          xScaleType={ScaleType.Time}
          yScaleType={ScaleType.Linear}
          xAccessor="time"
          yAccessors={['logs']}
          color={euiTheme.colors.mediumShade}
          minBarHeight={1}
          data={rows}
        />
        <BarSeries
          id="anomalies"
          groupId="anomalies"
          name={anomalies}
          xScaleType={ScaleType.Time}
          yScaleType={ScaleType.Linear}
          xAccessor="time"
          yAccessors={['anomalies']}
          color={euiTheme.colors.danger}
          data={rows}
        />
      </TimeChart>
    </div>
  );
}
