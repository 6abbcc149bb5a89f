import type { Detector } from '../../../common/detector';
import type { LogSource } from '../../detection/ports';
import { createBucketSource, type BucketSourceOptions } from './bucket_source';
import { createSessionSource } from './session_source';
import type { ElasticsearchClient } from '../transport/client';
import { createLogSource } from '../logs/log_source';

/**
 * Creates the source of a detector by its unit: single logs, rows of (time bucket, entity), or of sessions.
 *
 * @param options `labelField`: bucket rows tell whether they hold logs that are anomalous by that field
 */
export const createDetectorSource = (
  client: ElasticsearchClient,
  detector: Detector,
  options: BucketSourceOptions = {},
): LogSource =>
  detector.unit === 'bucket'
    ? (detector.bucket?.session === undefined ? createBucketSource : createSessionSource)(
        client,
        detector,
        options,
      )
    : createLogSource(client, { policy: options.policy, within: detector.source.index });
