import React, { type ReactElement } from 'react';
import {
  Axis,
  BarSeries,
  Chart,
  niceTimeFormatter,
  Position,
  ScaleType,
  Settings,
  Tooltip,
} from '@elastic/charts';
import { useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../api_client';
import { useChartTheme } from './chart_theme';
import { formatCount, formatTime } from './format';
import type { Interval } from './time_range';

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
  const baseTheme = useChartTheme();
  const rows = buckets.map(({ time, logs, anomalies }) => ({ time: Date.parse(time), logs, anomalies }));
  const logs = i18n.translate('logAnomalies.chart.logs', { defaultMessage: 'Logs scored' });
  const anomalies = i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' });
  return (
    <div style={{ height }} data-test-subj="logAnomaliesTimeline">
      <Chart>
        <Settings
          baseTheme={baseTheme}
          showLegend
          legendPosition={Position.Top}
          xDomain={{ min: range.from, max: range.to, minInterval: intervalMilliseconds }}
          ariaLabel={i18n.translate('logAnomalies.chart.timeline', {
            defaultMessage: 'Logs scored and anomalies over time',
          })}
          onBrushEnd={
            choose &&
            ((brush) => {
              const [from, to] = (brush as { x?: [number, number] }).x ?? [];
              if (from !== undefined && to !== undefined) choose({ from, to });
            })
          }
        />
        <Tooltip headerFormatter={({ value }) => formatTime(Number(value))} />
        <Axis
          id="time_axis"
          position={Position.Bottom}
          tickFormat={niceTimeFormatter([range.from, range.to])}
          ticks={8}
        />
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
      </Chart>
    </div>
  );
}
