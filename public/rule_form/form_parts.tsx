import React, { useEffect, type ComponentType, type ReactElement } from 'react';
import { EuiComboBox, EuiFlexItem, EuiFormRow, EuiSelect } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { createApiClient } from '../shared/app/api_client';
import type { CoreStart } from '../kibana/contracts';
import { LegibleText } from '../kibana/legible_text';
import type { RuleParametersProps } from '../kibana/panel_contracts';
import { detectorOptions } from '../shared/detector/lane_names';
import { useRequest } from '../shared/requests/use_request';
import { setDateFormat } from '../shared/values/format';
import { severityOptions } from '../shared/values/severity';

export interface FormProps<Params> extends RuleParametersProps<Params> {
  readonly core: CoreStart;
}

/** Gives a form what it needs of Kibana. */
export function withCore(core: CoreStart, Form: ComponentType<FormProps<never>>) {
  return function RuleForm(props: RuleParametersProps<never>): ReactElement {
    setDateFormat(core.uiSettings.get('dateFormat'));
    return (
      <LegibleText>
        <Form {...props} core={core} />
      </LegibleText>
    );
  };
}

/** Kibana starts with no parameters: fills in the defaults of the schema once. */
export function useDefaults(props: FormProps<object>, defaults: object): void {
  const { ruleParams, setRuleParams } = props;
  useEffect(() => {
    for (const [name, value] of Object.entries(defaults)) {
      if (!(name in ruleParams)) setRuleParams(name, value);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the form opens
  }, []);
}

export function DetectorPicker(props: {
  core: CoreStart;
  chosen: readonly string[];
  change: (ids: string[]) => void;
}): ReactElement {
  const { core, chosen, change } = props;
  const { value, failure, isLoading } = useRequest(
    (signal) => createApiClient(core.http)('listDetectors', { query: { per_page: 1_000 } }, signal),
    [core],
  );
  const options = detectorOptions(value?.detectors ?? []);
  const label = i18n.translate('logAnomalies.rule.detectors', { defaultMessage: 'Detectors' });
  return (
    <EuiFormRow fullWidth label={label} isInvalid={failure !== undefined} error={failure?.message}>
      <EuiComboBox
        fullWidth
        inputPopoverProps={{ 'aria-label': label }}
        isLoading={isLoading}
        options={options}
        selectedOptions={chosen.map(
          (id) => options.find((option) => option.value === id) ?? { key: id, label: id, value: id },
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

export function Row(props: {
  label: string;
  help?: string;
  errors?: readonly string[];
  children: ReactElement;
}): ReactElement {
  const { label, help, errors = [], children } = props;
  return (
    <EuiFlexItem>
      <EuiFormRow fullWidth label={label} helpText={help} isInvalid={errors.length > 0} error={[...errors]}>
        {children}
      </EuiFormRow>
    </EuiFlexItem>
  );
}

export function SeverityRow(props: {
  label: string;
  value: string;
  change: (severity: string) => void;
}): ReactElement {
  const { label, value, change } = props;
  return (
    <Row label={label}>
      <EuiSelect
        fullWidth
        value={value}
        options={severityOptions()}
        onChange={(event) => change(event.target.value)}
        data-test-subj="logAnomaliesRuleSeverity"
      />
    </Row>
  );
}
