import React, { type ReactElement } from 'react';
import { EuiButtonGroup, EuiFlexGroup, EuiFlexItem, EuiSelect, EuiSwitch } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { leastSeverityOptions } from '../../shared/values/severity';
import { changedQuery, type ExplorerQuery } from './explorer_query';
import { FilterPills } from './filter_pills';

/** Filters beside the search bar: severity, order, and the chosen filters as pills. */
export function FilterRow({ chosen }: { chosen: ExplorerQuery }): ReactElement {
  const { setQuery } = useApp();
  const { severity, sort, view } = chosen;
  const isOfAnomalies = view === 'anomalies';
  return (
    <>
      <EuiFlexGroup gutterSize="s" wrap alignItems="center" responsive={false}>
        <EuiFlexItem grow={false}>
          <EuiButtonGroup
            buttonSize="compressed"
            legend={i18n.translate('logAnomalies.filter.view', { defaultMessage: 'Shown' })}
            idSelected={`view_${view}`}
            options={[
              {
                id: 'view_incidents',
                label: i18n.translate('logAnomalies.filter.incidents', { defaultMessage: 'Incidents' }),
              },
              {
                id: 'view_anomalies',
                label: i18n.translate('logAnomalies.filter.anomalies', {
                  defaultMessage: 'Single anomalies',
                }),
              },
            ]}
            onChange={(id) =>
              setQuery({
                ...changedQuery({}),
                view: id === 'view_anomalies' ? 'anomalies' : 'incidents',
                size: undefined,
              })
            }
            data-test-subj="logAnomaliesView"
          />
        </EuiFlexItem>
        <EuiFlexItem grow={false} style={{ minWidth: 150 }}>
          <EuiSelect
            compressed
            value={severity ?? ''}
            aria-label={i18n.translate('logAnomalies.filter.severity', { defaultMessage: 'Severity' })}
            options={[
              {
                value: '',
                text: i18n.translate('logAnomalies.filter.anySeverity', { defaultMessage: 'Any severity' }),
              },
              ...leastSeverityOptions(),
            ]}
            onChange={(event) => setQuery(changedQuery({ severity: event.target.value }))}
            data-test-subj="logAnomaliesSeverityFilter"
          />
        </EuiFlexItem>
        {isOfAnomalies && (
          <>
            <EuiFlexItem grow={false} style={{ minWidth: 170 }}>
              <EuiSelect
                compressed
                value={sort}
                aria-label={i18n.translate('logAnomalies.filter.sort', { defaultMessage: 'Order' })}
                options={[
                  {
                    value: 'time',
                    text: i18n.translate('logAnomalies.filter.newest', { defaultMessage: 'Newest first' }),
                  },
                  {
                    value: 'severity',
                    text: i18n.translate('logAnomalies.filter.worst', {
                      defaultMessage: 'Most severe first',
                    }),
                  },
                ]}
                onChange={(event) => setQuery(changedQuery({ sort: event.target.value }))}
              />
            </EuiFlexItem>
            <EuiFlexItem grow={false}>
              <EuiSwitch
                compressed
                label={i18n.translate('logAnomalies.filter.hidden', { defaultMessage: 'Show hidden' })}
                checked={chosen.withHidden}
                onChange={(event) => setQuery(changedQuery({ withHidden: event.target.checked }))}
                data-test-subj="logAnomaliesShowHidden"
              />
            </EuiFlexItem>
          </>
        )}
      </EuiFlexGroup>
      <FilterPills chosen={chosen} />
    </>
  );
}
