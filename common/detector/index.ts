export { durationSchema, durationToMilliseconds } from '../duration';
export * from './bucket_schema';
export * from './detector_schema';
export * from './feature_schema';
export type { PatternSettings } from './pattern_settings';
