import React, { type ReactElement } from 'react';
import { useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { DAY } from '../../../common/duration';

export interface SparklineBucket {
  readonly time: string;
  readonly anomalies: number;
}

/** The column has room for it. */
const WIDTH = 110;
const HEIGHT = 24;

/** Anomalies over the day as small bars; the number stands in the column beside it. */
export function Sparkline({
  buckets,
  name,
}: {
  buckets: readonly SparklineBucket[];
  name: string;
}): ReactElement {
  const { euiTheme } = useEuiTheme();
  const midnight = new Date().setHours(0, 0, 0, 0);
  const most = buckets.reduce((largest, { anomalies }) => Math.max(largest, anomalies), 0);
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={i18n.translate('logAnomalies.overview.sparkline', {
        defaultMessage: 'Anomalies of {name} over the day',
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
              x={((Date.parse(time) - midnight) / DAY) * WIDTH}
              y={HEIGHT - 1 - height}
              width={2.5}
              height={height}
              fill={euiTheme.colors.danger}
            />
          );
        })}
    </svg>
  );
}
