import React, { useState, type ReactElement } from 'react';
import { EuiCheckbox, EuiConfirmModal, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { useAction } from '../../shared/requests/use_action';

/** Asks before a detector goes, and whether what it has found goes as well. */
export function ConfirmDelete(props: {
  record: DetectorRecord;
  close: (isDeleted: boolean) => void;
}): ReactElement {
  const { record, close } = props;
  const { api } = useApp();
  const { run, isBusy } = useAction();
  const [withResults, setWithResults] = useState(false);
  const { name } = record.detector;
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.delete.title', {
        defaultMessage: 'Delete {name}?',
        values: { name },
      })}
      buttonColor="danger"
      isLoading={isBusy}
      confirmButtonText={i18n.translate('logAnomalies.delete.confirm', { defaultMessage: 'Delete' })}
      cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
      onCancel={() => close(false)}
      onConfirm={async () => {
        const isDone = await run(
          () =>
            api('deleteDetector', {
              params: { id: record.id },
              query: { delete_results: withResults ? 'true' : 'false' },
            }),
          i18n.translate('logAnomalies.delete.done', {
            defaultMessage: '{name} is deleted',
            values: { name },
          }),
        );
        if (isDone) close(true);
      }}
    >
      <p>
        {i18n.translate('logAnomalies.delete.body', {
          defaultMessage:
            'It stops at once, and the API key that it reads logs with becomes invalid. This cannot be undone.',
        })}
      </p>
      <EuiSpacer size="s" />
      <EuiCheckbox
        id="logAnomaliesDeleteResults"
        checked={withResults}
        onChange={(event) => setWithResults(event.target.checked)}
        label={i18n.translate('logAnomalies.delete.withResults', {
          defaultMessage: 'Delete its results, models and feedback as well',
        })}
      />
    </EuiConfirmModal>
  );
}
