import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  auditIndex,
  checkpointsIndex,
  createFeedbackStore,
  feedbackIndex,
  isUpgraded,
  modelsIndex,
  resultsPattern,
  upgradeSpace,
} from '../../server/elasticsearch';
import { backfillTaskId, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { runDetector } from '../../server/kibana/tasks/run_detector';
import { scheduleLost } from '../../server/kibana/tasks/schedule_detection';
import { TIME_MAPPINGS } from '../integration/fixtures/kibana_logs';
import { FAULTS, faults, type FaultKind } from './faulty_connection';
import { edit, pipelineRevert, promotion, rollback, training } from './operation_models';
import type { OperationName, OperationReport } from './operation_order';
import {
  activeOf,
  begin,
  call,
  client,
  detectorOf,
  index,
  makeDetector,
  MINUTE,
  order,
  plain,
  plainLogs,
  random,
  restartKibana,
  resultsOf,
  runTask,
  says,
  space,
  train,
  world,
  type Subject,
} from './operation_world';

async function backfill(): Promise<Subject> {
  const id = await makeDetector('job');
  await train(id);
  const body = { from: begin - 40 * MINUTE, to: begin - 10 * MINUTE };
  const task = backfillTaskId({ space, detectorId: id });
  const toEnd = async (): Promise<string> => {
    for (let piece = 0; piece < 20; piece++) {
      const { state } = await call('getBackfill', { params: { id } });
      if (state !== 'queued' && state !== 'running') return state;
      if (!world.kibana.tasks.scheduled.has(task)) return 'lost';
      world.now += MINUTE;
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
      if (known?.state !== 'queued' && known?.state !== 'running') {
        await call('startBackfill', { params: { id }, body });
      }
      await runTask(task);
    },
    // Half of them are left to the task, which is there or never was on record.
    between: async (round) => {
      if (
        round % 2 === 0 ||
        (await call('getBackfill', { params: { id } }).catch(() => undefined)) === undefined
      )
        return [];
      const state = await toEnd();
      return says(state === 'lost' || state === 'endless', `the backfill is ${state}`);
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

/** The detector that a round makes, with a backfill of its past. Each has a name of its own. */
async function creation(): Promise<Subject> {
  const nameOf = (round: number): string => `creation ${round}`;
  const found = async (round: number): Promise<readonly string[]> => {
    const { detectors } = await call('listDetectors', { query: { search: nameOf(round) } });
    return detectors.flatMap(({ id, detector }) => (detector.name === nameOf(round) ? [id] : []));
  };
  /** Lets the tasks of a detector do what they were to do. @returns what is wrong then */
  const byItself = async (id: string): Promise<string[]> => {
    await scheduleLost(world.kibana.services);
    const target = { space, detectorId: id };
    for (let turn = 0; turn < 4; turn++) {
      const tasks = [detectionTaskId(target), trainingTaskId(target), backfillTaskId(target)];
      for (const task of tasks) await runTask(task);
      world.now += MINUTE;
    }
    const { enabled, training, backfill } = await call('getStatus', { params: { id } });
    return [
      ...says(enabled && (await activeOf(id)).length !== 1, `there is no model: ${JSON.stringify(training)}`),
      ...says(backfill?.state === 'queued' || backfill?.state === 'running', `backfill: ${backfill?.state}`),
    ];
  };
  return {
    name: 'creation of a detector that begins with its past',
    most: Math.max(6, Math.round(order.faults / 3)),
    work: async (round) => {
      const [known] = await found(round);
      if (known !== undefined) {
        await call('startDetector', { params: { id: known } });
        return;
      }
      const detector = { ...detectorOf('job'), name: nameOf(round) };
      await call('createDetector', { body: { detector, start: true, score_past: '1h' } });
    },
    between: async (round) => {
      const all = await found(round);
      const wrong = all[0] === undefined ? [] : await byItself(all[0]);
      return [...says(all.length > 1, `${all.length} detectors`), ...wrong];
    },
    check: async (round) => {
      const [id, ...others] = await found(round);
      if (id === undefined || others.length > 0) return [`${others.length + 1} detectors, or none`];
      const wrong = await byItself(id);
      await call('deleteDetector', { params: { id } });
      return wrong;
    },
  };
}

/** A file that overwrites a running detector. */
async function importing(): Promise<Subject> {
  const id = await makeDetector('job');
  await train(id);
  const asked = (round: number): string => (round % 2 === 0 ? '20s' : '40s');
  return {
    name: 'import over a running detector',
    prepare: async () => void (await call('startDetector', { params: { id } })),
    work: async (round) => {
      const schedule = { interval: '1m', query_delay: asked(round) };
      const yaml = JSON.stringify({ ...detectorOf('job'), schedule });
      await call('importDetectors', { body: { yaml, on_conflict: 'overwrite' } });
    },
    check: async (round) => {
      const { detector, enabled } = await call('getDetector', { params: { id } });
      const { tasks } = world.kibana;
      return [
        ...says(enabled, 'it is not stopped'),
        ...says(tasks.scheduled.has(detectionTaskId({ space, detectorId: id })), 'its task is there'),
        ...says(detector.schedule.query_delay !== asked(round), 'its settings are those of before'),
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
  await runDetector(world.kibana.services, { space, detectorId: id }, conditions);
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
      world.now += 5 * MINUTE;
      await upgradeSpace(client, { space: OLD_SPACE, now: () => world.now });
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
    const kinds = subject.kinds ?? FAULTS;
    const kind: FaultKind = kinds[Math.floor(random() * kinds.length)];
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
    for (const wrong of (await subject.between?.(round)) ?? []) note(`before it is repeated: ${wrong}`);
    // Longer than the signs of life of a training that has died are waited for.
    world.now += MINUTE;
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
  creation,
  import: importing,
  promotion,
  edit,
  rollback,
  pipeline_revert: pipelineRevert,
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
