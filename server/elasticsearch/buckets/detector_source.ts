import type { Detector } from '../../../common/detector';
import type { LogSource } from '../../detection/ports';
import { createBucketSource, type BucketSourceOptions } from './bucket_source';
import type { ElasticsearchClient } from '../transport/client';
import { createLogSource } from '../logs/log_source';

/**
 * Creates the source of a detector by its unit: single logs, or rows of (time bucket, entity).
 *
 * @param options `labelField`: bucket rows tell whether they hold logs that are anomalous by that field
 */
export const createDetectorSource = (
  client: ElasticsearchClient,
  detector: Detector,
  options: BucketSourceOptions = {},
): LogSource =>
  detector.unit === 'bucket'
    ? createBucketSource(client, detector, options)
    : createLogSource(client, { policy: options.policy, within: detector.source.index });
