import React, { useEffect, type ComponentType, type ReactElement } from 'react';
import {
  EuiComboBox,
  EuiFieldNumber,
  EuiFieldText,
  EuiFlexGrid,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
  EuiSpacer,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import {
  detectorHealthParamsSchema,
  logAnomalyParamsSchema,
  type DetectorHealthParams,
  type LogAnomalyParams,
} from '../../common/rules';
import { createApiClient } from '../api_client';
import type { CoreStart } from '../kibana/contracts';
import type { RuleParametersProps } from '../kibana/panel_contracts';
import { severityOptions } from '../shared/severity';
import { useRequest } from '../shared/use_request';
import { FiringEstimate } from './firing_estimate';

interface FormProps<Params> extends RuleParametersProps<Params> {
  readonly core: CoreStart;
}

/** Gives a form what it needs of Kibana. */
export function withCore(core: CoreStart, Form: ComponentType<FormProps<never>>) {
  return function RuleForm(props: RuleParametersProps<never>): ReactElement {
    return <Form {...props} core={core} />;
  };
}

/** Kibana starts with no parameters: fills in the defaults of the schema once. */
function useDefaults(props: FormProps<object>, defaults: object): void {
  const { ruleParams, setRuleParams } = props;
  useEffect(() => {
    for (const [name, value] of Object.entries(defaults)) {
      if (!(name in ruleParams)) setRuleParams(name, value);
    }
    // Once, when the form opens.
  }, []);
}

function DetectorPicker(props: {
  core: CoreStart;
  chosen: readonly string[];
  change: (ids: string[]) => void;
}): ReactElement {
  const { core, chosen, change } = props;
  const { value, failure, isLoading } = useRequest(
    (signal) => createApiClient(core.http)('listDetectors', { query: { per_page: 1_000 } }, signal),
    [core],
  );
  const options = (value?.detectors ?? []).map(({ id, detector }) => ({ label: detector.name, value: id }));
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.rule.detectors', { defaultMessage: 'Detectors' })}
      isInvalid={failure !== undefined}
      error={failure?.message}
    >
      <EuiComboBox
        fullWidth
        isLoading={isLoading}
        options={options}
        selectedOptions={chosen.map(
          (id) => options.find((option) => option.value === id) ?? { label: id, value: id },
        )}
        onChange={(selected) => change(selected.map(({ value: id, label }) => id ?? label))}
        placeholder={i18n.translate('logAnomalies.rule.allDetectors', {
          defaultMessage: 'All detectors of this space',
        })}
        data-test-subj="logAnomaliesRuleDetectors"
      />
    </EuiFormRow>
  );
}

function Row(props: { label: string; errors?: readonly string[]; children: ReactElement }): ReactElement {
  const { label, errors = [], children } = props;
  return (
    <EuiFlexItem>
      <EuiFormRow fullWidth label={label} isInvalid={errors.length > 0} error={[...errors]}>
        {children}
      </EuiFormRow>
    </EuiFlexItem>
  );
}

const LOG_ANOMALY_DEFAULTS = logAnomalyParamsSchema.parse({});

export function LogAnomalyForm(props: FormProps<LogAnomalyParams>): ReactElement {
  const { core, ruleParams, setRuleParams, errors } = props;
  useDefaults(props, LOG_ANOMALY_DEFAULTS);
  const params = { ...LOG_ANOMALY_DEFAULTS, ...ruleParams };
  return (
    <>
      <DetectorPicker
        core={core}
        chosen={params.detector_ids}
        change={(ids) => setRuleParams('detector_ids', ids)}
      />
      <EuiSpacer size="m" />
      <EuiFlexGrid columns={2} gutterSize="m">
        <Row
          label={i18n.translate('logAnomalies.rule.minSeverity', {
            defaultMessage: 'Anomalies that are at least',
          })}
        >
          <EuiSelect
            fullWidth
            value={params.min_severity}
            options={severityOptions()}
            onChange={(event) => setRuleParams('min_severity', event.target.value)}
            data-test-subj="logAnomaliesRuleSeverity"
          />
        </Row>
        <Row
          label={i18n.translate('logAnomalies.rule.minConfidence', {
            defaultMessage: 'With a confidence from (0 to 1)',
          })}
          errors={errors.min_confidence}
        >
          <EuiFieldNumber
            fullWidth
            min={0}
            max={1}
            step={0.05}
            value={params.min_confidence}
            onChange={(event) => setRuleParams('min_confidence', event.target.valueAsNumber)}
          />
        </Row>
        <Row
          label={i18n.translate('logAnomalies.rule.count', { defaultMessage: 'At least so many' })}
          errors={errors.count}
        >
          <EuiFieldNumber
            fullWidth
            min={1}
            step={1}
            value={params.count}
            onChange={(event) => setRuleParams('count', event.target.valueAsNumber)}
          />
        </Row>
        <Row
          label={i18n.translate('logAnomalies.rule.window', { defaultMessage: 'Within the last' })}
          errors={errors.window}
        >
          <EuiFieldText
            fullWidth
            value={params.window}
            onChange={(event) => setRuleParams('window', event.target.value)}
          />
        </Row>
        <Row label={i18n.translate('logAnomalies.rule.groupBy', { defaultMessage: 'One alert for each' })}>
          <EuiSelect
            fullWidth
            value={params.group_by}
            options={[
              {
                value: 'entity',
                text: i18n.translate('logAnomalies.rule.byEntity', { defaultMessage: 'entity' }),
              },
              {
                value: 'feature',
                text: i18n.translate('logAnomalies.rule.byFeature', {
                  defaultMessage: 'feature that stands out most',
                }),
              },
              {
                value: 'detector',
                text: i18n.translate('logAnomalies.rule.byDetector', { defaultMessage: 'detector' }),
              },
            ]}
            onChange={(event) => setRuleParams('group_by', event.target.value)}
          />
        </Row>
      </EuiFlexGrid>
      <FiringEstimate core={core} params={params} />
    </>
  );
}

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
