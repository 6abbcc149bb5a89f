import React, { useEffect, type ReactElement } from 'react';
import { EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { ApiClient } from '../api_client';
import { AnomalyTimeline } from '../shared/anomaly_timeline';
import { RequestState } from '../shared/request_state';
import { ResultsTable } from '../shared/results_table';
import { SwimLane } from '../shared/swim_lane';
import { resolveRange, type Interval, type TimeRange } from '../shared/time_range';
import { useRequest } from '../shared/use_request';
import type { PanelConfig } from './panel_kinds';

const DEFAULT_RANGE: TimeRange = { from: 'now-24h', to: 'now' };
const BUCKETS = 80;
const LANES = 15;
const ROWS = 20;

interface PanelProps {
  readonly api: ApiClient;
  readonly config: PanelConfig;
  /** Tells the dashboard that the panel is complete. */
  readonly drawn: () => void;
  readonly choose: (range: Interval) => void;
}

/** One panel of a dashboard; it asks one request. */
export function AnomalyPanel({ api, config, drawn, choose }: PanelProps): ReactElement {
  const { kind, detectorId, timeRange = DEFAULT_RANGE } = config;
  const scope = { detector_id: detectorId || undefined };
  const request = useRequest(
    async (signal) => {
      const interval = resolveRange(timeRange);
      if (kind === 'table') {
        const query = { ...scope, ...interval, sort: 'score' as const, size: ROWS };
        return { kind, ...(await api('searchResults', { query }, signal)) };
      }
      const lanes = detectorId ? ('entity' as const) : ('detector' as const);
      const by = kind === 'timeline' ? ('all' as const) : lanes;
      const query = { ...scope, ...interval, by, buckets: BUCKETS, groups: LANES };
      const summary = await api('summarizeResults', { query }, signal);
      const names =
        by === 'detector' ? await api('listDetectors', { query: { per_page: 1_000 } }, signal) : undefined;
      const nameOf = new Map(names?.detectors.map(({ id, detector }) => [id, detector.name]));
      const groups = summary.groups.map((group) => ({ ...group, key: nameOf.get(group.key) ?? group.key }));
      return { kind, interval, intervalMilliseconds: summary.interval_ms, groups };
    },
    [api, kind, detectorId, timeRange.from, timeRange.to],
  );
  const isOver = !request.isLoading;
  useEffect(() => {
    if (isOver) drawn();
  }, [isOver, drawn]);
  return (
    <div style={{ width: '100%', height: '100%', overflow: 'auto' }} data-test-subj="logAnomaliesPanel">
      <RequestState request={request}>
        {(answer) => {
          if (answer.kind === 'table') return <ResultsTable results={answer.results} />;
          if (answer.groups.every(({ logs }) => logs === 0)) return <NothingHere />;
          const shared = {
            intervalMilliseconds: answer.intervalMilliseconds,
            range: answer.interval,
            height: '100%',
          };
          return answer.kind === 'timeline' ? (
            <AnomalyTimeline {...shared} buckets={answer.groups[0].buckets} choose={choose} />
          ) : (
            <SwimLane {...shared} groups={answer.groups} choose={({ range }) => choose(range)} />
          );
        }}
      </RequestState>
    </div>
  );
}

const NothingHere = (): ReactElement => (
  <EuiEmptyPrompt
    titleSize="xs"
    iconType="visualizeApp"
    title={
      <h3>
        {i18n.translate('logAnomalies.panel.nothing', {
          defaultMessage: 'No log was scored in this time. Choose a longer time, or start the detector.',
        })}
      </h3>
    }
  />
);
