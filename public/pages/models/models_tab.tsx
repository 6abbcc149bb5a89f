import React, { lazy, Suspense, useRef, useState, type ReactElement } from 'react';
import { EuiButton, EuiConfirmModal, EuiFlexGroup, EuiFlexItem, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { ModelRecordBody } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { saveFile } from '../../shared/layout/save_file';
import { Section } from '../../shared/layout/section';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import type { DetectorView } from '../../shared/detector/detector_view';
import { CandidateState } from './candidate_state';
import { TrainingProgress } from './training_progress';
import { ModelComparison } from './model_comparison';
import { ModelsTable } from './models_table';

const AuditTrail = lazy(() => import('../audit/audit_trail'));
const DriftHistory = lazy(() => import('./drift_history'));
const ThresholdHistory = lazy(() => import('./threshold_history'));
const PromoteFlyout = lazy(() => import('./promote_flyout'));
const PipelinePanel = lazy(() => import('./pipeline_panel'));

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
  const [looking, setLooking] = useState<ModelRecordBody>();
  const save = (model: ModelRecordBody) =>
    void run(async () => {
      const content = await api('exportModel', of(model));
      saveFile(`${record.detector.name}-${model.version}.json`, JSON.stringify(content), 'application/json');
    });
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
      <TrainingProgress
        record={record}
        status={status}
        reload={reload}
        models={request.value?.models ?? []}
      />
      <CandidateState
        status={status}
        models={request.value?.models ?? []}
        promote={canWrite ? setLooking : undefined}
        showGate={setLooking}
      />
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
            iconType={icon('editorUndo')}
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
            iconType={icon('importAction')}
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
          <ModelsTable
            models={models}
            selected={selected}
            select={setSelected}
            canWrite={canWrite}
            isBusy={isBusy}
            look={setLooking}
            save={save}
            remove={setDeleting}
          />
        )}
      </RequestState>
      <EuiSpacer size="m" />
      {compared.length === 2 ? (
        <ModelComparison
          detectorId={record.id}
          left={compared[0]}
          right={compared[1]}
          promote={canWrite ? setLooking : undefined}
        />
      ) : (request.value?.models ?? []).length === 0 ? null : (
        <EuiText size="s" color="subdued">
          {i18n.translate('logAnomalies.models.compareHint', {
            defaultMessage:
              'Tick a model to compare it with the active one on the same recent logs, or two to compare these.',
          })}
        </EuiText>
      )}
      <Section
        id="logAnomaliesDriftSection"
        title={i18n.translate('logAnomalies.drift.title', {
          defaultMessage: 'Have the logs changed since the training? (drift)',
        })}
        isOpenAtFirst={status.drift?.over === true}
      >
        <DriftHistory detectorId={record.id} />
      </Section>
      <Section
        id="logAnomaliesThresholdSection"
        title={i18n.translate('logAnomalies.threshold.title', {
          defaultMessage: 'The threshold over time',
        })}
      >
        <ThresholdHistory detectorId={record.id} />
      </Section>
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
          defaultMessage: 'Audit trail: users, changes, times and reasons',
        })}
      >
        <AuditTrail detectorId={record.id} />
      </Section>
      {looking && (
        <Suspense fallback={null}>
          <PromoteFlyout
            key={looking.version}
            detectorId={record.id}
            model={looking}
            mayPromote={canWrite}
            close={() => setLooking(undefined)}
            checked={request.reload}
            promote={(note) =>
              run(
                () => api('promoteModel', { ...of(looking), body: note === '' ? {} : { note } }),
                i18n.translate('logAnomalies.models.promoted', { defaultMessage: 'The model is active now' }),
              )
            }
          />
        </Suspense>
      )}
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
