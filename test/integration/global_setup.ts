import {
  parseLocalVersion,
  startLocalElasticsearch,
  DEFAULT_LOCAL_VERSION,
} from '../../scripts/local_elasticsearch';
import type { LocalElasticsearch } from '../../scripts/local_elasticsearch';

declare global {
  var localElasticsearchOfTests: LocalElasticsearch | undefined;
}

/**
 * One Elasticsearch with security for all integration tests: a local one (LOCAL_ELASTICSEARCH_VERSION, default 8.19.8),
 * or the one that ELASTICSEARCH_URL names. Tests reach it through ELASTICSEARCH_URL, _USERNAME and _PASSWORD; its
 * user must be allowed to make users and roles.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env.ELASTICSEARCH_URL) return;
  const node = await startLocalElasticsearch({
    version: parseLocalVersion(process.env.LOCAL_ELASTICSEARCH_VERSION ?? DEFAULT_LOCAL_VERSION),
    security: true,
    report: (message) => process.stderr.write(`${message}\n`),
  });
  globalThis.localElasticsearchOfTests = node;
  process.env.ELASTICSEARCH_URL = node.url;
  process.env.ELASTICSEARCH_USERNAME = node.username;
  process.env.ELASTICSEARCH_PASSWORD = node.password;
}
