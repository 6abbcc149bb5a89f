import React, { useState, type ReactElement } from 'react';
import {
  type EuiBasicTable,
  EuiInMemoryTable,
  EuiText,
  EuiToolTip,
  type EuiBasicTableColumn,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord, DetectorStatus } from '../../../common/api';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { detectorPath } from '../../shared/app/location';
import { AppLink } from '../../shared/app/app_link';
import { DetectorStateBadge, WhatStandsInTheWay } from '../../shared/detector/detector_state';
import { formatCount, formatSpan, formatTime } from '../../shared/values/format';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';
import { ConfirmDelete } from './confirm_delete';
import type { Interval } from '../../shared/values/time_range';
import { Sparkline, type SparklineBucket } from './sparkline';

export interface DetectorRow {
  readonly record: DetectorRecord;
  readonly name: string;
  readonly status: DetectorStatus | undefined;
  /** Undefined when results could not be read. */
  readonly anomaliesToday: number | undefined;
  readonly buckets: readonly SparklineBucket[];
  /** The time of the buckets, the last 24 hours. */
  readonly range: Interval;
}

const NONE = '–';

export function DetectorTable({ rows, reload }: { rows: DetectorRow[]; reload: () => void }): ReactElement {
  const [deleting, setDeleting] = useState<DetectorRecord | undefined>();
  const actions = useDetectorActions(reload, setDeleting);
  const columns: EuiBasicTableColumn<DetectorRow>[] = [
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
      width: '130px',
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
            <span tabIndex={0}>{formatTime(status.model.created_at)}</span>
          </EuiToolTip>
        ) : (
          NONE
        ),
      sortable: ({ status }) => status?.model?.created_at ?? '',
    },
    { name: i18n.translate('logAnomalies.overview.actions', { defaultMessage: 'Actions' }), actions },
  ];
  return (
    <>
      <EuiInMemoryTable<DetectorRow>
        data-test-subj="logAnomaliesDetectors"
        tableCaption={i18n.translate('logAnomalies.overview.caption', {
          defaultMessage: 'Detectors of this space',
        })}
        items={rows}
        itemId={({ record }: DetectorRow) => record.id}
        rowHeader="name"
        columns={columns}
        sorting={{ sort: { field: 'name', direction: 'asc' } }}
        pagination={rows.length > 20 ? { initialPageSize: 20 } : false}
        search={{
          box: {
            incremental: true,
            placeholder: i18n.translate('logAnomalies.overview.search', { defaultMessage: 'Search by name' }),
          },
        }}
      />
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

type Actions = NonNullable<
  Extract<
    React.ComponentProps<typeof EuiBasicTable<DetectorRow>>['columns'][number],
    { actions: unknown }
  >['actions']
>;

/** Something that the server is asked to do with a detector, and what is said when it is done. */
interface RequestedAction {
  readonly name: string;
  readonly description: string;
  readonly icon: 'play' | 'stop' | 'refresh' | 'copy';
  readonly subject: string;
  readonly isPrimary?: boolean;
  readonly available?: (row: DetectorRow) => boolean;
  readonly ask: (row: DetectorRow) => Promise<unknown>;
  readonly done: (name: string) => string;
}

function useDetectorActions(reload: () => void, remove: (record: DetectorRecord) => void): Actions {
  const { api, canWrite, go } = useApp();
  const { run, isBusy } = useAction(reload);
  const params = ({ record }: DetectorRow) => ({ params: { id: record.id } });
  const requested = ({ subject, ask, done, ...shown }: RequestedAction): Actions[number] => ({
    ...shown,
    type: 'icon',
    'data-test-subj': subject,
    enabled: () => !isBusy,
    onClick: (row) => void run(() => ask(row), done(row.name)),
  });
  const exported: Actions[number] = {
    name: i18n.translate('logAnomalies.action.export', { defaultMessage: 'Export' }),
    description: i18n.translate('logAnomalies.action.exportDescription', {
      defaultMessage: 'Save its settings as a YAML file',
    }),
    icon: icon('exportAction'),
    type: 'icon',
    'data-test-subj': 'logAnomaliesExport',
    onClick: (row) =>
      void run(async () =>
        saveFile(`${row.name}.yml`, await api('exportDetector', params(row)), 'application/yaml'),
      ),
  };
  if (!canWrite) return [exported];
  return [
    requested({
      name: i18n.translate('logAnomalies.action.start', { defaultMessage: 'Start' }),
      description: i18n.translate('logAnomalies.action.startDescription', {
        defaultMessage: 'Run on its schedule; it is trained first where it has no model',
      }),
      icon: 'play',
      subject: 'logAnomaliesStart',
      isPrimary: true,
      available: ({ record }) => !record.enabled,
      ask: (row) => api('startDetector', params(row)),
      done: (name) =>
        i18n.translate('logAnomalies.action.started', {
          defaultMessage: '{name} is started',
          values: { name },
        }),
    }),
    requested({
      name: i18n.translate('logAnomalies.action.stop', { defaultMessage: 'Stop' }),
      description: i18n.translate('logAnomalies.action.stopDescription', {
        defaultMessage: 'Stop; it carries on from where it was when started again',
      }),
      icon: 'stop',
      subject: 'logAnomaliesStop',
      isPrimary: true,
      available: ({ record }) => record.enabled,
      ask: (row) => api('stopDetector', params(row)),
      done: (name) =>
        i18n.translate('logAnomalies.action.stopped', {
          defaultMessage: '{name} is stopped',
          values: { name },
        }),
    }),
    requested({
      name: i18n.translate('logAnomalies.action.train', { defaultMessage: 'Train' }),
      description: i18n.translate('logAnomalies.action.trainDescription', {
        defaultMessage: 'Learn again from recent logs, in the background',
      }),
      icon: 'refresh',
      subject: 'logAnomaliesTrain',
      ask: (row) => api('trainDetector', params(row)),
      done: (name) =>
        i18n.translate('logAnomalies.action.trained', {
          defaultMessage: '{name} is being trained',
          values: { name },
        }),
    }),
    {
      name: i18n.translate('logAnomalies.action.edit', { defaultMessage: 'Edit' }),
      description: i18n.translate('logAnomalies.action.editDescription', {
        defaultMessage: 'Change what it reads and how',
      }),
      icon: 'pencil',
      type: 'icon',
      'data-test-subj': 'logAnomaliesEdit',
      onClick: ({ record }) => go(detectorPath(record.id, 'edit')),
    },
    requested({
      name: i18n.translate('logAnomalies.action.clone', { defaultMessage: 'Clone' }),
      description: i18n.translate('logAnomalies.action.cloneDescription', {
        defaultMessage: 'Save a copy, which is not started',
      }),
      icon: 'copy',
      subject: 'logAnomaliesClone',
      ask: (row) => api('cloneDetector', { ...params(row), body: {} }),
      done: (name) =>
        i18n.translate('logAnomalies.action.cloned', {
          defaultMessage: '{name} is copied',
          values: { name },
        }),
    }),
    exported,
    {
      name: i18n.translate('logAnomalies.action.delete', { defaultMessage: 'Delete' }),
      description: i18n.translate('logAnomalies.action.deleteDescription', {
        defaultMessage: 'Delete the detector; you are asked first',
      }),
      icon: 'trash',
      type: 'icon',
      color: 'danger',
      'data-test-subj': 'logAnomaliesDelete',
      onClick: ({ record }) => remove(record),
    },
  ];
}
