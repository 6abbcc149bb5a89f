import { featureSchema, type FeatureDefinition } from '../../detector';
import type { LogDocument } from '../../log_document';
import { sentenceOf } from '../../explanations';
import { decodeFeatureEncoding, learnFeatures, withFarRows } from '..';

const START = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;
const define = (change: Partial<FeatureDefinition> = {}): FeatureDefinition =>
  featureSchema.parse({ type: 'deviation', field: 'count', by: 'service', ...change });

const log = (service: string | undefined, hour: number, count: unknown): LogDocument => ({
  '@timestamp': new Date(START + hour * HOUR).toISOString(),
  ...(service === undefined ? {} : { service }),
  count,
});

/** A large service with a peak at noon and a small steady one, four days. */
const usual = (): LogDocument[] =>
  Array.from({ length: 4 * 24 * 4 }, (_, i) => {
    const hour = Math.floor(i / 4);
    const wobble = [0.9, 1, 1, 1.1][i % 4];
    const peak = 1_000 * (1.1 + Math.cos(((hour % 24) - 12) * (Math.PI / 12)));
    return [log('large', hour, Math.round(peak * wobble)), log('small', hour, Math.round(10 * wobble))];
  }).flat();

const learn = (documents: readonly LogDocument[], definition = define()) =>
  learnFeatures([definition], documents, { timestampField: '@timestamp' }).encoder;
const valueOf = (encoder: ReturnType<typeof learn>, document: LogDocument): number =>
  encoder.encode([document]).values[0];

/** Of a text such as `1,600 to 2,600 for large`. */
const numbersIn = (text: string): number[] =>
  [...text.matchAll(/[\d,.]*\d/g)].map(([number]) => Number(number.replaceAll(',', '')));

