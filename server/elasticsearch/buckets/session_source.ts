import type { Detector } from '../../../common/detector';
import type { LogSource } from '../../detection/ports';
import { chooseUniformly } from '../logs/sample_logs';
import type { ElasticsearchClient } from '../transport/client';
import type { BucketSourceOptions } from './bucket_source';
import { sourceLogs } from './read_buckets';
import { readSessions, rereadSessions } from './read_sessions';
import { countSessions, sampleSessions } from './sample_sessions';

/**
 * The logs of a detector as rows of sessions, each the logs with one id up to a silence, with an id made of its begin and that
 * id. `index` and `query` of a range select the logs. Needs `read` on them and nothing else.
 *
 * Ranges count the sessions that are over within them. Read by the time of indexing it gives the rows whose logs have changed.
 */
export function createSessionSource(
  client: ElasticsearchClient,
  detector: Detector,
  { policy, labelField }: BucketSourceOptions = {},
): LogSource {
  return {
    async sample(range, { size, seed, signal }) {
      const { rows, total, isWhole } = await sampleSessions(client, detector, range, {
        sample: { size, seed, ...(labelField === undefined ? {} : { labelField }) },
        options: { policy, signal },
      });
      const logs = chooseUniformly(rows.map(sourceLogs(detector)), size, seed);
      return { logs, total, method: isWhole && logs.length === rows.length ? 'all' : 'random_buckets' };
    },
    read: (range, readOptions = {}) =>
      (readOptions.by === 'ingested' ? rereadSessions : readSessions)(client, detector, range, {
        ...readOptions,
        policy,
      }),
    /** About as many as there are ids. */
    count: (range) => countSessions(client, detector, range, { policy }),
    /** Rows come whole wherever they are read: there is nothing to add to them. */
    fetch: () => Promise.resolve([]),
  };
}
