import React, { type ReactElement } from 'react';
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
import { countedParams, type LogAnomalyParams } from '../../common/rules';
import { createApiClient, type Answer } from '../shared/app/api_client';
import type { CoreStart } from '../kibana/contracts';
import { formatCount } from '../shared/values/format';
import { TimeBars } from '../shared/charts/time_bars';
import { useRequest } from '../shared/requests/use_request';
import { useSettled } from '../shared/requests/use_settled';
import { checkLogAnomalyParameters } from './check_parameters';

const DAYS = 7;
const WEEK_MILLISECONDS = DAYS * 86_400_000;
/** Two hours each. */
const BUCKETS = 84;

/** Shows how often the rule would have fired in the last week. */
export function FiringEstimate(props: { core: CoreStart; params: LogAnomalyParams }): ReactElement {
  const { core } = props;
  const params = useSettled(props.params);
  const isValid = Object.values(checkLogAnomalyParameters(params)).every((errors) => errors.length === 0);
  const request = useRequest(
    async (signal) => {
      if (!isValid) return undefined;
      const to = Date.now();
      const query = {
        ...countedParams(params),
        ...(params.query !== undefined && { query: params.query }),
        ...(params.pattern_changes && { pattern_changes: params.pattern_changes.join() }),
        ...(params.levels && { levels: params.levels.join() }),
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
        {(params.min_entities > 1 || params.times_before !== null) && (
          <EuiText size="xs" color="subdued">
            {i18n.translate('logAnomalies.rule.estimateAtMost', {
              defaultMessage: 'At most: the number of entities and the hour before are not estimated.',
            })}
          </EuiText>
        )}
        {value && value.alerts > 0 && <EstimateChart estimate={value} />}
        {value === undefined && isLoading && <EuiLoadingChart size="l" />}
        {failure && (
          <EuiCallOut
            size="s"
            color="warning"
            iconType="warning"
            title={i18n.translate('logAnomalies.rule.estimateFailed', {
              defaultMessage: 'The number of alerts could not be estimated: {reason}',
              values: { reason: failure.message },
            })}
          />
        )}
      </EuiPanel>
    </>
  );
}

function EstimateText({ estimate }: { estimate: Answer<'estimateAlerts'> }): ReactElement {
  const { alerts, results, days } = estimate;
  return (
    <EuiText size="s">
      {alerts === 0
        ? i18n.translate('logAnomalies.rule.estimateNone', {
            defaultMessage: 'This rule would not have fired.',
          })
        : i18n.translate('logAnomalies.rule.estimate', {
            defaultMessage:
              'This rule would have raised {alerts, plural, one {one alert} other {{count} alerts}} for {results, plural, one {one anomaly} other {{total} anomalies}}: about {perDay} a day{isPart, select, yes { in the time that was scored} other {}}.',
            values: {
              alerts,
              count: formatCount(alerts),
              results,
              total: formatCount(results),
              perDay: formatCount(alerts / days),
              isPart: days < DAYS ? 'yes' : 'no',
            },
          })}
    </EuiText>
  );
}

function EstimateChart({ estimate }: { estimate: Answer<'estimateAlerts'> }): ReactElement {
  const { euiTheme } = useEuiTheme();
  return (
    <TimeBars
      times={estimate.buckets.map(({ time }) => Date.parse(time))}
      intervalMilliseconds={estimate.interval_ms}
      axisTitle={i18n.translate('logAnomalies.rule.alerts', { defaultMessage: 'Alerts' })}
      series={[
        {
          name: i18n.translate('logAnomalies.rule.alerts', { defaultMessage: 'Alerts' }),
          color: euiTheme.colors.danger,
          counts: estimate.buckets.map(({ alerts }) => alerts),
        },
      ]}
      label={i18n.translate('logAnomalies.rule.estimateChart', {
        defaultMessage: 'Alerts that the rule would have raised, over the last 7 days',
      })}
    />
  );
}
