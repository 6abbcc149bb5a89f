import { randomBytes } from 'node:crypto';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client, estypes } from '@elastic/elasticsearch';
import type { AnomalyResult, BucketSummary } from '../../common/anomaly';
import { connect, type RoleDefinition } from '../../server/elasticsearch';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../server/elasticsearch';
import type { LogRange } from '../../server/detection/ports';

/** A cluster on a busy machine may take its time; the waits themselves are short. */
jest.setTimeout(60_000);

export const START = Date.UTC(2026, 10, 1);
export const MINUTE = 60_000;

/** Waits of milliseconds instead of seconds. */
export const QUICK: RetryPolicy = { ...DEFAULT_RETRY_POLICY, firstDelayMs: 5, maximumDelayMs: 20 };

export const administrator = (): Client => connect();

/** A name that no other test and no other run uses. */
export const uniqueName = (what: string): string => `test-${what}-${randomBytes(4).toString('hex')}`;

export const rangeOf = (index: string, change: Partial<LogRange> = {}): LogRange => ({
  index,
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: START,
  to: START + 365 * 24 * 60 * MINUTE,
  ...change,
});

export async function createLogs(
  client: Client,
  index: string,
  logs: Iterable<{ id?: string; document: object }>,
  settings: { mappings?: estypes.MappingTypeMapping; shards?: number } = {},
): Promise<void> {
  await client.indices.create({
    index,
    settings: { number_of_shards: settings.shards ?? 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: settings.mappings,
  });
  await addLogs(client, index, logs);
}

export async function addLogs(
  client: Client,
  index: string,
  logs: Iterable<{ id?: string; document: object }>,
): Promise<void> {
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const answer = await client.bulk({ index, operations: [lines.join('\n') + '\n'] });
    const refused = answer.items.find((item) => item.index?.error);
    if (refused) throw new Error(JSON.stringify(refused));
    lines = [];
  };
  let characters = 0;
  for (const { id, document } of logs) {
    lines.push(JSON.stringify({ index: id === undefined ? {} : { _id: id } }), JSON.stringify(document));
    characters += lines[lines.length - 1].length;
    if (lines.length >= 20_000 || characters > 8_000_000) {
      await flush();
      characters = 0;
    }
  }
  await flush();
  await client.indices.refresh({ index });
}

/** A client of a new user with exactly this role. */
export async function userWith(
  client: Client,
  role: RoleDefinition,
): Promise<{ client: Client; username: string; password: string; remove: () => Promise<void> }> {
  const name = uniqueName('user');
  const password = randomBytes(12).toString('hex');
  await client.security.putRole({
    name,
    cluster: [...role.cluster] as estypes.SecurityClusterPrivilege[],
    indices: role.indices.map(({ names, privileges }) => ({
      names: [...names],
      privileges: [...privileges],
    })),
  });
  await client.security.putUser({ username: name, password, roles: [name] });
  const own = connect({ url: process.env.ELASTICSEARCH_URL as string, username: name, password });
  return {
    client: own,
    username: name,
    password,
    remove: async () => {
      await own.close();
      await client.security.deleteUser({ username: name });
      await client.security.deleteRole({ name });
    },
  };
}

type Answer = 'pass' | 'cut' | { status: number; body?: object } | { alter: (body: string) => string };

export interface FaultyProxy {
  readonly url: string;
  /** Decides what happens to each request; the default lets everything pass. */
  behave(decide: (request: { method: string; path: string; body: string; count: number }) => Answer): void;
  /** Requests so far. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/** An HTTP proxy on the loopback interface that refuses, cuts or alters what it is told to. */
export async function startFaultyProxy(): Promise<FaultyProxy> {
  const target = new URL(process.env.ELASTICSEARCH_URL as string);
  let decide: Parameters<FaultyProxy['behave']>[0] = () => 'pass';
  let count = 0;
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const sent = Buffer.concat(chunks);
      const what = decide({
        method: incoming.method as string,
        path: incoming.url as string,
        body: sent.toString('utf8'),
        count: ++count,
      });
      if (what === 'cut') {
        incoming.socket.destroy();
        return;
      }
      if (typeof what === 'object' && 'status' in what) {
        outgoing.writeHead(what.status, {
          'content-type': 'application/json',
          'x-elastic-product': 'Elasticsearch',
        });
        outgoing.end(JSON.stringify(what.body ?? { error: { type: 'refused_by_test', reason: 'test' } }));
        return;
      }
      const forwarded = send(
        {
          host: target.hostname,
          port: target.port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, host: target.host, 'accept-encoding': 'identity' },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => parts.push(chunk));
          answer.on('end', () => {
            const body = Buffer.concat(parts);
            const shown = what === 'pass' ? body : Buffer.from(what.alter(body.toString('utf8')));
            const headers = { ...answer.headers, 'content-length': String(shown.length) };
            delete headers['transfer-encoding'];
            if (incoming.method === 'HEAD')
              headers['content-length'] = answer.headers['content-length'] ?? '0';
            outgoing.writeHead(answer.statusCode as number, headers);
            outgoing.end(shown);
          });
        },
      );
      forwarded.on('error', () => incoming.socket.destroy());
      forwarded.end(sent);
    });
  };
  const server = createServer(handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (next) => {
      decide = next;
      count = 0;
    },
    requests: () => count,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export function anomalyResult(change: {
  id: string;
  index?: string;
  time?: number;
  detector?: string;
  confidence?: number;
  context?: Record<string, unknown>;
}): AnomalyResult {
  const time = change.time ?? START;
  return {
    ...change.context,
    '@timestamp': new Date(time).toISOString(),
    event: { ingested: new Date(time + MINUTE).toISOString(), kind: 'alert' },
    detector: { id: change.detector ?? 'web', name: 'Web' },
    model: { version: 'web-1' },
    anomaly: {
      score: 0.7,
      confidence: change.confidence ?? 0.9,
      severity: 'major',
      threshold: 0.6,
      attribution: [{ feature: 'status', field: 'status_code', share: 1, actual: '500', typical: '200' }],
      reason: 'status_code is 500, usually 200',
    },
    source: { index: change.index ?? 'weblogs', id: change.id },
    run: { id: 'run-1' },
    result: { type: 'log' },
  };
}

export function bucketSummary(change: { page: string; logs: number; time?: number }): BucketSummary {
  const time = change.time ?? START;
  return {
    '@timestamp': new Date(time).toISOString(),
    event: { ingested: new Date(time).toISOString(), kind: 'metric' },
    detector: { id: 'web', name: 'Web' },
    model: { version: 'web-1' },
    bucket: {
      logs: change.logs,
      anomalies: 1,
      max_score: 0.7,
      mean_score: 0.4,
      max_confidence: 0.9,
      unscored: 0,
      span_ms: 300_000,
    },
    anomaly: {},
    page: { id: change.page },
    run: { id: 'run-1' },
    result: { type: 'bucket' },
  };
}
