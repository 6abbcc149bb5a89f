import { lazy, type ComponentType } from 'react';
import { i18n } from '@kbn/i18n';
import type { CoreSetup, PluginsSetup } from '../kibana/contracts';
import {
  checkHealthParameters,
  checkIncidentParameters,
  checkLogAnomalyParameters,
} from './check_parameters';
import type { FormProps } from './form_parts';
import type * as Forms from './forms';
import { DETECTOR_HEALTH_RULE_TYPE, INCIDENT_RULE_TYPE, LOG_ANOMALY_RULE_TYPE } from './rule_types';

/** Default messages of an action: variables of the rule type in Mustache. */
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
{{context.first_line}}

{{context.link}}`;
const INCIDENT_OVER_MESSAGE = '{{context.message}}: {{context.recovery_reason}}\n\n{{context.link}}';
const SHORT_MESSAGE = '{{context.message}}\n\nThe detector: {{context.detector_link}}';

/** Offers the rule types in Kibana's own form for rules; each form loads when it is opened. */
export function registerRuleForms(core: CoreSetup, { triggersActionsUi }: PluginsSetup): void {
  if (triggersActionsUi === undefined) return;
  const register = (
    id: string,
    {
      description,
      check,
      form,
      defaultActionMessage,
      defaultRecoveryMessage = SHORT_MESSAGE,
    }: {
      description: string;
      check: (params: unknown) => Record<string, string[]>;
      form: (forms: typeof Forms) => ComponentType<FormProps<never>>;
      defaultActionMessage: string;
      defaultRecoveryMessage?: string;
    },
  ): void =>
    triggersActionsUi.ruleTypeRegistry.register({
      id,
      description,
      iconClass: 'machineLearningApp',
      documentationUrl: null,
      requiresAppContext: false,
      ruleParamsExpression: lazy(async () => {
        const [[coreStart], forms] = await Promise.all([core.getStartServices(), import('./forms')]);
        return { default: forms.withCore(coreStart, form(forms)) };
      }),
      validate: (params) => ({ errors: check(params) }),
      defaultActionMessage,
      defaultRecoveryMessage,
    });
  register(LOG_ANOMALY_RULE_TYPE, {
    description: i18n.translate('logAnomalies.rule.anomalyDescription', {
      defaultMessage: 'Alert when a detector finds logs that are not like the others.',
    }),
    check: checkLogAnomalyParameters,
    form: ({ LogAnomalyForm }) => LogAnomalyForm,
    defaultActionMessage: ANOMALY_MESSAGE,
  });
  register(INCIDENT_RULE_TYPE, {
    description: i18n.translate('logAnomalies.rule.incidentDescription', {
      defaultMessage: 'Alert when an incident begins, and when it is over: anomalies that belong together.',
    }),
    check: checkIncidentParameters,
    form: ({ IncidentForm }) => IncidentForm,
    defaultActionMessage: INCIDENT_MESSAGE,
    defaultRecoveryMessage: INCIDENT_OVER_MESSAGE,
  });
  register(DETECTOR_HEALTH_RULE_TYPE, {
    description: i18n.translate('logAnomalies.rule.healthDescription', {
      defaultMessage: 'Alert when a detector does not run, is behind, fails or gets no logs.',
    }),
    check: checkHealthParameters,
    form: ({ DetectorHealthForm }) => DetectorHealthForm,
    defaultActionMessage: SHORT_MESSAGE,
  });
}
