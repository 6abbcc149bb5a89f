import React, { useMemo, type ComponentType } from 'react';
import { EuiFormRow, EuiPanel, EuiSelect } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { createApiClient } from '../api_client';
import type { CoreStart } from '../kibana/contracts';
import type { VisualizationOptionsProps } from '../kibana/panel_contracts';
import { useRequest } from '../shared/use_request';

/** Which detector a panel shows. */
export function createPanelEditor(core: CoreStart): ComponentType<VisualizationOptionsProps> {
  return function DetectorChoice({ stateParams, setValue }) {
    const api = useMemo(() => createApiClient(core.http), []);
    const { value, failure, isLoading } = useRequest(
      (signal) => api('listDetectors', { query: { per_page: 1_000 } }, signal),
      [api],
    );
    return (
      <EuiPanel hasShadow={false}>
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.panel.detector', { defaultMessage: 'Detector' })}
          isInvalid={failure !== undefined}
          error={failure?.message}
        >
          <EuiSelect
            fullWidth
            isLoading={isLoading}
            value={String(stateParams.detectorId ?? '')}
            data-test-subj="logAnomaliesPanelDetector"
            options={[
              {
                value: '',
                text: i18n.translate('logAnomalies.panel.allDetectors', { defaultMessage: 'All detectors' }),
              },
              ...(value?.detectors ?? []).map(({ id, detector }) => ({ value: id, text: detector.name })),
            ]}
            onChange={(event) => setValue('detectorId', event.target.value)}
          />
        </EuiFormRow>
      </EuiPanel>
    );
  };
}
