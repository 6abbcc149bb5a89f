import { featureSchema } from '../../detector';
import { DirtCounter } from '../columns/field_value';
import { partsInTime } from '../columns/novelty';
import { PART_SEPARATOR } from '../fields/group_fields';
import { combinationStateSchema, decodeCombination, learnCombination } from './combination_encoding';

type Pair = readonly [string, string];
const definition = featureSchema.parse({ type: 'combination', fields: ['net', 'domain'] });
const nameOf = (pair: Pair): string => pair.join(PART_SEPARATOR);
const learn = (pairs: readonly Pair[]) =>
  learnCombination(definition, pairs.map(nameOf), partsInTime(Float64Array.from(pairs.keys())));

function ratingOf(encoding: ReturnType<typeof learn>, ...pair: Pair): number {
  const out = new Float64Array(2);
  encoding.encode(nameOf(pair), out, 0, new DirtCounter());
  return out[0];
}

const share = (values: readonly number[], of: number): number =>
  [...values].sort((one, other) => one - other)[Math.floor(of * (values.length - 1))];

/** Two nets that ask for the same ten domains, and a third that asks for two of its own; one log in forty asks for a domain that is new. */
const asks = (count: number, from = 0): Pair[] =>
  Array.from({ length: count }, (_none, i): Pair => {
    const net = i % 5 === 0 ? 'servers' : i % 2 === 0 ? 'office' : 'lab';
    if (net !== 'servers' && i % 32 === 1 + 2 * (i % 3)) return [net, `new-${from + i}.example`];
    return [net, net === 'servers' ? `mirror-${(i / 5) % 2}` : `site-${i % 7}`];
  });

describe('combinations of which new ones come all the time', () => {
  const training = asks(8_000);
  const encoding = learn(training);
  const ofTraining = training.map((pair) => ratingOf(encoding, ...pair));
  const news = asks(8_000, 100_000)
    .filter(([, domain]) => domain.startsWith('new-'))
    .map((pair) => ratingOf(encoding, ...pair));

  it('are as surprising as those that training held once', () => {
    const single = training.findIndex(([, domain]) => domain.startsWith('new-'));
    expect(news.length).toBeGreaterThan(100);
    expect(Math.max(...news)).toBeLessThanOrEqual(Math.max(...ofTraining) + 0.01);
    expect(ratingOf(encoding, training[single][0], 'never.example')).toBeCloseTo(ofTraining[single], 1);
  });

  it('stand behind two well-known values that never met, and a new one where none came', () => {
    expect(ratingOf(encoding, 'servers', 'site-3')).toBeGreaterThan(share(news, 1) + 2);
    expect(ratingOf(encoding, 'office', 'mirror-1')).toBeGreaterThan(share(news, 1) + 2);
    expect(ratingOf(encoding, 'servers', 'never.example')).toBeGreaterThan(share(news, 1) + 2);
  });
});

describe('values of which new ones come in bursts', () => {
  /** A new pod for each two hundred logs, with the same three loggers but for one log. */
  const pods = Array.from({ length: 8_000 }, (_none, i): Pair => [
    `pod-${Math.floor(i / 200)}`,
    `log-${i % 3}`,
  ]);
  const encoding = learn([...pods, ...Array.from({ length: 100 }, (): Pair => ['batch', 'log-9'])]);

  it('are as surprising as is usual', () => {
    const usual = share(
      pods.map((pair) => ratingOf(encoding, ...pair)),
      0.5,
    );
    expect(ratingOf(encoding, 'pod-999', 'log-1')).toBeCloseTo(usual, 6);
    expect(ratingOf(encoding, 'pod-3', 'log-9')).toBeGreaterThan(usual + 2);
  });
});

test('a model of before rates combinations as it did', () => {
  const state = combinationStateSchema.parse({
    kind: 'combination',
    parts: 2,
    values: [
      [`a${PART_SEPARATOR}x`, 6],
      [`b${PART_SEPARATOR}y`, 3],
      [`b${PART_SEPARATOR}z`, 1],
    ],
    total: 10,
    novelty: { probability: 0.1, trained_on: 10 },
  });
  const encoding = decodeCombination(state);
  expect(encoding.toJSON()).toEqual(state);
  // p(z | b) = (1 + 2 * 2 / 14) / (4 + 2), p(b | z) = (1 + 5 / 13) / (1 + 1)
  expect(ratingOf(encoding, 'b', 'z')).toBeCloseTo(
    -(Math.log((1 + (2 * 2) / 14) / 6) + Math.log((1 + 5 / 13) / 2)) / 2,
    12,
  );
  // p(never | a) = (0 + 1 / 14) / (6 + 1), p(a | never) = 7 / 13
  expect(ratingOf(encoding, 'a', 'never')).toBeCloseTo(-(Math.log(1 / 14 / 7) + Math.log(7 / 13)) / 2, 12);
});
