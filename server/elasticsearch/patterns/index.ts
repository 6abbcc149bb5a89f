export { createCountingPlace } from './counting_place';
export { createPatternStore } from './pattern_store';
export { listLogPatterns } from './pattern_search';
