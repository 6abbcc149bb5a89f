export { startLocalElasticsearch } from './start';
export type { LocalElasticsearch, LocalElasticsearchOptions } from './start';
export { DEFAULT_LOCAL_VERSION, LOCAL_VERSIONS, parseLocalVersion } from './versions';
export type { LocalVersion } from './versions';
