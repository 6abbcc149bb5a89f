import { DetectionError } from '../../../common/detection_error';
import type { DriftMeasurement } from '../../../common/api/upkeep';
import type { DriftStore } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWriteAll } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, documentId, resultsIndex, resultsPattern } from '../indices/names';

/** Forty days of one an hour. */
const MOST_MEASUREMENTS = 1_000;

interface StoredDrift {
  readonly '@timestamp': string;
  readonly drift: Omit<DriftMeasurement, 'at' | 'model_version'>;
  readonly model: { readonly version: string };
}

/**
 * Measurements of drift among the results, `log-anomalies-results.<space>.YYYY.MM`, one document each. Writing needs
 * `index`, `create_index` and `view_index_metadata` there, listing `read`.
 */
export function createDriftStore(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): DriftStore {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  return {
    async write({ id, name }, { at, model_version: version, ...drift }, slot) {
      const index = resultsIndex(space, Date.parse(at));
      await ensureIndex(client, index, 'results', { policy, signal });
      const document = {
        '@timestamp': at,
        event: { ingested: at, kind: 'metric' },
        detector: { id, name },
        model: { version },
        drift,
        result: { type: 'drift', space },
      };
      await bulkWriteAll(
        client,
        [{ action: 'index', index, id: documentId('drift', id, String(slot)), document }],
        {
          what: `write a measurement of drift of "${id}"`,
          guard: guardOf(client, 'results', { policy, signal }),
          policy,
          signal,
        },
      );
    },
    async list(detectorId, { from, to }) {
      const answer = await attempt(
        () =>
          client.search<StoredDrift>(
            {
              index: resultsPattern(space),
              allow_partial_search_results: false,
              ignore_unavailable: true,
              allow_no_indices: true,
              size: MOST_MEASUREMENTS,
              track_total_hits: false,
              query: {
                bool: {
                  filter: [
                    { term: { 'result.space': space } },
                    { term: { 'result.type': 'drift' } },
                    { term: { 'detector.id': detectorId } },
                    { range: { '@timestamp': { gte: from, lt: to, format: 'epoch_millis' } } },
                  ],
                },
              },
              sort: [{ '@timestamp': { order: 'desc', unmapped_type: 'date' } }],
            },
            { signal },
          ),
        { what: `read the drift of "${detectorId}"`, policy, signal },
      ).catch((error: unknown) => {
        if (error instanceof DetectionError && error.code === 'not_found') return undefined;
        throw error;
      });
      return (answer?.hits.hits ?? [])
        .flatMap(({ _source }): DriftMeasurement[] =>
          _source === undefined
            ? []
            : [{ at: _source['@timestamp'], model_version: _source.model.version, ..._source.drift }],
        )
        .reverse();
    },
  };
}

/**
 * Counts the results of a detector over a time of logs, half-open in epoch milliseconds. Needs `read` on the results.
 *
 * @returns those that are shown, and those that a suppression hides
 */
export async function countAnomalies(
  client: ElasticsearchClient,
  where: {
    readonly space: string;
    readonly detectorId: string;
    readonly from: number;
    readonly to: number;
  },
): Promise<{ shown: number; suppressed: number }> {
  const { space, detectorId, from, to } = where;
  const ofType = (type: string) => ({ filter: { term: { 'result.type': type } } });
  const answer = await attempt(
    () =>
      client.search({
        index: resultsPattern(space),
        allow_partial_search_results: false,
        ignore_unavailable: true,
        allow_no_indices: true,
        size: 0,
        track_total_hits: false,
        query: {
          bool: {
            filter: [
              { term: { 'result.space': space } },
              { term: { 'detector.id': detectorId } },
              { range: { '@timestamp': { gte: from, lt: to, format: 'epoch_millis' } } },
            ],
          },
        },
        aggs: { shown: ofType('log'), suppressed: ofType('suppressed') },
      }),
    { what: `count the results of "${detectorId}"` },
  );
  const found = answer.aggregations as Partial<Record<string, { doc_count: number }>> | undefined;
  return { shown: found?.shown?.doc_count ?? 0, suppressed: found?.suppressed?.doc_count ?? 0 };
}
