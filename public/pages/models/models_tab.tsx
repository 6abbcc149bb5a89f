import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import { EuiConfirmModal, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { ModelRecordBody } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import type { DetectorView } from '../../shared/detector/detector_view';
import { CandidateState } from './candidate_state';
import { TrainingProgress } from './training_progress';
import { ModelComparison } from './model_comparison';
import { asTheyAre, comparedModels, ModelsTable } from './models_table';
import { ModelActions } from './model_actions';
import { ModelSections } from './model_sections';

const PromoteFlyout = lazy(() => import('./promote_flyout'));

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
  const [ticked, setTicked] = useState<readonly ModelRecordBody[]>([]);
  const [deleting, setDeleting] = useState<ModelRecordBody>();

  const of = ({ version }: ModelRecordBody) => ({ params: { ...params, version } });
  const [looking, setLooking] = useState<ModelRecordBody>();
  const save = (model: ModelRecordBody) =>
    void run(async () => {
      const content = await api('exportModel', of(model));
      saveFile(`${record.detector.name}-${model.version}.json`, JSON.stringify(content), 'application/json');
    });
  const selected = asTheyAre(ticked, request.value?.models ?? []);
  const compared = comparedModels(selected, request.value?.models ?? []);
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
      <ModelActions params={params} hasPrevious={hasPrevious} isBusy={isBusy} run={run} />
      <EuiSpacer size="m" />
      <RequestState request={request}>
        {({ models }) => (
          <ModelsTable
            models={models}
            selected={selected}
            select={setTicked}
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
        <CompareHint isActiveTicked={selected.length === 1} />
      )}
      <ModelSections record={record} status={status} reload={reload} />
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
        <ConfirmDelete
          model={deleting}
          close={() => setDeleting(undefined)}
          remove={() => run(() => api('deleteModel', of(deleting)))}
        />
      )}
    </>
  );
}

function CompareHint({ isActiveTicked }: { isActiveTicked: boolean }): ReactElement {
  return (
    <EuiText size="s" color="subdued">
      {isActiveTicked
        ? i18n.translate('logAnomalies.models.compareSecond', {
            defaultMessage: 'Tick a second model to compare the active one with.',
          })
        : i18n.translate('logAnomalies.models.compareHint', {
            defaultMessage:
              'Tick a model to compare it with the active one on the same recent logs, or two to compare these.',
          })}
    </EuiText>
  );
}

function ConfirmDelete({
  model,
  close,
  remove,
}: {
  model: ModelRecordBody;
  close: () => void;
  remove: () => Promise<unknown>;
}): ReactElement {
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.models.deleteTitle', {
        defaultMessage: 'Delete the model of {time}?',
        values: { time: formatTime(model.created_at) },
      })}
      buttonColor="danger"
      confirmButtonText={i18n.translate('logAnomalies.delete.confirm', { defaultMessage: 'Delete' })}
      cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
      onCancel={close}
      onConfirm={async () => {
        await remove();
        close();
      }}
    >
      {i18n.translate('logAnomalies.models.deleteBody', {
        defaultMessage: 'This cannot be undone. Export it first to keep it.',
      })}
    </EuiConfirmModal>
  );
}
