import React, { type ReactElement } from 'react';
import { EuiCheckableCard, EuiFlexGrid, EuiFlexItem, EuiFormFieldset, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { withUnit, type Draft } from './draft/draft';

/** Choice of the unit: each log, or all logs of an entity in a time span. */
export function UnitChoice(props: { draft: Draft; replace: (draft: Draft) => void }): ReactElement {
  const { draft, replace } = props;
  const cards = [
    {
      unit: 'log' as const,
      title: i18n.translate('logAnomalies.unit.log', { defaultMessage: 'Each log by itself' }),
      help: i18n.translate('logAnomalies.unit.logHelp', {
        defaultMessage: 'Finds the odd log: a slow request, a rare message, an attack.',
      }),
    },
    {
      unit: 'bucket' as const,
      title: i18n.translate('logAnomalies.unit.bucket', {
        defaultMessage: 'What the logs of a service are together in a span of time',
      }),
      help: i18n.translate('logAnomalies.unit.bucketHelp', {
        defaultMessage:
          'Finds what no single log shows: silence, floods, slowness, scans. Of hosts or clients as well.',
      }),
    },
  ];
  return (
    <EuiFormFieldset
      legend={{ children: i18n.translate('logAnomalies.unit.legend', { defaultMessage: 'What is judged' }) }}
    >
      <EuiFlexGrid columns={2} gutterSize="s">
        {cards.map(({ unit, title, help }) => (
          <EuiFlexItem key={unit}>
            <EuiCheckableCard
              id={`logAnomaliesUnit-${unit}`}
              name="logAnomaliesUnit"
              className="eui-fullHeight"
              label={title}
              checked={(draft.unit ?? 'log') === unit}
              onChange={() => replace(withUnit(draft, unit))}
              data-test-subj={`logAnomaliesUnit-${unit}`}
            >
              <EuiText size="xs" color="subdued">
                {help}
              </EuiText>
            </EuiCheckableCard>
          </EuiFlexItem>
        ))}
      </EuiFlexGrid>
    </EuiFormFieldset>
  );
}
