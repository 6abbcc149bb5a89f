import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonGroup,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSpacer,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SEVERITIES } from '../../../common/anomaly';
import { useApp } from '../../app_context';
import { AnomalyTimeline } from '../../shared/anomaly_timeline';
import { formatCount } from '../../shared/format';
import { RequestState } from '../../shared/request_state';
import { ResultsTable, type Found } from '../../shared/results_table';
import { SwimLane, SwimLaneTable, type Choice } from '../../shared/swim_lane';
import { resolveRange, type Interval } from '../../shared/time_range';
import { useAction } from '../../shared/use_action';
import { useRequest } from '../../shared/use_request';
import type { DetectorView } from '../detector_page';
import { DEFAULT_RANGE, FilterBar } from './filter_bar';
import { ResultDetails } from './result_details';

const TIMELINE_BUCKETS = 100;
const LANE_BUCKETS = 60;
const LANES = 20;
const PAGE_SIZE = 25;

/** What the detector has found: when, where, and why. */
export default function AnomaliesTab({ record, status, reload }: DetectorView): ReactElement {
  const { api, location, setQuery } = useApp();
  const { query } = location;
  const [isLaneTable, setIsLaneTable] = useState(false);
  const range = { from: query.from ?? DEFAULT_RANGE.from, to: query.to ?? DEFAULT_RANGE.to };
  const page = Math.max(0, (Number(query.page) || 1) - 1);
  const size = Number(query.size) || PAGE_SIZE;
  const scope = { detector_id: record.id, entity: query.entity };

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
    [api, record.id, range.from, range.to, query.entity],
  );
  const results = useRequest(
    (signal) =>
      api(
        'searchResults',
        {
          query: {
            ...scope,
            ...resolveRange(range),
            text: query.text,
            severity: SEVERITIES.find(({ name }) => name === query.severity)?.name,
            sort: query.sort === 'score' ? 'score' : 'time',
            page: page + 1,
            size,
          },
        },
        signal,
      ),
    [api, record.id, range.from, range.to, query.entity, query.text, query.severity, query.sort, page, size],
  );
  const feedback = useRequest(
    (signal) => api('listFeedback', { params: { id: record.id } }, signal),
    [api, record.id],
  );
  const refresh = () => {
    summary.reload();
    results.reload();
  };
  const chooseTime = ({ from, to }: Interval) =>
    setQuery({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      page: undefined,
      open: undefined,
    });
  const choose = (choice: Choice) =>
    setQuery({
      from: new Date(choice.range.from).toISOString(),
      to: new Date(choice.range.to).toISOString(),
      entity: choice.entities.length === 1 ? choice.entities[0] : query.entity,
      page: undefined,
      open: undefined,
    });
  const verdictOn = ({ result }: Found) =>
    feedback.value?.feedback.find(
      ({ source }) => source.id === result.source.id && source.index === result.source.index,
    );

  return (
    <>
      <FilterBar isLoading={summary.isLoading || results.isLoading} refresh={refresh} />
      <EuiSpacer size="m" />
      <RequestState request={summary}>
        {({ all, byEntity, interval }) =>
          all.groups.every(({ logs }) => logs === 0) && (results.value?.total ?? 0) === 0 ? (
            <NothingScored record={record} status={status} reload={reload} />
          ) : (
            <>
              <EuiPanel hasBorder hasShadow={false} paddingSize="s">
                <AnomalyTimeline
                  buckets={all.groups[0]?.buckets ?? []}
                  intervalMilliseconds={all.interval_ms}
                  range={interval}
                  height={200}
                  choose={chooseTime}
                />
              </EuiPanel>
              <EuiSpacer size="m" />
              <EuiPanel hasBorder hasShadow={false} paddingSize="s">
                <EuiFlexGroup alignItems="center" responsive={false}>
                  <EuiFlexItem>
                    <EuiTitle size="xxs">
                      <h2>
                        {i18n.translate('logAnomalies.lane.title', {
                          defaultMessage: 'By {entity}',
                          values: {
                            entity:
                              record.detector.entity_field ??
                              i18n.translate('logAnomalies.lane.time', { defaultMessage: 'time' }),
                          },
                        })}
                      </h2>
                    </EuiTitle>
                  </EuiFlexItem>
                  <EuiFlexItem grow={false}>
                    <EuiButtonGroup
                      buttonSize="compressed"
                      legend={i18n.translate('logAnomalies.lane.shownAs', { defaultMessage: 'Shown as' })}
                      idSelected={isLaneTable ? 'table' : 'lanes'}
                      options={[
                        {
                          id: 'lanes',
                          label: i18n.translate('logAnomalies.lane.lanes', { defaultMessage: 'Lanes' }),
                        },
                        {
                          id: 'table',
                          label: i18n.translate('logAnomalies.lane.table', { defaultMessage: 'Table' }),
                        },
                      ]}
                      onChange={(id) => setIsLaneTable(id === 'table')}
                    />
                  </EuiFlexItem>
                </EuiFlexGroup>
                {isLaneTable ? (
                  <SwimLaneTable groups={byEntity.groups} />
                ) : (
                  <SwimLane
                    groups={byEntity.groups}
                    intervalMilliseconds={byEntity.interval_ms}
                    range={interval}
                    choose={choose}
                  />
                )}
              </EuiPanel>
              <EuiSpacer size="m" />
              <RequestState request={results}>
                {({ total, results: found }) => (
                  <>
                    <EuiTitle size="xxs">
                      <h2>
                        {i18n.translate('logAnomalies.results.title', {
                          defaultMessage: '{count} anomalous logs',
                          values: { count: formatCount(total) },
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
                            page: String(nextPage + 1),
                            size: nextSize === PAGE_SIZE ? undefined : String(nextSize),
                            open: undefined,
                          }),
                      }}
                      open={query.open}
                      toggle={(id) => setQuery({ open: id === query.open ? undefined : id })}
                      details={(each) => (
                        <ResultDetails
                          record={record}
                          found={each}
                          feedback={verdictOn(each)}
                          feedbackChanged={feedback.reload}
                        />
                      )}
                    />
                  </>
                )}
              </RequestState>
            </>
          )
        }
      </RequestState>
    </>
  );
}

