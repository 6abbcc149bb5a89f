export { drawSample } from './draw_sample';
export type { DrawnSample } from './draw_sample';
export { findSources } from './find_sources';
export type { FoundSources } from './find_sources';
export { lookAtSource, proposeForLogs } from './look_at_source';
export type { LookedAt } from './look_at_source';
