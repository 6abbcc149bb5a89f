import React, { type ReactElement } from 'react';
import { EuiFieldNumber, EuiFieldText, EuiFlexGrid, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { DAY } from '../../common/duration';
import { incidentParamsSchema, type IncidentParams } from '../../common/rules';
import { createApiClient } from '../shared/app/api_client';
import type { CoreStart } from '../kibana/contracts';
import { formatCount } from '../shared/values/format';
import { useRequest } from '../shared/requests/use_request';
import { DetectorPicker, Row, SeverityRow, useDefaults, type FormProps } from './form_parts';
import { handedOver } from './handed_parameters';
import { PatternRows } from './pattern_rows';
import { QueryRow } from './query_row';

const INCIDENT_DEFAULTS = incidentParamsSchema.parse({});
const DAYS = 7;

/** Parameters of the rule type "Log incident". */
export function IncidentForm(props: FormProps<IncidentParams>): ReactElement {
  const { core, ruleParams, setRuleParams, errors } = props;
  useDefaults(props, handedOver(window.location.search, incidentParamsSchema) ?? INCIDENT_DEFAULTS);
  const params: IncidentParams = { ...INCIDENT_DEFAULTS, ...ruleParams };
  const count = (name: 'min_results' | 'min_entities', label: string, help?: string): ReactElement => (
    <Row label={label} help={help} errors={errors[name]}>
      <EuiFieldNumber
        fullWidth
        min={1}
        step={1}
        value={Number.isNaN(params[name]) ? '' : params[name]}
        onChange={(event) => setRuleParams(name, event.target.valueAsNumber)}
        data-test-subj={`logAnomaliesRule_${name}`}
      />
    </Row>
  );
  return (
    <>
      <EuiText size="s" color="subdued">
        <p>
          {i18n.translate('logAnomalies.rule.incidentOnce', {
            defaultMessage:
              'One alert for each incident, active from the time when all of this holds until the incident is over. With “On status changes” people are told once when it begins and once when it is over.',
          })}
        </p>
      </EuiText>
      <EuiSpacer size="m" />
      <DetectorPicker
        core={core}
        chosen={params.detector_ids}
        change={(ids) => setRuleParams('detector_ids', ids)}
      />
      <EuiSpacer size="m" />
      <EuiFlexGrid columns={2} gutterSize="m">
        <SeverityRow
          label={i18n.translate('logAnomalies.rule.incidentSeverity', {
            defaultMessage: 'Incidents that are at least',
          })}
          value={params.min_severity}
          change={(severity) => setRuleParams('min_severity', severity)}
        />
        <Row
          label={i18n.translate('logAnomalies.rule.incidentDuration', {
            defaultMessage: 'And last at least',
          })}
          help={i18n.translate('logAnomalies.rule.incidentDurationHelp', {
            defaultMessage: 'From the first to the last anomaly, such as 10m or 1h; empty: at once.',
          })}
          errors={errors.min_duration}
        >
          <EuiFieldText
            fullWidth
            value={params.min_duration ?? ''}
            onChange={(event) => setRuleParams('min_duration', event.target.value || null)}
            data-test-subj="logAnomaliesRuleDuration"
          />
        </Row>
        {count(
          'min_results',
          i18n.translate('logAnomalies.rule.incidentResults', {
            defaultMessage: 'And have so many anomalies',
          }),
        )}
        {count(
          'min_entities',
          i18n.translate('logAnomalies.rule.incidentEntities', {
            defaultMessage: 'In so many entities at a time',
          }),
          i18n.translate('logAnomalies.rule.incidentEntitiesHelp', {
            defaultMessage: 'Such as 3: nobody is told before three services are affected at once.',
          }),
        )}
        <PatternRows changes={params.pattern_changes} levels={params.levels} setRuleParams={setRuleParams} />
        <QueryRow kql={params.kql} query={params.query} errors={errors.kql} setRuleParams={setRuleParams} />
      </EuiFlexGrid>
      <IncidentEstimate core={core} params={params} />
    </>
  );
}

/** Says how many incidents of the severity there were in the last week. */
function IncidentEstimate({
  core,
  params,
}: {
  core: CoreStart;
  params: IncidentParams;
}): ReactElement | null {
  const { detector_ids: ids, min_severity: severity } = params;
  const { value } = useRequest(
    async (signal) => {
      const ask = createApiClient(core.http);
      const query = {
        min_severity: severity,
        from: Date.now() - DAYS * DAY,
        size: 0,
        // An incident of several detectors is one.
        ...(ids.length > 0 && { detector_id: [...ids] }),
      };
      return (await ask('listIncidents', { query }, signal)).total;
    },
    [core, severity, ids.join()],
  );
  if (value === undefined) return null;
  return (
    <>
      <EuiSpacer size="m" />
      <EuiText size="s">
        <p data-test-subj="logAnomaliesIncidentEstimate">
          {i18n.translate('logAnomalies.rule.incidentEstimate', {
            defaultMessage:
              'In the last 7 days {incidents, plural, =0 {no incident was} one {one incident was} other {{count} incidents were}} so severe.',
            values: { incidents: value, count: formatCount(value) },
          })}
        </p>
      </EuiText>
    </>
  );
}
