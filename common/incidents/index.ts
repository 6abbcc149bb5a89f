export { groupOf, joinAll, joinMany, scopeKey, type Group } from './grouping';
export * from './incident';
export { linksOf, LONGEST_HOST, type ResultLinks } from './result_links';
export { partReason, readPartReason, STEP_REASONS, type StepReason } from './step_reasons';
export { countText, isTelling, nameOfPattern, titleOf, type Lead } from './words';
