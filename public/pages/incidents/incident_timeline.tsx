import React, { type ReactElement } from 'react';
import { EuiPanel, EuiTitle, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import type { Answer } from '../../shared/app/api_client';
import { TimeBars } from '../../shared/charts/time_bars';
import { formatUnitOfTime } from '../../shared/values/format';

/** Anomalies of an incident over time, from the first to the last. */
export function IncidentTimeline(props: {
  incident: IncidentBody;
  timeline: Answer<'getIncident'>['timeline'];
}): ReactElement | null {
  const { timeline } = props;
  const { euiTheme } = useEuiTheme();
  const { interval_ms: interval, buckets } = timeline;
  const title = i18n.translate('logAnomalies.incident.timeline', {
    defaultMessage: 'Anomalies per {interval}',
    values: { interval: formatUnitOfTime(interval) },
  });
  // One bar says nothing that the facts above do not.
  if (buckets.length < 2) return null;
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="s" data-test-subj="logAnomaliesIncidentTimeline">
      <EuiTitle size="xxs">
        <h2>{title}</h2>
      </EuiTitle>
      <TimeBars
        times={buckets.map(({ time }) => Date.parse(time))}
        intervalMilliseconds={interval}
        series={[
          {
            name: i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
            color: euiTheme.colors.danger,
            counts: buckets.map(({ results }) => results),
          },
        ]}
        label={title}
        height={120}
      />
    </EuiPanel>
  );
}
