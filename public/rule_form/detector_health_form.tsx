import React, { type ReactElement } from 'react';
import { EuiFieldNumber, EuiFieldText, EuiFlexGrid, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { detectorHealthParamsSchema, type DetectorHealthParams } from '../../common/rules';
import { DetectorPicker, Row, useDefaults, type FormProps } from './form_parts';

const HEALTH_DEFAULTS = detectorHealthParamsSchema.parse({});

export function DetectorHealthForm(props: FormProps<DetectorHealthParams>): ReactElement {
  const { core, ruleParams, setRuleParams, errors } = props;
  useDefaults(props, HEALTH_DEFAULTS);
  const params = { ...HEALTH_DEFAULTS, ...ruleParams };
  const duration = (
    name: 'max_silence' | 'max_lag' | 'max_time_without_logs' | 'max_model_age',
    label: string,
  ) => (
    <Row label={label} errors={errors[name]}>
      <EuiFieldText
        fullWidth
        value={params[name] ?? ''}
        placeholder={i18n.translate('logAnomalies.rule.notChecked', { defaultMessage: 'not checked' })}
        onChange={(event) => setRuleParams(name, event.target.value || null)}
      />
    </Row>
  );
  return (
    <>
      <DetectorPicker
        core={core}
        chosen={params.detector_ids}
        change={(ids) => setRuleParams('detector_ids', ids)}
      />
      <EuiSpacer size="m" />
      <EuiFlexGrid columns={2} gutterSize="m">
        {duration(
          'max_silence',
          i18n.translate('logAnomalies.rule.maxSilence', { defaultMessage: 'No run for longer than' }),
        )}
        {duration(
          'max_lag',
          i18n.translate('logAnomalies.rule.maxLag', { defaultMessage: 'Behind now by more than' }),
        )}
        <Row
          label={i18n.translate('logAnomalies.rule.maxFailures', {
            defaultMessage: 'So many failed runs in a row',
          })}
          errors={errors.max_failures}
        >
          <EuiFieldNumber
            fullWidth
            min={1}
            step={1}
            value={params.max_failures ?? ''}
            placeholder={i18n.translate('logAnomalies.rule.notChecked', { defaultMessage: 'not checked' })}
            onChange={(event) =>
              setRuleParams('max_failures', event.target.value === '' ? null : event.target.valueAsNumber)
            }
          />
        </Row>
        {duration(
          'max_time_without_logs',
          i18n.translate('logAnomalies.rule.maxNoLogs', {
            defaultMessage: 'No log to score for longer than',
          }),
        )}
        {duration(
          'max_model_age',
          i18n.translate('logAnomalies.rule.maxModelAge', { defaultMessage: 'A model older than' }),
        )}
      </EuiFlexGrid>
    </>
  );
}
