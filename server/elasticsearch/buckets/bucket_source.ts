import { spanOf } from '../../../common/buckets';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { LogSource } from '../../detection/ports';
import type { RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes, refuseVanished } from '../transport/log_query';
import { chooseUniformly } from '../logs/sample_logs';
import { listEntities, type AnomalousEntities } from './entities';
import { readBuckets, rereadBuckets, sourceLogs } from './read_buckets';
import { sampleBuckets } from './sample_buckets';

export interface BucketSourceOptions {
  readonly policy?: RetryPolicy;
  readonly labelField?: string;
  /** Entities that have places first where there are more than `bucket.max_entities`. */
  readonly anomalous?: AnomalousEntities;
}

/**
 * The logs of a detector as rows of (time bucket, entity), summed up by Elasticsearch. Each row looks like a log, with an
 * id made of span, start and entity, so that all that works on logs works on buckets. `index` and `query` of a range
 * select the logs. Needs `read` on them and nothing else.
 *
 * Ranges count whole buckets only. Read by the time of indexing it gives the rows whose logs have changed.
 */
export function createBucketSource(
  client: ElasticsearchClient,
  detector: Detector,
  options: BucketSourceOptions = {},
): LogSource {
  const { policy, labelField, anomalous } = options;
  const span = spanOf(detector);
  return {
    async sample(range, { size, seed, signal }) {
      const { rows, total, isWhole } = await sampleBuckets(client, detector, range, {
        sample: { size, seed, ...(labelField === undefined ? {} : { labelField }) },
        options: { policy, signal, anomalous },
      });
      const logs = chooseUniformly(rows.map(sourceLogs(detector)), size, seed);
      return { logs, total, method: isWhole && logs.length === rows.length ? 'all' : 'random_buckets' };
    },
    read: async function* (range, readOptions = {}) {
      const isOfLate = readOptions.by === 'ingested';
      if (!isOfLate && Math.floor(range.to / span) <= Math.floor(range.from / span)) return;
      const { index } = range;
      const requests = { policy, signal: readOptions.signal };
      const { indices } = await fieldTypes(client, index, [], requests);
      const pages = (isOfLate ? rereadBuckets : readBuckets)(client, detector, range, {
        ...readOptions,
        policy,
        anomalous,
      });
      for await (const page of pages) {
        // Entities of an index that has gone meanwhile would look silent.
        await refuseVanished(client, index, indices, requests);
        yield page;
      }
    },
    /** The most that there can be: each entity counts from its first log of the range to `look_back` after its last. */
    async count(range) {
      const lookBack = durationToMilliseconds(detector.bucket?.look_back ?? '1d');
      const { entities } = await listEntities(client, detector, range, { policy, anomalous });
      const first = Math.ceil(range.from / span);
      const end = Math.floor(range.to / span);
      let rows = 0;
      for (const seen of entities.values()) {
        const from = Math.max(first, Math.floor(seen.first / span));
        const to = Math.min(end, Math.floor((seen.last + lookBack) / span) + 1);
        rows += Math.max(0, to - from);
      }
      return rows;
    },
    /** Rows come whole wherever they are read: there is nothing to add to them. */
    fetch: () => Promise.resolve([]),
  };
}
