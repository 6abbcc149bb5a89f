import { SEVERITIES, type Severity } from '../../../common/anomaly';
import { partFilter, readPartFilter } from '../../../common/detector/entity_fields';
import type { Location } from '../../shared/app/location';
import type { ResultSort } from '../../shared/results/results_table';
import type { IncidentSort } from '../../shared/incidents/incidents_table';
import type { TimeRange } from '../../shared/values/time_range';

const DEFAULT_RANGE: TimeRange = { from: 'now-24h', to: 'now' };
export const PAGE_SIZE = 25;
/** Stands between the names of several entities in the address; a line break within a name is written as %0A. */
const BETWEEN_ENTITIES = '\n';
const entitiesText = (entities: readonly string[]): string =>
  entities
    .filter(Boolean)
    .map((entity) => entity.replace(/[%\n]/g, encodeURIComponent))
    .join(BETWEEN_ENTITIES);
const entitiesOf = (text: string): string[] =>
  text
    .split(BETWEEN_ENTITIES)
    .filter(Boolean)
    .map((entity) => entity.replace(/%0A/g, '\n').replace(/%25/g, '%'));

export const INCIDENT_STATE_FILTERS = ['active', 'closed', 'all'] as const;
export type IncidentStateFilter = (typeof INCIDENT_STATE_FILTERS)[number];
const RESULT_SORTS: readonly ResultSort[] = ['time', 'severity', 'entity'];
const INCIDENT_SORTS: readonly IncidentSort[] = ['severity', 'recent', 'start', 'count'];

/** Everything that the explorer shows is chosen in its address. */
export interface ExplorerQuery {
  readonly range: TimeRange;
  readonly query: string;
  readonly language: 'kuery' | 'lucene';
  /** The least severe anomalies that are shown. */
  readonly severity: Severity | undefined;
  readonly sort: ResultSort;
  /** Of single anomalies. */
  readonly direction: 'asc' | 'desc';
  /** Fields of the logs that have a column of their own. */
  readonly columns: readonly string[];
  /** Incidents first; single anomalies where a link names one of them. */
  readonly view: 'incidents' | 'anomalies';
  /** Of the incidents that are shown. */
  readonly state: IncidentStateFilter;
  readonly incidentSort: IncidentSort;
  readonly order: 'asc' | 'desc';
  readonly entities: readonly string[];
  /** Parts of entities of several fields, each as `field=value`. */
  readonly parts: readonly string[];
  /** Field of the entity that each lane is a value of; undefined: the whole entity. */
  readonly lane: string | undefined;
  /** Only anomalies that this feature stands out in. */
  readonly feature: string | undefined;
  /** Includes anomalies that are hidden by feedback, mutes and quiet times. */
  readonly withHidden: boolean;
  /** Time range shown before a part of it was brushed; undefined where nothing was brushed. */
  readonly unbrushed: TimeRange | undefined;
  /** From 0. */
  readonly page: number;
  readonly size: number;
  /** Id of the result whose details are open. */
  readonly open: string | undefined;
  /** Milliseconds between refreshes; undefined: by hand. */
  readonly refresh: number | undefined;
}

/** An address may ask for any number. */
const SHORTEST_REFRESH_MILLISECONDS = 1_000;