describe('a deviation', () => {
  it('compares a value with its own group at that hour of the day, so that one service can fall as low as another', () => {
    const encoder = learn(usual());
    expect(encoder.columnNames).toEqual(['count']);
    expect(encoder.fields).toEqual(['count', 'service', '@timestamp']);
    expect(Math.abs(valueOf(encoder, log('large', 12, 2_100)))).toBeLessThan(1);
    expect(Math.abs(valueOf(encoder, log('large', 0, 100)))).toBeLessThan(1);
    expect(valueOf(encoder, log('large', 12, 100))).toBeLessThan(-2.5);
    expect(valueOf(encoder, log('large', 0, 2_100))).toBeGreaterThan(2.5);
    expect(Math.abs(valueOf(encoder, log('small', 12, 10)))).toBeLessThan(1);
    expect(valueOf(encoder, log('small', 12, 100))).toBeGreaterThan(2.5);
  });

  it('is asinh of the spreads between the quartiles beyond two of them from the median', () => {
    // One hour, values 1 to 101: median 51, quartiles 26 and 76, so a spread of 50 / 1.349.
    const documents = Array.from({ length: 101 }, (_, i) => log('a', 5, i + 1));
    const encoder = learn(documents, define({ scale: 'linear' }));
    expect(valueOf(encoder, log('a', 5, 51))).toBe(0);
    expect(valueOf(encoder, log('a', 5, 200))).toBeCloseTo(Math.asinh((200 - 51) / (50 / 1.349) - 2), 5);
    expect(valueOf(encoder, log('a', 5, 51 - 70))).toBe(0);
    expect(valueOf(encoder, log('a', 5, 51 - 100))).toBeCloseTo(-Math.asinh(100 / (50 / 1.349) - 2), 5);
  });

  it('holds the silence of a busy service for farther out than as many logs more', () => {
    const probability = (count: number): number =>
      Array.from({ length: count }, (_, i) => 25 / (i + 1)).reduce(
        (product, factor) => product * factor,
        Math.exp(-25),
      );
    // Poisson's counts of a mean of 25.
    const counts = Array.from({ length: 80 }, (_, count) =>
      new Array<number>(Math.round(1_000 * probability(count))).fill(count),
    ).flat();
    const row = (count: number): LogDocument => ({
      '@timestamp': new Date(START).toISOString(),
      service: 'busy',
      bucket: { count },
    });
    const definition = define({ field: 'bucket.count' });
    const { encoder } = learnFeatures([definition], counts.map(row), { timestampField: '@timestamp' });
    const [none, double] = [0, 50].map((count) => encoder.encode([row(count)]).values[0]);
    // 2 * (sqrt(25.375) - sqrt(0.375)) is 8.9 standard deviations, 2 * (sqrt(50.375) - sqrt(25.375)) is 4.1.
    expect(none).toBeCloseTo(-Math.asinh(8.9 - 2), 0);
    expect(double).toBeCloseTo(Math.asinh(4.1 - 2), 0);
    const [low, high] = numbersIn(encoder.explain(row(0))[0].typical);
    expect(low).toBeGreaterThan(15);
    expect(low).toBeLessThan(19);
    expect(high).toBeGreaterThan(32);
    expect(high).toBeLessThan(36);
    const again = decodeFeatureEncoding(JSON.parse(JSON.stringify(encoder.toJSON())));
    expect(again.encode([row(0)]).values[0]).toBe(none);
  });

  it('begins the usual range of rare counts at 0, and takes a tolerance and what is to be ignored on both sides', () => {
    const row = (count: number): LogDocument => ({
      '@timestamp': new Date(START).toISOString(),
      service: 'quiet',
      bucket: { count },
    });
    const counts = Array.from({ length: 60 }, (_, i) => row(i % 3 === 0 ? 1 : 0));
    const learnCounts = (documents: readonly LogDocument[], change: Partial<FeatureDefinition>) =>
      learnFeatures([define({ field: 'bucket.count', ...change })], documents, {
        timestampField: '@timestamp',
      }).encoder;
    const quiet = learnCounts(counts, { tolerance: 2 });
    expect(quiet.explain(row(0))[0].typical).toMatch(/^0 to /);
    const steady = Array.from({ length: 60 }, () => row(10));
    expect(valueOf(learnCounts(steady, { tolerance: 10 }), row(0))).toBe(0);
    const within = learnCounts(steady, { ignore_within_percent: 50 });
    expect([5, 15].map((count) => valueOf(within, row(count)))).toEqual([0, 0]);
    expect(Math.abs(valueOf(within, row(4)))).toBeGreaterThan(0);
  });

  it('takes numbers of two kinds that differ by little as they are, though there are more of one than of the other', () => {
    const volts = (model: string, level: number, count: number): LogDocument[] =>
      Array.from({ length: count }, (_, i) => log(model, i % 24, level + ((i * 7) % 21) / 50));
    const documents = [...volts('cell', 2.9, 500), ...volts('pack', 3.6, 90)];
    const encoder = learn(documents, define({ by: ['service'] }));
    const [low, high] = numbersIn(encoder.explain(log('cell', 5, 1.8))[0].typical);
    expect(low).toBeGreaterThan(2.6);
    expect(high).toBeLessThan(3.6);
    expect(valueOf(encoder, log('cell', 5, 1.8))).toBeLessThan(-1.5);
    expect(documents.every((document) => valueOf(encoder, document) === 0)).toBe(true);
    // A size that an edit changes by a few hundredths is as usual, though it was always the same.
    const pages = Array.from({ length: 600 }, (_, i) => log(`page ${i % 10}`, 5, 5_000 + (i % 10) ** 4));
    const sizes = learn(pages, define({ by: ['service'] }));
    expect(valueOf(sizes, log('page 1', 5, 5_200))).toBe(0);
    expect(valueOf(sizes, log('page 1', 5, 12_000))).toBeGreaterThan(2);
  });

  it('holds a text in place of a number for farther out than all of training, as an amount below 0', () => {
    const amounts = Array.from({ length: 400 }, (_, i) =>
      log('shop', i % 24, Math.round(Math.exp(((i * 7) % 101) / 15))),
    );
    const encoder = learn(amounts, define({ by: ['service'] }));
    const [text, negative] = ['ERR', -40].map((value) => log('shop', 5, value));
    const most = Math.max(...amounts.map((document) => Math.abs(valueOf(encoder, document))));
    expect(valueOf(encoder, text)).toBeGreaterThan(most + 0.9);
    expect(valueOf(encoder, negative)).toBe(-valueOf(encoder, text));
    for (const nothing of ['', '-', null, {}, []])
      expect(valueOf(encoder, log('shop', 5, nothing))).toBeNaN();
    expect(sentenceOf(encoder.explain(text)[0])).toBe('“ERR” instead of a number, which all 400 logs have');
    expect(sentenceOf(encoder.explain(negative)[0])).toMatch(/^-40, never seen before in 400 logs, usually /);
    expect(encoder.explain(text)[0]).toMatchObject({
      actual: 'ERR (no number)',
      unseen: true,
      trained_on: 400,
    });
    // Where training has such texts they are rare, and with many of them nothing is told.
    const some = learn([...amounts, text, text], define({ by: ['service'] }));
    expect(sentenceOf(some.explain(text)[0])).toBe('ERR, rare: 2 of 402 logs');
    const many = learn([...amounts, ...amounts.slice(0, 9).map(() => text)], define({ by: ['service'] }));
    expect(valueOf(many, text)).toBeNaN();
    // Numbers without a long tail may fall below 0, as temperatures do in winter.
    const degrees = Array.from({ length: 400 }, (_, i) => log('roof', i % 24, (i * 7) % 23));
    const outside = learn(degrees, define({ by: ['service'] }));
    expect(valueOf(outside, log('roof', 5, -1))).toBe(0);
    expect(decodeFeatureEncoding(encoder.toJSON()).encode([text]).values[0]).toBe(valueOf(encoder, text));
  });

  it('is not thrown off by anomalies among the training values', () => {
    const clean = learn(usual(), define({ scale: 'log1p' }));
    const flooded = learn(
      [
        ...usual(),
        ...Array.from({ length: 4 }, (_, day) => log('large', 12 + 24 * day, day % 2 === 0 ? 0 : 1e6)),
      ],
      define({ scale: 'log1p' }),
    );
    for (const count of [100, 2_100, 20_000]) {
      const document = log('large', 12, count);
      expect(Math.abs(valueOf(flooded, document) - valueOf(clean, document))).toBeLessThan(1);
    }
  });

  it('measures an unknown group, or none, against all', () => {
    const encoder = learn(usual());
    expect(valueOf(encoder, log('new', 12, 50))).toBe(valueOf(encoder, log(undefined, 12, 50)));
    expect(valueOf(encoder, log('new', 12, 1e7))).toBeGreaterThan(valueOf(encoder, log('new', 12, 2_000)));
  });

  it('says what is usual for the group at that hour', () => {
    const encoder = learn(usual());
    const [noon] = encoder.explain(log('large', 12, 0));
    expect(noon.actual).toBe('0');
    const [low, high] = numbersIn(noon.typical);
    expect(low).toBeGreaterThan(1_500);
    expect(high).toBeLessThan(2_700);
    const [small] = encoder.explain(log('small', 12, 0));
    expect(numbersIn(small.typical)[1]).toBeLessThan(15);
  });

  it('survives rubbish in value, group and time', () => {
    const encoder = learn(usual());
    for (const rubbish of [null, {}, [], 'many', NaN, Infinity]) {
      expect(valueOf(encoder, { ...log('large', 12, rubbish) })).toBeNaN();
      expect(valueOf(encoder, { ...log('large', 12, 5), service: rubbish })).not.toBeNaN();
      expect(valueOf(encoder, { ...log('large', 12, 5), '@timestamp': rubbish })).not.toBeNaN();
    }
    expect(encoder.encode([{}]).values[0]).toBeNaN();
  });

  it('does not depend on the order of the logs, and is the same when read back', () => {
    const documents = usual();
    const encoder = learn(documents);
    const json = JSON.stringify(encoder.toJSON());
    expect(JSON.stringify(learn([...documents].reverse()).toJSON())).toBe(json);
    const decoded = decodeFeatureEncoding(JSON.parse(json));
    expect(decoded.encode(documents)).toEqual(encoder.encode(documents));
    expect(decoded.explain(documents[0])).toEqual(encoder.explain(documents[0]));
  });

  it('lets a difference within the tolerance pass, however steady the number was', () => {
    const steady = Array.from({ length: 100 }, (_, i) => log('a', i % 24, 0));
    const strict = learn(steady, define({ tolerance: 0 }));
    const tolerant = learn(steady, define({ tolerance: 2 }));
    expect(tolerant.columnNames).toEqual(['count']);
    expect(valueOf(strict, log('a', 5, 2))).toBeGreaterThan(5);
    expect(valueOf(tolerant, log('a', 5, 2))).toBe(0);
    expect(valueOf(tolerant, log('a', 5, 20))).toBeCloseTo(Math.asinh(20 / 2 - 2), 5);
    expect(tolerant.explain(log('a', 5, 2))[0].typical).toBe('0 to 3.3');
  });

  it('marks what lies beyond the training values by rows far out, one column at a time', () => {
    const { encoder, matrix } = (() => {
      const learned = learn(usual());
      return { encoder: learned, matrix: learned.encode(usual()) };
    })();
    const far = withFarRows(matrix, [define()], encoder, 1);
    expect(far.rowCount).toBeGreaterThan(matrix.rowCount);
    expect([...far.values.slice(0, matrix.values.length)]).toEqual([...matrix.values]);
    const added = [...far.values.slice(matrix.values.length)];
    expect(Math.max(...added)).toBeCloseTo(Math.asinh(94), 5);
    expect(Math.min(...added)).toBeCloseTo(-Math.asinh(94), 5);
    const onlyHigh = withFarRows(matrix, [define({ direction: 'high' })], encoder, 1);
    expect(Math.min(...onlyHigh.values.slice(matrix.values.length))).toBeGreaterThan(0);
    const number = featureSchema.parse({ type: 'number', field: 'count' });
    expect(withFarRows(matrix, [number], encoder, 1)).toBe(matrix);
  });

  it('takes the hours of its time zone', () => {
    const documents = usual();
    const tokyo = learn(documents, define({ time_zone: 'Asia/Tokyo' }));
    expect(valueOf(tokyo, log('large', 12, 2_100))).toBeCloseTo(
      valueOf(learn(documents), log('large', 12, 2_100)),
      1,
    );
    expect(JSON.stringify(tokyo.toJSON())).not.toBe(JSON.stringify(learn(documents).toJSON()));
  });
});
