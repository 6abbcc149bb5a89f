import React, { type ReactElement } from 'react';
import { EuiBadge, EuiButtonEmpty, EuiFlexGroup, EuiFlexItem, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { readPartFilter } from '../../../common/detector/entity_fields';
import { useApp } from '../../shared/app/app_context';
import { entityName } from '../../shared/values/entity_name';
import { formatTime } from '../../shared/values/format';
import { atLeastText } from '../../shared/values/severity';
import { resolveRange } from '../../shared/values/time_range';
import { changedQuery, withoutFilters, type ExplorerQuery } from './explorer_query';

interface Pill {
  readonly kind: 'time' | 'entity' | 'feature' | 'severity' | 'text';
  readonly text: string;
  /** Changes of the address that take it away. */
  readonly without: Record<string, string | undefined>;
}

/** Whatever narrows what the explorer shows, each with a way to take it off again. */
export function FilterPills({ chosen }: { chosen: ExplorerQuery }): ReactElement | null {
  const { setQuery } = useApp();
  const pills = pillsOf(chosen);
  if (pills.length === 0) return null;
  return (
    <>
      <EuiSpacer size="s" />
      <EuiFlexGroup gutterSize="s" wrap alignItems="center" responsive={false}>
        {pills.map(({ kind, text, without }) => (
          <EuiFlexItem grow={false} key={`${kind} ${text}`} style={{ maxWidth: '100%' }}>
            <EuiBadge
              color="hollow"
              title={text}
              iconType="cross"
              iconSide="right"
              iconOnClick={() => setQuery(without)}
              iconOnClickAriaLabel={i18n.translate('logAnomalies.filter.remove', {
                defaultMessage: 'Take this filter off: {filter}',
                values: { filter: text },
              })}
              data-test-subj={`logAnomaliesFilter logAnomaliesFilter-${kind}`}
            >
              {text}
            </EuiBadge>
          </EuiFlexItem>
        ))}
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType="filterExclude"
            onClick={() => setQuery(withoutFilters(chosen))}
            data-test-subj="logAnomaliesClearFilters"
          >
            {i18n.translate('logAnomalies.filter.clear', { defaultMessage: 'Show all' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      </EuiFlexGroup>
    </>
  );
}

function pillsOf({ range, unbrushed, severity, entities, parts, feature, query }: ExplorerQuery): Pill[] {
  const pills: Pill[] = [];
  if (unbrushed !== undefined) {
    const { from, to } = resolveRange(range);
    pills.push({
      kind: 'time',
      text: i18n.translate('logAnomalies.filter.time', {
        defaultMessage: '{from} to {to}',
        values: { from: formatTime(from), to: formatTime(to) },
      }),
      without: changedQuery({ range: unbrushed }),
    });
  }
  for (const entity of entities) {
    pills.push({
      kind: 'entity',
      text: entityName(entity),
      without: changedQuery({ entities: entities.filter((each) => each !== entity) }),
    });
  }
  for (const part of parts) {
    const { field, value } = readPartFilter(part) ?? { field: '', value: part };
    pills.push({
      kind: 'entity',
      text: `${field}: ${entityName(value)}`,
      without: changedQuery({ parts: parts.filter((each) => each !== part) }),
    });
  }
  if (feature !== undefined) {
    pills.push({
      kind: 'feature',
      text: i18n.translate('logAnomalies.filter.feature', {
        defaultMessage: '{feature} stands out',
        values: { feature },
      }),
      without: changedQuery({ feature: '' }),
    });
  }
  if (severity !== undefined) {
    pills.push({
      kind: 'severity',
      text: i18n.translate('logAnomalies.filter.onlySeverity', {
        defaultMessage: 'severity {severity}',
        values: { severity: atLeastText(severity) },
      }),
      without: changedQuery({ severity: '' }),
    });
  }
  if (query !== '') pills.push({ kind: 'text', text: query, without: changedQuery({ query: '' }) });
  return pills;
}
