import React, { type ReactElement } from 'react';
import {
  Chart,
  Heatmap,
  ScaleType,
  Settings,
  type HeatmapBrushEvent,
  type HeatmapElementEvent,
} from '@elastic/charts';
import { EuiBasicTable, EuiFlexGroup, EuiFlexItem, EuiHealth, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SEVERITIES, severityOf } from '../../../common/anomaly';
import { printable } from '../../../common/printable';
import type { Group } from './anomaly_timeline';
import { useChartName } from './chart_name';
import { useChartTheme } from './chart_theme';
import { LABEL_WIDTH } from './plot_area';
import { TimeAxis } from './time_axis';
import { wholeBuckets } from './time_domain';
import { entityName, laneOf } from '../values/entity_name';
import { formatCount, formatTime } from '../values/format';
import { SeverityLabel, severityName, useSeverityColors } from '../values/severity';
import type { Interval } from '../values/time_range';
import { scoredLabel } from '../values/scored_label';
import type { Detector } from '../../../common/detector';

/** Selection by a click or a brush. */
export interface Choice {
  readonly range: Interval;
  readonly entities: readonly string[];
}

/** A bucket whose logs were all normal. */
const NORMAL = 1;
/** One that holds anomalies, all of which a filter leaves out. */
const FILTERED_OUT = 1.5;
const LANE_HEIGHT = 28;
const NO_SPACE = { left: 0, right: 0, top: 0, bottom: 0 };
/** Of the legend and the time axis. */
const AXIS_HEIGHT = 72;

/** Lanes are to be wider than their names; the rest of a name stands in the tooltip. */
const LONGEST_LABEL = 24;

/** One lane for each entity, its colour the most severe anomaly of the time; click and brush choose. */
export function SwimLane(props: {
  groups: readonly Group[];
  intervalMilliseconds: number;
  range: Interval;
  choose?: (choice: Choice) => void;
  height?: number | string;
}): ReactElement {
  const { groups, intervalMilliseconds, range, choose, height } = props;
  const { euiTheme } = useEuiTheme();

  const baseTheme = useChartTheme();
  const chartName = useChartName(
    i18n.translate('logAnomalies.lane.label', {
      defaultMessage: 'Severity of the anomalies over time, a lane for each entity',
    }),
  );
  const drawn = wholeBuckets(range, intervalMilliseconds);
  const cells = cellsOf(groups);
  const bands = useBands();
  const isFiltered = cells.some(({ value }) => value === FILTERED_OUT);
  const keyOf = new Map(groups.map(({ key }) => [laneOf(key), key]));
  const chosen = (times: readonly (string | number)[], lanes: readonly (string | number)[]): void => {
    const numbers = times.map(Number);
    choose?.({
      range: { from: Math.min(...numbers), to: Math.max(...numbers) + intervalMilliseconds },
      entities: lanes.map((lane) => keyOf.get(String(lane)) ?? ''),
    });
  };
  return (
    <div
      style={{
        display: 'flex',
        flexDirection: 'column',
        height: height ?? groups.length * LANE_HEIGHT + AXIS_HEIGHT,
      }}
      data-test-subj="logAnomaliesSwimLane"
    >
      {/* That of the chart hides what does not fit. */}
      <Legend bands={bands} isFiltered={isFiltered} />
      <div style={{ flex: '1 1 0', minHeight: 0 }}>
        {chartName.element}
        <Chart>
          <Settings
            baseTheme={baseTheme}
            xDomain={{ min: drawn.from, max: drawn.to }}
            ariaLabelledBy={chartName.id}
            onElementClick={([element]) => {
              const { datum } = (element as HeatmapElementEvent)[0];
              chosen([datum.x], [datum.y]);
            }}
            onBrushEnd={(brush) => {
              const { x, y } = brush as HeatmapBrushEvent;
              if (x.length > 0) chosen(x, y);
            }}
            theme={{
              heatmap: {
                grid: { stroke: { width: 1, color: euiTheme.colors.emptyShade } },
                cell: {
                  maxWidth: 'fill',
                  label: { visible: false },
                  border: { strokeWidth: 0, stroke: 'none' },
                },
                yAxisLabel: {
                  visible: true,
                  width: LABEL_WIDTH,
                  padding: { left: 0, right: 8 },
                  textColor: euiTheme.colors.text,
                },
                xAxisLabel: { visible: false },
                brushTool: { visible: true, fill: euiTheme.colors.mediumShade },
              } as never,
              chartMargins: NO_SPACE,
              chartPaddings: NO_SPACE,
            }}
          />
          <Heatmap
            id="severity"
            name={i18n.translate('logAnomalies.lane.severity', { defaultMessage: 'Highest severity' })}
            data={cells}
            xAccessor="time"
            yAccessor="lane"
            valueAccessor="value"
            valueFormatter={valueText}
            colorScale={{ type: 'bands', bands }}
            xScale={{
              type: ScaleType.Time,
              interval: { type: 'fixed', unit: 'ms', value: intervalMilliseconds },
            }}
            // Stands in the tooltip; the axis is drawn below.
            xAxisLabelFormatter={(time) => formatTime(Number(time))}
            yAxisLabelFormatter={(lane) => printable(String(lane), LONGEST_LABEL)}
            ySortPredicate="dataIndex"
          />
        </Chart>
      </div>
      <TimeAxis range={drawn} />
    </div>
  );
}

