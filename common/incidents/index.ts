export { scopeKey, type Group } from './grouping';
export * from './incident';
export { linksOf, type ResultLinks } from './result_links';
