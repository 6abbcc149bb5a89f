import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Client } from '@elastic/elasticsearch';
import type { DetectorStatus } from '../../common/api';
import type { KibanaClient } from '../e2e/kibana_client';
import type { LiveMemory } from './heap_probe';

/** Measurements of one moment of the soak. */
export interface Sample {
  /** Minutes since the soak began. */
  readonly minutes: number;
  readonly rss_mb: number;
  readonly heap_mb: number;
  /** Open files and sockets of Kibana's process; absent where the system does not tell. */
  readonly handles?: number;
  readonly event_loop_ms: number;
  readonly load_1m: number;
  readonly logs: number;
  /** Seconds behind now: the middle detector and the last. */
  readonly lag_s: number;
  readonly lag_most_s: number;
  readonly failing: number;
  /** Tasks of the plugin that Task Manager keeps, and those among them whose time has passed by more than a minute. */
  readonly tasks: number;
  readonly tasks_late: number;
  /** Of all indices of the plugin. */
  readonly index_mb: number;
  readonly index_documents: number;
  readonly results: number;
  /** Once garbage was collected, every ten minutes: the heap, and what is outside of it. */
  readonly live_heap_mb?: number;
  readonly live_external_mb?: number;
  /** Of the process, at that moment. */
  readonly live_rss_mb?: number;
  /** Allocated by the plugin since the first collection, and alive; with `--places` only. */
  readonly live_plugin_mb?: number;
}
/** Figures of a sample that are drawn and told. */
export type Figure = Exclude<keyof Sample, 'minutes'>;

interface KibanaMetrics {
  readonly metrics: {
    readonly process: {
      readonly memory: {
        readonly resident_set_size_in_bytes: number;
        readonly heap: { readonly used_in_bytes: number };
      };
      readonly event_loop_delay: number;
    };
    readonly os: { readonly load: { readonly '1m': number } };
  };
}

const MEGABYTE = 1_048_576;
const MINUTE = 60_000;

export async function takeSample(
  { kibana, elasticsearch, pid }: { kibana: KibanaClient; elasticsearch: Client; pid: number },
  { started, logs }: { started: number; logs: number },
): Promise<Sample> {
  const [{ metrics }, { statuses }, tasks, stats, results] = await Promise.all([
    kibana.expect<KibanaMetrics>('get', '/api/status'),
    kibana.call('listStatus'),
    tasksOf(elasticsearch),
    elasticsearch.indices.stats({ index: 'log-anomalies-*', metric: ['store', 'docs'] }),
    elasticsearch.count({
      index: 'log-anomalies-results.*',
      allow_no_indices: true,
      query: { term: { 'result.type': 'log' } },
    }),
  ]);
  const { memory, event_loop_delay: loop } = metrics.process;
  const lags = lagsOf(statuses);
  const handles = handlesOf(pid);
  return {
    minutes: (Date.now() - started) / MINUTE,
    rss_mb: memory.resident_set_size_in_bytes / MEGABYTE,
    heap_mb: memory.heap.used_in_bytes / MEGABYTE,
    ...(handles !== undefined && { handles }),
    event_loop_ms: loop,
    load_1m: metrics.os.load['1m'],
    logs,
    lag_s: (lags[Math.floor(lags.length / 2)] ?? 0) / 1_000,
    lag_most_s: (lags[lags.length - 1] ?? 0) / 1_000,
    failing: statuses.filter(({ state }) => state === 'failing').length,
    ...tasks,
    index_mb: (stats._all.total?.store?.size_in_bytes ?? 0) / MEGABYTE,
    index_documents: stats._all.primaries?.docs?.count ?? 0,
    results: results.count,
  };
}

const lagsOf = (statuses: readonly DetectorStatus[]): number[] =>
  statuses.flatMap(({ lag_ms: lag }) => lag ?? []).sort((one, other) => one - other);

async function tasksOf(elasticsearch: Client): Promise<Pick<Sample, 'tasks' | 'tasks_late'>> {
  const ours = { term: { 'task.scope': 'logAnomalies' } };
  const late = { range: { 'task.runAt': { lt: Date.now() - MINUTE } } };
  const count = async (...filter: object[]): Promise<number> => {
    const { hits } = await elasticsearch.search({
      index: '.kibana_task_manager*',
      size: 0,
      track_total_hits: true,
      query: { bool: { filter } },
    });
    return typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
  };
  return {
    tasks: await count(ours),
    tasks_late: await count(ours, late, { term: { 'task.status': 'idle' } }),
  };
}

/** Linux tells in /proc; bin/kibana becomes the process of Node itself. */
function handlesOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

/** @param socket of the probe in Kibana. @returns what is alive there once garbage was collected */
export async function liveMemory(socket: string): Promise<LiveMemory> {
  const [answer] = (await once(get({ socketPath: socket, path: '/' }), 'response')) as [IncomingMessage];
  const text = await readText(answer);
  if (answer.statusCode !== 200) throw new Error(`The probe of the heap: ${text}`);
  return JSON.parse(text) as LiveMemory;
}

/** @param live absent: this sample has none */
export const withLiveMemory = (sample: Sample, live: LiveMemory | undefined): Sample =>
  live === undefined
    ? sample
    : {
        ...sample,
        live_heap_mb: live.heap / MEGABYTE,
        live_external_mb: live.external / MEGABYTE,
        live_rss_mb: live.rss / MEGABYTE,
        ...(live.allocations && { live_plugin_mb: live.allocations.plugin / MEGABYTE }),
      };

/**
 * Growth an hour: the slope of the line with the least squares through the samples.
 *
 * @returns 0 for fewer than two samples with this figure
 */
export function growthPerHour(samples: readonly Sample[], figure: Figure): number {
  const points = samples.flatMap((sample) => {
    const value = sample[figure];
    return value === undefined ? [] : [[sample.minutes / 60, value] as const];
  });
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  if (spread === 0) return 0;
  return points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
}
