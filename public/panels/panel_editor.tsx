import React, { useMemo, type ComponentType, type ReactElement } from 'react';
import { EuiFormRow, EuiPanel, EuiSelect } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { createApiClient, type Answer } from '../shared/app/api_client';
import type { CoreStart } from '../kibana/contracts';
import type { VisualizationOptionsProps } from '../kibana/panel_contracts';
import { NumberField } from '../shared/values/number_field';
import { severityOptions } from '../shared/values/severity';
import { detectorOptions } from '../shared/detector/lane_names';
import { useRequest, type Request } from '../shared/requests/use_request';
import { defaultSettings, LARGEST_LIMIT, type PanelKind, type PanelSettings } from '../../common/panels';
import { ValueFields } from './value_fields';

/** Returns the editor of a panel: detector, lowest severity and number of items. */
export function createPanelEditor(core: CoreStart): ComponentType<VisualizationOptionsProps> {
  return function PanelEditor({ stateParams, setValue }) {
    const kind = stateParams.kind as PanelKind;
    const settings: PanelSettings = { ...defaultSettings(kind), ...stateParams };
    const change = <Name extends keyof PanelSettings>(name: Name, value: PanelSettings[Name]): void =>
      setValue(name, value);
    const api = useMemo(() => createApiClient(core.http), []);
    const detectors = useRequest(
      (signal) => api('listDetectors', { query: { per_page: 1_000 } }, signal),
      [api],
    );
    const fields = fieldsOfEntities(detectors.value, settings);
    return (
      <EuiPanel hasShadow={false}>
        <DetectorField request={detectors} settings={settings} change={(id) => change('detectorId', id)} />
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.panel.minSeverity', {
            defaultMessage: 'Anomalies that are at least',
          })}
        >
          <EuiSelect
            fullWidth
            value={settings.minSeverity}
            options={[
              {
                value: '',
                text: i18n.translate('logAnomalies.panel.anySeverity', { defaultMessage: 'of any severity' }),
              },
              ...severityOptions(),
            ]}
            onChange={(event) => change('minSeverity', event.target.value as PanelSettings['minSeverity'])}
            data-test-subj="logAnomaliesPanelSeverity"
          />
        </EuiFormRow>
        {kind === 'swim_lane' && (
          <EuiFormRow
            fullWidth
            label={i18n.translate('logAnomalies.panel.laneBy', { defaultMessage: 'A lane for each' })}
          >
            <EuiSelect
              fullWidth
              value={settings.laneBy}
              options={[
                {
                  value: 'entity',
                  text: i18n.translate('logAnomalies.panel.byEntity', { defaultMessage: 'entity' }),
                },
                {
                  value: 'detector',
                  text: i18n.translate('logAnomalies.panel.byDetector', { defaultMessage: 'detector' }),
                },
                ...fields.map((field) => ({ value: field, text: field })),
              ]}
              onChange={(event) => change('laneBy', event.target.value)}
              data-test-subj="logAnomaliesPanelLaneBy"
            />
          </EuiFormRow>
        )}
        {kind === 'values' && <ValueFields api={api} settings={settings} change={change} />}
        {kind !== 'figures' && kind !== 'timeline' && kind !== 'values' && (
          <LimitField kind={kind} limit={settings.limit} change={(limit) => change('limit', limit)} />
        )}
      </EuiPanel>
    );
  };
}

/** Fields that entities of several have, of the chosen detector or of all; beside them the one that a saved panel has. */
function fieldsOfEntities(
  found: Answer<'listDetectors'> | undefined,
  { detectorId, laneBy }: PanelSettings,
): string[] {
  const chosen = (found?.detectors ?? []).filter(({ id }) => detectorId === '' || id === detectorId);
  const fields = chosen.flatMap(({ detector }) => detector.entity_fields ?? []);
  return [...new Set([...fields, laneBy])].filter((field) => field !== 'entity' && field !== 'detector');
}

function DetectorField(props: {
  request: Request<Answer<'listDetectors'>>;
  settings: PanelSettings;
  change: (id: string) => void;
}): ReactElement {
  const { request, settings, change } = props;
  const { value, failure, isLoading } = request;
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.panel.detector', { defaultMessage: 'Detector' })}
      isInvalid={failure !== undefined}
      error={failure?.message}
    >
      <EuiSelect
        fullWidth
        isLoading={isLoading}
        value={settings.detectorId}
        data-test-subj="logAnomaliesPanelDetector"
        options={[
          {
            value: '',
            text: i18n.translate('logAnomalies.panel.allDetectors', { defaultMessage: 'All detectors' }),
          },
          ...detectorOptions(value?.detectors ?? []).map(({ value: id, label: text }) => ({
            value: id,
            text,
          })),
        ]}
        onChange={(event) => change(event.target.value)}
      />
    </EuiFormRow>
  );
}

function LimitField(props: {
  kind: Exclude<PanelKind, 'figures' | 'timeline' | 'values'>;
  limit: number;
  change: (limit: number) => void;
}): ReactElement {
  const { kind, limit, change } = props;
  const labels = {
    incidents: i18n.translate('logAnomalies.panel.mostIncidents', { defaultMessage: 'Most incidents' }),
    swim_lane: i18n.translate('logAnomalies.panel.lanes', { defaultMessage: 'Most lanes' }),
    patterns: i18n.translate('logAnomalies.panel.features', { defaultMessage: 'Most features' }),
    table: i18n.translate('logAnomalies.panel.rows', { defaultMessage: 'Most logs' }),
  };
  return (
    <EuiFormRow fullWidth label={labels[kind]}>
      <NumberField
        fullWidth
        value={limit}
        // The panel stays as it is while this is no number of items, or not yet.
        set={(wanted = NaN) => {
          if (wanted >= 1 && wanted <= LARGEST_LIMIT) change(Math.round(wanted));
        }}
        data-test-subj="logAnomaliesPanelLimit"
      />
    </EuiFormRow>
  );
}
