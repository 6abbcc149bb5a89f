import { EarlierBeginnings } from './earlier_beginnings';
import { chainsOf } from './session_chains';

const [GAP, SINCE] = [60, 1_000];
interface Log {
  readonly time: number;
  readonly ingested?: number;
}
const beginnings = (logs: readonly Log[]): number[] => {
  const found = new EarlierBeginnings(GAP, SINCE);
  for (const log of [...logs].sort((one, other) => one.time - other.time)) found.add(log);
  return [...found.times].sort((one, other) => one - other);
};
const there = (...times: number[]): Log[] => times.map((time) => ({ time, ingested: time }));

describe('where sessions may have begun before late logs came', () => {
  it('are the begins of the sessions that there were, however many logs these have', () => {
    const long = Array.from({ length: 400 }, (_none, i) => i);
    expect(beginnings([...there(...long, 500, 501), { time: 450, ingested: 1_001 }])).toEqual([0, 500]);
    // Whoever does not say when it was indexed is taken to have been there.
    expect(beginnings([{ time: 0 }, { time: 10 }, { time: 40, ingested: 1_001 }])).toEqual([0]);
  });

  it('are few of sessions that are late as a whole, in whatever order they were indexed', () => {
    const late = Array.from({ length: 400 }, (_none, i) => ({ time: i, ingested: 2_000 + i }));
    expect(beginnings(late)).toEqual([0]);
    expect(beginnings(late.map(({ time }) => ({ time, ingested: 2_000 })))).toEqual([0]);
    expect(
      beginnings([
        { time: 0, ingested: 2_002 },
        { time: 30, ingested: 2_001 },
        { time: 50, ingested: 2_003 },
      ]),
    ).toEqual([0, 30]);
  });

  it('hold the begin of each session that was there at any time since', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round++) {
      const logs = Array.from({ length: 25 }, () => ({ time: random(900), ingested: 900 + random(300) }));
      const found = new Set(beginnings(logs));
      for (let at = SINCE; at <= 1_200; at += 10) {
        const seen = logs.filter(({ ingested }) => ingested <= at).sort((a, b) => a.time - b.time);
        const starts = chainsOf(seen, { gap: GAP, longest: 300 }).map(({ start }) => start);
        expect(starts.filter((start) => !found.has(start))).toEqual([]);
      }
    }
  });
});
