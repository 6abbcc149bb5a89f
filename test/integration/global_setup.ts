import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleCommandLine } from '../../scripts/build/node_bundles';
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
 * What all integration tests share: the command line as it is released, which starts four times as fast as its sources,
 * and one Elasticsearch with security: a local one (LOCAL_ELASTICSEARCH_VERSION, default 8.19.8), or the one that
 * ELASTICSEARCH_URL names. Tests reach it through ELASTICSEARCH_URL, _USERNAME and _PASSWORD; its user must be allowed to
 * make users and roles.
 */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-command-line-'));
  process.env.COMMAND_LINE_OF_TESTS = join(folder, 'log-anomalies.js');
  await bundleCommandLine(resolve(__dirname, '../..'), process.env.COMMAND_LINE_OF_TESTS);
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
