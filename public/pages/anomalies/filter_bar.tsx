import React, { useEffect, useState, type ReactElement } from 'react';
import {
  EuiBadge,
  EuiFieldSearch,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSelect,
  EuiSuperDatePicker,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../app_context';
import { severityOptions } from '../../shared/severity';
import type { TimeRange } from '../../shared/time_range';

export const DEFAULT_RANGE: TimeRange = { from: 'now-24h', to: 'now' };

/** Time and filters of the page; all of them stand in its address. */
export function FilterBar({ isLoading, refresh }: { isLoading: boolean; refresh: () => void }): ReactElement {
  const { location, setQuery } = useApp();
  const { from, to, text = '', severity = '', sort = 'time', entity } = location.query;
  const [typed, setTyped] = useState(text);
  const [pause, setPause] = useState({ isPaused: true, interval: 60_000 });
  useEffect(() => setTyped(text), [text]);
  return (
    <EuiFlexGroup gutterSize="s" wrap alignItems="center">
      <EuiFlexItem style={{ minWidth: 220 }}>
        <EuiFieldSearch
          fullWidth
          value={typed}
          placeholder={i18n.translate('logAnomalies.filter.text', { defaultMessage: 'Words of the log' })}
          aria-label={i18n.translate('logAnomalies.filter.text', { defaultMessage: 'Words of the log' })}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(value) => setQuery({ text: value, page: undefined })}
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false} style={{ minWidth: 150 }}>
        <EuiSelect
          value={severity}
          aria-label={i18n.translate('logAnomalies.filter.severity', { defaultMessage: 'Severity' })}
          options={[
            {
              value: '',
              text: i18n.translate('logAnomalies.filter.anySeverity', { defaultMessage: 'Any severity' }),
            },
            ...severityOptions(),
          ]}
          onChange={(event) => setQuery({ severity: event.target.value, page: undefined })}
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false} style={{ minWidth: 170 }}>
        <EuiSelect
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
          onChange={(event) => setQuery({ sort: event.target.value, page: undefined })}
        />
      </EuiFlexItem>
      {entity && (
        <EuiFlexItem grow={false}>
          <EuiBadge
            color="primary"
            iconType="cross"
            iconSide="right"
            iconOnClick={() => setQuery({ entity: undefined, page: undefined })}
            iconOnClickAriaLabel={i18n.translate('logAnomalies.filter.removeEntity', {
              defaultMessage: 'Show all entities',
            })}
            data-test-subj="logAnomaliesEntityFilter"
          >
            {entity}
          </EuiBadge>
        </EuiFlexItem>
      )}
      <EuiFlexItem grow={false}>
        <EuiSuperDatePicker
          start={from ?? DEFAULT_RANGE.from}
          end={to ?? DEFAULT_RANGE.to}
          isLoading={isLoading}
          isPaused={pause.isPaused}
          refreshInterval={pause.interval}
          onTimeChange={({ start, end }) => setQuery({ from: start, to: end, page: undefined })}
          onRefresh={refresh}
          onRefreshChange={({ isPaused, refreshInterval }) =>
            setPause({ isPaused, interval: refreshInterval })
          }
        />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
