import type { Client, estypes } from '@elastic/elasticsearch';
import { generateLogs, type DemoLogOptions } from '../../common/demo_logs';

const MINUTE_MILLISECONDS = 60_000;
const DAY_MILLISECONDS = 86_400_000;
const LOGS_PER_SECOND = 0.1;
export const DEMO_LOGS_DAYS = 3;

/** Makes an index with three days of logs of several services until now, with anomalies. */
export async function writeDemoLogs(client: Client, index: string): Promise<void> {
  await makeIndex(client, index);
  const to = Date.now();
  await writeLogs(client, index, {
    seed: 7,
    from: to - DEMO_LOGS_DAYS * DAY_MILLISECONDS,
    to,
    ratePerSecond: LOGS_PER_SECOND,
    anomalyRate: 0.01,
  });
}

export const OUTAGE_SERVICE = 'inventory-api';
export const OUTAGE_DAYS = 2;
const OUTAGE = { ago: 180 * MINUTE_MILLISECONDS, length: 30 * MINUTE_MILLISECONDS };
const OUTAGE_BORDER = 5 * MINUTE_MILLISECONDS;
/** Keywords for all texts, as in indices of logs. */
const KEYWORDS: estypes.MappingTypeMapping = {
  dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }],
  properties: { client: { properties: { ip: { type: 'ip' } } } },
};

/** Two days of everyday logs of two busy services, of which one was silent for half an hour, three hours ago. */
export async function writeOutage(client: Client, index: string): Promise<void> {
  await makeIndex(client, index, KEYWORDS);
  const to = Date.now();
  const begin = Math.floor((to - OUTAGE.ago) / OUTAGE_BORDER) * OUTAGE_BORDER;
  const end = begin + OUTAGE.length;
  await writeLogs(
    client,
    index,
    {
      seed: 11,
      from: to - OUTAGE_DAYS * DAY_MILLISECONDS,
      to,
      ratePerSecond: 0.2,
      anomalyRate: 0,
      services: [OUTAGE_SERVICE, 'auth-api'],
    },
    (service, time) => service !== OUTAGE_SERVICE || time < begin || time >= end,
  );
}

const makeIndex = (client: Client, index: string, mappings?: estypes.MappingTypeMapping): Promise<unknown> =>
  client.indices.create({
    index,
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    ...(mappings && { mappings }),
  });

/** A busy hour of a weekday: whatever time a test runs at, its logs end as if it were this. */
const SIMULATED_END = Date.UTC(2026, 9, 1, 16);

async function writeLogs(
  client: Client,
  index: string,
  { from, to, ...options }: DemoLogOptions,
  isWritten: (service: string, time: number) => boolean = () => true,
): Promise<void> {
  const later = to - SIMULATED_END;
  const lines: object[] = [];
  for (const log of generateLogs({ ...options, from: from - later, to: SIMULATED_END })) {
    const { service } = log.document as { service: { name: string } };
    const time = log.time + later;
    if (!isWritten(service.name, time)) continue;
    const date = new Date(time);
    const document = { ...log.document, '@timestamp': date.toISOString(), hour_of_day: date.getUTCHours() };
    lines.push({ index: {} }, document);
  }
  const answer = await client.bulk({ index, operations: lines, refresh: true });
  const refused = answer.items.find((item) => item.index?.error);
  if (refused) throw new Error(JSON.stringify(refused));
}
