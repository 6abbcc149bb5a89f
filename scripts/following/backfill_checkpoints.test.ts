import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCheckpointFile } from '../command_line/checkpoint_file';
import { backfillCheckpoints } from './backfill_checkpoints';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-backfill-'));
});
afterEach(() => rm(folder, { recursive: true }));

const files = (version: string) => ({ detectorId: 'web', version, place: { space: 'default' } });
const written = (timestampTo: number) => ({
  detectorId: 'web',
  timestampTo,
  ingestedTo: timestampTo,
  threshold: { value: 0.6 },
  modelVersion: 'v1',
  runId: 'backfill-1',
});

it('goes on where the same range and model ended, and begins anew with another model', async () => {
  const range = { from: -5, to: 10 };
  await (await backfillCheckpoints(folder, files('v1'), range)).write(written(10), undefined);
  const again = await (await backfillCheckpoints(folder, files('v1'), range)).read('web');
  expect(again?.checkpoint).toEqual(written(10));
  expect(await (await backfillCheckpoints(folder, files('v2'), range)).read('web')).toBeUndefined();
});

it('takes the adaptive threshold of the range before, of the same model alone', async () => {
  await (await backfillCheckpoints(folder, files('v1'), { from: -5, to: 10 })).write(written(10), undefined);
  const next = { from: 10, to: 20 };
  const store = await backfillCheckpoints(folder, files('v1'), next);
  const { checkpoint, revision } = (await store.read('web'))!;
  expect(checkpoint).toMatchObject({ timestampTo: 10, threshold: { value: 0.6 } });
  await store.write({ ...checkpoint, timestampTo: 20 }, revision);
  expect((await store.read('web'))!.checkpoint.timestampTo).toBe(20);
  expect(await (await backfillCheckpoints(folder, files('v2'), next)).read('web')).toBeUndefined();
});

it('reads the files of versions that did not name the model in them', async () => {
  const { place } = files('v1');
  const older = (name: string) => createCheckpointFile(join(folder, name), place);
  await older('web-backfill--5-10.json').write(written(10), undefined);
  const same = await backfillCheckpoints(folder, files('v1'), { from: -5, to: 10 });
  expect((await same.read('web'))?.checkpoint).toEqual(written(10));
  const next = await backfillCheckpoints(folder, files('v1'), { from: 10, to: 20 });
  expect((await next.read('web'))?.checkpoint).toMatchObject({ timestampTo: 10, threshold: { value: 0.6 } });
  for (const range of [
    { from: -5, to: 10 },
    { from: 10, to: 20 },
  ])
    expect(await (await backfillCheckpoints(folder, files('v2'), range)).read('web')).toBeUndefined();
});