export function readExplorerQuery({ query }: Location): ExplorerQuery {
  const refresh = Number(query.refresh);
  return {
    range: { from: query.from ?? DEFAULT_RANGE.from, to: query.to ?? DEFAULT_RANGE.to },
    query: query.query ?? '',
    language: query.language === 'lucene' ? 'lucene' : 'kuery',
    severity: SEVERITIES.find(({ name }) => name === query.severity)?.name,
    // Addresses that were kept from before name the score.
    sort: RESULT_SORTS.find((sort) => sort === (query.sort === 'score' ? 'severity' : query.sort)) ?? 'time',
    direction:
      query.direction === 'asc' || query.direction === 'desc'
        ? query.direction
        : query.sort === 'entity'
          ? 'asc'
          : 'desc',
    columns: (query.columns ?? '').split(',').filter(Boolean),
    view: query.view === 'anomalies' || (query.view === undefined && query.open) ? 'anomalies' : 'incidents',
    state: INCIDENT_STATE_FILTERS.find((state) => state === query.state) ?? 'all',
    incidentSort: INCIDENT_SORTS.find((sort) => sort === query.by) ?? 'severity',
    order: query.order === 'asc' ? 'asc' : 'desc',
    entities: entitiesOf(query.entity ?? ''),
    parts: entitiesOf(query.part ?? '').filter((part) => readPartFilter(part) !== undefined),
    lane: query.lane || undefined,
    feature: query.feature || undefined,
    withHidden: query.hidden === 'show',
    unbrushed:
      query.before_from && query.before_to ? { from: query.before_from, to: query.before_to } : undefined,
    page: Math.max(0, (Math.floor(Number(query.page)) || 1) - 1),
    size: Math.min(500, Math.max(1, Math.floor(Number(query.size)) || PAGE_SIZE)),
    open: query.open,
    refresh: refresh > 0 ? Math.max(SHORTEST_REFRESH_MILLISECONDS, refresh) : undefined,
  };
}

/** Returns the entities that are chosen, as requests name them. */
export const entitiesChosen = ({ entities, parts }: Pick<ExplorerQuery, 'entities' | 'parts'>) => ({
  entity: entities.length > 0 ? [...entities] : undefined,
  entity_part: parts.length > 0 ? [...parts] : undefined,
});

/** A change of what is shown, as the address has it: page and open row begin anew. */
export function changedQuery(changes: {
  range?: TimeRange;
  query?: string;
  language?: string;
  severity?: string;
  sort?: string;
  /** Goes with the sort. */
  direction?: string;
  entities?: readonly string[];
  parts?: readonly string[];
  lane?: string | undefined;
  feature?: string;
  withHidden?: boolean;
}): Record<string, string | undefined> {
  const { range, entities, parts, query, language, severity, sort } = changes;
  return {
    page: undefined,
    open: undefined,
    ...(range && { from: range.from, to: range.to, before_from: undefined, before_to: undefined }),
    ...('query' in changes && { query: query || undefined }),
    ...('language' in changes && { language: language === 'lucene' ? 'lucene' : undefined }),
    ...('severity' in changes && { severity: severity || undefined }),
    ...('feature' in changes && { feature: changes.feature || undefined }),
    ...('withHidden' in changes && { hidden: changes.withHidden ? 'show' : undefined }),
    ...('sort' in changes && { sort: sort === 'time' ? undefined : sort, direction: changes.direction }),
    ...(entities && { entity: entitiesText(entities) || undefined }),
    ...(parts && { part: entitiesText(parts) || undefined }),
    ...('lane' in changes && { lane: changes.lane }),
  };
}

/** A time, and perhaps entities, taken with the mouse: what was shown before can be shown again. */
export function brushedQuery(
  { range, unbrushed, lane }: ExplorerQuery,
  brushed: TimeRange,
  lanes?: readonly string[],
): Record<string, string | undefined> {
  const before = unbrushed ?? range;
  return {
    ...changedQuery({
      range: brushed,
      ...(lanes &&
        (lane === undefined
          ? { entities: lanes }
          : { parts: lanes.filter(Boolean).map((value) => partFilter(lane, value)) })),
    }),
    before_from: before.from,
    before_to: before.to,
  };
}

/** @returns the changes that take every filter away and keep time, order and refresh */
export const withoutFilters = ({ unbrushed }: ExplorerQuery): Record<string, string | undefined> =>
  changedQuery({
    severity: '',
    entities: [],
    parts: [],
    query: '',
    feature: '',
    ...(unbrushed && { range: unbrushed }),
  });
