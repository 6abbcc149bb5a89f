import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiLink, EuiProgress, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { severityOf } from '../../../common/anomaly';
import type { Answer } from '../../shared/app/api_client';
import { FewLines } from '../../shared/results/few_lines';
import { formatCount, formatTime } from '../../shared/values/format';
import { SEVERITY_WIDTH, SeverityLabel } from '../../shared/values/severity';

type Patterns = Answer<'listPatterns'>;
type Row = Omit<Patterns['features'][number], 'values'> & { readonly value?: string };

/** Features by how often they stand out most, each with the values seen there; a click chooses one. */
export function PatternBars(props: {
  patterns: Patterns;
  choose: (field: 'anomaly.top_feature' | 'anomaly.top_value', value: string) => void;
}): ReactElement {
  const { patterns, choose } = props;
  const rows: Row[] = patterns.features.flatMap(({ values, ...feature }) => [
    feature,
    ...values.map((value) => ({ ...value, feature: feature.feature })),
  ]);
  const anomalies = i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' });
  return (
    <EuiBasicTable<Row>
      compressed
      items={rows}
      itemId={({ feature, value }) => JSON.stringify([feature, value])}
      data-test-subj="logAnomaliesPatterns"
      tableCaption={i18n.translate('logAnomalies.patterns.caption', {
        defaultMessage: 'Anomalies by the feature that stands out most, and by its value',
      })}
      columns={[
        {
          name: i18n.translate('logAnomalies.patterns.feature', { defaultMessage: 'What stands out' }),
          render: ({ feature, value }: Row) => (
            <EuiLink
              color="text"
              onClick={() =>
                value === undefined
                  ? choose('anomaly.top_feature', feature)
                  : choose('anomaly.top_value', value)
              }
            >
              <EuiText size="xs" className="eui-textBreakWord">
                {value === undefined ? (
                  <strong>{feature}</strong>
                ) : (
                  <FewLines lines={4} text={value}>
                    <code style={{ display: 'block', paddingLeft: 16 }}>{value}</code>
                  </FewLines>
                )}
              </EuiText>
            </EuiLink>
          ),
        },
        {
          name: anomalies,
          width: '22%',
          render: ({ feature, value, anomalies: count }: Row) => (
            <div style={{ width: '100%' }}>
              <EuiProgress
                size={value === undefined ? 'm' : 's'}
                color={value === undefined ? 'danger' : 'subdued'}
                max={patterns.anomalies}
                value={count}
                valueText={formatCount(count)}
                label=" "
                aria-label={`${anomalies}: ${value ?? feature}`}
              />
            </div>
          ),
        },
        {
          name: i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' }),
          width: SEVERITY_WIDTH,
          render: ({ max_confidence: confidence }: Row) => (
            <SeverityLabel severity={severityOf(confidence)} confidence={confidence} />
          ),
        },
        {
          name: i18n.translate('logAnomalies.patterns.lastSeen', { defaultMessage: 'Last seen' }),
          width: '140px',
          render: ({ last_seen: time }: Row) => <EuiText size="xs">{formatTime(time)}</EuiText>,
        },
      ]}
    />
  );
}
