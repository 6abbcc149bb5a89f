import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, HttpConnection } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints, Operation } from '../../common/api';
import { decodeModelSnapshot } from '../../common/model_snapshot';
import {
  auditIndex,
  checkpointsIndex,
  createFeedbackStore,
  createSnapshotStore,
  feedbackIndex,
  isUpgraded,
  modelsIndex,
  resultsPattern,
  upgradeSpace,
} from '../../server/elasticsearch';
import { livePipeline, pipelineName } from '../../server/elasticsearch/ingest';
import { backfillTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { runDetector } from '../../server/kibana/tasks/run_detector';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from '../integration/fixtures/kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Person } from '../integration/fixtures/kibana_stand_in';
import { shortenWaits } from './short_waits';
import { FaultyConnection, FAULTS, faults, type FaultKind } from './faulty_connection';

/** Beside the runs of a detector; `promotion` swaps the pipeline, too, `migration` moves what version 0.1.0 has stored. */
export type OperationName = 'verdict' | 'training' | 'backfill' | 'promotion' | 'migration';

/**
 * Carries out one of the other things that a Kibana does, meets a fault at one of its requests, does it again as Kibana or a
 * person would, and looks at what is stored. In a process of its own, where pauses are a hundredth of what they are; the report goes
 * to the process that has begun it.
 */
export interface OperationOrder {
  readonly operation: OperationName;
  readonly elasticsearch: { readonly url: string; readonly username: string; readonly password: string };
  readonly seed: number;
  /** Faults at most, spread over its requests; each request has one before any has two. */
  readonly faults: number;
  /** Folder with what version 0.1.0 has stored. */
  readonly oldData: string;
}
export interface OperationReport {
  readonly operation: string;
  /** Requests of an undisturbed one. */
  readonly requests: number;
  readonly faults: number;
  /** Faults of what is stored, in words; empty where nothing is wrong. */
  readonly broken: readonly string[];
}

const order = JSON.parse(process.env.OPERATION_ORDER as string) as OperationOrder;
shortenWaits();

const { url, username, password } = order.elasticsearch;
const options = { node: url, auth: { username, password }, compression: false };
/** Meets the faults. */
const client = new Client({ ...options, maxRetries: 0, Connection: FaultyConnection });
/** Looks at what is stored. */
const plain = new Client({ ...options, Connection: HttpConnection });

const random = ((state: number) => () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
})(order.seed);

const begin = thisMinute();
const HOUR = 3_600_000;
const MINUTE = 60_000;
const index = `faulted-operations-${randomUUID().slice(0, 8)}`;
const space = `ops-${randomUUID().slice(0, 8)}`;
const anyone: Person = { name: 'anyone', client, privileges: ['read', 'write'] };
let kibana = newKibana();
let now = begin + MINUTE;

function newKibana(): KibanaStandIn {
  const started = startKibanaStandIn({ plain: client });
  started.now = () => now;
  Object.assign(started.services.clock, { sleep: () => Promise.resolve() });
  return started;
}

/** Saved objects and tasks outlive a Kibana; nothing else of it does. */
function restartKibana(): void {
  const before = kibana;
  kibana = newKibana();
  for (const [id, object] of before.savedObjects.objects) kibana.savedObjects.objects.set(id, object);
  for (const [id, task] of before.tasks.scheduled) kibana.tasks.scheduled.set(id, task);
}

async function call<Name extends Operation>(
  operation: Name,
  given: Parameters<KibanaStandIn['call']>[2],
): Promise<ApiResponse<Endpoints[Name]>> {
  const { status, body } = await kibana.call(anyone, operation, given, space);
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
  return body;
}

const runTask = async (id: string): Promise<void> => {
  if (kibana.tasks.scheduled.has(id)) await kibana.tasks.run(id);
};

interface Subject {
  readonly name: string;
  /** At most so many faults: it is slow to make ready. */
  readonly most?: number;
  /** Makes ready for one round. */
  prepare?(round: number): Promise<void>;
  /** Asked for and done; asked for again after a fault. */
  work(round: number): Promise<void>;
  /** @returns what is wrong right after a fault, before anything is repeated */
  between?(): Promise<string[]>;
  /** @returns what is wrong once it was repeated without a fault */
  check(round: number): Promise<string[]>;
}

const says = (isWrong: boolean, what: string): string[] => (isWrong ? [what] : []);

async function makeDetector(scoring: 'job' | 'ingest'): Promise<string> {
  const detector = webDetector(index, {
    scoring,
    name: scoring,
    forest: { tree_count: 20 },
    training: { window: '2h', max_rows: 600 },
  });
  const { id } = await call('createDetector', { body: { detector, start: false } });
  return id;
}

