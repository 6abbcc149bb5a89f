import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import type { LogRange, ScoredBucket, ScoredLogs, ScoredPage } from '../../detection/ports';
import type { RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import {
  entityText,
  LONGEST_ENTITY,
  longestPart,
  partsOfEntity,
} from '../../../common/detector/entity_fields';
import { entitySources, type EntityKey } from '../transport/entity_terms';
import { compositePages } from '../transport/composite_pages';
import { fieldTypes, queryOf, timeFieldOf, type FieldTypes } from '../transport/log_query';

/** Groups of one answer. */
const GROUPS_A_REQUEST = 2_000;
/** Kinds of remarks on unusable values that are counted. */
const MOST_REMARKS = 500;

const IS_ANOMALY = 'anomaly.is_anomaly';
const SCORE = 'anomaly.score';
const CONFIDENCE = 'anomaly.confidence';
const REMARKS = 'anomaly.unscored';
const VERSION = 'model.version';

/** Group in the answer of a composite aggregation of logs. */
interface Group {
  readonly key: EntityKey & { readonly time: number };
  readonly doc_count: number;
  readonly scored: {
    readonly doc_count: number;
    readonly anomalies: { readonly doc_count: number };
    readonly max_score: { readonly value: number | null };
    readonly mean_score: { readonly value: number | null };
    readonly max_confidence: { readonly value: number | null };
  };
}

/** Aggregations beside the groups; absent where no index matches. */
interface Remarks {
  readonly remarks?: { readonly kinds: { readonly buckets: { key: string; doc_count: number }[] } };
}

/**
 * The field, or its part `.keyword`, that can be filtered and grouped by whole values.
 *
 * @returns undefined when no index maps it
 * @throws DetectionError `refused` when it can only be searched for words
 */
function exactField(types: FieldTypes, field: string, setting: string): string | undefined {
  for (const name of [field, `${field}.keyword`]) {
    const found = Object.entries(types[name] ?? {}).filter(([type]) => type !== 'unmapped');
    if (found.length > 0 && found.every(([, { aggregatable }]) => aggregatable)) return name;
  }
  const found = Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped' && type !== 'object');
  if (found.length === 0) return undefined;
  throw new DetectionError(
    'refused',
    `${setting} is "${field}", mapped as ${found.join(' and ')}: scoring: ingest sums up by aggregations, which take a field with doc values, such as keyword. Attaching the pipeline maps its own fields rightly.`,
  );
}

/** Logs that an ingest pipeline has scored where they lie. Needs `read` on them and nothing else. */
export function createScoredLogs(
  client: ElasticsearchClient,
  options: { policy?: RetryPolicy; signal?: AbortSignal } = {},
): ScoredLogs {
  const { policy, signal } = options;
  return {
    async open({ index, versions, entityFields, bucketMilliseconds }) {
      const wanted = [IS_ANOMALY, SCORE, REMARKS, VERSION, ...entityFields];
      const { types } = await fieldTypes(
        client,
        index,
        wanted.flatMap((field) => [field, `${field}.keyword`]),
        { policy, signal },
      );
      const version = exactField(types, VERSION, 'The field of the model version') ?? VERSION;
      const remarks = exactField(types, REMARKS, 'The field of remarks') ?? REMARKS;
      const exact = entityFields.map((field) =>
        exactField(types, field, entityFields.length === 1 ? 'entity_field' : 'One of entity_fields'),
      );
      const entity = scoredEntity(types, exact);
      const isOurs: estypes.QueryDslQueryContainer = { terms: { [version]: [...versions] } };
      const isAnomaly: estypes.QueryDslQueryContainer = { term: { [IS_ANOMALY]: true } };

      const groups: Record<string, estypes.AggregationsAggregationContainer> = {
        scored: {
          filter: { bool: { filter: [isOurs, { exists: { field: SCORE } }] } },
          aggs: {
            anomalies: { filter: isAnomaly },
            max_score: { max: { field: SCORE } },
            mean_score: { avg: { field: SCORE } },
            max_confidence: { max: { field: CONFIDENCE } },
          },
        },
      };

      async function* summarize(range: LogRange, by: 'timestamp' | 'ingested'): AsyncGenerator<ScoredPage> {
        const names = [range.timestampField, timeFieldOf(range, by)];
        const found = await fieldTypes(client, index, names, { policy, signal });
        // The other clock's logs, or none at all: nothing to sum up.
        if (names.some((name) => found.types[name] === undefined)) return;
        const pages = compositePages<Group, Remarks>(
          client,
          {
            index,
            query: queryOf(range, by),
            sources: [
              {
                time: {
                  date_histogram: {
                    field: range.timestampField,
                    fixed_interval: `${bucketMilliseconds}ms`,
                  },
                },
              },
              ...entity.sources,
            ],
            aggs: groups,
            beside: {
              remarks: {
                filter: isOurs,
                aggs: { kinds: { terms: { field: remarks, size: MOST_REMARKS } } },
              },
            },
            size: GROUPS_A_REQUEST,
            what: `sum up the scores of "${index}"`,
          },
          { policy, signal },
        );
        for await (const { buckets, beside } of pages) {
          yield {
            buckets: buckets.map((group) => bucketOf(group, entity.entityOf(group.key))),
            remarks: (beside?.remarks?.kinds.buckets ?? []).map(({ key, doc_count: logs }) => ({
              remark: key,
              logs,
            })),
          };
        }
      }

      return { anomalies: { bool: { filter: [isAnomaly, isOurs] } }, summarize };
    },
  };
}

/**
 * Returns the sources by entity of logs that may lack it, as results show it.
 *
 * @param fields undefined for one that no index maps: no log has it
 */
function scoredEntity(types: FieldTypes, fields: readonly (string | undefined)[]) {
  const mapped = fields.filter((field): field is string => field !== undefined);
  const { sources, entityOf } = entitySources(types, mapped);
  return {
    sources: sources.map((source) =>
      Object.fromEntries(
        Object.entries(source).map(([name, { terms }]) => [
          name,
          { terms: { ...terms, missing_bucket: true } },
        ]),
      ),
    ),
    entityOf: (key: EntityKey): string | undefined => {
      const found = mapped.length === 0 ? undefined : entityOf(key);
      if (found === undefined || fields.length === 1) return found?.slice(0, LONGEST_ENTITY);
      const parts = partsOfEntity(found, mapped.length);
      return entityText(
        fields.map((field) => (field === undefined ? undefined : parts[mapped.indexOf(field)])),
        longestPart(fields.length),
      );
    },
  };
}

const bucketOf = ({ key, doc_count, scored }: Group, entity: string | undefined): ScoredBucket => ({
  start: key.time,
  ...(entity === undefined ? {} : { entity }),
  logs: scored.doc_count,
  unscored: doc_count - scored.doc_count,
  anomalies: scored.anomalies.doc_count,
  maxScore: scored.max_score.value ?? 0,
  meanScore: scored.mean_score.value ?? 0,
  maxConfidence: scored.max_confidence.value ?? 0,
});
