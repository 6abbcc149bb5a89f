import { lazy, type ComponentType } from 'react';
import { i18n } from '@kbn/i18n';
import type { CoreSetup, PluginsSetup } from '../kibana/contracts';
import type { RuleParametersProps } from '../kibana/panel_contracts';
import { checkHealthParameters, checkLogAnomalyParameters } from './check_parameters';

/** As on the server, where the rule types are registered. */
const LOG_ANOMALY_RULE_TYPE = 'logAnomalies.logAnomaly';
const DETECTOR_HEALTH_RULE_TYPE = 'logAnomalies.detectorHealth';

/** Offers the rule types in Kibana's own form for rules; each form loads when it is opened. */
export function registerRuleForms(core: CoreSetup, { triggersActionsUi }: PluginsSetup): void {
  if (triggersActionsUi === undefined) return;
  const form = (name: 'LogAnomalyForm' | 'DetectorHealthForm') =>
    lazy(async () => {
      const [[coreStart], forms] = await Promise.all([core.getStartServices(), import('./rule_forms')]);
      return { default: forms.withCore(coreStart, forms[name]) as ComponentType<RuleParametersProps<never>> };
    });
  const shared = { iconClass: 'machineLearningApp', documentationUrl: null, requiresAppContext: false };
  triggersActionsUi.ruleTypeRegistry.register({
    ...shared,
    id: LOG_ANOMALY_RULE_TYPE,
    description: i18n.translate('logAnomalies.rule.anomalyDescription', {
      defaultMessage: 'Alert when a detector finds logs that are not like the others.',
    }),
    ruleParamsExpression: form('LogAnomalyForm'),
    validate: (params) => ({ errors: checkLogAnomalyParameters(params) }),
    defaultActionMessage: '{{context.message}}\n{{context.detector_link}}',
  });
  triggersActionsUi.ruleTypeRegistry.register({
    ...shared,
    id: DETECTOR_HEALTH_RULE_TYPE,
    description: i18n.translate('logAnomalies.rule.healthDescription', {
      defaultMessage: 'Alert when a detector does not run, is behind, fails or gets no logs.',
    }),
    ruleParamsExpression: form('DetectorHealthForm'),
    validate: (params) => ({ errors: checkHealthParameters(params) }),
    defaultActionMessage: '{{context.message}}\n{{context.detector_link}}',
  });
}
