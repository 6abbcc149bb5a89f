import React, { type ReactElement, type ReactNode } from 'react';
import { Axis, Chart, niceTimeFormatter, Position, Settings, Tooltip } from '@elastic/charts';
import { useChartTheme } from './chart_theme';
import { formatTime } from '../values/format';
import type { Interval } from '../values/time_range';

/** What all charts over time have in common: colours, the axis of times, a tip with the whole time. */
export function TimeChart(props: {
  range: Interval;
  /** Length of a bar, milliseconds; without it the range is as wide as the data. */
  intervalMilliseconds?: number;
  /** What the chart shows, for those who do not see it. */
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
  return (
    <div style={{ height }}>
      <Chart>
        <Settings
          baseTheme={baseTheme}
          showLegend={legend !== undefined}
          {...(legend && { legendPosition: legend })}
          {...(intervalMilliseconds !== undefined && {
            xDomain: { min: range.from, max: range.to, minInterval: intervalMilliseconds },
          })}
          ariaLabel={label}
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
          ticks={ticks}
        />
        {children}
      </Chart>
    </div>
  );
}
