import { xoroshiro128plus } from 'pure-rand';
import { DetectionError } from '../../detection_error';
import { crc32 } from './byte_stream';
import { decodeForest, encodeForest } from './forest_codec';
import { growForest } from '../growing/grow_forest';
import { createScorer } from '../scoring/scorer';
import { bellMatrix, everyKind, testOptions } from '../forest/test_matrices';

/** Gives altered bytes a checksum that fits, as whoever forges a file would. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}

/** Place of the first byte of the counts behind "LAIF", version and split method. */
const COUNTS = 6;

describe.each(everyKind)('the stored form of $splits by $trainer', (kind) => {
  const matrix = bellMatrix(3_000, 4);
  const forest = growForest(matrix, { ...testOptions, ...kind });
  const bytes = encodeForest(forest);

  it('is read back as the same forest, which scores bit-identically', () => {
    const decoded = decodeForest(bytes);
    expect(decoded).toEqual(forest);
    expect(createScorer(decoded).score(matrix)).toEqual(createScorer(forest).score(matrix));
    expect(encodeForest(decoded)).toEqual(bytes);
  });

  it('is below 330 kB for 100 trees of psi 256', () => {
    expect(bytes.length).toBeLessThan(330_000);
  });

  it('is refused when any byte is damaged or missing', () => {
    for (let i = 0; i < bytes.length; i += 1 + Math.floor(bytes.length / 40)) {
      const damaged = bytes.slice();
      damaged[i] ^= 1 << (i % 8);
      expect(() => decodeForest(damaged)).toThrow(DetectionError);
      expect(() => decodeForest(bytes.slice(0, i))).toThrow(DetectionError);
      if (i > 10) expect(() => decodeForest(withChecksum(bytes.slice(0, i)))).toThrow(DetectionError);
    }
    expect(() => decodeForest(withChecksum(Uint8Array.of(...bytes.slice(0, 2_000), 0)))).toThrow(
      DetectionError,
    );
  });

  it('is refused or gives a forest that scores, whatever was forged', () => {
    const small = encodeForest(growForest(bellMatrix(50, 4), { ...testOptions, ...kind, treeCount: 3 }));
    const random = xoroshiro128plus(17);
    const draw = (count: number) => (random.unsafeNext() >>> 0) % count;
    let accepted = 0;
    for (let round = 0; round < 500; round++) {
      const forged = small.slice();
      for (let i = draw(4); i >= 0; i--) forged[5 + draw(forged.length - 9)] = draw(256);
      try {
        const decoded = decodeForest(withChecksum(forged));
        const scores = createScorer(decoded).score({
          values: new Float32Array(decoded.columnCount * 3),
          rowCount: 3,
          columnCount: decoded.columnCount,
        });
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
        accepted++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_input' });
      }
    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('decodeForest', () => {
  const bytes = encodeForest(growForest(bellMatrix(30, 2), { ...testOptions, treeCount: 2 }));
  const forged = (place: number, ...values: number[]) => {
    const copy = bytes.slice();
    copy.set(values, place);
    return withChecksum(copy);
  };

  it.each([
    ['nothing', new Uint8Array(0), /does not start with "LAIF"/],
    ['text', new TextEncoder().encode('{"format":"log-anomalies-model"}'), /does not start with "LAIF"/],
    ['a later version', forged(4, 4), /version is 4, must be from 1 to 3/],
    ['an unknown split method', forged(5, 9), /split method is unknown/],
    ['no tree', forged(COUNTS, 0), /tree count is 0, must be from 1/],
    ['no column', forged(COUNTS + 2, 0), /column count is 0/],
    ['a wider column count', forged(COUNTS + 2, 120), /too short for 120 columns/],
    ['a hyperplane on axis splits', forged(COUNTS + 3, 1), /hyperplane width is 1/],
    ['a fill value that is NaN', forged(COUNTS + 4, 0, 0, 0xc0, 0x7f), /fill value is NaN/],
    ['a column out of range', forged(COUNTS + 12, 77), /split column is 77, must be from 0 to 2/],
    ['a threshold that is NaN', forged(COUNTS + 13, 0, 0, 0xc0, 0x7f), /threshold is not a number/],
    [
      'more rows on the left than there are',
      forged(COUNTS + 17, 31),
      /rows on the left is 31, must be from 0 to 30/,
    ],
    [
      'a number without an end',
      forged(COUNTS, 255, 255, 255, 255, 255, 255),
      /above 2\^32 - 1|more than 5 bytes/,
    ],
    ['bytes behind the last tree', withChecksum(Uint8Array.of(...bytes, 0, 0)), /follow the last tree/],
  ])('refuses %s', (_what, input, message) => {
    expect(() => decodeForest(input)).toThrow(message);
    expect(() => decodeForest(input)).toThrow(DetectionError);
  });

  it('refuses a tree deeper than any that can be grown', () => {
    // Two rows that a split sends right again and again.
    const header = [0x4c, 0x41, 0x49, 0x46, 1, 0, 1, 2, 1, 0, 0, 0, 0, 0];
    const split = [1, 0, 0, 0, 0, 0];
    const deep = Uint8Array.of(
      ...header,
      ...Array.from({ length: 5_000 }, () => split).flat(),
      0,
      0,
      0,
      0,
      0,
    );
    expect(() => decodeForest(withChecksum(deep))).toThrow(/deeper than 2 levels/);
  });

  it('reads how short paths are damped, and refuses what learning never gives', () => {
    const forest = growForest(bellMatrix(30, 2), { ...testOptions, treeCount: 2 });
    const stored = (below: number, share: number): Uint8Array =>
      encodeForest({ ...forest, damping: { below, share } });
    expect(decodeForest(stored(9.5, 0.25))).toEqual({ ...forest, damping: { below: 9.5, share: 0.25 } });
    expect(stored(9.5, 0.25)).toHaveLength(encodeForest(forest).length + 9);
    expect(() => decodeForest(stored(0, 0.25))).toThrow(/path length that is damped is 0/);
    expect(() => decodeForest(stored(9.5, 0))).toThrow(/share that counts of short paths is 0/);
    expect(() => decodeForest(stored(9.5, 1.5))).toThrow(/share that counts of short paths is 1.5/);
    expect(() => decodeForest(stored(NaN, 0.25))).toThrow(/must be finite/);
  });

  it('reads bytes that lie inside a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 5);
    expect(decodeForest(larger.subarray(5, 5 + bytes.length))).toEqual(decodeForest(bytes));
  });
});
