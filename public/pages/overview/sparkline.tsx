import React, { type ReactElement } from 'react';
import { useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Interval } from '../../shared/values/time_range';

export interface SparklineBucket {
  readonly time: string;
  readonly anomalies: number;
}

/** The column has room for it. */
const WIDTH = 110;
const HEIGHT = 24;
const BAR = 2;

/** Anomalies over a time that has gone by as small bars, from edge to edge; the number stands in the column beside it. */
export function Sparkline({
  buckets,
  range,
  name,
}: {
  buckets: readonly SparklineBucket[];
  range: Interval;
  name: string;
}): ReactElement {
  const { euiTheme } = useEuiTheme();
  const placeOf = (time: string): number =>
    ((Date.parse(time) - range.from) / (range.to - range.from)) * WIDTH;
  const most = buckets.reduce((largest, { anomalies }) => Math.max(largest, anomalies), 0);
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={i18n.translate('logAnomalies.overview.sparkline', {
        defaultMessage: 'Anomalies of {name} over the last 24 hours',
        values: { name },
      })}
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke={euiTheme.colors.lightShade} />
      {buckets
        .filter(({ anomalies }) => anomalies > 0)
        .map(({ time, anomalies }) => {
          const height = Math.max(2, (anomalies / most) * (HEIGHT - 2));
          return (
            <rect
              key={time}
              // A bucket begins a little before the range and may end after it.
              x={Math.min(WIDTH - BAR, Math.max(0, placeOf(time)))}
              y={HEIGHT - 1 - height}
              width={BAR}
              height={height}
              fill={euiTheme.colors.danger}
            />
          );
        })}
    </svg>
  );
}
