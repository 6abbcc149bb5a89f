import React, { type ReactElement } from 'react';
import { EuiConfirmModal } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';

/** Changes of the pipeline that are asked about by a sentence. */
export type PipelineChange = 'put' | 'revert' | 'detach' | 'delete';

/** Says what a change of the pipeline does before it is made. */
export function ConfirmPipelineChange(props: {
  change: PipelineChange;
  found: Answer<'getPipeline'>;
  isBusy: boolean;
  close: () => void;
  make: () => void;
}): ReactElement {
  const { change, found, isBusy, close, make } = props;
  const { title, body, button } = textsOf(change, found);
  return (
    <EuiConfirmModal
      title={title}
      isLoading={isBusy}
      buttonColor={change === 'delete' ? 'danger' : 'primary'}
      confirmButtonText={button}
      cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
      onCancel={close}
      onConfirm={make}
      data-test-subj="logAnomaliesPipelineConfirm"
    >
      <p>{body}</p>
    </EuiConfirmModal>
  );
}

function textsOf(
  change: PipelineChange,
  { pipeline, active_version: active, indices }: Answer<'getPipeline'>,
): { title: string; body: string; button: string } {
  switch (change) {
    case 'put':
      return {
        title: i18n.translate('logAnomalies.pipeline.putTitle', {
          defaultMessage: 'Put model {version} live?',
          values: { version: active ?? '' },
        }),
        body: i18n.translate('logAnomalies.pipeline.putBody', {
          defaultMessage:
            'It is tried out over recent logs first, and refused if a log fails, a score differs or it costs too much. Then it replaces what is live in one step. Which indices send their logs through it does not change.',
        }),
        button: i18n.translate('logAnomalies.pipeline.putButton', { defaultMessage: 'Put it live' }),
      };
    case 'revert':
      return {
        title: i18n.translate('logAnomalies.pipeline.revertTitle', {
          defaultMessage: 'Go back to model {version}?',
          values: { version: pipeline?.previous_version ?? '' },
        }),
        body: i18n.translate('logAnomalies.pipeline.revertBody', {
          defaultMessage:
            'It is tried out over recent logs first, then it scores the logs that arrive. Where the detector takes its results from the pipeline it becomes the active model again, too.',
        }),
        button: i18n.translate('logAnomalies.pipeline.revertButton', { defaultMessage: 'Go back' }),
      };
    case 'detach':
      return {
        title: i18n.translate('logAnomalies.pipeline.detachTitle', {
          defaultMessage: 'Send new logs past the pipeline?',
        }),
        body: i18n.translate('logAnomalies.pipeline.detachBody', {
          defaultMessage:
            'These indices no longer have it as their final pipeline: {indices}. Logs keep the scores they have; new ones get none.',
          values: {
            indices: indices
              .filter(({ attached }) => attached)
              .map(({ index }) => index)
              .join(', '),
          },
        }),
        button: i18n.translate('logAnomalies.pipeline.detachButton', { defaultMessage: 'Send them past it' }),
      };
    case 'delete':
      return {
        title: i18n.translate('logAnomalies.pipeline.deleteTitle', {
          defaultMessage: 'Delete the ingest pipeline {name}?',
          values: { name: pipeline?.name ?? '' },
        }),
        body: i18n.translate('logAnomalies.pipeline.deleteBody', {
          defaultMessage: 'The models stay, and the scores that logs have. It can be put live again.',
        }),
        button: i18n.translate('logAnomalies.delete.confirm', { defaultMessage: 'Delete' }),
      };
  }
}
