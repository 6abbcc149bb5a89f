import React, { type ReactElement, type ReactNode } from 'react';
import { Axis, Chart, Position, Settings, Tooltip } from '@elastic/charts';
import { useChartName } from './chart_name';
import { useChartTheme } from './chart_theme';
import { formatTime } from '../values/format';
import type { Interval } from '../values/time_range';
import { tickFormatOf } from './time_ticks';

/** Base of all charts over time: colours, time axis, and a tooltip with the full time. */
export function TimeChart(props: {
  range: Interval;
  /** Length of a bar, milliseconds; without it the range is as wide as the data. */
  intervalMilliseconds?: number;
  /** Text alternative of the chart. */
  label: string;
  height: number | string;
  legend?: Position;
  ticks?: number;
  /** A brush chooses a time. */
  choose?: (range: Interval) => void;
  /** Axes of values and series. */
  children: ReactNode;
}): ReactElement {
  const { range, intervalMilliseconds, label, height, legend, ticks = 7, choose, children } = props;
  const baseTheme = useChartTheme();
  const name = useChartName(label);
  return (
    <div style={{ height }}>
      {name.element}
      <Chart>
        <Settings
          baseTheme={baseTheme}
          showLegend={legend !== undefined}
          {...(legend && { legendPosition: legend })}
          {...(intervalMilliseconds !== undefined && {
            xDomain: { min: range.from, max: range.to, minInterval: intervalMilliseconds },
          })}
          ariaLabelledBy={name.id}
          onBrushEnd={
            choose &&
            ((brush) => {
              const [from, to] = (brush as { x?: [number, number] }).x ?? [];
              if (from !== undefined && to !== undefined) choose({ from, to });
            })
          }
        />
        <Tooltip headerFormatter={({ value }) => formatTime(Number(value))} />
        <Axis id="time_axis" position={Position.Bottom} tickFormat={tickFormatOf(range)} ticks={ticks} />
        {children}
      </Chart>
    </div>
  );
}
