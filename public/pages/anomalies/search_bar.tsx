import React, { useEffect, useState, type ReactElement } from 'react';
import { EuiFieldSearch, EuiFlexGroup, EuiFlexItem, EuiSuperDatePicker } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { resultsPattern } from '../../../common/index_names';
import { useApp } from '../../shared/app/app_context';
import type { DataView } from '../../kibana/search_contracts';
import { useDataView } from '../../shared/requests/use_data_view';
import { spaceOf } from '../../shared/layout/space';
import type { TimeRange } from '../../shared/values/time_range';
import { changedQuery, type ExplorerQuery } from './explorer_query';

interface BarProps {
  readonly chosen: ExplorerQuery;
  readonly dataView: DataView | undefined;
  readonly isLoading: boolean;
  readonly refresh: () => void;
}

const placeholder = (example: string): string =>
  i18n.translate('logAnomalies.filter.query', {
    defaultMessage: 'Filter the anomalies, for example {example}',
    values: { example },
  });
const KQL_EXAMPLE = 'service.name : "shop" and anomaly.score > 0.7';
const LUCENE_EXAMPLE = 'service.name:shop AND anomaly.score:>0.7';

/** Fields of the results, for the search bar to suggest; nothing is saved. */
export function useResultsDataView(): DataView | undefined {
  const { core } = useApp();
  return useDataView(resultsPattern(spaceOf(core.http)), '@timestamp');
}

/** Kibana's own search bar, or a plain one where Kibana has none; all of it stands in the address. */
export function SearchBar(props: BarProps): ReactElement {
  const { plugins, setQuery } = useApp();
  const { chosen, dataView, isLoading, refresh } = props;
  const { range, query, language } = chosen;
  const HostSearchBar = plugins.unifiedSearch?.ui.SearchBar;
  const isPaused = chosen.refresh === undefined;
  const [interval, setInterval] = useState(chosen.refresh ?? 60_000);
  const changeRefresh = (given: { isPaused: boolean; refreshInterval: number }) => {
    setInterval(given.refreshInterval);
    setQuery({ refresh: given.isPaused ? undefined : String(given.refreshInterval) });
  };
  const submit = (wanted: TimeRange, text: string, wantedLanguage: string) => {
    const isSame =
      wanted.from === range.from && wanted.to === range.to && text === query && wantedLanguage === language;
    if (isSame) refresh();
    else setQuery(changedQuery({ range: wanted, query: text, language: wantedLanguage }));
  };
  if (HostSearchBar === undefined) {
    return <PlainBar {...props} submit={submit} changeRefresh={changeRefresh} interval={interval} />;
  }
  return (
    <HostSearchBar
      appName="logAnomalies"
      displayStyle="inPage"
      indexPatterns={dataView ? [dataView] : []}
      query={{ query, language }}
      dateRangeFrom={range.from}
      dateRangeTo={range.to}
      isRefreshPaused={isPaused}
      refreshInterval={interval}
      isLoading={isLoading}
      placeholder={placeholder(language === 'lucene' ? LUCENE_EXAMPLE : KQL_EXAMPLE)}
      showFilterBar={false}
      showQueryMenu={false}
      dataTestSubj="logAnomaliesQueryBar"
      onQuerySubmit={(given) =>
        submit(given.dateRange, String(given.query?.query ?? ''), given.query?.language ?? language)
      }
      onRefresh={refresh}
      onRefreshChange={changeRefresh}
    />
  );
}

function PlainBar(
  props: BarProps & {
    submit: (range: TimeRange, text: string, language: string) => void;
    changeRefresh: (given: { isPaused: boolean; refreshInterval: number }) => void;
    interval: number;
  },
): ReactElement {
  const { chosen, isLoading, refresh, submit, changeRefresh, interval } = props;
  const { range, query } = chosen;
  const [typed, setTyped] = useState(query);
  useEffect(() => setTyped(query), [query]);
  return (
    <EuiFlexGroup gutterSize="s" wrap alignItems="center">
      <EuiFlexItem style={{ minWidth: 260 }}>
        <EuiFieldSearch
          fullWidth
          value={typed}
          placeholder={placeholder(LUCENE_EXAMPLE)}
          aria-label={placeholder(LUCENE_EXAMPLE)}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(value) => submit(range, value, 'lucene')}
          data-test-subj="logAnomaliesQueryBar"
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiSuperDatePicker
          start={range.from}
          end={range.to}
          isLoading={isLoading}
          isPaused={chosen.refresh === undefined}
          refreshInterval={interval}
          onTimeChange={({ start, end }) => submit({ from: start, to: end }, typed, 'lucene')}
          onRefresh={refresh}
          onRefreshChange={changeRefresh}
        />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
