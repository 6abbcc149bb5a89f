import React, { useState, type ReactElement } from 'react';
import { EuiButtonEmpty } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { PLUGIN_ID } from '../../common/plugin';
import { logAnomalyParamsSchema, type LogAnomalyParams } from '../../common/rules';
import { useApp } from '../shared/app/app_context';
import { findKibanaContextProvider } from '../kibana/kibana_react_context';
import { newRulePath } from '../kibana/kibana_version';
import { handOver } from './handed_parameters';
import { LOG_ANOMALY_RULE_TYPE } from './rule_types';

/** Opens Kibana's form for an alert rule on one detector, filled in; absent for those who may only look. */
export function CreateRuleButton(props: {
  detectorId: string;
  detectorName: string;
  /** Other values than the defaults. */
  params?: LogAnomalyParams;
  label?: string;
}): ReactElement | null {
  const { detectorId, detectorName, params } = props;
  const { core, plugins, canWrite, kibanaVersion } = useApp();
  const [isOpen, setIsOpen] = useState(false);
  const { triggersActionsUi } = plugins;
  if (!canWrite || triggersActionsUi === undefined) return null;
  const label =
    props.label ?? i18n.translate('logAnomalies.rule.create', { defaultMessage: 'Create alert rule' });
  const KibanaContextProvider = findKibanaContextProvider();
  const openForm = triggersActionsUi.getAddRuleFlyout;
  const given: LogAnomalyParams = {
    ...(params ?? logAnomalyParamsSchema.parse({})),
    detector_ids: [detectorId],
  };
  if (KibanaContextProvider === undefined || openForm === undefined) {
    return (
      <EuiButtonEmpty
        iconType="bell"
        href={core.application.getUrlForApp('management', {
          path: `${newRulePath(kibanaVersion, LOG_ANOMALY_RULE_TYPE)}${handOver(given)}`,
        })}
        data-test-subj="logAnomaliesCreateRule"
      >
        {label}
      </EuiButtonEmpty>
    );
  }
  return (
    <>
      <EuiButtonEmpty iconType="bell" onClick={() => setIsOpen(true)} data-test-subj="logAnomaliesCreateRule">
        {label}
      </EuiButtonEmpty>
      {isOpen && (
        <KibanaContextProvider services={{ ...core, ...plugins }}>
          {openForm({
            consumer: PLUGIN_ID,
            ruleTypeId: LOG_ANOMALY_RULE_TYPE,
            canChangeTrigger: false,
            initialValues: {
              name: i18n.translate('logAnomalies.rule.defaultName', {
                defaultMessage: 'Anomalies of {detector}',
                values: { detector: detectorName },
              }),
              params: given,
            },
            onClose: () => setIsOpen(false),
          })}
        </KibanaContextProvider>
      )}
    </>
  );
}
