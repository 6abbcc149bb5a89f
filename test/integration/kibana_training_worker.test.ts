import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseDetector } from '../../common/detector';
import { bundleServer } from '../../scripts/build/node_bundles';
import { createWorkerTrainer } from '../../server/kibana/tasks/train_in_worker';
import { findBuiltWorker } from '../../server/detection/workers/built_worker';
import { doTrainingWork, type TrainingWork } from '../../server/detection/training/training_work';
import { webDetector, webLogs } from './fixtures/kibana_logs';

jest.setTimeout(60_000);

const FROM = Date.UTC(2026, 10, 1);
const ROWS = 20_000;
const window = { from: FROM, to: FROM + ROWS * 1_000 };
const work: TrainingWork = {
  detector: parseDetector(webDetector('weblogs')),
  logs: webLogs(window).map(({ id, document }) => ({ index: 'weblogs', id, document: document as never })),
  window,
  logsInWindow: ROWS,
  top: 3,
};
let folder: string;
let worker: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-'));
  await bundleServer(resolve(__dirname, '..', '..'), folder);
  worker = findBuiltWorker(folder, 'kibana/tasks/training_worker.js') as string;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('training on a thread of its own', () => {
  it('gives the model of the calling thread, without holding it up', async () => {
    const train = createWorkerTrainer(worker, 512);
    await train(work);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const outcome = await train(work);
    delay.disable();
    const here = doTrainingWork(work, () => FROM);
    expect(outcome.threshold).toBe(here.threshold);
    expect(outcome.top).toEqual(here.top);
    expect(outcome.features).toEqual(here.features);
    // Other work on the machine delays timers, too: the median tells what this work does.
    expect(delay.percentile(50) / 1e6).toBeLessThan(50);
  });

  it('passes errors on as they are', async () => {
    const few = { ...work, logs: work.logs.slice(0, 10) };
    await expect(createWorkerTrainer(worker, 512)(few)).rejects.toMatchObject({
      code: 'too_few_logs',
      details: { logs: 10 },
    });
  });

  it('stops when it is told to', async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 30);
    await expect(createWorkerTrainer(worker, 512)(work, interruption.signal)).rejects.toMatchObject({
      code: 'interrupted',
    });
  });

  it('says which setting allows more memory', async () => {
    await expect(createWorkerTrainer(worker, 8)(work)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('logAnomalies.jobs.training_memory_mb'),
    });
  });
});
