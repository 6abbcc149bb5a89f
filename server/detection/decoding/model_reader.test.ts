import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { SnapshotStore } from '../ports';
import { ModelReader } from './model_reader';

/** A reader with a clock of the test's; models say how often they were read. */
function setUp() {
  const time = { now: 0 };
  const reads: string[] = [];
  const forest = { splitColumn: new Uint8Array(1_000) };
  const models = {
    load: async (_detector: string, version: string) => {
      reads.push(version);
      return version;
    },
  } as unknown as SnapshotStore;
  const decoder = { decode: async () => ({ forest }) as unknown as ModelSnapshot };
  const reader = new ModelReader(decoder as never, () => time.now);
  const load = (version: string) => reader.load(models, 'd1', { version, sha256: `hash of ${version}` });
  return { time, reads, load, kept: () => (reader as unknown as { kept: Map<string, unknown> }).kept.size };
}

const MINUTE = 60_000;

it('decodes a model once while it is asked for', async () => {
  const { time, reads, load } = setUp();
  for (let minute = 0; minute < 60; minute++) {
    time.now = minute * MINUTE;
    await load('active');
  }
  expect(reads).toEqual(['active']);
});

it('lets go of models that were replaced, however few there are', async () => {
  const { time, load, kept } = setUp();
  const most: number[] = [];
  // A model that is trained anew every 20 minutes, asked for every minute.
  for (let minute = 0; minute < 24 * 60; minute++) {
    time.now = minute * MINUTE;
    await load(`trained at ${Math.floor(minute / 20)}`);
    most.push(kept());
  }
  expect(Math.max(...most)).toBe(2);
});

it('keeps no more than 64 models, the latest', async () => {
  const { reads, load, kept } = setUp();
  for (let model = 0; model < 100; model++) await load(String(model));
  expect(kept()).toBe(64);
  await load('99');
  await load('0');
  expect(reads.slice(100)).toEqual(['0']);
});
