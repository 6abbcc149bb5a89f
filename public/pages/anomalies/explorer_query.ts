import { SEVERITIES, type Severity } from '../../../common/anomaly';
import type { Location } from '../../location';
import type { TimeRange } from '../../shared/time_range';

export const DEFAULT_RANGE: TimeRange = { from: 'now-24h', to: 'now' };
export const PAGE_SIZE = 25;
/** Stands between the names of several entities in the address; names of entities hold no line breaks. */
const BETWEEN_ENTITIES = '\n';

/** Everything that the explorer shows is chosen in its address. */
export interface ExplorerQuery {
  readonly range: TimeRange;
  readonly query: string;
  readonly language: 'kuery' | 'lucene';
  readonly severity: Severity | undefined;
  readonly sort: 'time' | 'score';
  readonly entities: readonly string[];
  /** From 0. */
  readonly page: number;
  readonly size: number;
  /** Id of the result whose details are open. */
  readonly open: string | undefined;
  /** Milliseconds between refreshes; undefined: by hand. */
  readonly refresh: number | undefined;
}

export function readExplorerQuery({ query }: Location): ExplorerQuery {
  const refresh = Number(query.refresh);
  return {
    range: { from: query.from ?? DEFAULT_RANGE.from, to: query.to ?? DEFAULT_RANGE.to },
    query: query.query ?? '',
    language: query.language === 'lucene' ? 'lucene' : 'kuery',
    severity: SEVERITIES.find(({ name }) => name === query.severity)?.name,
    sort: query.sort === 'score' ? 'score' : 'time',
    entities: query.entity ? query.entity.split(BETWEEN_ENTITIES) : [],
    page: Math.max(0, (Math.floor(Number(query.page)) || 1) - 1),
    size: Math.min(100, Math.max(1, Math.floor(Number(query.size)) || PAGE_SIZE)),
    open: query.open,
    refresh: refresh > 0 ? refresh : undefined,
  };
}

/** A change of what is shown, as the address has it: page and open row begin anew. */
export function changedQuery(changes: {
  range?: TimeRange;
  query?: string;
  language?: string;
  severity?: string;
  sort?: string;
  entities?: readonly string[];
}): Record<string, string | undefined> {
  const { range, entities, query, language, severity, sort } = changes;
  return {
    page: undefined,
    open: undefined,
    ...(range && { from: range.from, to: range.to }),
    ...('query' in changes && { query: query || undefined }),
    ...('language' in changes && { language: language === 'lucene' ? 'lucene' : undefined }),
    ...('severity' in changes && { severity: severity || undefined }),
    ...('sort' in changes && { sort: sort === 'score' ? 'score' : undefined }),
    ...(entities && { entity: entities.filter(Boolean).join(BETWEEN_ENTITIES) || undefined }),
  };
}
