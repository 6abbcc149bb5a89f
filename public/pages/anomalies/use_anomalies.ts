import { entityFieldsOf, namedParts, readPartFilter } from '../../../common/detector/entity_fields';
import { useApp } from '../../shared/app/app_context';
import { resolveRange, type Interval } from '../../shared/values/time_range';
import { useAnnotations } from '../../shared/requests/use_annotations';
import { useRequest } from '../../shared/requests/use_request';
import type { DetectorView } from '../../shared/detector/detector_view';
import { entitiesChosen, type readExplorerQuery } from './explorer_query';
import { sizeOf } from './incidents_view';
/** Of the timeline and of the lanes below it: a bar stands above the cells of the same time. */
const BUCKETS = 80;
const LANES = 20;
/** Incidents grow and close while they are looked at. */
const INCIDENTS_POLL_MILLISECONDS = 15_000;

/** Loads what the tab shows of a choice: charts over time and by entity, single anomalies and incidents. */
export function useAnomalies(
  record: DetectorView['record'],
  chosen: ReturnType<typeof readExplorerQuery>,
  filter: string | undefined,
) {
  const { api } = useApp();
  const { range, severity, sort, entities, parts, feature, withHidden, page, size } = chosen;
  const scope = {
    detector_id: record.id,
    ...entitiesChosen(chosen),
    min_severity: severity,
    feature,
    filter,
  };
  const entityFields = entityFieldsOf(record.detector);
  const lane = entityFields.length > 1 && entityFields.includes(chosen.lane ?? '') ? chosen.lane : undefined;
  const scopeKey = JSON.stringify(scope);

  const summary = useRequest(
    async (signal) => {
      const interval = resolveRange(range);
      const [all, byEntity] = await Promise.all([
        api('summarizeResults', { query: { ...scope, ...interval, buckets: BUCKETS } }, signal),
        api(
          'summarizeResults',
          {
            query: {
              ...scope,
              ...interval,
              by: 'entity',
              entity_field: lane,
              buckets: BUCKETS,
              groups: LANES,
            },
          },
          signal,
        ),
      ]);
      return { all, byEntity, interval };
    },
    [api, range.from, range.to, scopeKey, lane],
    chosen.refresh,
  );
  const readResults = (from: number, count: number, time: Interval, signal?: AbortSignal) =>
    api(
      'searchResults',
      {
        query: {
          ...scope,
          ...time,
          status: withHidden ? 'all' : 'open',
          sort,
          order: chosen.direction,
          page: from,
          size: count,
        },
      },
      signal,
    );
  const results = useRequest(
    (signal) => readResults(page + 1, size, resolveRange(range), signal),
    [api, range.from, range.to, scopeKey, withHidden, sort, chosen.direction, page, size],
    chosen.refresh,
  );
  const incidents = useRequest(
    (signal) =>
      api(
        'listIncidents',
        {
          query: {
            detector_id: record.id,
            entity: scope.entity,
            entity_part: scope.entity_part,
            min_severity: severity,
            ...resolveRange(range),
            state: chosen.state,
            sort: chosen.incidentSort,
            order: chosen.order,
            page: page + 1,
            size: sizeOf(size),
          },
        },
        signal,
      ),
    [api, range.from, range.to, scopeKey, chosen.state, chosen.incidentSort, chosen.order, page, size],
    chosen.refresh ?? INCIDENTS_POLL_MILLISECONDS,
  );
  const names = [
    ...entities.flatMap((entity) => [entity, ...Object.values(namedParts(entity, record.detector) ?? {})]),
    ...parts.flatMap((part) => readPartFilter(part)?.value ?? []),
  ];
  const annotations = useAnnotations(summary.value?.interval, names);
  return { summary, annotations, results, incidents, readResults, entityFields, lane };
}
