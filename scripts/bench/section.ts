import type { Client } from '@elastic/elasticsearch';

/** One figure of a benchmark. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Factor by which it is better than the one that the name compares with. */
  readonly ratio?: number;
  /** In words: what the value or the ratio has to reach. */
  readonly target?: string;
  readonly met?: boolean;
}

/** Results of one benchmark; each file of this folder exports `run(): Promise<BenchSection>`. */
export interface BenchSection {
  readonly title: string;
  /** A paragraph above the figures: what they mean, and where they are worse than those of others. */
  readonly notes?: string;
  readonly rows: readonly BenchRow[];
}

/** @returns the middle value, or the mean of the middle two */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @returns milliseconds that an action took by the wall clock */
export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** @returns milliseconds of processor time that an action took in this process: other programs of the machine count little */
export async function processorTime(action: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** @returns milliseconds of processor time that the nodes of a cluster have taken since they started */
export async function clusterProcessorTime(client: Client): Promise<number> {
  const { nodes } = await client.nodes.stats({ metric: 'process' });
  return Object.values(nodes).reduce((sum, node) => sum + Number(node.process?.cpu?.total_in_millis ?? 0), 0);
}
