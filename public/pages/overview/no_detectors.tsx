import React, { type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty, EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';

/** The first thing that anybody sees. */
export function NoDetectors(props: {
  trySample: () => void;
  isBusy: boolean;
  openImport: () => void;
}): ReactElement {
  const { trySample, isBusy, openImport } = props;
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
              'Look at it first on sample logs, which you can remove again with one button. Or have your own logs scanned: you see what looks like logs, with a detector for each, and choose. Nothing is saved before.',
          })}
        </p>
      }
      actions={
        canWrite ? (
          [
            <EuiButton
              key="sample"
              fill
              iconType={icon('beaker')}
              isLoading={isBusy}
              onClick={trySample}
              data-test-subj="logAnomaliesTrySample"
            >
              {i18n.translate('logAnomalies.empty.sample', { defaultMessage: 'Try it on sample logs' })}
            </EuiButton>,
            <EuiButton
              key="scan"
              iconType="search"
              onClick={() => go('/scan')}
              data-test-subj="logAnomaliesScanFirst"
            >
              {i18n.translate('logAnomalies.scan.title', { defaultMessage: 'Scan my logs' })}
            </EuiButton>,
            <EuiButtonEmpty
              key="create"
              onClick={() => go('/detectors/new')}
              data-test-subj="logAnomaliesCreateFirst"
            >
              {i18n.translate('logAnomalies.overview.create', { defaultMessage: 'Create a detector' })}
            </EuiButtonEmpty>,
            <EuiButtonEmpty key="import" onClick={openImport} data-test-subj="logAnomaliesImportFirst">
              {i18n.translate('logAnomalies.exchange.import', { defaultMessage: 'Import detectors' })}
            </EuiButtonEmpty>,
          ]
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
