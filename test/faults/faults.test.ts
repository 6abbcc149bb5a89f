import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { build } from 'esbuild';
import { parseDetector } from '../../common/detector';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { createSnapshotStore, ensureIndexResources, resultsPattern } from '../../server/elasticsearch';
import { listIncidents } from '../../server/elasticsearch/incidents';
import { trainModel } from '../../server/detection/training/train_model';
import {
  addLogs,
  administrator,
  createLogs,
  uniqueName,
} from '../integration/fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from '../integration/fixtures/kibana_logs';
import { FAULTS, type Fault } from './faulty_connection';
import type { RunAnswer, RunOrder, Setting } from './job_runner';

/** Faults injected, and the seed of where: more of them by hand, `FAULTS=1000 FAULT_SEED=7`. */
const COUNT = Number(process.env.FAULTS ?? 80);
const SEED = Number(process.env.FAULT_SEED ?? 1);
const STEP = 20_000;
/** One in so many faults kills the process for good, which takes a second. */
const REAL_KILL_EVERY = 25;

jest.setTimeout(60_000 + COUNT * 10_000);

const random = ((state: number) => () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
})(SEED);

/** Logs of one step, the first odd; a log says its id, so that a message tells which it is about. */
const stepLogs = (from: number, step: number) =>
  webLogs({ from, to: from + STEP }, (i) => i === 7, `step-${step}`).map(({ id, document }) => ({
    id,
    document: { ...document, message: `id=${id};` },
  }));

/** One process that runs the detector, and is started again when it was killed. */
class Runner {
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

it(`loses and doubles nothing and tells every anomaly through ${COUNT} faults at every step of a run, in two processes`, async () => {
  const admin = administrator();
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

  /** By id of the log: the step in which each message about it arrived. */
  const told = new Map<string, number[]>();
  /** By id of the log: the idempotency keys of these messages. */
  const keys = new Map<string, Set<string>>();
  let step = 0;
  let receiver: 'takes' | 'refuses' | 'takes and says nothing' = 'takes';
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
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
    elasticsearch: {
      url: process.env.ELASTICSEARCH_URL as string,
      username: process.env.ELASTICSEARCH_USERNAME as string,
      password: process.env.ELASTICSEARCH_PASSWORD as string,
    },
    space: place,
    detectorId,
    detector,
    receiver: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`,
  });
  const runners = [0, 1].map(() => new Runner(script, settingIn(space, 'told')));
  const faulted = new Set<number>();
  const fired = new Map<string, number>();
  const unexpected: string[] = [];
  let steps = 40;
  const started = Date.now();
  let now = begin;
  try {
    for (let injected = 0; injected < COUNT;) {
      step++;
      await addLogs(admin, index, stepLogs(now, step));
      now += STEP;
      const runner = runners[step % 2];
      const place = random();
      if (place < 0.1) {
        receiver = place < 0.05 ? 'refuses' : 'takes and says nothing';
        fired.set(`receiver ${receiver}`, (fired.get(`receiver ${receiver}`) ?? 0) + 1);
        await runner.run({ now });
        receiver = 'takes';
        faulted.add(step);
        injected++;
        continue;
      }
      const kind = FAULTS[Math.floor(random() * FAULTS.length)];
      const at = 1 + Math.floor(random() * steps);
      const isReal = kind.startsWith('killed') && injected % REAL_KILL_EVERY < 3;
      const fault: Fault = { kind, at, ...(isReal && { isReal }) };
      const answer = await runner.run({ now, fault });
      if (answer !== 'killed' && !answer.fired) {
        if (answer.failure === undefined) steps = Math.max(10, answer.requests);
        else unexpected.push(answer.failure);
        continue;
      }
      faulted.add(step);
      fired.set(kind, (fired.get(kind) ?? 0) + 1);
      injected++;
    }
    const milliseconds = Date.now() - started;
    // Nothing fails any more: two runs catch up, the second after the pause of a receiver that refused.
    for (const runner of runners) {
      step++;
      now += 2 * 60_000;
      const answer = await runner.run({ now });
      expect(answer).toMatchObject({ fired: false });
      expect(answer).not.toHaveProperty('failure');
    }
    const last = step;
    step++;
    // The same logs in a space where nothing ever failed, read from the same place.
    const calm = new Runner(script, settingIn(reference, 'reference'));
    const toldBefore = new Map([...told].map(([id, at]) => [id, [...at]]));
    await calm.run({ now: begin });
    await calm.run({ now });
    calm.stop();

    const idsIn = async (place: string): Promise<string[]> => {
      await admin.indices.refresh({ index: resultsPattern(place) });
      const { hits } = await admin.search<{ source: { id: string } }>({
        index: resultsPattern(place),
        size: 10_000,
        query: { term: { 'result.type': 'log' } },
        _source: ['source.id'],
      });
      return hits.hits.map(({ _source }) => _source!.source.id).sort();
    };
    const [expected, found] = [await idsIn(reference), await idsIn(space)];
    const incidentsIn = async (place: string): Promise<{ where: string; results: number }[]> => {
      const query = { state: 'all', sort: 'start', order: 'asc', page: 1, size: 1_000 } as const;
      const { incidents } = await listIncidents(admin, place, query);
      return incidents
        .map(({ scope, start, end, counts, detectors }) => ({
          where: `${scope.kind} ${scope.value} ${start} ${end} ${detectors.length}`,
          results: counts.logs + counts.buckets,
        }))
        .sort((one, other) => (one.where < other.where ? -1 : 1));
    };
    const [wanted, incidents] = [await incidentsIn(reference), await incidentsIn(space)];
    const twice = [...toldBefore].filter(([, at]) => at.length > 1);
    const report = {
      seed: SEED,
      steps: last,
      faults: Object.fromEntries(fired),
      anomalies: expected.length,
      lost: expected.filter((id) => !found.includes(id)).length,
      doubled: found.length - new Set(found).size,
      incidents: incidents.length,
      in_incidents: incidents.reduce((sum, { results }) => sum + results, 0),
      untold: expected.filter((id) => !toldBefore.has(id)).length,
      told_twice: twice.length,
      told_most: Math.max(...[...toldBefore.values()].map((at) => at.length)),
      seconds: Math.round(milliseconds / 1_000),
    };
    process.stderr.write(`${JSON.stringify(report)}\n`);
    expect(expected.length).toBeGreaterThan(COUNT / 2);
    expect(found).toEqual(expected);
    expect(incidents).toEqual(wanted);
    expect(incidents.reduce((sum, { results }) => sum + results, 0)).toBe(found.length);
    expect(expected.filter((id) => !toldBefore.has(id))).toEqual([]);
    expect(unexpected).toEqual([]);
    // As docs/guarantees.md says: each time but the last, the answer to the message, or the note of it, was lost.
    for (const [id, at] of twice) {
      const isExcused = at.slice(0, -1).every((told) => faulted.has(told));
      expect([id, isExcused, keys.get(id)?.size]).toEqual([id, true, 1]);
      expect([...keys.get(id)!][0]).toMatch(/^[0-9a-f]{32}$/);
    }
  } finally {
    for (const runner of runners) runner.stop();
    server.close();
    server.closeAllConnections();
    const ours = await admin.indices.get({
      index: [`log-anomalies-*.${space}*`, `log-anomalies-*.${reference}*`],
      allow_no_indices: true,
    });
    await admin.indices.delete({ index: [index, ...Object.keys(ours)], ignore_unavailable: true });
    await admin.close();
    await rm(folder, { recursive: true, force: true });
  }
});
