import React, { useRef, type ReactElement } from 'react';
import { EuiButton, EuiFlexGroup, EuiFlexItem } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import type { useAction } from '../../shared/requests/use_action';

/** Buttons that train a model, go back to the previous one and import one from a file. */
export function ModelActions({
  params,
  hasPrevious,
  isBusy,
  run,
}: {
  params: { readonly id: string };
  hasPrevious: boolean;
  isBusy: boolean;
  run: ReturnType<typeof useAction>['run'];
}): ReactElement {
  const { api, canWrite } = useApp();
  const file = useRef<HTMLInputElement>(null);
  return (
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
  );
}
