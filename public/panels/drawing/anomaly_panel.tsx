import React, { type ReactElement } from 'react';
import { EuiLink, EuiScreenReaderOnly, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { AnomalyResult } from '../../../common/anomaly';
import { storedPartField } from '../../../common/detector/entity_fields';
import { mergeResults } from '../../../common/findings';
import { incidentPath } from '../../shared/app/location';
import { AnomalyTimeline } from '../../shared/charts/anomaly_timeline';
import { IncidentsTable } from '../../shared/incidents/incidents_table';
import { SwimLane, SwimLaneTable } from '../../shared/charts/swim_lane';
import { useRequest } from '../../shared/requests/use_request';
import { AnomalyRows } from './anomaly_rows';
import { FiguresPanel } from './figures_panel';
import { laneNames } from '../../shared/detector/lane_names';
import { PanelFrame } from './panel_frame';
import { BUCKETS, incidentScopeOf, marksOf, scopeOf, type PanelProps } from './panel_scope';
import { PatternBars } from './pattern_bars';
import { ValuePanel } from './value_panel';

/** Results that are read for one row of the table. */
const MERGED_FROM = 4;

/** One panel of a dashboard. */
export function AnomalyPanel(props: PanelProps): ReactElement {
  switch (props.config.kind) {
    case 'figures':
      return <FiguresPanel {...props} />;
    case 'incidents':
      return <IncidentsPanel {...props} />;
    case 'values':
      return <ValuePanel {...props} />;
    case 'table':
      return <TablePanel {...props} />;
    case 'patterns':
      return <PatternsPanel {...props} />;
    case 'swim_lane':
    case 'timeline':
      return <ChartPanel {...props} />;
  }
}

function TablePanel({ core, api, config, drawing, drawn, choose }: PanelProps): ReactElement {
  const request = useRequest(
    async (signal) => {
      const query = { ...scopeOf(config), sort: 'severity' as const, size: MERGED_FROM * config.limit };
      const { results } = await api('searchResults', { query }, signal);
      // A bucket and its single logs are merged into one row; the logs of one bucket may take many places.
      const rows = mergeResults(results, ({ result }) => result as unknown as AnomalyResult).map(
        ({ lead }) => lead,
      );
      return { results: rows.slice(0, config.limit) };
    },
    [api, JSON.stringify(config)],
    undefined,
    drawing,
  );
  return (
    <PanelFrame request={request} drawn={drawn} isEmpty={({ results }) => results.length === 0}>
      {({ results }) => (
        <AnomalyRows
          results={results}
          chooseEntity={(entity) => choose({ value: { field: 'anomaly.entity', is: entity } })}
          linkOf={(id) => core.application.getUrlForApp('logAnomalies', { path: `/results/${id}` })}
        />
      )}
    </PanelFrame>
  );
}

function IncidentsPanel({ core, api, config, drawing, drawn, choose }: PanelProps): ReactElement {
  const { scope, isNarrower } = incidentScopeOf(config);
  const request = useRequest(
    async (signal) => {
      if (scope === undefined) return { incidents: [] };
      return api('listIncidents', { query: { ...scope(), size: config.limit } }, signal);
    },
    [api, JSON.stringify(config)],
    undefined,
    drawing,
  );
  return (
    <PanelFrame request={request} drawn={drawn} isEmpty={({ incidents }) => incidents.length === 0}>
      {({ incidents }) => (
        <>
          {isNarrower && <NotAmongIncidents />}
          <IncidentsTable
            isCompact
            incidents={incidents}
            link={({ id }, text) => (
              <EuiLink href={core.application.getUrlForApp('logAnomalies', { path: incidentPath(id) })}>
                {text}
              </EuiLink>
            )}
            choosePlace={(place) => choose({ value: { field: 'anomaly.entity', is: place } })}
          />
        </>
      )}
    </PanelFrame>
  );
}

const NotAmongIncidents = (): ReactElement => (
  <EuiText size="xs" color="subdued" data-test-subj="logAnomaliesPanelNotFiltered">
    <p>
      {i18n.translate('logAnomalies.panel.notAmongIncidents', {
        defaultMessage:
          'Incidents of all logs: the query and filters other than of a detector and an entity choose among single anomalies.',
      })}
    </p>
  </EuiText>
);

function PatternsPanel({ api, config, drawing, drawn, choose }: PanelProps): ReactElement {
  const request = useRequest(
    // Asynchronous: a query that cannot be read is a failure like any other.
    async (signal) => api('listPatterns', { query: { ...scopeOf(config), features: config.limit } }, signal),
    [api, JSON.stringify(config)],
    undefined,
    drawing,
  );
  return (
    <PanelFrame request={request} drawn={drawn} isEmpty={({ features }) => features.length === 0}>
      {(patterns) => (
        <PatternBars patterns={patterns} choose={(field, is) => choose({ value: { field, is } })} />
      )}
    </PanelFrame>
  );
}

function ChartPanel({ api, config, drawing, drawn, choose }: PanelProps): ReactElement {
  const { kind, laneBy, limit } = config;
  const isByPart = laneBy !== 'detector' && laneBy !== 'entity';
  const by = kind === 'timeline' ? 'all' : laneBy === 'detector' ? 'detector' : 'entity';
  const request = useRequest(
    async (signal) => {
      const scope = scopeOf(config);
      const query = {
        ...scope,
        by,
        ...(by === 'entity' && isByPart && { entity_field: laneBy }),
        buckets: BUCKETS,
        groups: limit,
      } as const;
      const range = { from: scope.from, to: scope.to };
      const [summary, names, annotations] = await Promise.all([
        api('summarizeResults', { query }, signal),
        by === 'detector' ? api('listDetectors', { query: { per_page: 1_000 } }, signal) : undefined,
        kind === 'timeline' ? marksOf({ api, config }, { range }, signal) : [],
      ]);
      const nameOf = laneNames(names?.detectors ?? []);
      const groups = summary.groups.map((group) => ({ ...group, key: nameOf.get(group.key) ?? group.key }));
      // Results keep the name that a detector had when they were written, and two may have the same.
      const idOf = new Map(summary.groups.map(({ key }, place) => [groups[place].key, key]));
      return { groups, idOf, range, intervalMilliseconds: summary.interval_ms, annotations };
    },
    [api, JSON.stringify(config)],
    undefined,
    drawing,
  );
  const laneField =
    laneBy === 'detector' ? 'detector.id' : isByPart ? storedPartField(laneBy) : 'anomaly.entity';
  return (
    <PanelFrame
      request={request}
      drawn={drawn}
      isEmpty={({ groups }) => groups.every(({ logs, anomalies }) => logs === 0 && anomalies === 0)}
    >
      {({ groups, idOf, annotations, ...chart }) =>
        kind === 'timeline' ? (
          <AnomalyTimeline
            {...{ ...chart, annotations }}
            height="100%"
            buckets={groups[0].buckets}
            choose={(range) => choose({ range })}
          />
        ) : (
          <>
            <SwimLane
              {...chart}
              height="100%"
              groups={groups}
              choose={({ range, entities: [lane, ...others] }) =>
                choose({
                  range,
                  ...(others.length === 0 &&
                    lane !== '' && {
                      value: { field: laneField, is: by === 'detector' ? (idOf.get(lane) ?? lane) : lane },
                    }),
                })
              }
            />
            <EuiScreenReaderOnly>
              <div>
                <SwimLaneTable groups={groups} />
              </div>
            </EuiScreenReaderOnly>
          </>
        )
      }
    </PanelFrame>
  );
}
