export { startLocalElasticsearch } from './start';
export type { LocalElasticsearch } from './start';
export { DEFAULT_LOCAL_VERSION, LOCAL_VERSIONS, parseLocalVersion } from './versions';
export { withElasticsearch } from './with_elasticsearch';