async function train(id: string): Promise<void> {
  await call('trainDetector', { params: { id } });
  await runTask(trainingTaskId({ space, detectorId: id }));
}

const models = () => createSnapshotStore(plain, { space });

async function activeOf(id: string): Promise<string[]> {
  return (await models().list(id)).flatMap(({ status, version }) => (status === 'active' ? [version] : []));
}

async function oneActive(id: string): Promise<string[]> {
  const active = await activeOf(id);
  return says(active.length !== 1, `${active.length} active models`);
}

async function training(): Promise<Subject> {
  const id = await makeDetector('job');
  await train(id);
  let loggedTo = now;
  return {
    name: 'training',
    prepare: async () => {
      // Hours go by in many rounds, and a training without logs fails by itself.
      for (; loggedTo + HOUR <= now; loggedTo += HOUR) await plainLogs(loggedTo + HOUR);
    },
    work: () => train(id),
    between: () => oneActive(id),
    check: async () => {
      const { training: report } = await call('getStatus', { params: { id } });
      const all = await models().list(id);
      const unreadable: string[] = [];
      for (const { version } of all) {
        await models()
          .load(id, version)
          .then(decodeModelSnapshot)
          .catch((error: Error) => unreadable.push(`${version}: ${error.message}`));
      }
      // As many as that would fill the index: what is not active goes.
      for (const { version, status } of all) {
        if (status !== 'active') await models().delete(id, version);
      }
      return [
        ...(await oneActive(id)),
        ...unreadable,
        // Each of these is an end: a gate that has doubts leaves the model to a person.
        ...says(
          !['promoted', 'refused', 'waiting'].includes(report?.state ?? ''),
          `training is ${report?.state}: ${report?.message ?? report?.failure?.message}`,
        ),
      ];
    },
  };
}

async function promotion(): Promise<Subject> {
  const id = await makeDetector('ingest');
  await train(id);
  now += 2 * HOUR;
  await plainLogs(now - HOUR);
  await train(id);
  const versions = (await models().list(id)).map(({ version }) => version).slice(0, 2);
  if (versions.length < 2) throw new Error('Two models are needed.');
  await call('putPipeline', { params: { id }, body: {} });
  const isSound = async (): Promise<string[]> => {
    const { docs } = await plain.ingest.simulate({
      id: pipelineName(id, space),
      docs: [{ _index: index, _source: webLogs({ from: begin, to: begin + 1 })[0].document }],
    });
    return says(docs[0]?.error !== undefined, `the pipeline fails: ${JSON.stringify(docs[0]?.error)}`);
  };
  return {
    name: 'promotion and swap of the pipeline',
    work: async (round) => {
      const version = versions[round % 2];
      if ((await activeOf(id))[0] !== version) {
        await call('promoteModel', { params: { id, version }, body: {} });
      } else if ((await livePipeline(plain, id, { space }))?.version !== version) {
        await call('putPipeline', { params: { id }, body: { version } });
      }
    },
    between: async () => [...(await oneActive(id)), ...(await isSound())],
    check: async (round) => {
      const live = await livePipeline(plain, id, { space });
      const [active] = await activeOf(id);
      return [
        ...(await oneActive(id)),
        ...(await isSound()),
        ...says(active !== versions[round % 2], 'another model is active'),
        ...says(live?.version !== active, `the pipeline has ${live?.version}, active is ${active}`),
      ];
    },
  };
}

async function plainLogs(to: number): Promise<void> {
  const logs = webLogs({ from: to - HOUR, to }, undefined, `at-${to}`);
  await plain.bulk({
    refresh: true,
    operations: logs.flatMap(({ id, document }) => [{ index: { _index: index, _id: id } }, document]),
  });
}

async function resultsOf(id: string): Promise<string[]> {
  await plain.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });
  const { hits } = await plain.search<{ source: { id: string } }>({
    index: resultsPattern(space),
    allow_no_indices: true,
    size: 10_000,
    query: { bool: { filter: [{ term: { 'detector.id': id } }, { term: { 'result.type': 'log' } }] } },
    _source: ['source.id'],
  });
  return hits.hits.map(({ _source }) => _source!.source.id).sort();
}

