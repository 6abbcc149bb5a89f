import React, { lazy, useRef, useState, type ReactElement } from 'react';
import {
  EuiBadge,
  EuiBasicTable,
  EuiButton,
  EuiConfirmModal,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { ModelRecordBody } from '../../../common/api';
import { useApp } from '../../app_context';
import { formatCount, formatScore, formatTime } from '../../shared/format';
import { RequestState } from '../../shared/request_state';
import { saveFile } from '../../shared/save_file';
import { Section } from '../../shared/section';
import { useAction } from '../../shared/use_action';
import { useRequest } from '../../shared/use_request';
import type { DetectorView } from '../detector_page';
import { TrainingProgress } from './training_progress';
import { ModelComparison } from './model_comparison';
import { evaluationFigures } from './evaluation_figures';

const AuditTrail = lazy(() => import('../audit/audit_trail'));
const PipelinePanel = lazy(() => import('./pipeline_panel'));

function statusName(status: ModelRecordBody['status']): string {
  switch (status) {
    case 'active':
      return i18n.translate('logAnomalies.models.active', { defaultMessage: 'active' });
    case 'candidate':
      return i18n.translate('logAnomalies.models.candidate', { defaultMessage: 'candidate' });
    case 'retired':
      return i18n.translate('logAnomalies.models.retired', { defaultMessage: 'retired' });
  }
}

/** Every model that was trained, and which of them is at work. */
export default function ModelsTab({ record, status, reload }: DetectorView): ReactElement {
  const { api, canWrite } = useApp();
  const params = { id: record.id };
  const request = useRequest(
    (signal) => api('listModels', { params }, signal),
    [api, record.id, status.model?.version, status.training?.finished_at],
  );
  const changed = () => {
    request.reload();
    reload();
  };
  const { run, isBusy } = useAction(changed);
  const [selected, setSelected] = useState<readonly ModelRecordBody[]>([]);
  const [deleting, setDeleting] = useState<ModelRecordBody>();
  const file = useRef<HTMLInputElement>(null);
  const of = ({ version }: ModelRecordBody) => ({ params: { ...params, version } });
  const promote = (model: ModelRecordBody) =>
    void run(
      () => api('promoteModel', { ...of(model), body: {} }),
      i18n.translate('logAnomalies.models.promoted', { defaultMessage: 'The model is active now' }),
    );
  const active = (request.value?.models ?? []).find(({ status: each }) => each === 'active');
  const compared =
    selected.length === 1 && active !== undefined && selected[0].version !== active.version
      ? [selected[0], active]
      : selected;
  const hasPrevious = (request.value?.models ?? []).some(
    ({ status: each, promoted_at: promoted }) => each === 'retired' && promoted !== undefined,
  );
  return (
    <>
      <TrainingProgress record={record} status={status} reload={reload} />
      <EuiFlexGroup gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiButton
            size="s"
            iconType="refresh"
            isLoading={isBusy}
            isDisabled={!canWrite}
            onClick={() => run(() => api('trainDetector', { params }))}
            data-test-subj="logAnomaliesTrainNow"
          >
            {i18n.translate('logAnomalies.models.train', { defaultMessage: 'Train a new model' })}
          </EuiButton>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButton
            size="s"
            color="text"
            iconType="editorUndo"
            isDisabled={!canWrite || !hasPrevious || isBusy}
            onClick={() =>
              run(
                () => api('revertModel', { params, body: {} }),
                i18n.translate('logAnomalies.models.reverted', {
                  defaultMessage: 'The model that was active before is active again',
                }),
              )
            }
          >
            {i18n.translate('logAnomalies.models.revert', { defaultMessage: 'Back to the previous model' })}
          </EuiButton>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <input
            ref={file}
            type="file"
            accept=".json"
            hidden
            onChange={(event) => {
              const [chosen] = event.target.files ?? [];
              event.target.value = '';
              if (chosen === undefined) return;
              void run(
                async () => api('importModel', { params, body: JSON.parse(await chosen.text()) }),
                i18n.translate('logAnomalies.models.imported', { defaultMessage: 'Imported as a candidate' }),
              );
            }}
          />
          <EuiButton
            size="s"
            color="text"
            iconType="importAction"
            isDisabled={!canWrite || isBusy}
            onClick={() => file.current?.click()}
          >
            {i18n.translate('logAnomalies.models.import', { defaultMessage: 'Import a model' })}
          </EuiButton>
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      <RequestState request={request}>
        {({ models }) => (
          <EuiBasicTable<ModelRecordBody>
            data-test-subj="logAnomaliesModels"
            items={models}
            itemId="version"
            tableCaption={i18n.translate('logAnomalies.models.caption', {
              defaultMessage: 'Models of this detector, newest first',
            })}
            noItemsMessage={i18n.translate('logAnomalies.models.none', {
              defaultMessage: 'No model yet: train one, or start the detector.',
            })}
            selection={{
              onSelectionChange: setSelected,
              selectable: ({ version }) =>
                selected.length < 2 || selected.some((each) => each.version === version),
            }}
            columns={[
              {
                field: 'created_at',
                name: i18n.translate('logAnomalies.models.trained', { defaultMessage: 'Trained' }),
                render: (time: string, { version, note }: ModelRecordBody) => (
                  <div>
                    {formatTime(time)}
                    <EuiText size="xs" color="subdued">
                      {version}
                      {note ? ` · ${note}` : ''}
                    </EuiText>
                  </div>
                ),
                width: '28%',
              },
              {
                field: 'status',
                name: i18n.translate('logAnomalies.models.status', { defaultMessage: 'Status' }),
                render: (each: ModelRecordBody['status']) => (
                  <EuiBadge color={each === 'active' ? 'success' : 'hollow'}>{statusName(each)}</EuiBadge>
                ),
              },
              {
                field: 'rows',
                name: i18n.translate('logAnomalies.models.rows', { defaultMessage: 'Logs learned from' }),
                render: formatCount,
              },
              {
                field: 'threshold',
                name: i18n.translate('logAnomalies.models.threshold', { defaultMessage: 'Threshold' }),
                render: formatScore,
              },
              {
                name: i18n.translate('logAnomalies.models.evaluation', { defaultMessage: 'Evaluation' }),
                render: ({ evaluation }: ModelRecordBody) => (
                  <EuiText size="xs">{evaluationFigures(evaluation).join(' · ') || '–'}</EuiText>
                ),
              },
              {
                name: i18n.translate('logAnomalies.overview.actions', { defaultMessage: 'Actions' }),
                actions: [
                  {
                    name: i18n.translate('logAnomalies.models.promote', { defaultMessage: 'Promote' }),
                    description: i18n.translate('logAnomalies.models.promoteDescription', {
                      defaultMessage: 'Score new logs with this model',
                    }),
                    icon: 'launch',
                    type: 'icon',
                    isPrimary: true,
                    'data-test-subj': 'logAnomaliesPromote',
                    available: ({ status: each }: ModelRecordBody) => canWrite && each !== 'active',
                    enabled: () => !isBusy,
                    onClick: promote,
                  },
                  {
                    name: i18n.translate('logAnomalies.models.export', { defaultMessage: 'Export' }),
                    description: i18n.translate('logAnomalies.models.exportDescription', {
                      defaultMessage: 'Save it as the file that the command line reads',
                    }),
                    icon: 'exportAction',
                    type: 'icon',
                    onClick: (model: ModelRecordBody) =>
                      void run(async () => {
                        const content = await api('exportModel', of(model));
                        saveFile(
                          `${record.detector.name}-${model.version}.json`,
                          JSON.stringify(content),
                          'application/json',
                        );
                      }),
                  },
                  {
                    name: i18n.translate('logAnomalies.action.delete', { defaultMessage: 'Delete' }),
                    description: i18n.translate('logAnomalies.models.deleteDescription', {
                      defaultMessage: 'Delete this model; you are asked first',
                    }),
                    icon: 'trash',
                    type: 'icon',
                    color: 'danger',
                    available: ({ status: each }: ModelRecordBody) => canWrite && each !== 'active',
                    onClick: setDeleting,
                  },
                ],
              },
            ]}
          />
        )}
      </RequestState>
      <EuiSpacer size="m" />
      {compared.length === 2 ? (
        <ModelComparison
          detectorId={record.id}
          left={compared[0]}
          right={compared[1]}
          promote={canWrite ? promote : undefined}
        />
      ) : (
        <EuiText size="s" color="subdued">
          {i18n.translate('logAnomalies.models.compareHint', {
            defaultMessage:
              'Tick a model to compare it with the active one on the same recent logs, or two to compare these.',
          })}
        </EuiText>
      )}
      <Section
        id="logAnomaliesPipelineSection"
        title={i18n.translate('logAnomalies.pipeline.title', {
          defaultMessage: 'Scoring by Elasticsearch as logs arrive (ingest pipeline)',
        })}
        isOpenAtFirst={record.detector.scoring === 'ingest' || status.pipeline !== undefined}
      >
        <PipelinePanel record={record} status={status} reload={reload} />
      </Section>
      <Section
        id="logAnomaliesAuditSection"
        title={i18n.translate('logAnomalies.audit.title', {
          defaultMessage: 'Who did what, when and why (audit trail)',
        })}
      >
        <AuditTrail detectorId={record.id} />
      </Section>
      {deleting && (
        <EuiConfirmModal
          title={i18n.translate('logAnomalies.models.deleteTitle', {
            defaultMessage: 'Delete the model of {time}?',
            values: { time: formatTime(deleting.created_at) },
          })}
          buttonColor="danger"
          confirmButtonText={i18n.translate('logAnomalies.delete.confirm', { defaultMessage: 'Delete' })}
          cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
          onCancel={() => setDeleting(undefined)}
          onConfirm={async () => {
            await run(() => api('deleteModel', of(deleting)));
            setDeleting(undefined);
          }}
        >
          {i18n.translate('logAnomalies.models.deleteBody', {
            defaultMessage: 'This cannot be undone. Export it first to keep it.',
          })}
        </EuiConfirmModal>
      )}
    </>
  );
}
