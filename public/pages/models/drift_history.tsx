import React, { type ReactElement } from 'react';
import { AnnotationDomainType, Axis, LineAnnotation, LineSeries, Position, ScaleType } from '@elastic/charts';
import { EuiBasicTable, EuiSpacer, EuiText, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DriftMeasurement } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { formatCount, formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { TimeChart } from '../../shared/charts/time_chart';
import { useRequest } from '../../shared/requests/use_request';
import { DriftBar } from './comparison_charts';

/** Lines for so many features: those that have moved most. */
const SHOWN_FEATURES = 4;
const CHART_HEIGHT = 220;

/** Chart of the drift of logs from the training sample over the last weeks, and the features that drifted. */
export default function DriftHistory({ detectorId }: { detectorId: string }): ReactElement {
  const { api } = useApp();
  const request = useRequest(
    (signal) => api('listDrift', { params: { id: detectorId } }, signal),
    [api, detectorId],
  );
  return (
    <div data-test-subj="logAnomaliesDrift">
      <EuiText size="s" color="subdued">
        {i18n.translate('logAnomalies.drift.explained', {
          defaultMessage:
            'Recent logs against those that the active model learned from (population stability index): below 0.1 little has moved, from 0.25 on a lot has.',
        })}
      </EuiText>
      <EuiSpacer size="s" />
      <RequestState request={request}>
        {({ measurements, limit }) => {
          const last = measurements.at(-1);
          if (last === undefined) {
            return (
              <EuiText size="s">
                {i18n.translate('logAnomalies.drift.none', {
                  defaultMessage:
                    'Nothing was measured yet. A running detector measures it when it has found logs.',
                })}
              </EuiText>
            );
          }
          return (
            <>
              <DriftChart measurements={measurements} limit={limit} />
              <EuiSpacer size="s" />
              <LastMeasurement last={last} />
            </>
          );
        }}
      </RequestState>
    </div>
  );
}

function DriftChart(props: { measurements: readonly DriftMeasurement[]; limit: number }): ReactElement {
  const { measurements, limit } = props;
  const { euiTheme } = useEuiTheme();
  const largest = new Map<string, number>();
  for (const { features } of measurements) {
    for (const { feature, drift } of features) {
      largest.set(feature, Math.max(largest.get(feature) ?? 0, drift));
    }
  }
  const features = [...largest]
    .sort(([, one], [, other]) => other - one)
    .slice(0, SHOWN_FEATURES)
    .map(([feature]) => feature);
  const scores = i18n.translate('logAnomalies.drift.scores', { defaultMessage: 'Scores' });
  const times = measurements.map(({ at }) => Date.parse(at));
  const label = i18n.translate('logAnomalies.drift.chart', {
    defaultMessage: 'Drift of the scores and of the features that moved most, over time',
  });
  const line = (name: string, of: (measurement: DriftMeasurement) => number | undefined, color?: string) => (
    <LineSeries
      key={name}
      id={name}
      name={name}
      xScaleType={ScaleType.Time}
      yScaleType={ScaleType.Linear}
      xAccessor="time"
      yAccessors={['drift']}
      {...(color && { color })}
      data={measurements.map((measurement, place) => ({
        time: times[place],
        drift: of(measurement) ?? null,
      }))}
    />
  );
  return (
    <TimeChart
      range={{ from: times[0], to: times[times.length - 1] + 1 }}
      label={label}
      height={CHART_HEIGHT}
      legend={Position.Right}
    >
      <Axis
        id="drift_axis"
        position={Position.Left}
        ticks={4}
        domain={{ min: 0, max: Math.max(1.2 * limit, ...measurements.map((each) => each.largest)) }}
        tickFormat={(drift: number) => drift.toFixed(2)}
      />
      {line(scores, ({ score_drift: drift }) => drift, euiTheme.colors.primary)}
      {features.map((name) =>
        line(name, (measurement) => measurement.features.find(({ feature }) => feature === name)?.drift),
      )}
      <LineAnnotation
        id="limit"
        domainType={AnnotationDomainType.YDomain}
        dataValues={[
          {
            dataValue: limit,
            details: i18n.translate('logAnomalies.drift.limit', {
              defaultMessage: 'Limit {limit}',
              values: { limit },
            }),
          },
        ]}
        style={{ line: { stroke: euiTheme.colors.danger, strokeWidth: 1, dash: [4, 4], opacity: 1 } }}
      />
    </TimeChart>
  );
}

type Moved = DriftMeasurement['features'][number];

const LastMeasurement = ({ last }: { last: DriftMeasurement }): ReactElement => (
  <>
    <EuiText size="s">
      {i18n.translate('logAnomalies.drift.last', {
        defaultMessage:
          'At {time}, over {logs, plural, one {one log} other {{count} logs}}: {over, select, true {over the limit of {limit}} other {below the limit of {limit}}}.',
        values: {
          time: formatTime(last.at),
          logs: last.logs,
          count: formatCount(last.logs),
          over: String(last.over),
          limit: last.limit,
        },
      })}
    </EuiText>
    <EuiBasicTable<Moved>
      compressed
      items={last.features}
      itemId="feature"
      tableCaption={i18n.translate('logAnomalies.drift.features', {
        defaultMessage: 'Features by how far they have moved, at the last measurement',
      })}
      noItemsMessage={i18n.translate('logAnomalies.drift.noFeatures', {
        defaultMessage: 'The model is too old to tell single features; train a new one.',
      })}
      columns={[
        {
          field: 'feature',
          name: i18n.translate('logAnomalies.attribution.feature', { defaultMessage: 'Feature' }),
        },
        {
          field: 'drift',
          name: i18n.translate('logAnomalies.drift.moved', { defaultMessage: 'Has moved' }),
          render: (drift: number) => <DriftBar index={drift} />,
        },
      ]}
    />
  </>
);
