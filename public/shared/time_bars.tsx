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
import { useChartTheme } from './chart_theme';
import { formatCount, formatTime } from './format';

export interface Bars {
  readonly name: string;
  readonly color: string;
  /** In the order of the times. */
  readonly counts: readonly number[];
}

/** Counts over time as bars, several side by side. */
export function TimeBars(props: {
  /** Starts of the buckets, epoch milliseconds, ascending. */
  times: readonly number[];
  intervalMilliseconds: number;
  series: readonly Bars[];
  /** What the chart shows, for those who do not see it. */
  label: string;
  height?: number;
}): ReactElement | null {
  const { times, intervalMilliseconds, series, label, height = 140 } = props;
  const baseTheme = useChartTheme();
  if (times.length === 0) return null;
  const from = times[0];
  const to = times[times.length - 1] + intervalMilliseconds;
  return (
    <div style={{ height }}>
      <Chart>
        <Settings
          baseTheme={baseTheme}
          showLegend={series.length > 1}
          legendPosition={Position.Top}
          xDomain={{ min: from, max: to, minInterval: intervalMilliseconds }}
          ariaLabel={label}
        />
        <Tooltip headerFormatter={({ value }) => formatTime(Number(value))} />
        <Axis
          id="time_axis"
          position={Position.Bottom}
          tickFormat={niceTimeFormatter([from, to])}
          ticks={7}
        />
        <Axis id="count_axis" position={Position.Left} integersOnly ticks={3} tickFormat={formatCount} />
        {series.map(({ name, color, counts }) => (
          <BarSeries
            key={name}
            id={name}
            name={name}
            xScaleType={ScaleType.Time}
            yScaleType={ScaleType.Linear}
            xAccessor="time"
            yAccessors={['count']}
            color={color}
            data={times.map((time, place) => ({ time, count: counts[place] }))}
          />
        ))}
      </Chart>
    </div>
  );
}
