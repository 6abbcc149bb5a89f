import React, { useEffect, useMemo, type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { elasticsearchQuery } from '../../shared/requests/elasticsearch_query';
import { RequestState } from '../../shared/requests/request_state';
import type { DetectorView } from '../../shared/detector/detector_view';
import { ChangeSection } from '../changes/change_section';
import { AnomaliesList } from './anomalies_list';
import { brushedQuery, changedQuery, readExplorerQuery } from './explorer_query';
import { FilterRow } from './filter_row';
import { IncidentsView } from './incidents_view';
import { NothingAnomalous } from './nothing_anomalous';
import { NothingScored } from './nothing_scored';
import { OverviewCharts } from './overview_charts';
import { PastLogs, useScorePast } from './past_logs';
import { SearchBar, useResultsDataView } from './search_bar';
import { useAnomalies } from './use_anomalies';

/** Tab of the anomalies of a detector: its incidents or single anomalies with reasons, and charts over time and by entity. */
export default function AnomaliesTab(view: DetectorView): ReactElement {
  const { record, status } = view;
  const { location, setQuery } = useApp();
  const chosen = useMemo(() => readExplorerQuery(location), [location]);
  const dataView = useResultsDataView();
  const { filter, problem } = useMemo(
    () => filterOf(chosen.query, chosen.language),
    [chosen.query, chosen.language],
  );
  const { summary, annotations, results, incidents, readResults, entityFields, lane } = useAnomalies(
    record,
    chosen,
    filter,
  );
  const past = useScorePast(view);
  const reloadAll = () => {
    summary.reload();
    results.reload();
    incidents.reload();
  };
  // A first model or a finished backfill brings results that the user waits for.
  const progress = `${status.model?.version} ${status.backfill?.state} ${status.backfill?.logs} ${status.last_run?.id}`;
  useEffect(() => {
    reloadAll();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- both are made anew with each render
  }, [progress]);
  const found = { results: results.value?.total, incidents: incidents.value?.total };
  const isEmpty =
    (summary.value?.all.groups ?? []).every(({ logs }) => logs === 0) && (found.results ?? 0) === 0;

  return (
    <>
      <PastLogs {...view} past={past} />
      <SearchBar
        chosen={chosen}
        dataView={dataView}
        isLoading={summary.isLoading || results.isLoading || incidents.isLoading}
        refresh={reloadAll}
      />
      <EuiSpacer size="s" />
      <FilterRow chosen={chosen} />
      <EuiSpacer size="m" />
      {problem !== undefined && <QueryProblem problem={problem} />}
      <RequestState request={summary}>
        {({ all, byEntity, interval }) =>
          isEmpty ? (
            <NothingScored {...view} past={past} />
          ) : (
            <>
              <NothingAnomalous {...view} chosen={chosen} found={found} summary={all} interval={interval} />
              {chosen.view === 'incidents' && (
                <IncidentsView chosen={chosen} request={incidents} changed={reloadAll} />
              )}
              <OverviewCharts
                unit={record.detector.unit}
                all={all}
                byEntity={byEntity}
                interval={interval}
                annotations={annotations}
                entityFields={entityFields}
                lane={lane}
                chooseLane={(field) => setQuery(changedQuery({ lane: field }))}
                chooseTime={(time) => setQuery(brushedQuery(chosen, isoRange(time)))}
                choose={({ range: time, entities: lanes }) =>
                  setQuery(
                    brushedQuery(
                      { ...chosen, lane },
                      isoRange(time),
                      lanes.some(Boolean) ? lanes : undefined,
                    ),
                  )
                }
              />
              {chosen.unbrushed !== undefined && (
                <ChangeSection
                  key={`${interval.from} ${interval.to}`}
                  detectorId={record.id}
                  window={interval}
                  entity={chosen.entities.length === 1 ? chosen.entities[0] : undefined}
                />
              )}
              {chosen.view === 'anomalies' && (
                <>
                  <EuiSpacer size="m" />
                  <AnomaliesList
                    record={record}
                    chosen={chosen}
                    request={results}
                    read={readResults}
                    changed={reloadAll}
                  />
                </>
              )}
            </>
          )
        }
      </RequestState>
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

function QueryProblem({ problem }: { problem: string }): ReactElement {
  return (
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
  );
}
