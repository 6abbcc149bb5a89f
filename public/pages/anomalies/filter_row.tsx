import React, { type ReactElement } from 'react';
import { EuiBadge, EuiButtonEmpty, EuiFlexGroup, EuiFlexItem, EuiSelect } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../app_context';
import { severityOptions } from '../../shared/severity';
import { changedQuery, type ExplorerQuery } from './explorer_query';

/** What is chosen beside the search bar: severity, order, and the entities that were clicked or brushed. */
export function FilterRow({ chosen }: { chosen: ExplorerQuery }): ReactElement {
  const { setQuery } = useApp();
  const { severity, sort, entities, query } = chosen;
  const hasFilter = severity !== undefined || entities.length > 0 || query !== '';
  return (
    <EuiFlexGroup gutterSize="s" wrap alignItems="center" responsive={false}>
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
            ...severityOptions(),
          ]}
          onChange={(event) => setQuery(changedQuery({ severity: event.target.value }))}
          data-test-subj="logAnomaliesSeverityFilter"
        />
      </EuiFlexItem>
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
              value: 'score',
              text: i18n.translate('logAnomalies.filter.worst', { defaultMessage: 'Most severe first' }),
            },
          ]}
          onChange={(event) => setQuery(changedQuery({ sort: event.target.value }))}
        />
      </EuiFlexItem>
      {entities.map((entity) => (
        <EuiFlexItem grow={false} key={entity}>
          <EuiBadge
            color="primary"
            iconType="cross"
            iconSide="right"
            iconOnClick={() =>
              setQuery(changedQuery({ entities: entities.filter((each) => each !== entity) }))
            }
            iconOnClickAriaLabel={i18n.translate('logAnomalies.filter.removeEntity', {
              defaultMessage: 'No longer only {entity}',
              values: { entity },
            })}
            data-test-subj="logAnomaliesEntityFilter"
          >
            {entity}
          </EuiBadge>
        </EuiFlexItem>
      ))}
      {hasFilter && (
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType="filterExclude"
            onClick={() => setQuery(changedQuery({ severity: '', entities: [], query: '' }))}
            data-test-subj="logAnomaliesClearFilters"
          >
            {i18n.translate('logAnomalies.filter.clear', { defaultMessage: 'Show all' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
