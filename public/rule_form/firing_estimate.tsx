import React, { type ReactElement } from 'react';
import { EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SEVERITIES } from '../../common/anomaly';
import type { LogAnomalyParams } from '../../common/rules';
import { createApiClient } from '../api_client';
import { AnomalyTimeline } from '../shared/anomaly_timeline';
import type { CoreStart } from '../kibana/contracts';
import { useRequest } from '../shared/use_request';

const WEEK_MILLISECONDS = 7 * 86_400_000;
const BUCKETS = 84;

/** How many stretches of the last week held anomalies of this kind, so that nobody is surprised. */
export function FiringEstimate({
  core,
  params,
}: {
  core: CoreStart;
  params: LogAnomalyParams;
}): ReactElement | null {
  const [detectorId] = params.detector_ids;
  const band = SEVERITIES.find(({ name }) => name === params.min_severity);
  const lowest = Math.max(params.min_confidence, (band?.from ?? 0) / 100);
  const { value } = useRequest(
    async (signal) => {
      const to = Date.now();
      const range = { from: to - WEEK_MILLISECONDS, to };
      const only = params.detector_ids.length === 1 ? { detector_id: detectorId } : {};
      const query = { ...only, ...range, buckets: BUCKETS };
      return { range, summary: await createApiClient(core.http)('summarizeResults', { query }, signal) };
    },
    [core, params.detector_ids.join()],
  );
  const buckets = value?.summary.groups[0]?.buckets;
  if (value === undefined || buckets === undefined) return null;
  const reached = buckets.filter(
    ({ anomalies, max_confidence: confidence }) => anomalies >= params.count && (confidence ?? 0) >= lowest,
  );
  const hours = Math.round(value.summary.interval_ms / 360_000) / 10;
  return (
    <>
      <EuiSpacer size="m" />
      <EuiText size="s">
        {i18n.translate('logAnomalies.rule.estimate', {
          defaultMessage:
            'In the last week, {reached} of {all} stretches of {hours} h held anomalies that would count.',
          values: {
            reached: reached.length,
            all: Math.ceil(WEEK_MILLISECONDS / value.summary.interval_ms),
            hours,
          },
        })}
      </EuiText>
      <AnomalyTimeline
        buckets={buckets.map((bucket) => ({
          ...bucket,
          anomalies: reached.includes(bucket) ? bucket.anomalies : 0,
        }))}
        intervalMilliseconds={value.summary.interval_ms}
        range={value.range}
        height={140}
      />
    </>
  );
}
