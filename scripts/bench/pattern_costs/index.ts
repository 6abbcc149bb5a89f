import { cpus, loadavg } from 'node:os';
import type { BenchSection } from '../section';
import { withElasticsearch } from '../../local_elasticsearch';
import { catalogueRows } from './catalogue_api';
import { countingRows } from './counting_cost';
import { memoryRows } from './memory_of_patterns';

/** Costs of patterns: in the loop of a detector, in memory, and on their page. */
export async function run(): Promise<BenchSection> {
  const inMemory = memoryRows();
  return withElasticsearch(async (client) => {
    const rows = [...inMemory, ...(await countingRows(client)), ...(await catalogueRows(client))];
    const busy = loadavg()[1].toFixed(1);
    return {
      title: `What patterns cost, on a real Elasticsearch (load average ${busy} on ${cpus().length} cores)`,
      notes:
        'The loop is a run of a detector from its checkpoint on: it reads pages, scores them, and writes results, summaries and the checkpoint. Pages hold logs of many buckets, in no order of time, which takes more summaries than logs in order do.',
      rows,
    };
  });
}
