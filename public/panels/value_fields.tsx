import React, { type ReactElement } from 'react';
import { EuiComboBox, EuiFormRow } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { DAY } from '../../common/duration';
import { LONGEST_ENTITY, LONGEST_FEATURE, type PanelSettings } from '../../common/panels';
import type { ApiClient } from '../shared/app/api_client';
import { useRequest } from '../shared/requests/use_request';

/** Entities and features are proposed that had anomalies this long before now. */
const LOOKED_BACK_MILLISECONDS = 30 * DAY;
const MOST_PROPOSED = 100;

/** Chooses the entity and the feature whose values a panel shows; another than the proposed can be typed. */
export function ValueFields(props: {
  api: ApiClient;
  settings: PanelSettings;
  change: (name: 'entity' | 'feature', value: string) => void;
}): ReactElement {
  const { api, settings, change } = props;
  const { detectorId, entity, feature } = settings;
  const { value, isLoading } = useRequest(
    async (signal) => {
      const to = Date.now();
      const scope = { detector_id: detectorId || undefined, from: to - LOOKED_BACK_MILLISECONDS, to };
      const [summary, patterns] = await Promise.all([
        api(
          'summarizeResults',
          { query: { ...scope, by: 'entity', buckets: 1, groups: MOST_PROPOSED } },
          signal,
        ),
        api('listPatterns', { query: { ...scope, features: MOST_PROPOSED, values: 0 } }, signal),
      ]);
      return {
        entities: summary.groups.map(({ key }) => key).filter((key) => key !== ''),
        features: patterns.features.map(({ feature: name }) => name),
      };
    },
    [api, detectorId],
  );
  return (
    <>
      <Choice
        label={i18n.translate('logAnomalies.panel.valueEntity', { defaultMessage: 'Entity' })}
        placeholder={i18n.translate('logAnomalies.panel.anyEntity', {
          defaultMessage: 'That of the most severe anomaly',
        })}
        proposed={value?.entities ?? []}
        isLoading={isLoading}
        chosen={entity}
        longest={LONGEST_ENTITY}
        choose={(name) => change('entity', name)}
        subject="logAnomaliesPanelEntity"
      />
      <Choice
        label={i18n.translate('logAnomalies.panel.valueFeature', { defaultMessage: 'Feature with a number' })}
        placeholder={i18n.translate('logAnomalies.panel.anyFeature', {
          defaultMessage: 'The one that stands out most',
        })}
        proposed={value?.features ?? []}
        isLoading={isLoading}
        chosen={feature}
        longest={LONGEST_FEATURE}
        choose={(name) => change('feature', name)}
        subject="logAnomaliesPanelFeature"
      />
    </>
  );
}

function Choice(props: {
  label: string;
  placeholder: string;
  proposed: readonly string[];
  isLoading: boolean;
  /** Empty: none. */
  chosen: string;
  longest: number;
  choose: (name: string) => void;
  subject: string;
}): ReactElement {
  const { label, placeholder, proposed, isLoading, chosen, longest, choose, subject } = props;
  return (
    <EuiFormRow fullWidth label={label}>
      <EuiComboBox
        fullWidth
        inputPopoverProps={{ 'aria-label': label }}
        singleSelection={{ asPlainText: true }}
        placeholder={placeholder}
        isLoading={isLoading}
        options={proposed.map((name) => ({ label: name }))}
        selectedOptions={chosen === '' ? [] : [{ label: chosen }]}
        onChange={([option]) => choose(option?.label ?? '')}
        onCreateOption={(typed) => choose(typed.trim().slice(0, longest))}
        data-test-subj={subject}
      />
    </EuiFormRow>
  );
}
