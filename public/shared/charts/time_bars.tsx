import React, { type ReactElement } from 'react';
import { Axis, BarSeries, Position, ScaleType } from '@elastic/charts';
import { formatCount } from '../values/format';
import { TimeChart } from './time_chart';

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
  /** Text alternative of the chart. */
  label: string;
  height?: number;
  /** Title of the axis of counts, given where neither a heading nor a legend says what is counted. */
  axisTitle?: string;
}): ReactElement | null {
  const { times, intervalMilliseconds, series, label, height = 140, axisTitle } = props;
  if (times.length === 0) return null;
  const range = { from: times[0], to: times[times.length - 1] + intervalMilliseconds };
  return (
    <TimeChart
      range={range}
      intervalMilliseconds={intervalMilliseconds}
      label={label}
      height={height}
      legend={series.length > 1 ? Position.Top : undefined}
    >
      <Axis
        id="count_axis"
        position={Position.Left}
        title={axisTitle}
        integersOnly
        ticks={3}
        tickFormat={formatCount}
      />
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
    </TimeChart>
  );
}
