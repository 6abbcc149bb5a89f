import React, { type ReactElement } from 'react';
import { BarSeries, Chart, ScaleType, Settings, Tooltip } from '@elastic/charts';
import { EuiFlexGroup, EuiFlexItem, EuiHealth, EuiText, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Annotation } from '../../../common/annotations';
import type { Answer } from '../app/api_client';
import { formatCount, formatTime } from '../values/format';
import type { Interval } from '../values/time_range';
import { AnnotationMarks, FLAG_HEIGHT } from './annotation_marks';
import { useChartName } from './chart_name';
import { useChartTheme } from './chart_theme';
import { LABEL_WIDTH } from './plot_area';
import { TimeAxis } from './time_axis';
import { wholeBuckets } from './time_domain';
import type { Detector } from '../../../common/detector';
import { scoredLabel } from '../values/scored_label';

export type Group = Answer<'summarizeResults'>['groups'][number];

const NO_SPACE = { left: 0, right: 0, top: 0, bottom: 0 };

/**
 * Logs scored and anomalies among them over time, each on a scale of its own, whose highest bar is told beside it. A brush
 * chooses a time. Its time axis is that of the lanes.
 */
export function AnomalyTimeline(props: {
  buckets: Group['buckets'];
  intervalMilliseconds: number;
  range: Interval;
  height: number | string;
  /** Changes of the calendar in this time. */
  annotations?: readonly Annotation[];
  /** Unit of the detector; absent for several. */
  unit?: Detector['unit'];
  choose?: (range: Interval) => void;
}): ReactElement {
  const { unit, buckets, intervalMilliseconds, range, height, annotations = [], choose } = props;
  const { euiTheme } = useEuiTheme();
  const baseTheme = useChartTheme();
  const chartName = useChartName(
    i18n.translate('logAnomalies.chart.timeline', {
      defaultMessage: '{scored} and anomalies over time',
      values: { scored: scoredLabel(unit) },
    }),
  );
  const drawn = wholeBuckets(range, intervalMilliseconds);
  const rows = buckets.map(({ time, logs, anomalies }) => ({ time: Date.parse(time), logs, anomalies }));
  const series = [
    {
      id: 'logs',
      name: scoredLabel(unit),
      color: euiTheme.colors.mediumShade,
      most: rows.reduce((most, { logs }) => Math.max(most, logs), 0),
    },
    {
      id: 'anomalies',
      name: i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
      color: euiTheme.colors.danger,
      most: rows.reduce((most, { anomalies }) => Math.max(most, anomalies), 0),
    },
  ];
  return (
    <div style={{ height, display: 'flex', flexDirection: 'column' }} data-test-subj="logAnomaliesTimeline">
      <div style={{ flex: '1 1 0', minHeight: 0, display: 'flex' }}>
        <SeriesNames series={series} />
        <div style={{ flex: '1 1 0', minWidth: 0 }}>
          {chartName.element}
          <Chart>
            <Settings
              baseTheme={baseTheme}
              theme={{
                chartMargins: NO_SPACE,
                chartPaddings: { ...NO_SPACE, top: annotations.length > 0 ? FLAG_HEIGHT : 4 },
              }}
              // The chart adds room for the last bar.
              xDomain={{
                min: drawn.from,
                max: drawn.to - intervalMilliseconds,
                minInterval: intervalMilliseconds,
              }}
              ariaLabelledBy={chartName.id}
              onBrushEnd={
                choose &&
                ((brush) => {
                  const [from, to] = (brush as { x?: [number, number] }).x ?? [];
                  if (from !== undefined && to !== undefined) choose({ from, to });
                })
              }
            />
            <Tooltip headerFormatter={({ value }) => formatTime(Number(value))} />
            {series.map(({ id, name, color }) => (
              <BarSeries
                key={id}
                id={id}
                groupId={id}
                name={name}
                xScaleType={ScaleType.Time}
                yScaleType={ScaleType.Linear}
                xAccessor="time"
                yAccessors={[id]}
                tickFormat={formatCount}
                color={color}
                minBarHeight={1}
                enableHistogramMode
                data={id === 'anomalies' ? rows.filter(({ anomalies }) => anomalies > 0) : rows}
              />
            ))}
            <AnnotationMarks annotations={annotations} groupId="logs" />
          </Chart>
        </div>
      </div>
      <TimeAxis range={drawn} />
    </div>
  );
}

interface Drawn {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** Largest value. */
  readonly most: number;
}

/** Names of the series beside the chart, with the scale of each: its largest value is as high as the chart. */
function SeriesNames({ series }: { series: readonly Drawn[] }): ReactElement {
  return (
    <EuiFlexGroup
      direction="column"
      gutterSize="s"
      responsive={false}
      justifyContent="center"
      style={{ flex: `0 0 ${LABEL_WIDTH}px`, width: LABEL_WIDTH }}
    >
      {series.map(({ id, name, color, most }) => (
        <EuiFlexItem grow={false} key={id}>
          <EuiHealth color={color} textSize="xs">
            {name}
          </EuiHealth>
          <EuiText size="xs" color="subdued">
            {i18n.translate('logAnomalies.chart.scale', {
              defaultMessage: '{total, plural, =0 {no bar} other {highest bar: {most}}}',
              values: { total: most, most: formatCount(most) },
            })}
          </EuiText>
        </EuiFlexItem>
      ))}
    </EuiFlexGroup>
  );
}
