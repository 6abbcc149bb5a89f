import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiCallOut, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { severityOf } from '../../../common/anomaly';
import type { Answer } from '../../shared/app/api_client';
import { AppLink } from '../../shared/app/app_link';
import { formatCount, formatTime } from '../../shared/values/format';
import { SeverityLabel } from '../../shared/values/severity';
import { entityName } from '../../shared/values/entity_name';

type Found = Answer<'whatIf'>;
type Group = Found['groups'][number];
type Missed = Found['missed'][number];

/** Table of the groups that would have alerted most often. */
export function GroupsTable({ found }: { found: Found }): ReactElement {
  const title = i18n.translate('logAnomalies.whatIf.groups', {
    defaultMessage: 'Groups with the most alerts',
  });
  return (
    <>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      <EuiBasicTable<Group>
        compressed
        items={found.groups}
        itemId="key"
        tableCaption={title}
        data-test-subj="logAnomaliesWhatIfGroups"
        noItemsMessage={i18n.translate('logAnomalies.whatIf.noGroups', {
          defaultMessage: 'Nothing would have alerted.',
        })}
        columns={[
          {
            field: 'key',
            name: i18n.translate('logAnomalies.whatIf.group', { defaultMessage: 'Alerts on' }),
            render: entityName,
          },
          {
            field: 'alerts',
            name: i18n.translate('logAnomalies.rule.alerts', { defaultMessage: 'Alerts' }),
            width: '110px',
            render: formatCount,
          },
          {
            field: 'results',
            name: i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
            width: '110px',
            render: formatCount,
          },
          {
            field: 'max_confidence',
            name: i18n.translate('logAnomalies.lane.severity', { defaultMessage: 'Highest severity' }),
            width: '140px',
            render: (confidence: number) => (
              <SeverityLabel severity={severityOf(confidence)} confidence={confidence} />
            ),
          },
        ]}
      />
    </>
  );
}

/** Confirmed anomalies that would have raised no alert, and why not. */
export function MissedTable({ found }: { found: Found }): ReactElement {
  const { missed, confirmed } = found;
  const title = i18n.translate('logAnomalies.whatIf.missed', {
    defaultMessage: 'Confirmed anomalies that would have been missed',
  });
  if (missed.length === 0) {
    return (
      <EuiCallOut
        size="s"
        color={confirmed > 0 ? 'success' : 'primary'}
        iconType={confirmed > 0 ? 'check' : icon('iInCircle')}
        data-test-subj="logAnomaliesWhatIfNoneMissed"
        title={
          confirmed > 0
            ? i18n.translate('logAnomalies.whatIf.noneMissed', {
                defaultMessage:
                  '{confirmed, plural, one {The one confirmed anomaly} other {All # confirmed anomalies}} would have alerted',
                values: { confirmed },
              })
            : i18n.translate('logAnomalies.whatIf.noneConfirmed', {
                defaultMessage:
                  'Nobody has confirmed an anomaly yet, so nothing tells which ones would have been missed',
              })
        }
      />
    );
  }
  return (
    <>
      <EuiTitle size="xs">
        <h2>
          {i18n.translate('logAnomalies.whatIf.missedCount', {
            defaultMessage: '{title}: {missed} of {confirmed}',
            values: { title, missed: missed.length, confirmed },
          })}
        </h2>
      </EuiTitle>
      <EuiBasicTable<Missed>
        compressed
        items={missed}
        itemId="id"
        tableCaption={title}
        data-test-subj="logAnomaliesWhatIfMissed"
        columns={[
          {
            field: 'time',
            name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
            width: '160px',
            render: (time: string, { id }: Missed) => (
              <AppLink to={`/results/${encodeURIComponent(id)}`}>{formatTime(time)}</AppLink>
            ),
          },
          {
            field: 'confidence',
            name: i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' }),
            width: '120px',
            render: (confidence: number) => (
              <SeverityLabel severity={severityOf(confidence)} confidence={confidence} />
            ),
          },
          {
            field: 'entity',
            name: i18n.translate('logAnomalies.results.entity', { defaultMessage: 'Entity' }),
            width: '18%',
            render: (entity: string | undefined) => entity ?? '–',
          },
          {
            field: 'reason',
            name: i18n.translate('logAnomalies.whatIf.reason', { defaultMessage: 'Stands out by' }),
            render: (reason: string) => <EuiText size="xs">{reason}</EuiText>,
          },
          {
            field: 'why',
            name: i18n.translate('logAnomalies.whatIf.why', { defaultMessage: 'Missed, because' }),
            width: '20%',
            render: whyText,
          },
        ]}
      />
    </>
  );
}

function whyText(why: Missed['why']): string {
  switch (why) {
    case 'below_confidence':
      return i18n.translate('logAnomalies.whatIf.belowConfidence', {
        defaultMessage: 'its confidence is lower',
      });
    case 'too_few':
      return i18n.translate('logAnomalies.whatIf.tooFew', { defaultMessage: 'too few came together' });
    case 'suppressed':
      return i18n.translate('logAnomalies.whatIf.hidden', { defaultMessage: 'it is hidden' });
  }
}
