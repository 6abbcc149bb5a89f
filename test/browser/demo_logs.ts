import type { Client } from '@elastic/elasticsearch';
import { generateLogs } from '../../common/demo_logs';

const DAY_MILLISECONDS = 86_400_000;
const LOGS_PER_SECOND = 0.1;
export const DEMO_LOGS_DAYS = 3;

/** Makes an index with three days of logs of several services until now, with anomalies. */
export async function writeDemoLogs(client: Client, index: string): Promise<void> {
  await client.indices.create({ index, settings: { number_of_shards: 1, number_of_replicas: 0 } });
  const to = Date.now();
  const generated = generateLogs({
    seed: 7,
    from: to - DEMO_LOGS_DAYS * DAY_MILLISECONDS,
    to,
    ratePerSecond: LOGS_PER_SECOND,
    anomalyRate: 0.01,
  });
  const lines: object[] = [];
  for (const { document } of generated) lines.push({ index: {} }, document);
  const answer = await client.bulk({ index, operations: lines, refresh: true });
  const refused = answer.items.find((item) => item.index?.error);
  if (refused) throw new Error(JSON.stringify(refused));
}
