import React, { useState, type ReactElement } from 'react';
import { EuiInMemoryTable, EuiText, EuiToolTip, type EuiBasicTableColumn } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import { detectorPath } from '../../shared/app/location';
import { AppLink } from '../../shared/app/app_link';
import { DetectorStateBadge, WhatStandsInTheWay } from '../../shared/detector/detector_state';
import { formatCount, formatSpan, formatTime } from '../../shared/values/format';
import { ConfirmDelete } from './confirm_delete';
import type { DetectorRow } from './detector_row';
import { useDetectorActions } from './use_detector_actions';
import { Sparkline } from './sparkline';
import { TableRoom } from '../../shared/results/table_room';

/** Pixels that the columns need. */
const WIDTH = 960;

const NONE = '–';
const FEWEST_ROWS = 20;
const PAGE_SIZES = [FEWEST_ROWS, 50, 100];

export function DetectorTable({ rows, reload }: { rows: DetectorRow[]; reload: () => void }): ReactElement {
  // Rows come anew every few seconds: the table would go back to its first page by itself.
  const [page, setPage] = useState({ pageIndex: 0, pageSize: FEWEST_ROWS });
  // Deleting may leave fewer pages.
  const lastPage = Math.max(0, Math.ceil(rows.length / page.pageSize) - 1);
  const [deleting, setDeleting] = useState<DetectorRecord | undefined>();
  const actions = useDetectorActions(reload, setDeleting);
  const actionsLabel = i18n.translate('logAnomalies.overview.actions', { defaultMessage: 'Actions' });
  return (
    <>
      <TableRoom width={WIDTH}>
        <EuiInMemoryTable<DetectorRow>
          data-test-subj="logAnomaliesDetectors"
          tableCaption={i18n.translate('logAnomalies.overview.caption', {
            defaultMessage: 'Detectors of this space',
          })}
          items={rows}
          itemId={({ record }: DetectorRow) => record.id}
          rowHeader="name"
          columns={[...columnsOfDetectors(), { name: actionsLabel, actions }]}
          sorting={{ sort: { field: 'name', direction: 'asc' } }}
          pagination={
            rows.length > FEWEST_ROWS
              ? { ...page, pageIndex: Math.min(page.pageIndex, lastPage), pageSizeOptions: PAGE_SIZES }
              : false
          }
          onTableChange={({ page: wanted }: { page?: { index: number; size: number } }) =>
            wanted && setPage({ pageIndex: wanted.index, pageSize: wanted.size })
          }
          search={{
            onChange: () => {
              setPage((before) => ({ ...before, pageIndex: 0 }));
              return true;
            },
            box: {
              incremental: true,
              placeholder: i18n.translate('logAnomalies.overview.search', {
                defaultMessage: 'Search by name',
              }),
            },
          }}
        />
      </TableRoom>
      {deleting && (
        <ConfirmDelete
          record={deleting}
          close={(isDeleted) => {
            setDeleting(undefined);
            if (isDeleted) reload();
          }}
        />
      )}
    </>
  );
}

function columnsOfDetectors(): EuiBasicTableColumn<DetectorRow>[] {
  return [
    {
      field: 'name',
      name: i18n.translate('logAnomalies.overview.name', { defaultMessage: 'Detector' }),
      sortable: true,
      width: '22%',
      render: (name: string, { record }: DetectorRow) => (
        <div>
          <AppLink to={detectorPath(record.id)}>{name}</AppLink>
          <EuiText size="xs" color="subdued">
            {record.detector.source.index}
          </EuiText>
        </div>
      ),
    },
    {
      name: i18n.translate('logAnomalies.overview.state', { defaultMessage: 'State' }),
      width: '20%',
      render: ({ status }: DetectorRow) =>
        status ? (
          <div style={{ width: '100%' }}>
            <DetectorStateBadge status={status} />
            <WhatStandsInTheWay status={status} />
          </div>
        ) : (
          NONE
        ),
      sortable: ({ status }) => status?.state ?? '',
    },
    {
      name: i18n.translate('logAnomalies.overview.lag', { defaultMessage: 'Behind now' }),
      width: '110px',
      render: ({ status }: DetectorRow) => (status?.lag_ms === undefined ? NONE : formatSpan(status.lag_ms)),
      sortable: ({ status }) => status?.lag_ms ?? -1,
    },
    {
      name: i18n.translate('logAnomalies.overview.anomaliesToday', {
        defaultMessage: 'Anomalies in 24 h',
      }),
      width: '150px',
      render: ({ anomaliesToday }: DetectorRow) =>
        anomaliesToday === undefined ? NONE : formatCount(anomaliesToday),
      sortable: ({ anomaliesToday }) => anomaliesToday ?? -1,
    },
    {
      name: i18n.translate('logAnomalies.overview.course', { defaultMessage: 'Last 24 hours' }),
      width: '150px',
      render: ({ buckets, range, name }: DetectorRow) => (
        <Sparkline buckets={buckets} range={range} name={name} />
      ),
    },
    {
      name: i18n.translate('logAnomalies.overview.model', { defaultMessage: 'Active model' }),
      width: '200px',
      render: ({ status }: DetectorRow) =>
        status?.model ? (
          <EuiToolTip content={status.model.version}>
            <EuiText size="xs" tabIndex={0}>
              {formatTime(status.model.created_at)}
            </EuiText>
          </EuiToolTip>
        ) : (
          NONE
        ),
      sortable: ({ status }) => status?.model?.created_at ?? '',
    },
  ];
}
