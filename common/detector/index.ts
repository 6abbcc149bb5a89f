export { durationSchema, durationToMilliseconds } from '../duration';
export * from './bucket_schema';
export * from './detector_schema';
export {
  entityFieldsOf,
  entityFieldsText,
  entitySettingOf,
  namedParts,
  partsOfEntity,
  type EntitySettings,
} from './entity_fields';
export * from './feature_schema';
export { featuresInZone } from './features_in_zone';
export type { PatternSettings } from './pattern_settings';
