import React, { type ReactElement } from 'react';
import { EuiButton, EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../app_context';

/** The first thing that anybody sees. */
export function NoDetectors(): ReactElement {
  const { canWrite, go } = useApp();
  return (
    <EuiEmptyPrompt
      iconType="machineLearningApp"
      data-test-subj="logAnomaliesEmpty"
      title={
        <h2>
          {i18n.translate('logAnomalies.empty.title', {
            defaultMessage: 'Find the logs that are not like the others',
          })}
        </h2>
      }
      body={
        <p>
          {i18n.translate('logAnomalies.empty.body', {
            defaultMessage:
              'Name the index that your logs are in. Suitable features are suggested, and you see what would have been flagged before anything is saved.',
          })}
        </p>
      }
      actions={
        canWrite ? (
          <EuiButton fill onClick={() => go('/detectors/new')} data-test-subj="logAnomaliesCreateFirst">
            {i18n.translate('logAnomalies.overview.create', { defaultMessage: 'Create a detector' })}
          </EuiButton>
        ) : (
          <p>
            {i18n.translate('logAnomalies.empty.readOnly', {
              defaultMessage:
                'You may look, but not create detectors. Ask an administrator for the Kibana privilege "Log Anomalies: All".',
            })}
          </p>
        )
      }
    />
  );
}
