export { groupOf, joinAll, joinMany, scopeKey, type Group } from './grouping';
export * from './incident';
export { linksOf, LONGEST_HOST, type ResultLinks } from './result_links';
export { countText, isTelling, nameOfPattern, titleOf, type Lead } from './words';
