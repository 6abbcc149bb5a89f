import React, { type ReactElement } from 'react';
import { EuiFieldNumber, EuiFieldText, EuiFlexGrid, EuiRange, EuiSelect, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { logAnomalyParamsSchema, type LogAnomalyParams } from '../../common/rules';
import { FiringEstimate } from './firing_estimate';
import { handedOver } from './handed_parameters';
import { DetectorPicker, Row, SeverityRow, useDefaults, type FormProps } from './form_parts';
import { groupingOptions } from './grouping_options';
import { PatternRows } from './pattern_rows';
import { QueryRow } from './query_row';

const LOG_ANOMALY_DEFAULTS = logAnomalyParamsSchema.parse({});

export function LogAnomalyForm(props: FormProps<LogAnomalyParams>): ReactElement {
  const { core, ruleParams, setRuleParams, errors } = props;
  useDefaults(props, handedOver(window.location.search, logAnomalyParamsSchema) ?? LOG_ANOMALY_DEFAULTS);
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
        <SeverityRow
          label={i18n.translate('logAnomalies.rule.minSeverity', {
            defaultMessage: 'Logs whose anomaly is at least',
          })}
          value={params.min_severity}
          change={(severity) => setRuleParams('min_severity', severity)}
        />
        <Row
          label={i18n.translate('logAnomalies.rule.minConfidence', {
            defaultMessage: 'And have at least this confidence',
          })}
          help={i18n.translate('logAnomalies.rule.minConfidenceHelp', {
            defaultMessage: '50 is the threshold of the detector, 100 the most unusual there can be.',
          })}
          errors={errors.min_confidence}
        >
          <EuiRange
            fullWidth
            showInput
            min={0}
            max={100}
            step={1}
            value={Math.round(params.min_confidence * 100)}
            onChange={(event) => setRuleParams('min_confidence', Number(event.currentTarget.value) / 100)}
            data-test-subj="logAnomaliesRuleConfidence"
          />
        </Row>
        <Row
          label={i18n.translate('logAnomalies.rule.count', {
            defaultMessage: 'Minimum number of anomalous logs',
          })}
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
          label={i18n.translate('logAnomalies.rule.window', { defaultMessage: 'Within' })}
          help={i18n.translate('logAnomalies.rule.windowHelp', {
            defaultMessage: 'For example 5m, 1h or 1d.',
          })}
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
            options={groupingOptions()}
            onChange={(event) => setRuleParams('group_by', event.target.value)}
          />
        </Row>
        <MinEntitiesRow
          value={params.min_entities}
          errors={errors.min_entities}
          change={(value) => setRuleParams('min_entities', value)}
        />
        <TimesBeforeRow
          value={params.times_before}
          errors={errors.times_before}
          change={(value) => setRuleParams('times_before', value)}
        />
        <PatternRows changes={params.pattern_changes} levels={params.levels} setRuleParams={setRuleParams} />
        <QueryRow kql={params.kql} query={params.query} errors={errors.kql} setRuleParams={setRuleParams} />
      </EuiFlexGrid>
      <FiringEstimate core={core} params={params} />
    </>
  );
}

function TimesBeforeRow(props: {
  value: number | null | undefined;
  errors: readonly string[] | undefined;
  change: (value: number | null) => void;
}): ReactElement {
  const { value, errors, change } = props;
  return (
    <Row
      label={i18n.translate('logAnomalies.rule.timesBefore', {
        defaultMessage: 'Times as many as in the hour before',
      })}
      help={i18n.translate('logAnomalies.rule.timesBeforeHelp', {
        defaultMessage: 'For each minute; empty: not compared.',
      })}
      errors={errors}
    >
      <EuiFieldNumber
        fullWidth
        min={1}
        step="any"
        value={value ?? ''}
        onChange={(event) => change(event.target.value === '' ? null : event.target.valueAsNumber)}
        data-test-subj="logAnomaliesRuleTimesBefore"
      />
    </Row>
  );
}

function MinEntitiesRow(props: {
  value: number;
  errors: readonly string[] | undefined;
  change: (value: number) => void;
}): ReactElement {
  const { value, errors, change } = props;
  return (
    <Row
      label={i18n.translate('logAnomalies.rule.minEntities', {
        defaultMessage: 'Of at least so many entities',
      })}
      errors={errors}
    >
      <EuiFieldNumber
        fullWidth
        min={1}
        step={1}
        value={value}
        onChange={(event) => change(event.target.valueAsNumber)}
      />
    </Row>
  );
}
