import { countOf, KeptLogs, type SessionLog } from './kept_logs';
import { chainsOf } from './session_chains';

const settings = { gap: 60, longest: 300 };
const log = (time: number): SessionLog => ({ time, stated: time, event: 'step' });
const kept = (logs: readonly SessionLog[], most?: number): readonly SessionLog[] => {
  const found = new KeptLogs(settings, most);
  for (const each of logs) found.add(each);
  return found.logs;
};
const sessions = (logs: readonly SessionLog[]) =>
  chainsOf(logs, settings).map(({ logs: own, ...times }) => ({ ...times, count: countOf(own) }));

describe('logs that are kept of an id', () => {
  it('give the same sessions as all of them', () => {
    let seed = 11;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round++) {
      let time = 0;
      const pause = [5, 30, 70][round % 3];
      const logs = Array.from({ length: 120 }, () =>
        log((time += random(pause) + (random(15) === 0 ? 60 : 0))),
      );
      expect(sessions(kept(logs, 1 + random(40)))).toEqual(sessions(logs));
    }
  });

  it('are few of one that never falls silent, and of a session of very many logs', () => {
    const endless = Array.from({ length: 10_000 }, (_none, i) => log(i));
    const found = kept(endless);
    expect(found.length).toBeLessThan(300 + (2 * 10_000) / settings.gap + 5);
    expect(sessions(found)).toEqual([{ start: 0, end: 299, isCut: true, closedAt: 300, count: 300 }]);
    const many = Array.from({ length: 10_000 }, (_none, i) => log(i / 100));
    const steps = kept(many, 50);
    expect(steps.length).toBeLessThan(60);
    expect(steps.filter(({ event }) => event !== undefined)).toHaveLength(50);
    expect(sessions(steps)).toEqual(sessions(many));
    expect(steps.reduce((sum, { others = 0 }) => sum + others, 0)).toBe(10_000 - 50);
  });

  it('keep how many have a message that is held nowhere', () => {
    const logs = Array.from({ length: 100 }, (_none, i): SessionLog =>
      i % 2 === 0 ? { ...log(i / 10), event: undefined, others: 1 } : log(i / 10),
    );
    const others = (some: readonly SessionLog[]) => some.reduce((sum, { others: own = 0 }) => sum + own, 0);
    expect([others(kept(logs)), others(kept(logs, 10))]).toEqual([50, 95]);
  });

  it('are as few where there is no room for more', () => {
    const found = new KeptLogs(settings);
    const logs = Array.from({ length: 1_000 }, (_none, i) => log(i / 10));
    for (const [place, each] of logs.entries()) found.add(each, place < 100);
    expect(found.logs.length).toBeLessThan(110);
    expect(sessions(found.logs)).toEqual(sessions(logs));
  });
});
