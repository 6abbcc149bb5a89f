import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decodeModelSnapshot, encodeModelSnapshot } from '../../../common/model_snapshot';
import { bundleServer } from '../../../scripts/build/node_bundles';
import { largeModel } from '../../../test/unit/large_model';
import { longestBlock } from '../../../test/unit/thread_time';
import { createModelDecoder, MODEL_WORKER } from './decode_model';
import { findBuiltWorker } from '../workers/built_worker';

jest.setTimeout(240_000);

const ROUNDS = 3;
/** Times are compared with each other; `bench -- hostile` holds their bound, with 20 MB. */
const FAR_LESS = 3;

describe('a large model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-'));
  const snapshot = largeModel(700);
  const text = encodeModelSnapshot(snapshot);
  /** Longest block of the thread that decodes by itself, ms. */
  const plain = (): Promise<number> =>
    longestBlock(async () => decodeModelSnapshot(text), { rounds: ROUNDS });
  let worker: string;
  beforeAll(async () => {
    await bundleServer(resolve(__dirname, '../../..'), folder);
    worker = findBuiltWorker(folder, MODEL_WORKER) as string;
    expect(text.length).toBeGreaterThan(5e6);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is decoded on a thread of its own, to the same model, and blocks others far less', async () => {
    const decoder = createModelDecoder(worker);
    const decoded = await decoder.decode(text);
    const here = decodeModelSnapshot(text);
    expect(decoded.version).toBe(snapshot.version);
    expect(decoded.detector).toEqual(here.detector);
    expect(decoded.training).toEqual(here.training);
    expect(decoded.quantiles).toEqual(here.quantiles);
    expect(decoded.encoder.toJSON()).toEqual(here.encoder.toJSON());
    for (const part of ['treeStart', 'splitColumn', 'threshold', 'leftChild', 'nodeRowCount'] as const) {
      expect(Buffer.from(decoded.forest[part].buffer).equals(Buffer.from(here.forest[part].buffer))).toBe(
        true,
      );
    }
    expect(await longestBlock(() => decoder.decode(text), { rounds: ROUNDS })).toBeLessThan(
      (await plain()) / FAR_LESS,
    );
  });

  it('is read from the bytes of a file likewise, with its text without spaces', async () => {
    const decoder = createModelDecoder(worker);
    const bytes = new TextEncoder().encode(JSON.stringify(JSON.parse(text), undefined, 1));
    const read = await decoder.read(Uint8Array.from(bytes));
    expect(read.snapshot.version).toBe(snapshot.version);
    expect(read.text === text).toBe(true);
    const copies = Array.from({ length: ROUNDS }, () => Uint8Array.from(bytes));
    expect(await longestBlock(() => decoder.read(copies.pop()!), { rounds: ROUNDS })).toBeLessThan(
      (await plain()) / FAR_LESS,
    );
  });

  it('is refused with the reason of the thread when it is damaged, and the next is read', async () => {
    const decoder = createModelDecoder(worker);
    const small = encodeModelSnapshot(largeModel(64, 3));
    const outcomes = await Promise.allSettled([
      decoder.decode(small.replace('"rows":2000', '"rows":2001')),
      decoder.decode('{'),
      decoder.read(Uint8Array.of(0xff, 0xfe, 0xfd)),
      decoder.decode(small),
      decoder.read(Uint8Array.from(Buffer.from(small))),
    ]);
    expect(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'read')),
    ).toEqual([
      expect.stringMatching(/its content does not match its sha256/),
      expect.stringMatching(/it is not JSON/),
      expect.stringMatching(/it is not UTF-8 text/),
      'read',
      'read',
    ]);
  });
});

describe('where there is no thread', () => {
  it('the calling thread does the same', async () => {
    const decoder = createModelDecoder(undefined);
    const small = encodeModelSnapshot(largeModel(64, 3));
    const bytes = Uint8Array.from(Buffer.from(JSON.stringify(JSON.parse(small), undefined, 2)));
    expect((await decoder.read(bytes)).text).toBe(small);
    expect((await decoder.decode(small)).version).toBe(JSON.parse(small).version);
    await expect(decoder.read(Uint8Array.of(123))).rejects.toMatchObject({ code: 'refused' });
  });
});
