import React, { useState, type ReactElement } from 'react';
import { EuiContextMenuItem } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { PLUGIN_ID } from '../../common/plugin';
import {
  incidentParamsSchema,
  logAnomalyParamsSchema,
  type IncidentParams,
  type LogAnomalyParams,
} from '../../common/rules';
import { useApp } from '../shared/app/app_context';
import { ButtonMenu } from '../shared/layout/button_menu';
import { findKibanaContextProvider } from '../kibana/kibana_react_context';
import { newRulePath } from '../kibana/kibana_version';
import { handOver } from './handed_parameters';
import { incidentParamsFor } from './incident_params_for';
import { INCIDENT_RULE_TYPE, LOG_ANOMALY_RULE_TYPE } from './rule_types';

interface Choice {
  readonly ruleTypeId: string;
  readonly label: string;
  /** Name of the rule that the form proposes. */
  readonly name: string;
  readonly params: IncidentParams | LogAnomalyParams;
}

/** Opens Kibana's form for an alert rule on one detector, filled in; absent for those who may only look. */
export function CreateRuleButton(props: {
  detectorId: string;
  detectorName: string;
  /** Other values than the defaults. */
  params?: LogAnomalyParams;
  label?: string;
}): ReactElement | null {
  const { core, plugins, canWrite, kibanaVersion } = useApp();
  const [chosen, setChosen] = useState<Choice>();
  const { triggersActionsUi } = plugins;
  if (!canWrite || triggersActionsUi === undefined) return null;
  const label =
    props.label ?? i18n.translate('logAnomalies.rule.create', { defaultMessage: 'Create alert rule' });
  const KibanaContextProvider = findKibanaContextProvider();
  const openForm = triggersActionsUi.getAddRuleFlyout;
  const hasFlyout = KibanaContextProvider !== undefined && openForm !== undefined;
  const itemOf = (choice: Choice, close: () => void): ReactElement => (
    <EuiContextMenuItem
      key={choice.ruleTypeId}
      data-test-subj={`logAnomaliesCreateRule-${choice.ruleTypeId}`}
      {...(hasFlyout
        ? {
            onClick: () => {
              close();
              setChosen(choice);
            },
          }
        : {
            href: core.application.getUrlForApp('management', {
              path: `${newRulePath(kibanaVersion, choice.ruleTypeId)}${handOver(choice.params)}`,
            }),
          })}
    >
      {choice.label}
    </EuiContextMenuItem>
  );
  return (
    <>
      <ButtonMenu
        label={label}
        iconType="bell"
        subject="logAnomaliesCreateRule"
        items={(close) => choicesFor(props).map((choice) => itemOf(choice, close))}
      />
      {hasFlyout && chosen !== undefined && (
        <KibanaContextProvider services={{ ...core, ...plugins }}>
          {openForm({
            consumer: PLUGIN_ID,
            ruleTypeId: chosen.ruleTypeId,
            canChangeTrigger: false,
            initialValues: { name: chosen.name, params: chosen.params },
            onClose: () => setChosen(undefined),
          })}
        </KibanaContextProvider>
      )}
    </>
  );
}

/** Returns the rules that tell people of anomalies: that of incidents, which suits most, first. */
function choicesFor(props: {
  detectorId: string;
  detectorName: string;
  params?: LogAnomalyParams;
}): Choice[] {
  const { detectorId, detectorName: detector, params } = props;
  const detector_ids = [detectorId];
  return [
    {
      ruleTypeId: INCIDENT_RULE_TYPE,
      label: i18n.translate('logAnomalies.rule.ofIncidents', {
        defaultMessage: 'Log incident: one alert for each incident',
      }),
      name: i18n.translate('logAnomalies.rule.defaultIncidentName', {
        defaultMessage: 'Incidents of {detector}',
        values: { detector },
      }),
      params: {
        ...(params === undefined ? incidentParamsSchema.parse({}) : incidentParamsFor(params)),
        detector_ids,
      },
    },
    {
      ruleTypeId: LOG_ANOMALY_RULE_TYPE,
      label: i18n.translate('logAnomalies.rule.ofAnomalies', {
        defaultMessage: 'Log anomaly: alerts by number of anomalies in a time window',
      }),
      name: i18n.translate('logAnomalies.rule.defaultName', {
        defaultMessage: 'Anomalies of {detector}',
        values: { detector },
      }),
      params: { ...(params ?? logAnomalyParamsSchema.parse({})), detector_ids },
    },
  ];
}
