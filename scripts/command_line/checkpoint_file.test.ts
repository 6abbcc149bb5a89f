import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '../../server/detection/ports';
import { createCheckpointFile } from './checkpoint_file';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

const checkpoint: Checkpoint = {
  detectorId: 'web',
  timestampTo: 5,
  ingestedTo: 7,
  ingestedPosition: [1, 'a'],
  runId: 'r1',
};

/** Every field: one that is new does not compile until it stands here. */
const whole: Required<Checkpoint> = {
  ...checkpoint,
  timestampPosition: [2, 'b'],
  ingestedPosition: [1, 'a'],
  sourceMemory: { open: [['shop', 3]] },
  coverage: [{ from: 1, to: 2, logs: 3 }],
  threshold: { value: 0.6 },
  patterns: { since: 1, counts: [['a', 2]] },
  modelVersion: 'v1',
};

describe('createCheckpointFile', () => {
  it('gives back what was written, from another process, too', async () => {
    const path = join(folder, 'deep', 'web.json');
    expect(await createCheckpointFile(path).read('web')).toBeUndefined();
    await createCheckpointFile(path).write(checkpoint, undefined);
    expect((await createCheckpointFile(path).read('web'))!.checkpoint).toEqual(checkpoint);
  });

  it('keeps the whole of a checkpoint, counts of patterns and what is yet to come among them', async () => {
    const path = join(folder, 'web.json');
    const written = { ...whole, ofALaterVersion: { a: 1 } };
    await createCheckpointFile(path).write(written, undefined);
    expect((await createCheckpointFile(path).read('web'))!.checkpoint).toEqual(written);
  });

  it('notices that another process has written', async () => {
    const path = join(folder, 'web.json');
    const store = createCheckpointFile(path);
    const revision = await store.write(checkpoint, undefined);
    const next = await createCheckpointFile(path).write({ ...checkpoint, timestampTo: 6 }, revision);
    await expect(store.write(checkpoint, revision)).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.write(checkpoint, undefined)).rejects.toMatchObject({ code: 'conflict' });
    await store.write(checkpoint, next);
  });

  it('refuses the checkpoint of another detector and files that are none', async () => {
    const path = join(folder, 'web.json');
    await createCheckpointFile(path).write(checkpoint, undefined);
    await expect(createCheckpointFile(path).read('other')).rejects.toThrow(/belongs to detector "web"/);
    await writeFile(path, '{"a":1}');
    await expect(createCheckpointFile(path).read('web')).rejects.toThrow(/not a checkpoint/);
    await writeFile(path, 'x');
    await expect(createCheckpointFile(path).read('web')).rejects.toThrow(/not JSON/);
  });

  it('belongs to one space and cluster; a file of version 0.1.0 gets them when it is written next', async () => {
    const path = join(folder, 'web.json');
    const [here, there] = [
      { space: 'shop', cluster: 'c1' },
      { space: 'shop', cluster: 'c2' },
    ];
    await createCheckpointFile(path).write(checkpoint, undefined);
    const store = createCheckpointFile(path, here);
    const { revision, checkpoint: old } = (await store.read('web'))!;
    expect(old).toEqual(checkpoint);
    await store.write(old, revision);
    expect((await store.read('web'))!.checkpoint).toEqual(checkpoint);
    await expect(createCheckpointFile(path, there).read('web')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('belongs to cluster "c1", not "c2"'),
    });
    await expect(createCheckpointFile(path, { ...here, space: 'default' }).read('web')).rejects.toThrow(
      /belongs to space "shop", not "default"/,
    );
    // A user who may not see the cluster goes on all the same.
    expect((await createCheckpointFile(path, { space: 'shop' }).read('web'))!.checkpoint).toEqual(checkpoint);
  });

  it('refuses a file that is nested too deeply or too large, with words', async () => {
    const path = join(folder, 'web.json');
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await writeFile(path, JSON.stringify(checkpoint).replace('[1,"a"]', deep));
    const refused = { code: 'invalid_input', message: expect.stringContaining('64 levels deep') };
    await expect(createCheckpointFile(path).read('web')).rejects.toMatchObject(refused);
    await writeFile(path, Buffer.alloc(65 * 1024 * 1024, ' '));
    await expect(createCheckpointFile(path).read('web')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('is larger than 64 MB'),
    });
  });
});
