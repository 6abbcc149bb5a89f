import { decodeModelSnapshot } from '../../common/model_snapshot';
import { livePipeline, pipelineName } from '../../server/elasticsearch/ingest';
import { detectionTaskId, upkeepTaskId } from '../../server/kibana/contracts/identifiers';
import { webLogs } from '../integration/fixtures/kibana_logs';
import {
  activeOf,
  begin,
  call,
  HOUR,
  index,
  makeDetector,
  MINUTE,
  models,
  oneActive,
  plain,
  plainLogs,
  runTask,
  says,
  space,
  train,
  world,
  type Subject,
} from './operation_world';

/** @returns what adds the logs of the time since: hours go by in many rounds, and a training or a trial without logs fails by itself */
function addLogsAsTimeGoesBy(since = world.now): () => Promise<void> {
  let loggedTo = since;
  return async () => {
    for (; loggedTo + HOUR <= world.now; loggedTo += HOUR) await plainLogs(loggedTo + HOUR);
  };
}

export async function training(): Promise<Subject> {
  const id = await makeDetector('job');
  await train(id);
  return {
    name: 'training',
    prepare: addLogsAsTimeGoesBy(),
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

/** Any other fault is answered by whoever has asked, who puts back what was live. */
const KILLS = ['killed before', 'killed after', 'gone for the run'] as const;
/** Longer than a pipeline that was put may wait for what it was put for. */
const UNTIL_PUT_RIGHT = 6 * MINUTE;

interface TwoModels {
  readonly id: string;
  /** The latest first. */
  readonly versions: readonly string[];
  readonly addLogs: () => Promise<void>;
  /** @returns what is wrong of the model and the pipeline that are live */
  isOne(): Promise<string[]>;
  /** Lets the detector look after what was cut off. @returns what is wrong then */
  byItself(): Promise<string[]>;
}

/** A detector with two models that is scored in a pipeline, and runs. */
async function twoModels(): Promise<TwoModels> {
  const id = await makeDetector('ingest');
  await train(id);
  world.now += 2 * HOUR;
  await plainLogs(world.now - HOUR);
  await train(id);
  const versions = (await models().list(id)).map(({ version }) => version).slice(0, 2);
  if (versions.length < 2) throw new Error('Two models are needed.');
  await call('putPipeline', { params: { id }, body: {} });
  await call('startDetector', { params: { id } });
  const isSound = async (): Promise<string[]> => {
    const { docs } = await plain.ingest.simulate({
      id: pipelineName(id, space),
      docs: [{ _index: index, _source: webLogs({ from: begin, to: begin + 1 })[0].document }],
    });
    return says(docs[0]?.error !== undefined, `the pipeline fails: ${JSON.stringify(docs[0]?.error)}`);
  };
  const isOne = async (): Promise<string[]> => [...(await oneActive(id)), ...(await isSound())];
  return {
    id,
    versions,
    addLogs: addLogsAsTimeGoesBy(world.now - HOUR),
    isOne,
    byItself: async () => {
      world.now += UNTIL_PUT_RIGHT;
      const target = { space, detectorId: id };
      for (const task of [detectionTaskId(target), upkeepTaskId(target)]) await runTask(task);
      const { detector } = await call('getDetector', { params: { id } });
      const live = await livePipeline(plain, id, { space });
      const [active] = await activeOf(id);
      const { threshold } = detector;
      const asked = threshold.method === 'fixed' ? threshold.score : live?.threshold;
      return [
        ...(await isOne()),
        ...says(live?.version !== active, `the pipeline has ${live?.version}, active is ${active}`),
        ...says(live?.threshold !== asked, `the threshold is ${live?.threshold}, saved is ${asked}`),
      ];
    },
  };
}

export async function promotion(): Promise<Subject> {
  const { id, versions, addLogs, isOne, byItself } = await twoModels();
  return {
    name: 'promotion and swap of the pipeline',
    prepare: addLogs,
    work: async (round) => {
      const version = versions[round % 2];
      if ((await activeOf(id))[0] !== version) {
        await call('promoteModel', { params: { id, version }, body: {} });
      } else if ((await livePipeline(plain, id, { space }))?.version !== version) {
        await call('putPipeline', { params: { id }, body: { version } });
      }
    },
    between: async (round) => [...(await isOne()), ...(round % 4 < 2 ? await byItself() : [])],
    check: async (round) => {
      const live = await livePipeline(plain, id, { space });
      const [active] = await activeOf(id);
      return [
        ...(await isOne()),
        ...says(active !== versions[round % 2], 'another model is active'),
        ...says(live?.version !== active, `the pipeline has ${live?.version}, active is ${active}`),
      ];
    },
  };
}

/** An edit of the threshold, which the pipeline holds. */
export async function edit(): Promise<Subject> {
  const { id, addLogs, isOne, byItself } = await twoModels();
  const asked = (round: number): number => (round % 2 === 0 ? 0.6 : 0.65);
  return {
    name: 'edit of what the pipeline holds',
    kinds: KILLS,
    prepare: addLogs,
    work: async (round) => {
      const { detector, version } = await call('getDetector', { params: { id } });
      const threshold = { method: 'fixed', score: asked(round) };
      if (JSON.stringify(detector.threshold) === JSON.stringify(threshold)) return;
      await call('updateDetector', {
        params: { id },
        body: { detector: { ...detector, threshold }, version },
      });
    },
    between: async () => [...(await isOne()), ...(await byItself())],
    check: async (round) => {
      const live = await livePipeline(plain, id, { space });
      return [
        ...(await isOne()),
        ...says(live?.threshold !== asked(round), `the threshold is ${live?.threshold}, not ${asked(round)}`),
      ];
    },
  };
}

/** The way back to the earlier of two models: by the list of models, or by the pipeline. */
async function wayBack(name: string, operation: 'revertModel' | 'revertPipeline'): Promise<Subject> {
  const { id, versions, addLogs, isOne, byItself } = await twoModels();
  const [latest, earlier] = versions;
  const isBack = async (): Promise<boolean> =>
    (await activeOf(id))[0] === earlier && (await livePipeline(plain, id, { space }))?.version === earlier;
  return {
    name,
    kinds: KILLS,
    prepare: async () => {
      await addLogs();
      for (const version of [earlier, latest])
        await call('promoteModel', { params: { id, version }, body: {} });
    },
    work: async () => {
      if (await isBack()) return;
      const given = operation === 'revertModel' ? { params: { id }, body: {} } : { params: { id } };
      await call(operation, given);
    },
    between: async () => [...(await isOne()), ...(await byItself())],
    check: async () => [...(await isOne()), ...says(!(await isBack()), 'another model is live')],
  };
}
export const rollback = (): Promise<Subject> => wayBack('way back to the model before', 'revertModel');
export const pipelineRevert = (): Promise<Subject> =>
  wayBack('way back to the pipeline before', 'revertPipeline');