/** Nothing was scored in this time: what to do depends on how far the detector is. */
function NothingScored({ record, status, reload }: DetectorView): ReactElement {
  const { api, canWrite, setQuery } = useApp();
  const { run, isBusy } = useAction(reload);
  const isTraining = status.state === 'training' || status.training?.state === 'running';
  return (
    <EuiEmptyPrompt
      iconType={isTraining ? 'clock' : 'magnifyWithExclamation'}
      data-test-subj="logAnomaliesNothingScored"
      title={
        <h2>
          {isTraining
            ? i18n.translate('logAnomalies.nothing.training', {
                defaultMessage: 'It is learning from your logs',
              })
            : i18n.translate('logAnomalies.nothing.title', {
                defaultMessage: 'No log was scored in this time',
              })}
        </h2>
      }
      body={
        <p>
          {record.enabled
            ? i18n.translate('logAnomalies.nothing.running', {
                defaultMessage: 'Results appear here by themselves as new logs arrive.',
              })
            : i18n.translate('logAnomalies.nothing.stopped', {
                defaultMessage:
                  'The detector is not started. Start it, and new logs are scored on its schedule.',
              })}
        </p>
      }
      actions={[
        ...(!record.enabled && canWrite
          ? [
              <EuiButton
                key="start"
                fill
                iconType="play"
                isLoading={isBusy}
                onClick={() => run(() => api('startDetector', { params: { id: record.id } }))}
              >
                {i18n.translate('logAnomalies.action.start', { defaultMessage: 'Start' })}
              </EuiButton>,
            ]
          : []),
        <EuiButton key="wider" onClick={() => setQuery({ from: 'now-30d', to: 'now', entity: undefined })}>
          {i18n.translate('logAnomalies.nothing.wider', { defaultMessage: 'Look at the last 30 days' })}
        </EuiButton>,
      ]}
    />
  );
}
