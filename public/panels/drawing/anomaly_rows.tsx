import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiLink, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { TableRoom } from '../../shared/results/table_room';
import { entityName } from '../../shared/values/entity_name';
import { FewLines } from '../../shared/results/few_lines';
import { formatTime } from '../../shared/values/format';
import { lineOf, ReasonBelow, type Found } from '../../shared/results/results_table';
import { SEVERITY_WIDTH, SeverityLabel } from '../../shared/values/severity';

/** Pixels that the columns need. */
const WIDTH = 600;

/** The most anomalous logs in the room of a panel. */
export function AnomalyRows(props: {
  results: readonly Found[];
  chooseEntity: (entity: string) => void;
  /** Address of the page about a result. */
  linkOf: (id: string) => string;
}): ReactElement {
  const { results, chooseEntity, linkOf } = props;
  return (
    <TableRoom width={WIDTH}>
      <EuiBasicTable<Found>
        compressed
        items={[...results]}
        itemId="id"
        data-test-subj="logAnomaliesRows"
        tableCaption={i18n.translate('logAnomalies.results.caption', { defaultMessage: 'Anomalous logs' })}
        columns={[
          {
            name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
            width: '140px',
            render: ({ id, result }: Found) => (
              <EuiText size="xs">
                <EuiLink href={linkOf(id)}>{formatTime(result['@timestamp'])}</EuiLink>
              </EuiText>
            ),
          },
          {
            name: i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' }),
            width: SEVERITY_WIDTH,
            render: ({ result }: Found) => (
              <SeverityLabel severity={result.anomaly.severity} confidence={result.anomaly.confidence} />
            ),
          },
          {
            name: i18n.translate('logAnomalies.results.entity', { defaultMessage: 'Entity' }),
            width: '110px',
            render: ({ result: { anomaly } }: Found) =>
              anomaly.entity === undefined ? (
                '–'
              ) : (
                <EuiText size="xs" className="eui-textBreakWord">
                  <EuiLink color="text" onClick={() => chooseEntity(anomaly.entity ?? '')}>
                    <FewLines lines={3} text={entityName(anomaly.entity)} />
                  </EuiLink>
                </EuiText>
              ),
          },
          {
            name: i18n.translate('logAnomalies.results.log', { defaultMessage: 'Log' }),
            render: ({ result }: Found) => {
              const line = lineOf(result);
              return (
                <EuiText size="xs" className="eui-textBreakWord">
                  <FewLines lines={2} text={line}>
                    <code>{line}</code>
                  </FewLines>
                  <ReasonBelow result={result} lines={2} />
                </EuiText>
              );
            },
          },
        ]}
      />
    </TableRoom>
  );
}
