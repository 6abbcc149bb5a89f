import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { build } from 'esbuild';
import { parseDetector } from '../../common/detector';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { createSnapshotStore, ensureIndexResources, resultsPattern } from '../../server/elasticsearch';
import { listIncidents } from '../../server/elasticsearch/incidents';
import { trainModel } from '../../server/detection/training/train_model';
import { addLogs, createLogs, uniqueName } from '../integration/fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from '../integration/fixtures/kibana_logs';
import type { RunAnswer, RunOrder, Setting } from './job_runner';

/** Virtual milliseconds between two runs. */
export const STEP = 20_000;

/** @returns numbers in [0, 1), the same for the same seed: mulberry32 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One process that runs the detector, and is started again when it was killed. */
export class Runner {
  private child: ChildProcess | undefined;

  constructor(
    private readonly script: string,
    private readonly setting: Setting,
  ) {}

  private async started(): Promise<ChildProcess> {
    if (this.child?.connected) return this.child;
    this.child = fork(this.script, {
      env: { ...process.env, FAULTS_SETTING: JSON.stringify(this.setting) },
      execArgv: [],
    });
    await once(this.child, 'message');
    return this.child;
  }

  /** @returns 'killed' when the process died of it */
  async run(order: RunOrder): Promise<RunAnswer | 'killed'> {
    const child = await this.started();
    const answered = new Promise<RunAnswer | 'killed'>((done) => {
      child.once('message', (answer) => done(answer as RunAnswer));
      child.once('exit', () => {
        this.child = undefined;
        done('killed');
      });
    });
    child.send(order);
    const answer = await answered;
    child.removeAllListeners();
    return answer;
  }

  stop(): void {
    this.child?.kill('SIGKILL');
  }
}

/** Results (the ids of their logs) and incidents of a space. */
interface Stored {
  readonly results: readonly string[];
  readonly incidents: readonly { readonly where: string; readonly results: number }[];
}

/** A detector with a model, two processes that run it, a receiver that counts, and the same detector where nothing fails. */
export interface FaultWorld {
  /** Epoch milliseconds: logs begin here. */
  readonly begin: number;
  readonly runners: readonly [Runner, Runner];
  /** By id of the log: the step in which each message about it arrived. */
  readonly told: ReadonlyMap<string, readonly number[]>;
  /** By id of the log: the idempotency keys of these messages. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  receiver: 'takes' | 'refuses' | 'takes and says nothing';
  /** Noted beside what is told. */
  step: number;
  /** Adds the logs of one step, one of them odd, in `STEP` milliseconds from then on. */
  addLogs(from: number, step: number): Promise<void>;
  /** Runs the undisturbed detector over the same logs. @returns what both have stored */
  compare(now: number): Promise<{ readonly expected: Stored; readonly found: Stored }>;
  close(): Promise<void>;
}

/** @param admin of the node that {@link Setting.elasticsearch} names */
export async function openFaultWorld(
  admin: Client,
  elasticsearch: Setting['elasticsearch'],
): Promise<FaultWorld> {
  const index = uniqueName('faulty');
  const space = uniqueName('faults').toLowerCase();
  const reference = uniqueName('reference').toLowerCase();
  const detectorId = randomUUID();
  const begin = thisMinute();
  const detector = parseDetector(webDetector(index, { schedule: { interval: '1m', query_delay: '5s' } }));
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-faults-'));
  const script = join(folder, 'job_runner.js');
  await build({
    entryPoints: [join(__dirname, 'job_runner.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });

  const told = new Map<string, number[]>();
  const keys = new Map<string, Set<string>>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { receiver, step } = world;
      // Asked whether it is there.
      if (request.method === 'HEAD') return void response.writeHead(receiver === 'refuses' ? 503 : 200).end();
      // The undisturbed run tells the same anomalies in other messages.
      if (receiver !== 'refuses' && request.url === '/told') {
        const ids = [...body.matchAll(/id=(step-\d+-\d+);/g)].map(([, id]) => id);
        for (const id of new Set(ids)) {
          told.set(id, [...(told.get(id) ?? []), step]);
          keys.set(id, (keys.get(id) ?? new Set()).add(String(request.headers['idempotency-key'])));
        }
      }
      if (receiver === 'takes and says nothing') request.socket.destroy();
      else response.writeHead(receiver === 'refuses' ? 503 : 200).end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const trained = webLogs({ from: begin - 3_000_000, to: begin - 600_000 });
  const { snapshot } = trainModel({
    detector,
    documents: trained.map(({ document }) => document as Record<string, unknown>),
    source: index,
    clock: { now: () => begin },
  });
  const text = encodeModelSnapshot(snapshot);
  for (const place of [space, reference]) {
    await ensureIndexResources(admin, { space: place, now: begin });
    const models = createSnapshotStore(admin, { space: place, now: () => begin });
    await models.save(detectorId, snapshot.version, text, {
      createdAt: new Date(begin).toISOString(),
      threshold: snapshot.threshold,
      rows: trained.length,
    });
    await models.promote(detectorId, snapshot.version);
  }
  await createLogs(admin, index, [], { mappings: TIME_MAPPINGS });

  const settingIn = (place: string, path: string): Setting => ({
    elasticsearch,
    space: place,
    detectorId,
    detector,
    receiver: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`,
  });
  const storedIn = async (place: string): Promise<Stored> => {
    await admin.indices.refresh({ index: resultsPattern(place) });
    const { hits } = await admin.search<{ source: { id: string } }>({
      index: resultsPattern(place),
      size: 10_000,
      query: { term: { 'result.type': 'log' } },
      _source: ['source.id'],
    });
    const query = { state: 'all', sort: 'start', order: 'asc', page: 1, size: 1_000 } as const;
    const { incidents } = await listIncidents(admin, place, query);
    return {
      results: hits.hits.map(({ _source }) => _source!.source.id).sort(),
      incidents: incidents
        .map(({ scope, start, end, counts, detectors }) => ({
          where: `${scope.kind} ${scope.value} ${start} ${end} ${detectors.length}`,
          results: counts.logs + counts.buckets,
        }))
        .sort((one, other) => (one.where < other.where ? -1 : 1)),
    };
  };
  const runnerOf = (): Runner => new Runner(script, settingIn(space, 'told'));
  const world: FaultWorld = {
    begin,
    runners: [runnerOf(), runnerOf()],
    told,
    keys,
    receiver: 'takes',
    step: 0,
    addLogs: (from, step) =>
      addLogs(
        admin,
        index,
        webLogs({ from, to: from + STEP }, (i) => i === 7, `step-${step}`).map(({ id, document }) => ({
          id,
          // A log says its id, so that a message tells which it is about.
          document: { ...document, message: `id=${id};` },
        })),
      ),
    compare: async (now) => {
      const calm = new Runner(script, settingIn(reference, 'reference'));
      await calm.run({ now: begin });
      await calm.run({ now });
      calm.stop();
      return { expected: await storedIn(reference), found: await storedIn(space) };
    },
    close: async () => {
      for (const runner of world.runners) runner.stop();
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
      const ours = await admin.indices.get({
        index: [`log-anomalies-*.${space}*`, `log-anomalies-*.${reference}*`],
        allow_no_indices: true,
      });
      await admin.indices.delete({ index: [index, ...Object.keys(ours)], ignore_unavailable: true });
    },
  };
  return world;
}