const valueText = (value: number): string => {
  if (value >= 2) return `${severityName(severityOf(value / 100))} ${Math.round(value)}`;
  return value === FILTERED_OUT ? filteredOutLabel() : normalLabel();
};

const normalLabel = (): string => i18n.translate('logAnomalies.lane.normal', { defaultMessage: 'normal' });
const filteredOutLabel = (): string =>
  i18n.translate('logAnomalies.lane.filteredOut', { defaultMessage: 'anomalies that the filters leave out' });

/** The same as the lanes for those who read tables: an entity a row. */
export function SwimLaneTable({
  groups,
  unit,
}: {
  groups: readonly Group[];
  /** Unit of the detector; absent for several. */
  unit?: Detector['unit'];
}): ReactElement {
  return (
    <EuiBasicTable<Group>
      items={[...groups]}
      itemId="key"
      tableCaption={i18n.translate('logAnomalies.lane.label', {
        defaultMessage: 'Severity of the anomalies over time, a lane for each entity',
      })}
      columns={[
        {
          field: 'key',
          name: i18n.translate('logAnomalies.lane.entity', { defaultMessage: 'Entity' }),
          render: entityName,
        },
        {
          field: 'logs',
          name: scoredLabel(unit),
          render: formatCount,
        },
        {
          field: 'anomalies',
          name: i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
          render: formatCount,
        },
        {
          name: i18n.translate('logAnomalies.lane.severity', { defaultMessage: 'Highest severity' }),
          render: ({ buckets, anomalies }: Group) => {
            const worst = worstOf(buckets);
            if (worst === undefined || anomalies === 0) return '–';
            return <SeverityLabel severity={severityOf(worst.confidence)} confidence={worst.confidence} />;
          },
        },
        {
          name: i18n.translate('logAnomalies.lane.when', { defaultMessage: 'When' }),
          render: ({ buckets, anomalies }: Group) => {
            const worst = worstOf(buckets);
            return worst === undefined || anomalies === 0 ? '–' : formatTime(worst.time);
          },
        },
      ]}
    />
  );
}

function worstOf(buckets: Group['buckets']): { time: string; confidence: number } | undefined {
  return buckets.reduce<{ time: string; confidence: number } | undefined>(
    (worst, { time, max_confidence: confidence }) =>
      confidence !== null && confidence > (worst?.confidence ?? -1) ? { time, confidence } : worst,
    undefined,
  );
}

function cellsOf(groups: readonly Group[]) {
  return groups.flatMap(({ key, buckets }) =>
    buckets.map(({ time, anomalies, filtered_out: others = 0, max_confidence: confidence }) => ({
      time: Date.parse(time),
      lane: laneOf(key),
      value:
        anomalies > 0 && confidence !== null
          ? Math.max(2, confidence * 100)
          : others > 0
            ? FILTERED_OUT
            : NORMAL,
    })),
  );
}

/** Colours of the cells, from normal to the most severe. */
function useBands() {
  const { euiTheme } = useEuiTheme();
  const severityColors = useSeverityColors();
  return [
    {
      start: 0,
      end: FILTERED_OUT,
      color: euiTheme.colors.lightShade,
      label: normalLabel(),
    },
    {
      start: FILTERED_OUT,
      end: 2,
      color: euiTheme.colors.darkShade,
      label: filteredOutLabel(),
    },
    ...[...SEVERITIES].reverse().map(({ name, from }, place, all) => ({
      start: Math.max(2, from),
      end: all[place + 1]?.from ?? 101,
      color: severityColors[name],
      label: severityName(name),
    })),
  ];
}

function Legend({
  bands,
  isFiltered,
}: {
  bands: ReturnType<typeof useBands>;
  isFiltered: boolean;
}): ReactElement {
  return (
    <EuiFlexGroup gutterSize="m" responsive={false} wrap style={{ flexGrow: 0 }}>
      {bands
        .filter(({ label }) => isFiltered || label !== filteredOutLabel())
        .map(({ label, color }) => (
          <EuiFlexItem grow={false} key={label}>
            <EuiHealth color={color} textSize="xs">
              {label}
            </EuiHealth>
          </EuiFlexItem>
        ))}
    </EuiFlexGroup>
  );
}
