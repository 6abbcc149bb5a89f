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
  var localElasticsearchOfTests: readonly LocalElasticsearch[] | undefined;
}

/**
 * Starts what integration tests share: the command line as it is released, which starts four times as fast as its sources,
 * and for each worker of jest an Elasticsearch with security of its own (LOCAL_ELASTICSEARCH_VERSION, default 8.19.8), so that
 * tests that change a cluster disturb no others; or all use the one that ELASTICSEARCH_URL names, in one worker. Tests reach
 * theirs through ELASTICSEARCH_URL, _USERNAME and _PASSWORD (own_node.ts); its user must be allowed to make users and roles.
 *
 * @throws Error when several workers would share one Elasticsearch
 */
export default async function globalSetup({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  if (process.env.ELASTICSEARCH_URL && maxWorkers > 1) {
    throw new Error(
      `maxWorkers: is ${maxWorkers}, must be 1 (--runInBand) with ELASTICSEARCH_URL: tests change the settings of their cluster`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-command-line-'));
  process.env.COMMAND_LINE_OF_TESTS = join(folder, 'log-anomalies.js');
  await bundleCommandLine(resolve(__dirname, '../..'), process.env.COMMAND_LINE_OF_TESTS);
  if (process.env.ELASTICSEARCH_URL) return;
  const nodes: LocalElasticsearch[] = [];
  globalThis.localElasticsearchOfTests = nodes;
  for (let worker = 0; worker < maxWorkers; worker++) {
    nodes.push(
      await startLocalElasticsearch({
        version: parseLocalVersion(process.env.LOCAL_ELASTICSEARCH_VERSION ?? DEFAULT_LOCAL_VERSION),
        security: true,
        heap: maxWorkers === 1 ? '1g' : '700m',
        report: (message) => process.stderr.write(`${message}\n`),
      }),
    );
  }
  process.env.ELASTICSEARCH_NODES_OF_TESTS = JSON.stringify(
    nodes.map(({ url, username, password }) => ({ url, username, password })),
  );
}