async function backfill(): Promise<Subject> {
  const id = await makeDetector('job');
  await train(id);
  const body = { from: begin - 40 * MINUTE, to: begin - 10 * MINUTE };
  const task = backfillTaskId({ space, detectorId: id });
  const toEnd = async (): Promise<string> => {
    for (let piece = 0; piece < 20; piece++) {
      const { state } = await call('getBackfill', { params: { id } });
      if (state !== 'queued' && state !== 'running') return state;
      // A task that was lost with its Kibana is asked for again after the old one was stopped.
      if (!kibana.tasks.scheduled.has(task)) return 'lost';
      now += MINUTE;
      await runTask(task);
    }
    return 'endless';
  };
  let expected: string[] | undefined;
  return {
    name: 'backfill',
    prepare: async () => {
      await plain.deleteByQuery({
        index: resultsPattern(space),
        allow_no_indices: true,
        query: { term: { 'detector.id': id } },
        refresh: true,
      });
    },
    work: async () => {
      const known = await call('getBackfill', { params: { id } }).catch(() => undefined);
      const isUnderWay = known?.state === 'queued' || known?.state === 'running';
      if (!isUnderWay || !kibana.tasks.scheduled.has(task)) {
        if (isUnderWay) await call('cancelBackfill', { params: { id } });
        await call('startBackfill', { params: { id }, body });
      }
      await runTask(task);
    },
    check: async () => {
      const state = await toEnd();
      const report = await call('getBackfill', { params: { id } });
      const found = await resultsOf(id);
      expected ??= found;
      return [
        ...says(state !== 'done', `the backfill is ${state}`),
        ...says(report.logs !== report.total, `${report.logs} of ${report.total} logs`),
        ...says(found.join() !== expected.join(), `${found.length} results, ${expected.length} are expected`),
      ];
    },
  };
}

async function verdict(): Promise<Subject> {
  const id = await makeDetector('job');
  await train(id);
  await call('startDetector', { params: { id } });
  const conditions = {
    failures: 0,
    share: 1,
    signal: new AbortController().signal,
    isOutOfTime: () => false,
  };
  await runDetector(kibana.services, { space, detectorId: id }, conditions);
  const [judged, ...others] = await resultsOf(id);
  if (judged === undefined) {
    const { last_run: run, last_error: failure } = await call('getStatus', { params: { id } });
    throw new Error(`A result is needed: ${JSON.stringify(run ?? failure)}`);
  }
  const source = { index, id: judged };
  const asked = (round: number) => (round % 2 === 0 ? 'not_an_anomaly' : 'real');
  return {
    name: 'verdict',
    work: async (round) =>
      void (await call('saveFeedback', { params: { id }, body: { source, verdict: asked(round) } })),
    check: async (round) => {
      await plain.indices.refresh({ index: feedbackIndex(space) });
      const kept = await createFeedbackStore(plain, { space }).list(id);
      const shown = await resultsOf(id);
      const expected = round % 2 === 0 ? others : [judged, ...others];
      await plain.indices.refresh({ index: 'log-anomalies-incidents.*' });
      const { incidents } = await call('listIncidents', { query: { detector_id: id, state: 'all' } });
      const counted = incidents.reduce((sum, { counts }) => sum + counts.logs, 0);
      return [
        ...says(kept.length !== 1 || kept[0].verdict !== asked(round), `verdicts ${JSON.stringify(kept)}`),
        ...says(
          shown.join() !== expected.join(),
          `${shown.length} results shown, ${expected.length} expected`,
        ),
        ...says(counted !== shown.length, `incidents count ${counted} of ${shown.length} results`),
      ];
    },
  };
}

interface OldDocument {
  readonly index: string;
  readonly id: string;
  readonly document: Record<string, unknown>;
}

/** The space of the data that version 0.1.0 has left behind. */
const OLD_SPACE = 'sec-a';

