import React, { useEffect, useState, type ReactElement } from 'react';
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
import {
  EuiCallOut,
  EuiLoadingChart,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
  useEuiTheme,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogAnomalyParams } from '../../common/rules';
import { createApiClient, type Answer } from '../api_client';
import type { CoreStart } from '../kibana/contracts';
import { useChartTheme } from '../shared/chart_theme';
import { formatCount, formatTime } from '../shared/format';
import { useRequest } from '../shared/use_request';
import { checkLogAnomalyParameters } from './check_parameters';

const DAYS = 7;
const WEEK_MILLISECONDS = DAYS * 86_400_000;
/** Two hours each. */
const BUCKETS = 84;
const CHART_HEIGHT = 140;
/** Somebody who drags the slider asks once, at the end. */
const SETTLING_MILLISECONDS = 300;

/** How often the rule would have fired in the last week, so that nobody is surprised. */
export function FiringEstimate(props: { core: CoreStart; params: LogAnomalyParams }): ReactElement {
  const { core } = props;
  const params = useSettled(props.params);
  const isValid = Object.values(checkLogAnomalyParameters(params)).every((errors) => errors.length === 0);
  const request = useRequest(
    async (signal) => {
      if (!isValid) return undefined;
      const to = Date.now();
      const query = {
        ...params,
        detector_ids: params.detector_ids.join(),
        from: to - WEEK_MILLISECONDS,
        to,
        buckets: BUCKETS,
      };
      return createApiClient(core.http)('estimateAlerts', { query }, signal);
    },
    [core, JSON.stringify(params)],
  );
  const { value, failure, isLoading } = request;
  return (
    <>
      <EuiSpacer size="m" />
      <EuiPanel hasBorder hasShadow={false} paddingSize="s" data-test-subj="logAnomaliesFiringEstimate">
        <EuiTitle size="xxs">
          <h4>
            {i18n.translate('logAnomalies.rule.estimateTitle', { defaultMessage: 'In the last 7 days' })}
          </h4>
        </EuiTitle>
        {value && <EstimateText estimate={value} />}
        {value && value.alerts > 0 && <EstimateChart estimate={value} />}
        {value === undefined && isLoading && <EuiLoadingChart size="l" />}
        {failure && (
          <EuiCallOut
            size="s"
            color="warning"
            iconType="warning"
            title={i18n.translate('logAnomalies.rule.estimateFailed', {
              defaultMessage: 'How often it would have fired is not known: {reason}',
              values: { reason: failure.message },
            })}
          />
        )}
      </EuiPanel>
    </>
  );
}

function EstimateText({ estimate }: { estimate: Answer<'estimateAlerts'> }): ReactElement {
  const { alerts, results } = estimate;
  return (
    <EuiText size="s">
      {alerts === 0
        ? i18n.translate('logAnomalies.rule.estimateNone', {
            defaultMessage: 'This rule would not have fired.',
          })
        : i18n.translate('logAnomalies.rule.estimate', {
            defaultMessage:
              'This rule would have raised {alerts, plural, one {one alert} other {{count} alerts}} for {results, plural, one {one log} other {{logs} logs}}: about {perDay} a day.',
            values: {
              alerts,
              count: formatCount(alerts),
              results,
              logs: formatCount(results),
              perDay: formatCount(alerts / DAYS),
            },
          })}
    </EuiText>
  );
}

function EstimateChart({ estimate }: { estimate: Answer<'estimateAlerts'> }): ReactElement {
  const { euiTheme } = useEuiTheme();
  const baseTheme = useChartTheme();
  const rows = estimate.buckets.map(({ time, alerts }) => ({ time: Date.parse(time), alerts }));
  const from = rows[0].time;
  const to = rows[rows.length - 1].time + estimate.interval_ms;
  const name = i18n.translate('logAnomalies.rule.alerts', { defaultMessage: 'Alerts' });
  return (
    <div style={{ height: CHART_HEIGHT }}>
      <Chart>
        <Settings
          baseTheme={baseTheme}
          xDomain={{ min: from, max: to, minInterval: estimate.interval_ms }}
          ariaLabel={i18n.translate('logAnomalies.rule.estimateChart', {
            defaultMessage: 'Alerts that the rule would have raised, over the last 7 days',
          })}
        />
        <Tooltip headerFormatter={({ value }) => formatTime(Number(value))} />
        <Axis
          id="time_axis"
          position={Position.Bottom}
          tickFormat={niceTimeFormatter([from, to])}
          ticks={7}
        />
        <Axis id="alerts_axis" position={Position.Left} integersOnly ticks={3} tickFormat={formatCount} />
        <BarSeries
          id="alerts"
          name={name}
          xScaleType={ScaleType.Time}
          yScaleType={ScaleType.Linear}
          xAccessor="time"
          yAccessors={['alerts']}
          color={euiTheme.colors.danger}
          data={rows}
        />
      </Chart>
    </div>
  );
}

/** @returns the value once it has not changed for a moment */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
