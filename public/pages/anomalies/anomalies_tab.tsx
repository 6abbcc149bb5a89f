import React, { useEffect, useMemo, type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { elasticsearchQuery } from '../../shared/requests/elasticsearch_query';
import { formatCount } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { ResultsTable, type Found } from '../../shared/results/results_table';
import { resolveRange } from '../../shared/values/time_range';
import { useRequest } from '../../shared/requests/use_request';
import type { DetectorView } from '../../shared/detector/detector_view';
import { brushedQuery, changedQuery, PAGE_SIZE, readExplorerQuery } from './explorer_query';
import { FilterRow } from './filter_row';
import { NothingScored } from './nothing_scored';
import { OverviewCharts } from './overview_charts';
import { PastLogs } from './past_logs';
import { ResultDetails } from './result_details';
import { SearchBar, useResultsDataView } from './search_bar';

const TIMELINE_BUCKETS = 100;
const LANE_BUCKETS = 60;
const LANES = 20;

/** Tab of the anomalies of a detector: charts over time and by entity, and the list with reasons. */
export default function AnomaliesTab({ record, status, reload }: DetectorView): ReactElement {
  const { api, location, setQuery } = useApp();
  const chosen = useMemo(() => readExplorerQuery(location), [location]);
  const { range, severity, sort, entities, feature, withHidden, page, size, open } = chosen;
  const dataView = useResultsDataView();
  const { filter, problem } = useMemo(
    () => filterOf(chosen.query, chosen.language),
    [chosen.query, chosen.language],
  );
  const isReadable = problem === undefined;
  const scope = {
    detector_id: record.id,
    entity: entities.length > 0 ? [...entities] : undefined,
    min_severity: severity,
    feature,
    filter,
  };
  const scopeKey = JSON.stringify(scope);

  const summary = useRequest(
    async (signal) => {
      const interval = resolveRange(range);
      const [all, byEntity] = await Promise.all([
        api('summarizeResults', { query: { ...scope, ...interval, buckets: TIMELINE_BUCKETS } }, signal),
        api(
          'summarizeResults',
          { query: { ...scope, ...interval, by: 'entity', buckets: LANE_BUCKETS, groups: LANES } },
          signal,
        ),
      ]);
      return { all, byEntity, interval };
    },
    [api, range.from, range.to, scopeKey],
    chosen.refresh,
  );
  const results = useRequest(
    (signal) =>
      api(
        'searchResults',
        {
          query: {
            ...scope,
            ...resolveRange(range),
            status: withHidden ? 'all' : 'open',
            sort,
            page: page + 1,
            size,
          },
        },
        signal,
      ),
    [api, range.from, range.to, scopeKey, withHidden, sort, page, size],
    chosen.refresh,
  );
  const feedback = useRequest(
    (signal) => api('listFeedback', { params: { id: record.id } }, signal),
    [api, record.id],
  );
  // A first model or a finished backfill brings results that the user waits for.
  const progress = `${status.model?.version} ${status.backfill?.state} ${status.backfill?.logs} ${status.last_run?.id}`;
  useEffect(() => {
    summary.reload();
    results.reload();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- both are made anew with each render
  }, [progress]);
  const verdictOn = ({ result }: Found) =>
    feedback.value?.feedback.find(
      ({ source }) => source.id === result.source.id && source.index === result.source.index,
    );

  const isEmpty =
    (summary.value?.all.groups ?? []).every(({ logs }) => logs === 0) && (results.value?.total ?? 0) === 0;

  return (
    <>
      <PastLogs record={record} status={status} reload={reload} />
      <SearchBar
        chosen={chosen}
        dataView={dataView}
        isLoading={summary.isLoading || results.isLoading}
        refresh={() => {
          summary.reload();
          results.reload();
        }}
      />
      <EuiSpacer size="s" />
      <FilterRow chosen={chosen} />
      <EuiSpacer size="m" />
      {!isReadable && (
        <>
          <EuiCallOut
            color="danger"
            iconType="warning"
            title={i18n.translate('logAnomalies.filter.unreadable', {
              defaultMessage: 'The query cannot be read; all anomalies are shown',
            })}
            data-test-subj="logAnomaliesQueryProblem"
          >
            <pre>{problem}</pre>
          </EuiCallOut>
          <EuiSpacer size="m" />
        </>
      )}
      <RequestState request={summary}>
        {({ all, byEntity, interval }) =>
          isEmpty ? (
            <NothingScored record={record} status={status} reload={reload} />
          ) : (
            <OverviewCharts
              all={all}
              byEntity={byEntity}
              interval={interval}
              entityField={record.detector.entity_field}
              chooseTime={(time) => setQuery(brushedQuery(chosen, isoRange(time)))}
              choose={({ range: time, entities: lanes }) =>
                setQuery(brushedQuery(chosen, isoRange(time), lanes.some(Boolean) ? lanes : undefined))
              }
            />
          )
        }
      </RequestState>
      {!isEmpty && (
        <>
          <EuiSpacer size="m" />
          <RequestState request={results}>
            {({ total, results: found }) => (
              <>
                <EuiTitle size="xxs">
                  <h2 data-test-subj="logAnomaliesShown">
                    {i18n.translate('logAnomalies.results.title', {
                      defaultMessage:
                        '{total, plural, one {{count} anomalous log} other {{count} anomalous logs}}',
                      values: { total, count: formatCount(total) },
                    })}
                  </h2>
                </EuiTitle>
                <ResultsTable
                  results={found}
                  isLoading={results.isLoading}
                  paging={{
                    page,
                    size,
                    total,
                    change: (nextPage, nextSize) =>
                      setQuery({
                        page: nextPage === 0 ? undefined : String(nextPage + 1),
                        size: nextSize === PAGE_SIZE ? undefined : String(nextSize),
                        open: undefined,
                      }),
                  }}
                  open={open}
                  toggle={(id) => setQuery({ open: id === open ? undefined : id })}
                  details={(each) => (
                    <ResultDetails
                      record={record}
                      found={each}
                      feedback={verdictOn(each)}
                      chooseFeature={(chosenFeature) => setQuery(changedQuery({ feature: chosenFeature }))}
                      feedbackChanged={() => {
                        feedback.reload();
                        summary.reload();
                        results.reload();
                      }}
                    />
                  )}
                />
              </>
            )}
          </RequestState>
        </>
      )}
    </>
  );
}

const isoRange = ({ from, to }: { from: number; to: number }) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

function filterOf(query: string, language: string): { filter?: string; problem?: string } {
  try {
    return { filter: elasticsearchQuery({ query, language }) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
