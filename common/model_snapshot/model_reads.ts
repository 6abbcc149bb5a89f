import { featureFieldsOf } from '../detector/bucket_fields';
import type { Detector } from '../detector';
import { entityFieldsOf, entitySettingOf } from '../detector/entity_fields';
import { fieldsOfFeature } from '../log_features/fields/group_fields';
import { hashOfJson } from './canonical_json';
import type { ModelSnapshot } from './types';

/** Stands before the hash of bucket settings in a list of fields: no field name begins so. */
const BUCKETS = '_buckets:';

/** Buckets are read by queries of their own, so a model may bring none but saved ones. */
const bucketsOf = (detector: Detector): string =>
  `${BUCKETS}${hashOfJson([detector.bucket ?? null, entitySettingOf(detector) ?? null])}`;

const featureFields = ({ features }: Detector): string[] => features.flatMap(fieldsOfFeature);

const unique = (fields: readonly string[]): string[] => [...new Set(fields)].sort();

/**
 * All that a detector's settings have a run read: fields of logs, and of a bucket detector its buckets. What a model of it
 * may read at most.
 *
 * @returns sorted, each once
 */
export function readsOf(detector: Detector): string[] {
  const { source, context_fields: contextFields, unit, bucket } = detector;
  return unique([
    ...featureFields(detector),
    source.timestamp_field,
    source.ingested_field,
    ...entityFieldsOf(detector),
    ...contextFields,
    ...(unit === 'bucket' && bucket !== undefined ? [...featureFieldsOf(bucket), bucketsOf(detector)] : []),
  ]);
}

/**
 * All that a model makes a run of this detector read: the fields of its features and of its encoding, which a forged model
 * file may have differ, and with buckets on either side its entity and its buckets.
 *
 * @returns sorted, each once
 */
export function readsOfModel(
  { detector, encoder }: Pick<ModelSnapshot, 'detector' | 'encoder'>,
  current: Pick<Detector, 'unit'>,
): string[] {
  const ofBuckets = detector.unit === 'bucket';
  return unique([
    ...featureFields(detector),
    ...encoder.fields,
    ...(ofBuckets || current.unit === 'bucket' ? entityFieldsOf(detector) : []),
    ...(ofBuckets ? [bucketsOf(detector)] : []),
  ]);
}

/** @returns as people read it, e.g. `"client.ip", "user.name"` */
export const describeReads = (reads: readonly string[]): string =>
  reads.map((each) => (each.startsWith(BUCKETS) ? 'its buckets' : `"${each}"`)).join(', ');
