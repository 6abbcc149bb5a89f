export { bucketFields, COUNT_FIELD } from '../detector/bucket_fields';
export { bucketDocuments, bucketMessage, rowIdOf, silentRow, spanOf } from './bucket_row';
export { boundSchema, type EntityBound } from './entity_bound';
export { labelSilences } from './label_rows';
export type { BucketLabels, BucketRow } from './bucket_row';
