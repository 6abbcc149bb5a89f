import React, { type ReactElement } from 'react';
import {
  EuiDescriptionList,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { entityFieldsText } from '../../../common/detector/entity_fields';
import {
  formatCount,
  formatDuration,
  formatScore,
  formatShare,
  formatSpan,
  formatTime,
} from '../../shared/values/format';
import type { DetectorView } from '../../shared/detector/detector_view';
import { BackfillPanel } from './backfill_panel';
import { RunHistory } from './run_history';
import { scoredLabel } from '../../shared/values/scored_label';

const NONE = '–';
const time = (value: string | undefined): string => (value === undefined ? NONE : formatTime(value));

/** Tab of the jobs of a detector: last run, progress, and errors with their next step. */
export default function JobsTab({ record, status, reload }: DetectorView): ReactElement {
  const { schedule } = record.detector;
  return (
    <>
      <EuiFlexGroup wrap>
        <Facts
          title={i18n.translate('logAnomalies.jobs.schedule', { defaultMessage: 'Schedule' })}
          facts={[
            [
              i18n.translate('logAnomalies.jobs.interval', { defaultMessage: 'Looks for new logs every' }),
              formatDuration(schedule.interval),
            ],
            [
              i18n.translate('logAnomalies.jobs.delay', { defaultMessage: 'Stays behind now by' }),
              formatDuration(schedule.query_delay),
            ],
            [
              i18n.translate('logAnomalies.jobs.next', { defaultMessage: 'Next run' }),
              time(status.next_run_at),
            ],
            [
              i18n.translate('logAnomalies.jobs.running', { defaultMessage: 'Running since' }),
              time(status.running?.started_at),
            ],
            [
              i18n.translate('logAnomalies.jobs.owner', { defaultMessage: 'Reads with the rights of' }),
              record.owner ?? NONE,
            ],
          ]}
        />
        <Facts
          title={i18n.translate('logAnomalies.jobs.progress', { defaultMessage: 'Progress' })}
          facts={[
            [
              i18n.translate('logAnomalies.overview.lag', { defaultMessage: 'Behind now' }),
              status.lag_ms === undefined ? NONE : formatSpan(status.lag_ms),
            ],
            [
              i18n.translate('logAnomalies.jobs.reached', { defaultMessage: 'All logs scored up to' }),
              time(status.checkpoint?.timestamp_to),
            ],
            [
              i18n.translate('logAnomalies.jobs.lastLook', {
                defaultMessage: 'Logs were last looked for at',
              }),
              time(status.last_look_at),
            ],
            [
              i18n.translate('logAnomalies.jobs.lastLog', { defaultMessage: 'A log was last found at' }),
              time(status.last_log_at),
            ],
          ]}
        />
        <LastRun record={record} lastRun={status.last_run} />
      </EuiFlexGroup>
      <EuiSpacer />
      <RunHistory unit={record.detector.unit} runs={status.runs ?? []} lastLook={status.last_look_at} />
      <EuiSpacer />
      <BackfillPanel detectorId={record.id} status={status} reload={reload} />
    </>
  );
}

const Facts = ({
  title,
  facts,
  none,
}: {
  title: string;
  facts: readonly (readonly [string, string])[];
  /** Said where there are no facts. */
  none?: string;
}): ReactElement => (
  // Else a narrow page would break its words.
  <EuiFlexItem style={{ flexBasis: 300 }}>
    <EuiPanel hasBorder hasShadow={false}>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      <EuiSpacer size="s" />
      {facts.length === 0 ? (
        <EuiText size="s" color="subdued">
          {none}
        </EuiText>
      ) : (
        <EuiDescriptionList
          compressed
          type="column"
          listItems={facts.map(([name, value]) => ({ title: name, description: value }))}
        />
      )}
    </EuiPanel>
  </EuiFlexItem>
);

function LastRun({
  record,
  lastRun,
}: {
  record: DetectorView['record'];
  lastRun: DetectorView['status']['last_run'];
}): ReactElement {
  return (
    <Facts
      title={i18n.translate('logAnomalies.jobs.lastRun', { defaultMessage: 'Last run on record' })}
      none={i18n.translate('logAnomalies.jobs.noRun', { defaultMessage: 'There was none yet.' })}
      facts={
        lastRun === undefined
          ? []
          : [
              [
                i18n.translate('logAnomalies.jobs.finished', { defaultMessage: 'Finished' }),
                time(lastRun.finished_at),
              ],
              [
                i18n.translate('logAnomalies.jobs.took', { defaultMessage: 'Took' }),
                formatSpan(Date.parse(lastRun.finished_at) - Date.parse(lastRun.started_at)),
              ],
              [scoredLabel(record.detector.unit), formatCount(lastRun.logs)],
              [
                i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
                formatCount(lastRun.anomalies),
              ],
              [
                i18n.translate('logAnomalies.models.threshold', { defaultMessage: 'Threshold' }),
                formatScore(lastRun.threshold),
              ],
              ...(lastRun.entities === undefined
                ? []
                : [
                    [
                      i18n.translate('logAnomalies.jobs.entities', { defaultMessage: 'Left out' }),
                      i18n.translate('logAnomalies.jobs.leftOut', {
                        defaultMessage:
                          'Kept {kept} of {of} values of {entity}; left out hold {share} of the logs',
                        values: {
                          kept: formatCount(lastRun.entities.kept),
                          of: formatCount(lastRun.entities.of),
                          entity: entityFieldsText(record.detector),
                          share: formatShare(
                            lastRun.entities.left_out_logs / Math.max(1, lastRun.entities.logs),
                          ),
                        },
                      }),
                    ] as const,
                  ]),
            ]
      }
    />
  );
}
