import React, { useState, type ReactElement } from 'react';
import {
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSelect,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { ENDPOINTS, type AuditEntryBody } from '../../../common/api';
import { AUDIT_ACTIONS, CALENDAR_ACTIONS, type AuditAction } from '../../../common/audit';
import { useApp } from '../../shared/app/app_context';
import { formatCount, formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { auditActionName } from './audit_actions';

const FIRST_ENTRIES = 20;
/** The server gives no more at a time; the file holds the rest. */
const MOST_ENTRIES = 1_000;

/** Stands for all actions but those on the calendar. */
const BUT_CALENDAR = 'but_calendar';
type Choice = AuditAction | '' | typeof BUT_CALENDAR;

const actionsOf = (choice: Choice): string | undefined =>
  choice === BUT_CALENDAR
    ? AUDIT_ACTIONS.filter((action) => !CALENDAR_ACTIONS.includes(action)).join(',')
    : choice || undefined;

/** Lists the changes to a detector: who made them, when and why. The list can be saved as a file. */
export default function AuditTrail({ detectorId }: { detectorId: string }): ReactElement {
  const { api, core } = useApp();
  const [action, setAction] = useState<Choice>(BUT_CALENDAR);
  const [size, setSize] = useState(FIRST_ENTRIES);
  const query = { actions: actionsOf(action) };
  const request = useRequest(
    (signal) => api('listAudit', { params: { id: detectorId }, query: { ...query, size } }, signal),
    [api, detectorId, action, size],
  );
  const exportPath = ENDPOINTS.exportAudit.path.replace('{id}', encodeURIComponent(detectorId));
  return (
    <div data-test-subj="logAnomaliesAudit">
      <EuiFlexGroup gutterSize="s" responsive={false} wrap alignItems="center">
        <EuiFlexItem grow={false}>
          <EuiSelect
            compressed
            value={action}
            aria-label={i18n.translate('logAnomalies.audit.action', { defaultMessage: 'What' })}
            options={[
              {
                value: BUT_CALENDAR,
                text: i18n.translate('logAnomalies.audit.butCalendar', {
                  defaultMessage: 'Everything but the calendar',
                }),
              },
              {
                value: '',
                text: i18n.translate('logAnomalies.audit.anything', { defaultMessage: 'Everything' }),
              },
              ...AUDIT_ACTIONS.map((each) => ({ value: each, text: auditActionName(each) })),
            ]}
            onChange={(event) => setAction(event.target.value as Choice)}
          />
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType={icon('exportAction')}
            download
            href={core.http.basePath.prepend(exportPath)}
            data-test-subj="logAnomaliesAuditExport"
          >
            {i18n.translate('logAnomalies.audit.export', { defaultMessage: 'Save all of it as a file' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      </EuiFlexGroup>
      <RequestState request={request}>
        {({ total, entries }) => (
          <>
            <EuiBasicTable<AuditEntryBody>
              compressed
              items={entries}
              itemId={({ at, action: done, reason }) => `${at} ${done} ${reason}`}
              loading={request.isLoading}
              tableCaption={i18n.translate('logAnomalies.audit.caption', {
                defaultMessage: 'Changes to this detector, newest first',
              })}
              noItemsMessage={i18n.translate('logAnomalies.audit.none', {
                defaultMessage: 'Nothing of this kind has been written down yet.',
              })}
              columns={auditColumns()}
            />
            {entries.length < total && size < MOST_ENTRIES && (
              <EuiButtonEmpty
                size="s"
                isLoading={request.isLoading}
                onClick={() => setSize(Math.min(MOST_ENTRIES, size * 5))}
              >
                {i18n.translate('logAnomalies.audit.more', {
                  defaultMessage: 'Show more; there are {total}',
                  values: { total: formatCount(total) },
                })}
              </EuiButtonEmpty>
            )}
          </>
        )}
      </RequestState>
    </div>
  );
}

function auditColumns(): EuiBasicTableColumn<AuditEntryBody>[] {
  return [
    {
      field: 'at',
      name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
      width: '200px',
      render: formatTime,
    },
    {
      name: i18n.translate('logAnomalies.audit.by', { defaultMessage: 'By' }),
      width: '12%',
      render: ({ by, recorded, contradicted }: AuditEntryBody) => (
        <>
          {by ??
            i18n.translate('logAnomalies.audit.itself', {
              defaultMessage: 'the detector itself',
            })}
          {recorded && contradicted && (
            <EuiText size="xs" color="danger" className="eui-textBreakWord">
              {i18n.translate('logAnomalies.audit.contradicted', {
                defaultMessage: 'Elasticsearch noted: {by}, {at}',
                values: { by: recorded.by, at: formatTime(recorded.at) },
              })}
            </EuiText>
          )}
        </>
      ),
    },
    {
      field: 'action',
      name: i18n.translate('logAnomalies.audit.action', { defaultMessage: 'What' }),
      width: '16%',
      render: auditActionName,
    },
    {
      name: i18n.translate('logAnomalies.audit.change', { defaultMessage: 'From, to' }),
      width: '20%',
      render: ({ from, to }: AuditEntryBody) => (
        <EuiText size="xs" className="eui-textBreakWord">
          {[from, to].filter((each) => each !== undefined).join(' → ') || '–'}
        </EuiText>
      ),
    },
    {
      field: 'reason',
      name: i18n.translate('logAnomalies.audit.reason', { defaultMessage: 'Why' }),
      render: (reason: string) => (
        <EuiText size="xs" className="eui-textBreakWord">
          {reason}
        </EuiText>
      ),
    },
  ];
}