async function migration(): Promise<Subject> {
  const indices = JSON.parse(readFileSync(join(order.oldData, 'indices.json'), 'utf8')) as Record<
    string,
    object
  >;
  const documents = readFileSync(join(order.oldData, 'documents.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OldDocument);
  const made = [auditIndex, checkpointsIndex, feedbackIndex, modelsIndex].map((name) => name(OLD_SPACE));
  const newNames = async (): Promise<string[]> => {
    const results = await plain.indices.get({ index: resultsPattern(OLD_SPACE), allow_no_indices: true });
    return [...made, ...Object.keys(results)];
  };
  const remove = async (): Promise<void> => {
    await plain.indices.delete({
      index: [...Object.keys(indices), ...(await newNames())],
      ignore_unavailable: true,
    });
  };
  cleanUps.push(remove);
  const contents = async (): Promise<string> => {
    const names = await newNames();
    await plain.indices.refresh({ index: names, ignore_unavailable: true });
    const { hits } = await plain.search<{ type?: string }>({
      index: names,
      ignore_unavailable: true,
      size: 10_000,
      _source: ['type'],
    });
    return hits.hits
      .flatMap(({ _index, _id, _source }) => (_source?.type === 'upgrade' ? [] : [`${_index}/${_id}`]))
      .sort()
      .join('\n');
  };
  let expected: string | undefined;
  return {
    name: 'move of the data of 0.1.0',
    most: Math.max(4, Math.round(order.faults / 8)),
    prepare: async () => {
      await remove();
      for (const [name, description] of Object.entries(indices)) {
        await plain.indices.create({ index: name, ...description });
      }
      await plain.bulk({
        operations: documents.flatMap((each) => [
          { create: { _index: each.index, _id: each.id } },
          each.document,
        ]),
        refresh: true,
      });
    },
    work: async () => {
      // Another Kibana takes up the move of one that has died once that has said nothing for a while.
      now += 5 * MINUTE;
      await upgradeSpace(client, { space: OLD_SPACE, now: () => now });
    },
    check: async () => {
      const found = await contents();
      expected ??= found;
      return [
        ...says(!(await isUpgraded(plain, OLD_SPACE)), 'it is not marked as moved'),
        ...says(
          found !== expected,
          `${found.split('\n').length} documents, ${expected.split('\n').length} expected`,
        ),
      ];
    },
  };
}

const cleanUps: (() => Promise<unknown>)[] = [];

async function tryOut(subject: Subject): Promise<OperationReport> {
  const broken: string[] = [];
  let round = 0;
  const undisturbed = async (): Promise<number> => {
    await subject.prepare?.(round);
    Object.assign(faults, { fault: undefined, requests: 0, fired: false });
    await subject.work(round);
    const { requests } = faults;
    for (const wrong of await subject.check(round)) broken.push(`undisturbed: ${wrong}`);
    round++;
    return requests;
  };
  // The second time no index has to be made any more.
  await undisturbed();
  const requests = await undisturbed();
  const most = Math.min(order.faults, subject.most ?? Infinity);
  let injected = 0;
  for (let turn = 0; turn < most; turn++) {
    // Each request in turn; fewer faults than requests are spread over them.
    const at = 1 + (most < requests ? Math.floor((turn * requests) / most) : turn % requests);
    const kind: FaultKind = FAULTS[Math.floor(random() * FAULTS.length)];
    const note = (wrong: string): void => void broken.push(`${kind} at ${at} of ${requests}: ${wrong}`);
    if (process.env.FAULTS_VERBOSE)
      process.stderr.write(`${subject.name}: ${kind} at ${at} of ${requests}\n`);
    await subject.prepare?.(round);
    Object.assign(faults, { fault: { kind, at }, requests: 0, fired: false });
    await subject.work(round).catch(() => undefined);
    if (faults.fired) injected++;
    const wasKilled = faults.isDead;
    Object.assign(faults, { fault: undefined, isDead: false });
    if (wasKilled) restartKibana();
    for (const wrong of (await subject.between?.()) ?? []) note(`before it is repeated: ${wrong}`);
    // Longer than the signs of life of a training that has died are waited for.
    now += MINUTE;
    await subject.work(round).catch((error: Error) => note(`repeated, it fails: ${error.message}`));
    for (const wrong of await subject.check(round)) note(wrong);
    round++;
  }
  return { operation: subject.name, requests, faults: injected, broken };
}

const SUBJECTS: Readonly<Record<OperationName, () => Promise<Subject>>> = {
  verdict,
  training,
  backfill,
  promotion,
  migration,
};

async function main(): Promise<OperationReport> {
  await plain.indices.create({ index, mappings: TIME_MAPPINGS });
  cleanUps.push(async () => {
    const ours = await plain.indices.get({ index: `log-anomalies-*.${space}*`, allow_no_indices: true });
    await plain.indices.delete({ index: [index, ...Object.keys(ours)], ignore_unavailable: true });
    const pipelines = await plain.ingest.getPipeline({ id: `*${space}*` }).catch(() => ({}));
    for (const id of Object.keys(pipelines)) await plain.ingest.deletePipeline({ id });
  });
  try {
    await plainLogs(begin);
    return await tryOut(await SUBJECTS[order.operation]());
  } finally {
    for (const cleanUp of cleanUps) await cleanUp().catch(() => undefined);
    await Promise.all([client.close(), plain.close()]);
  }
}

main().then(
  (report) => process.send?.({ report }, () => process.exit(0)),
  (error: Error) => process.send?.({ error: error.stack ?? error.message }, () => process.exit(1)),
);
