import { lazy, type ComponentType } from 'react';
import { i18n } from '@kbn/i18n';
import type { CoreSetup, PluginsSetup } from '../kibana/contracts';
import {
  checkHealthParameters,
  checkIncidentParameters,
  checkLogAnomalyParameters,
} from './check_parameters';
import type { FormProps } from './form_parts';
import { DETECTOR_HEALTH_RULE_TYPE, INCIDENT_RULE_TYPE, LOG_ANOMALY_RULE_TYPE } from './rule_types';

/** Default message of an action: variables of the rule type in Mustache. */
const ANOMALY_MESSAGE = `{{context.message}}
New since the last check: {{context.new_count}}

{{#context.results}}
- {{timestamp}} {{severity}}: {{log_line}}
{{/context.results}}

The result: {{context.link}}
The log in Discover: {{context.discover_link}}
The detector: {{context.detector_link}}`;
const INCIDENT_MESSAGE = `{{context.message}}

{{#context.reasons}}
- {{.}}
{{/context.reasons}}

First line: {{context.first_line}}
Last line: {{context.last_line}}

The incident: {{context.link}}`;
const INCIDENT_OVER_MESSAGE = `{{context.message}}

It is over: {{context.recovery_reason}}
The incident: {{context.link}}`;
const SHORT_MESSAGE = '{{context.message}}\n\nThe detector: {{context.detector_link}}';

/** Offers the rule types in Kibana's own form for rules; each form loads when it is opened. */
export function registerRuleForms(core: CoreSetup, { triggersActionsUi }: PluginsSetup): void {
  if (triggersActionsUi === undefined) return;
  const form = (load: () => Promise<ComponentType<FormProps<never>>>) =>
    lazy(async () => {
      const [[coreStart], { withCore }, Form] = await Promise.all([
        core.getStartServices(),
        import('./form_parts'),
        load(),
      ]);
      return { default: withCore(coreStart, Form) };
    });
  const shared = { iconClass: 'machineLearningApp', documentationUrl: null, requiresAppContext: false };
  triggersActionsUi.ruleTypeRegistry.register({
    ...shared,
    id: LOG_ANOMALY_RULE_TYPE,
    description: i18n.translate('logAnomalies.rule.anomalyDescription', {
      defaultMessage: 'Alert when a detector finds logs that are not like the others.',
    }),
    ruleParamsExpression: form(async () => (await import('./log_anomaly_form')).LogAnomalyForm),
    validate: (params) => ({ errors: checkLogAnomalyParameters(params) }),
    defaultActionMessage: ANOMALY_MESSAGE,
    defaultRecoveryMessage: SHORT_MESSAGE,
  });
  triggersActionsUi.ruleTypeRegistry.register({
    ...shared,
    id: INCIDENT_RULE_TYPE,
    description: i18n.translate('logAnomalies.rule.incidentDescription', {
      defaultMessage: 'Alert when an incident begins, and when it is over: anomalies that belong together.',
    }),
    ruleParamsExpression: form(async () => (await import('./incident_form')).IncidentForm),
    validate: (params) => ({ errors: checkIncidentParameters(params) }),
    defaultActionMessage: INCIDENT_MESSAGE,
    defaultRecoveryMessage: INCIDENT_OVER_MESSAGE,
  });
  triggersActionsUi.ruleTypeRegistry.register({
    ...shared,
    id: DETECTOR_HEALTH_RULE_TYPE,
    description: i18n.translate('logAnomalies.rule.healthDescription', {
      defaultMessage: 'Alert when a detector does not run, is behind, fails or gets no logs.',
    }),
    ruleParamsExpression: form(async () => (await import('./detector_health_form')).DetectorHealthForm),
    validate: (params) => ({ errors: checkHealthParameters(params) }),
    defaultActionMessage: SHORT_MESSAGE,
    defaultRecoveryMessage: SHORT_MESSAGE,
  });
}
