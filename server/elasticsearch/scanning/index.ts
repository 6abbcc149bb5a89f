export { findSources } from './find_sources';
export type { FoundSources } from './find_sources';
export { lookAtSource } from './look_at_source';
export type { LookedAt } from './look_at_source';
