import React, { useState, type ReactElement } from 'react';
import {
  EuiFieldNumber,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiPanel,
  EuiRange,
  EuiSelect,
  EuiSpacer,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { countedParams, logAnomalyParamsSchema, type LogAnomalyParams } from '../../../common/rules';
import { WHAT_IF_DAYS } from '../../../common/api/alerts';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { CreateRuleButton } from '../../rule_form/create_rule_button';
import { groupingOptions } from '../../rule_form/grouping_options';
import { formatCount, formatDuration } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { TimeBars } from '../../shared/charts/time_bars';
import { useRequest } from '../../shared/requests/use_request';
import { useSettled } from '../../shared/requests/use_settled';
import type { DetectorView } from '../../shared/detector/detector_view';
import { GroupsTable, MissedTable } from './what_if_tables';
import { DAY } from '../../../common/duration';

/** Windows that the slider stops at. */
const WINDOWS = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d'] as const;

/** Tries a threshold, a window and a grouping on the last weeks, before any rule is made. */
export default function WhatIfTab({ record }: DetectorView): ReactElement {
  const { api } = useApp();
  const [params, setParams] = useState<LogAnomalyParams>(() =>
    logAnomalyParamsSchema.parse({ detector_ids: [record.id] }),
  );
  const settled = useSettled(params);
  const request = useRequest(
    (signal) => api('whatIf', { query: { ...countedParams(settled), detector_ids: record.id } }, signal),
    [api, record.id, JSON.stringify(settled)],
  );
  return (
    <EuiFlexGroup alignItems="flexStart" wrap data-test-subj="logAnomaliesWhatIf">
      <EuiFlexItem grow={1} style={{ minWidth: 300, maxWidth: 420 }}>
        <EuiPanel hasBorder hasShadow={false}>
          <Controls params={params} change={(changes) => setParams({ ...params, ...changes })} />
          <EuiSpacer size="m" />
          <CreateRuleButton
            detectorId={record.id}
            detectorName={record.detector.name}
            params={params}
            label={i18n.translate('logAnomalies.whatIf.createRule', {
              defaultMessage: 'Make a rule with these values',
            })}
          />
        </EuiPanel>
      </EuiFlexItem>
      <EuiFlexItem grow={3} style={{ minWidth: 420 }}>
        <RequestState request={request}>
          {(found) => <Outcome found={found} isLoading={request.isLoading} />}
        </RequestState>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

function Controls(props: {
  params: LogAnomalyParams;
  change: (changes: Partial<LogAnomalyParams>) => void;
}): ReactElement {
  const { params, change } = props;
  const place = WINDOWS.findIndex((window) => window === params.window);
  return (
    <>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.whatIf.confidence', {
          defaultMessage: 'Anomalies from this confidence on',
        })}
        helpText={i18n.translate('logAnomalies.rule.minConfidenceHelp', {
          defaultMessage: '50 is the threshold of the detector, 100 the most unusual there can be.',
        })}
      >
        <EuiRange
          fullWidth
          showInput
          min={50}
          max={100}
          step={1}
          value={Math.round(params.min_confidence * 100)}
          onChange={(event) => change({ min_confidence: Number(event.currentTarget.value) / 100 })}
          data-test-subj="logAnomaliesWhatIfConfidence"
        />
      </EuiFormRow>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.rule.count', {
          defaultMessage: 'Minimum number of anomalous logs',
        })}
      >
        <EuiFieldNumber
          fullWidth
          min={1}
          max={10_000}
          step={1}
          value={params.count}
          onChange={({ target: { valueAsNumber: count } }) => {
            if (count >= 1 && count <= 10_000) change({ count: Math.round(count) });
          }}
          data-test-subj="logAnomaliesWhatIfCount"
        />
      </EuiFormRow>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.whatIf.window', {
          defaultMessage: 'Within {window}',
          values: { window: formatDuration(params.window) },
        })}
      >
        <EuiRange
          fullWidth
          min={0}
          max={WINDOWS.length - 1}
          step={1}
          showTicks
          ticks={WINDOWS.map((label, value) => ({ label, value }))}
          value={Math.max(0, place)}
          aria-label={i18n.translate('logAnomalies.whatIf.window', {
            defaultMessage: 'Within {window}',
            values: { window: formatDuration(params.window) },
          })}
          onChange={(event) => change({ window: WINDOWS[Number(event.currentTarget.value)] })}
          data-test-subj="logAnomaliesWhatIfWindow"
        />
      </EuiFormRow>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.rule.groupBy', { defaultMessage: 'One alert for each' })}
      >
        <EuiSelect
          fullWidth
          value={params.group_by}
          options={groupingOptions()}
          onChange={(event) => change({ group_by: event.target.value as LogAnomalyParams['group_by'] })}
          data-test-subj="logAnomaliesWhatIfGroup"
        />
      </EuiFormRow>
    </>
  );
}

function Outcome({ found, isLoading }: { found: Answer<'whatIf'>; isLoading: boolean }): ReactElement {
  const { euiTheme } = useEuiTheme();
  const { alerts, results, days, complete, days_with_logs: daysWithLogs } = found;
  return (
    <div aria-busy={isLoading}>
      <EuiText size="m">
        <strong data-test-subj="logAnomaliesWhatIfAlerts">
          {i18n.translate('logAnomalies.whatIf.alerts', {
            defaultMessage:
              'About {perDay} alerts a day: {alerts, plural, one {{count} alert} other {{count} alerts}} for {results, plural, one {{logs} anomaly} other {{logs} anomalies}} in the last {days} days',
            values: {
              perDay: formatCount(alerts / daysWithLogs),
              alerts,
              count: formatCount(alerts),
              results,
              logs: formatCount(results),
              days: formatCount(daysWithLogs),
            },
          })}
        </strong>
      </EuiText>
      {!complete && (
        <EuiText size="xs" color="subdued">
          {i18n.translate('logAnomalies.replay.incomplete', {
            defaultMessage: 'There are so many groups that alerts of the largest alone were counted.',
          })}
        </EuiText>
      )}
      <EuiSpacer size="s" />
      {alerts > 0 && (
        <TimeBars
          times={days.map(({ time }) => Date.parse(time))}
          intervalMilliseconds={DAY}
          height={200}
          axisTitle={i18n.translate('logAnomalies.rule.alerts', { defaultMessage: 'Alerts' })}
          series={[
            {
              name: i18n.translate('logAnomalies.rule.alerts', { defaultMessage: 'Alerts' }),
              color: euiTheme.colors.danger,
              counts: days.map(({ alerts: count }) => count),
            },
          ]}
          label={i18n.translate('logAnomalies.whatIf.chart', {
            defaultMessage: 'Alerts a day in the last {days} days',
            values: { days: WHAT_IF_DAYS },
          })}
        />
      )}
      <EuiSpacer size="m" />
      <GroupsTable found={found} />
      <EuiSpacer size="l" />
      <MissedTable found={found} />
    </div>
  );
}
