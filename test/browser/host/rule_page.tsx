import React, { Suspense, useState, type ComponentType, type ReactElement } from 'react';
import { EuiForm, EuiLoadingSpinner, EuiPanel, EuiText } from '@elastic/eui';
import type { RuleParametersProps } from '../../../public/kibana/panel_contracts';
import type { Registered } from './plugin_host';

/** The form of a rule type as Kibana's flyout shows it; `type` in the address names it, `params` fills it in. */
export function RulePage({ registered }: { registered: Registered }): ReactElement {
  const parameters = new URLSearchParams(window.location.search);
  const type = registered.ruleTypes.get(parameters.get('type') ?? 'logAnomalies.logAnomaly')!;
  const [params, setParams] = useState(
    () => JSON.parse(parameters.get('params') ?? '{}') as Record<string, unknown>,
  );
  const Form = type.ruleParamsExpression as ComponentType<RuleParametersProps<object>>;
  return (
    <EuiPanel style={{ maxWidth: 620 }} hasShadow={false}>
      <EuiText size="s">
        <h2>{type.description}</h2>
      </EuiText>
      <EuiForm component="form">
        <Suspense fallback={<EuiLoadingSpinner />}>
          <Form
            ruleParams={params}
            errors={type.validate(params).errors}
            setRuleParams={(name, value) => setParams((before) => ({ ...before, [name]: value }))}
          />
        </Suspense>
      </EuiForm>
      <pre hidden data-test-subj="ruleParams">
        {JSON.stringify(params)}
      </pre>
    </EuiPanel>
  );
}
