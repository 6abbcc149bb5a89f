import type { ComponentProps } from 'react';
import type { EuiBasicTable } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import { icon } from '../../kibana/icons';
import type { ApiClient } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { detectorPath } from '../../shared/app/location';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';
import type { DetectorRow } from './detector_row';

/** Buttons of a row of the table. */
type Actions = NonNullable<
  Extract<
    ComponentProps<typeof EuiBasicTable<DetectorRow>>['columns'][number],
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

/** Returns what can be done with a detector; reading alone, it can be exported. */
export function useDetectorActions(reload: () => void, remove: (record: DetectorRecord) => void): Actions {
  const { api, canWrite, go } = useApp();
  const { run, isBusy } = useAction(reload);
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
  const asked = requestedActions(api);
  return [
    requested(asked.start),
    requested(asked.stop),
    requested(asked.train),
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
    requested(asked.clone),
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

const params = ({ record }: DetectorRow): { params: { id: string } } => ({ params: { id: record.id } });

function requestedActions(api: ApiClient): Record<'start' | 'stop' | 'train' | 'clone', RequestedAction> {
  return {
    start: {
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
    },
    stop: {
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
    },
    train: {
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
    },
    clone: {
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
    },
  };
}
