import React, { Suspense, useState, type ComponentType, type ReactElement } from 'react';
import { EuiFieldText, EuiFlyout, EuiFlyoutBody, EuiFlyoutHeader, EuiFormRow, EuiTitle } from '@elastic/eui';
import type { RuleParametersProps, TriggersActionsUiStart } from '../../../public/kibana/panel_contracts';
import type { Registered } from './plugin_host';

type FlyoutProps = Parameters<NonNullable<TriggersActionsUiStart['getAddRuleFlyout']>>[0];

/** Kibana's flyout for a new rule, as far as the form of the rule type goes. */
export function RuleFlyout(props: FlyoutProps & { registered: Registered }): ReactElement {
  const { registered, ruleTypeId, initialValues, onClose } = props;
  const type = registered.ruleTypes.get(ruleTypeId)!;
  const [name, setName] = useState(initialValues.name);
  const [params, setParams] = useState(initialValues.params);
  const Form = type.ruleParamsExpression as ComponentType<RuleParametersProps<object>>;
  return (
    <EuiFlyout onClose={onClose} aria-label="Create rule" data-test-subj="ruleFlyout">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle>
          <h3>Create rule</h3>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <EuiFormRow fullWidth label="Name">
          <EuiFieldText fullWidth value={name} onChange={(event) => setName(event.target.value)} />
        </EuiFormRow>
        <Suspense fallback={null}>
          <Form
            ruleParams={params}
            errors={type.validate(params).errors}
            setRuleParams={(key, value) => setParams((before) => ({ ...before, [key]: value }))}
          />
        </Suspense>
      </EuiFlyoutBody>
    </EuiFlyout>
  );
}
