import React, { type ReactElement } from 'react';
import { EuiText, EuiToolTip, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { isOfNoLog, type Distribution } from '../../../../common/log_features/suggesting/distribution';
import { valueText } from '../../../shared/results/sentence_text';
import { formatCount, formatShare } from '../../../shared/values/format';

const WIDTH = 150;
const HEIGHT = 30;

/** Small bar chart of the values of a field: logs in each range or for each frequent value. A tooltip holds the numbers. */
export function DistributionChart({ distribution }: { distribution: Distribution }): ReactElement {
  const { logs, missing, bins, values, of } = distribution;
  if (missing === logs && !isOfNoLog(distribution)) {
    return (
      <EuiText size="xs" color="subdued">
        {i18n.translate('logAnomalies.distribution.unshown', { defaultMessage: 'no values to show' })}
      </EuiText>
    );
  }
  if (missing === logs) {
    return (
      <EuiText size="xs" color="danger">
        {i18n.translate('logAnomalies.distribution.empty', { defaultMessage: 'no log has it' })}
      </EuiText>
    );
  }
  const bars = of === 'value' ? values : bins;
  const lines =
    of === 'value'
      ? values.map(({ value, logs: count }) => `${value}: ${formatShare(count / logs)}`)
      : [rangeOf(distribution)];
  return (
    <EuiToolTip
      display="block"
      content={[
        ...lines,
        i18n.translate('logAnomalies.distribution.distinct', {
          defaultMessage:
            '{values, plural, one {{count} value} other {{count} different values}} in {total, plural, one {{logs} log} other {{logs} logs}}',
          values: {
            values: distribution.distinct,
            count: formatCount(distribution.distinct),
            total: logs,
            logs: formatCount(logs),
          },
        }),
      ].map((line) => (
        <div key={line}>{line}</div>
      ))}
    >
      <span tabIndex={0} style={{ display: 'block' }}>
        <Bars heights={bars.map((bar) => bar.logs)} label={lines.join(', ')} />
        {missing > 0 && (
          <EuiText size="xs" color="subdued">
            {i18n.translate('logAnomalies.distribution.missing', {
              defaultMessage: '{share} without',
              values: { share: formatShare(missing / logs) },
            })}
          </EuiText>
        )}
      </span>
    </EuiToolTip>
  );
}

function Bars({ heights, label }: { heights: readonly number[]; label: string }): ReactElement {
  const { euiTheme } = useEuiTheme();
  const most = Math.max(1, ...heights);
  const width = WIDTH / Math.max(1, heights.length);
  return (
    <svg
      // As wide as its cell where that has no room for all of it.
      width="100%"
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      style={{ display: 'block', maxWidth: WIDTH }}
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke={euiTheme.colors.lightShade} />
      {heights.map((height, place) => (
        <rect
          key={place}
          x={place * width + 0.5}
          width={Math.max(1, Math.min(24, width - 1))}
          // Rare values matter most, so their bars stay visible.
          y={HEIGHT - 1 - (height === 0 ? 0 : Math.max(2, (height / most) * (HEIGHT - 2)))}
          height={height === 0 ? 0 : Math.max(2, (height / most) * (HEIGHT - 2))}
          fill={euiTheme.colors.primary}
        />
      ))}
    </svg>
  );
}

function rangeOf({ of, bins, field }: Distribution): string {
  const [from, to] = [bins[0]?.from ?? 0, bins[bins.length - 1]?.to ?? 0].map((edge) =>
    of === 'number' ? valueText(edge, { field }) : formatCount(edge),
  );
  switch (of) {
    case 'length':
      return i18n.translate('logAnomalies.distribution.lengths', {
        defaultMessage: '{from} to {to} characters',
        values: { from, to },
      });
    case 'time':
      return i18n.translate('logAnomalies.distribution.times', {
        defaultMessage: 'logs by time, from {from} to {to}',
        values: { from, to },
      });
    case 'number':
    case 'value':
      return i18n.translate('logAnomalies.distribution.numbers', {
        defaultMessage: '{from} to {to}',
        values: { from, to },
      });
  }
}
