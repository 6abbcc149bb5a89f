import { xoroshiro128plus } from 'pure-rand';
import { parseDetector, type DetectorInput } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import { createModelScorer } from '../../../common/model_snapshot';
import { trainModel } from './train_model';

type Draw = () => number;
const drawOf = (seed: number): Draw => {
  const random = xoroshiro128plus(seed);
  return () => (random.unsafeNext() >>> 0) / 2 ** 32;
};
const bell = (draw: Draw): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
const DAYS = 14;
const LOGS = 5_000;

/** Trains on two weeks of made logs. @returns how later logs, and such with something odd in them, are judged */
function trainedOn(features: DetectorInput['features'], make: (i: number, draw: Draw) => LogDocument) {
  const logs = (count: number, seed: number, first: number): LogDocument[] => {
    const draw = drawOf(seed);
    return Array.from({ length: count }, (_none, i) => ({
      '@timestamp': new Date(Date.UTC(2026, 0, 5) + (i * DAYS * 86_400_000) / count).toISOString(),
      ...make(first + i, draw),
    }));
  };
  const detector = parseDetector({ name: 'never seen', source: { index: 'logs' }, features });
  const { snapshot } = trainModel({ detector, documents: logs(LOGS, 1, 0), source: 'test', clock: Date });
  const scorer = createModelScorer(snapshot);
  const ordinary = logs(3_000, 2, LOGS);
  const confidences = (documents: readonly LogDocument[]): number[] =>
    [...scorer.score(documents).scores]
      .map((score) => scorer.verdict(score).confidence)
      .sort((a, b) => a - b);
  const withOdd = (odd: LogDocument): LogDocument[] =>
    ordinary.slice(0, 200).map((log) => ({ ...log, ...odd }));
  return {
    falseAlarms: confidences(ordinary).filter((confidence) => confidence >= 0.5).length / ordinary.length,
    lowest: (odd: LogDocument): number => confidences(withOdd(odd))[0],
    flagged: (odd: LogDocument): number =>
      confidences(withOdd(odd)).filter((confidence) => confidence >= 0.5).length / 200,
    explain: (odd: LogDocument) => scorer.explain(withOdd(odd)[0]).attribution,
  };
}

const duration = (draw: Draw): number => 50 * Math.exp(bell(draw) / 2);

it('flags a message unlike any before, and says that it is new among how many', () => {
  const { lowest, falseAlarms, explain } = trainedOn([{ type: 'template', field: 'message' }], (i, draw) => ({
    message: `${draw() < 0.5 ? 'alpha' : 'bravo'} service finished job ${i} in ${Math.floor(draw() * 500)} ms`,
  }));
  const odd = { message: 'zulu daemon crashed with code 1234' };
  expect(lowest(odd)).toBeGreaterThan(0.9);
  expect(falseAlarms).toBeLessThanOrEqual(0.02);
  expect(explain(odd)[0]).toMatchObject({ feature: 'message', unseen: true, trained_on: 4_000 });
});

it.each([
  ['a level beside two', (draw: Draw) => (draw() < 0.05 ? 'WARN' : 'INFO')],
  ['a level beside a constant one', () => 'INFO'],
])('flags %s that was never there', (_what, level) => {
  const { lowest, falseAlarms, explain } = trainedOn(
    [
      { type: 'category', field: 'log.level' },
      { type: 'number', field: 'ms' },
    ],
    (_i, draw) => ({ log: { level: level(draw) }, ms: duration(draw) }),
  );
  expect(lowest({ log: { level: 'FATAL' } })).toBeGreaterThan(0.5);
  expect(falseAlarms).toBeLessThanOrEqual(0.02);
  expect(explain({ log: { level: 'FATAL' } }).find(({ feature }) => feature === 'log.level')?.unseen).toBe(
    true,
  );
  expect(explain({}).some(({ unseen }) => unseen)).toBe(false);
});

it('flags FATAL where the level, always INFO, is all there is', () => {
  const { lowest, falseAlarms } = trainedOn([{ type: 'category', field: 'level' }], () => ({
    level: 'INFO',
  }));
  expect(lowest({ level: 'FATAL' })).toBeGreaterThan(0.5);
  expect(falseAlarms).toBe(0);
});

it.each([
  ['one by one', (i: number, draw: Draw) => (draw() < 0.05 ? `u${i}` : `k${Math.floor(60 * draw() ** 2)}`)],
  ['in bursts', (i: number, draw: Draw) => `pod-${Math.floor((i % LOGS) / 100)}-${Math.floor(draw() * 3)}`],
])('does not flag a new name where new names come %s all the time', (_how, name) => {
  const { flagged, falseAlarms } = trainedOn(
    [
      { type: 'category', field: 'user' },
      { type: 'number', field: 'ms' },
    ],
    (i, draw) => ({ user: name(i, draw), ms: duration(draw) }),
  );
  expect(flagged({ user: 'somebody else' })).toBeLessThan(0.06);
  expect(falseAlarms).toBeLessThanOrEqual(0.02);
});

it('flags a status never seen as a number, and durations the more the longer they are', () => {
  const { lowest, falseAlarms } = trainedOn(
    [
      { type: 'number', field: 'status' },
      { type: 'number', field: 'ms' },
      { type: 'category', field: 'method', encoding: 'rarity' },
      { type: 'text', field: 'path' },
      { type: 'hour_of_day', field: '@timestamp' },
    ],
    (_i, draw) => ({
      status: draw() < 0.03 ? 404 : draw() < 0.05 ? 304 : 200,
      ms: duration(draw),
      method: draw() < 0.3 ? 'POST' : 'GET',
      path: `/shop/item/${Math.floor(draw() * 500)}`,
    }),
  );
  for (const odd of [{ status: 500 }, { status: 302 }, { method: 'DELETE' }]) {
    expect(lowest(odd)).toBeGreaterThan(0.5);
  }
  const far = [1e4, 1e5, 1e6].map((ms) => lowest({ ms }));
  expect(far[0]).toBeGreaterThan(0.5);
  expect(far[1]).toBeGreaterThan(far[0]);
  expect(far[2]).toBeGreaterThan(far[1]);
  expect(falseAlarms).toBeLessThanOrEqual(0.02);
});

it('does not take a counter for news', () => {
  const { flagged } = trainedOn(
    [
      { type: 'number', field: 'sequence' },
      { type: 'number', field: 'ms' },
    ],
    (i, draw) => ({ sequence: i, ms: duration(draw) }),
  );
  expect(flagged({ sequence: 50_000 })).toBeLessThan(0.2);
});
