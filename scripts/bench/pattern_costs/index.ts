import { cpus, loadavg } from 'node:os';
import { connect, connectionFromEnvironment } from '../../../server/elasticsearch';
import { DEFAULT_LOCAL_VERSION, startLocalElasticsearch } from '../../local_elasticsearch';
import type { BenchRow, BenchSection } from '../section';
import { catalogueRows } from './catalogue_api';
import { countingRows } from './counting_cost';
import { memoryRows } from './memory_of_patterns';

/** Costs of patterns: in the loop of a detector, in memory, and on their page. */
export async function run(): Promise<BenchSection> {
  const rows: BenchRow[] = memoryRows();
  const local =
    process.env.ELASTICSEARCH_URL === undefined
      ? await startLocalElasticsearch({
          version: DEFAULT_LOCAL_VERSION,
          report: (text) => process.stderr.write(`  ${text}\n`),
        })
      : undefined;
  const client = connect(
    connectionFromEnvironment({ ...process.env, ...(local && { ELASTICSEARCH_URL: local.url }) }),
  );
  try {
    rows.push(...(await countingRows(client)));
    rows.push(...(await catalogueRows(client)));
    const busy = loadavg()[1].toFixed(1);
    return {
      title: `What patterns cost, on a real Elasticsearch (load average ${busy} on ${cpus().length} cores)`,
      rows,
    };
  } finally {
    await client.close();
    await local?.stop();
  }
}
