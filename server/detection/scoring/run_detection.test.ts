import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { AnomalyResult } from '../../../common/anomaly';
import type { SourceLog } from '../../../common/log_document';
import { storedResult } from '../../../test/fakes/hiding_stores';
import { checkpointStore, logSource, resultStore } from '../../../test/fakes/run_stores';
import { emptyProfile } from '../../../common/patterns';
import type { LogSource, ResultStore, Revision } from '../ports';
import type { FoundChange } from '../ports/patterns';
import { runDetection, type DetectionRunOptions, type RunWork } from './run_detection';

const NOW = Date.UTC(2026, 10, 21, 12);
const SECOND = 1_000;
const iso = (time: number): string => new Date(time).toISOString();

/** Log of so many seconds ago, indexed at once. */
const log = (id: string, seconds: number): SourceLog => ({
  index: 'weblogs',
  id,
  document: {
    '@timestamp': iso(NOW - seconds * SECOND),
    event: { ingested: iso(NOW - seconds * SECOND) },
  },
});
const LOGS = [log('odd-1', 50), log('a', 40), log('b', 30), log('odd-2', 20), log('c', 10)];

const surge: FoundChange = {
  finding: { patternId: 'p', change: 'surging', time: NOW - 60 * SECOND, count: 9, usual: 1, chance: 1e-6 },
  pattern: {
    ...{ id: 'p', tokens: ['Retry'], firstSeen: 0, lastSeen: 0, since: 0, example: 'Retry', members: [] },
    profile: emptyProfile(0),
    series: new Map(),
  },
  ...{ span: 60 * SECOND, field: 'message', search: 'words' },
};

function worldOf(logs = LOGS) {
  const results = resultStore();
  const checkpoints = checkpointStore();
  const scored: string[] = [];
  const work: RunWork = {
    fields: [],
    dirt: {},
    score: async (page) => {
      scored.push(...page.logs.map(({ id }) => id));
      const odd = page.logs.filter(({ id }) => id.startsWith('odd'));
      return { results: odd.map(({ id }) => storedResult(id, NOW)), summaries: [], logs: page.logs.length };
    },
    threshold: () => 0.6,
    thresholdState: () => undefined,
  };
  const detector = {
    source: { index: 'weblogs', timestamp_field: '@timestamp', ingested_field: 'event.ingested' },
    schedule: { query_delay: '1s', late_window: '24h' },
    context_fields: [],
    features: [],
  };
  const run = (change: Partial<DetectionRunOptions> = {}) =>
    runDetection({
      detectorId: 'web',
      snapshot: { version: '1', detector } as unknown as ModelSnapshot,
      source: logSource(logs),
      clock: { now: () => NOW, sleep: async () => undefined },
      runId: 'run',
      results,
      checkpoints,
      startFrom: NOW - 60 * SECOND,
      work: () => work,
      ...change,
    });
  return { run, results, checkpoints, scored };
}

describe('a run', () => {
  it('scores each log once, stores the results, and moves the checkpoint to now less the delay', async () => {
    const { run, results, checkpoints, scored } = worldOf();
    const outcome = await run();
    expect(outcome).toMatchObject({ logs: 5, anomalies: 2, created: 2, complete: true, to: NOW - SECOND });
    expect([...scored].sort()).toEqual(LOGS.map(({ id }) => id).sort());
    expect([...results.stored.keys()]).toEqual(['weblogs/odd-1', 'weblogs/odd-2']);
    expect(checkpoints.written.at(-1)).toMatchObject({ ingestedTo: NOW - SECOND, timestampTo: NOW - SECOND });
  });

  it('stores changes of patterns as results before the patterns remember them, and puts them into incidents', async () => {
    const { run, results } = worldOf();
    const steps: string[] = [];
    const note =
      (name: string) =>
      async (given: readonly AnomalyResult[]): Promise<void> =>
        void steps.push(...given.map(({ source }) => `${name} ${source.id.slice(0, 7)}`));
    const outcome = await run({
      incidents: {
        record: note('record'),
        tell: async () => void steps.push('tell'),
        finish: async (reached) => void steps.push(`finish ${NOW - (reached ?? NaN)}`),
      },
      announce: note('announce'),
      suppress: async (given) => [...given],
      patterns: {
        fields: [],
        resume: () => undefined,
        count: async () => undefined,
        progress: () => undefined,
        judgedTo: () => NOW - 30 * SECOND,
        finish: async (reached, _commit, tell) => {
          expect(reached).toBe(NOW - SECOND);
          await tell([surge]);
          steps.push(`${results.stored.size} stored`);
        },
      },
    });
    expect(outcome).toMatchObject({ logs: 5, anomalies: 3, changes: 1, created: 3 });
    expect(steps).toEqual([
      ...['record odd-1', 'record odd-2', 'announce odd-1', 'announce odd-2', 'tell'],
      // An incident that may still grow is told as over once, after all that this run has found.
      ...['record pattern', 'announce pattern', 'tell', '3 stored', 'finish 30000'],
    ]);
  });

  it('carries on where the one before stopped, and finds nothing twice', async () => {
    const { run, scored } = worldOf();
    const first = await run({ maxLogs: 2, pageSize: 2 });
    expect(first).toMatchObject({ logs: 2, anomalies: 1, complete: false });
    expect(await run()).toMatchObject({ logs: 3, anomalies: 1, complete: true });
    expect(await run()).toMatchObject({ logs: 0, anomalies: 0 });
    expect(new Set(scored).size).toBe(scored.length);
  });

  it('goes through a share of the time since the checkpoint, and the next ones through the rest', async () => {
    const { run, scored } = worldOf();
    // 59 seconds have passed: half of them end 30.5 seconds ago.
    expect(await run({ share: 0.5 })).toMatchObject({ logs: 2, complete: false, to: NOW - 30_500 });
    expect(await run({ share: 0.5, smallestSpan: 20_000 })).toMatchObject({ logs: 2, to: NOW - 10_500 });
    expect(await run()).toMatchObject({ logs: 1, complete: true, to: NOW - SECOND });
    expect(new Set(scored).size).toBe(LOGS.length);
    expect(scored).toHaveLength(LOGS.length);
  });

  describe('finds logs that became visible after their place in time was passed', () => {
    const MINUTE = 60 * SECOND;
    /** Runs at times of the test, over logs to which it adds. */
    const worldInTime = () => {
      const logs = [...LOGS];
      const world = worldOf(logs);
      const at = (now: number, change: Partial<DetectionRunOptions> = {}) =>
        world.run({ clock: { now: () => now, sleep: async () => undefined }, ...change });
      return { ...world, logs, at };
    };

    it('by their number, once, and tells them', async () => {
      const { at, logs, results } = worldInTime();
      const told: string[] = [];
      await at(NOW);
      logs.push(log('odd-late', 25), log('late', 26));
      // They are looked for a minute after the span was read.
      expect(await at(NOW + 30 * SECOND)).toMatchObject({ logs: 0, foundLate: 0 });
      const found = await at(NOW + 2 * MINUTE, {
        onResults: async (news) => void told.push(...news.map(({ source }) => source.id)),
      });
      expect(found).toMatchObject({ logs: 2, foundLate: 2, anomalies: 1, created: 1, complete: true });
      expect(told).toEqual(['odd-late']);
      expect(results.stored.has('weblogs/odd-late')).toBe(true);
      expect(results.summaries).toEqual([]);
      expect(await at(NOW + 7 * MINUTE)).toMatchObject({ logs: 0, foundLate: 0, created: 0 });
    });

    it('also where logs carry no time of indexing', async () => {
      const { at, logs } = worldInTime();
      await at(NOW);
      logs.push({ index: 'weblogs', id: 'odd-late', document: { '@timestamp': iso(NOW - 25 * SECOND) } });
      expect(await at(NOW + 6 * MINUTE)).toMatchObject({ foundLate: 1, created: 1 });
    });

    it('offers them for telling again after a run that died before its checkpoint', async () => {
      const { at, logs, checkpoints } = worldInTime();
      const announced: string[] = [];
      const announce: DetectionRunOptions['announce'] = async (found) =>
        void announced.push(...found.map(({ source }) => source.id));
      await at(NOW);
      logs.push(log('odd-late', 25));
      const lost = { ...checkpoints, write: async () => Promise.reject(new Error('lost')) };
      const later = NOW + 2 * MINUTE;
      await expect(at(later, { checkpoints: lost, announce: async () => undefined })).rejects.toThrow('lost');
      await at(later, { announce });
      expect(announced).toContain('odd-late');
    });

    it('counts a span three times and then lets it go', async () => {
      const { at, checkpoints } = worldInTime();
      const first = NOW - SECOND;
      await at(NOW);
      for (const minutes of [2, 6, 16, 17]) await at(NOW + minutes * MINUTE);
      const { coverage } = checkpoints.written.at(-1) as { coverage: { spans: { to: number }[] } };
      expect(coverage.spans.some(({ to }) => to === first)).toBe(false);
      expect(coverage.spans.length).toBeGreaterThan(0);
    });

    it('leaves the rest to the next run when the time is over', async () => {
      const { at, logs } = worldInTime();
      await at(NOW);
      logs.push(log('odd-late', 25));
      const later = NOW + 2 * MINUTE;
      expect(await at(later, { deadline: later })).toMatchObject({ foundLate: 1, complete: false });
      expect(await at(later + SECOND)).toMatchObject({ created: 0, complete: true });
    });
  });

  it('that died before its checkpoint is repeated, and stores the same', async () => {
    const { run, results, checkpoints } = worldOf();
    const lost = { ...checkpoints, write: async () => Promise.reject(new Error('lost')) };
    await expect(run({ checkpoints: lost })).rejects.toThrow('lost');
    expect(results.stored.size).toBe(1);
    expect(await run()).toMatchObject({ anomalies: 2, created: 1 });
    expect(results.stored.size).toBe(2);
  });

  it('stops where another process has moved the checkpoint', async () => {
    const { run, checkpoints } = worldOf();
    const overtaken = { ...checkpoints, read: async () => undefined };
    await run();
    await expect(run({ checkpoints: overtaken })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not move the checkpoint past results that were not stored', async () => {
    const { run, results, checkpoints } = worldOf();
    const refusing = { ...results, write: async () => Promise.reject(new Error('full')) };
    await expect(run({ results: refusing })).rejects.toThrow('full');
    expect(checkpoints.written).toEqual([]);
  });

  it('scores a page while what the one before it has found is stored, and keeps the order of what it stores', async () => {
    const { run, results, checkpoints, scored } = worldOf([...LOGS, log('odd-3', 15)]);
    const steps: string[] = [];
    let learned = 0;
    await run({
      work: () => ({
        ...{ fields: [], dirt: {}, threshold: () => 0.6, thresholdState: () => learned },
        score: async (page) => {
          learned += page.logs.length;
          scored.push(...page.logs.map(({ id }) => id));
          const odd = page.logs.filter(({ id }) => id.startsWith('odd'));
          return {
            results: odd.map(({ id }) => storedResult(id, NOW)),
            summaries: [],
            logs: page.logs.length,
          };
        },
      }),
      results: {
        ...results,
        write: async (...given) => {
          await new Promise((done) => setTimeout(done, 20));
          steps.push(`${given[0].map(({ source }) => source.id).join()} beside ${scored.at(-1)}`);
          return results.write(...given);
        },
      },
      checkpoints: {
        ...checkpoints,
        write: async (checkpoint, revision) => {
          steps.push(`${JSON.stringify(checkpoint.ingestedPosition)} with ${String(checkpoint.threshold)}`);
          return checkpoints.write(checkpoint, revision);
        },
      },
    });
    expect(steps).toEqual([
      ...['odd-1 beside odd-2', '2 with 2', 'odd-2 beside c', '4 with 4', 'odd-3 beside c', '6 with 6'],
      'undefined with 6',
    ]);
  });

  it('stores what it has scored where reading fails, and fails as that did', async () => {
    const { run, results, checkpoints } = worldOf();
    const source = logSource(LOGS);
    const failing: LogSource = {
      ...source,
      read: async function* (...given) {
        for await (const page of source.read(...given)) {
          yield page;
          throw new Error('gone');
        }
      },
    };
    await expect(run({ source: failing })).rejects.toThrow('gone');
    expect([...results.stored.keys()]).toEqual(['weblogs/odd-1']);
    expect(checkpoints.written).toMatchObject([{ ingestedPosition: 2 }]);
  });

  it('announces results once they are stored, before the checkpoint moves', async () => {
    const { run, results, checkpoints } = worldOf();
    const told: [ids: string[], stored: number, checkpoints: number][] = [];
    await run({
      announce: async (found) =>
        void told.push([
          found.map(({ source }) => source.id),
          results.stored.size,
          checkpoints.written.length,
        ]),
    });
    expect(told).toEqual([[['odd-1', 'odd-2'], 2, 0]]);
  });

  it('stores hidden results as they are, and neither counts nor announces them', async () => {
    const { run, results } = worldOf();
    const told: string[] = [];
    const outcome = await run({
      suppress: async (found) =>
        found.map((each) =>
          each.source.id === 'odd-1'
            ? { ...each, result: { type: 'suppressed', suppressed_by: ['s'] } }
            : each,
        ),
      announce: async (found) => void told.push(...found.map(({ source }) => source.id)),
    });
    expect(outcome).toMatchObject({ anomalies: 1, suppressed: 1 });
    expect(told).toEqual(['odd-2']);
    expect(results.stored.get('weblogs/odd-1')?.result.type).toBe('suppressed');
  });

  it('adds no result of logs of which only what stands may change, counts none and tells none', async () => {
    const { run, results } = worldOf();
    const source: LogSource = {
      ...logSource(LOGS),
      read: async function* (range, options = {}) {
        for await (const page of logSource(LOGS).read(range, options)) {
          yield { ...page, revises: true, onlyStanding: true };
        }
      },
    };
    const told: string[] = [];
    const change = {
      source,
      announce: async (found: readonly AnomalyResult[]) =>
        void told.push(...found.map((each) => each.source.id)),
    };
    expect(await run({ ...change, results })).toMatchObject({
      logs: 5,
      anomalies: 0,
      created: 0,
      complete: true,
    });
    expect([...results.stored.keys()]).toEqual([]);
    const revised: Revision[] = [];
    const { run: runAgain } = worldOf();
    const revise: ResultStore['revise'] = async (revision) => {
      revised.push(revision);
      return { added: [], putAside: 0 };
    };
    expect(await runAgain({ ...change, results: { ...results, revise } })).toMatchObject({
      anomalies: 0,
      created: 0,
    });
    expect(revised.map(({ onlyStanding }) => onlyStanding)).toContain(true);
    expect(revised.flatMap(({ logs }) => logs.map(({ id }) => id)).sort()).toEqual(
      LOGS.map(({ id }) => id).sort(),
    );
    expect(told).toEqual([]);
  });

  it('reads what cannot be resumed to its end, whatever its caps say, and goes on from there', async () => {
    const { run, checkpoints, scored } = worldOf();
    const source: LogSource = {
      ...logSource(LOGS),
      read: async function* (range, options = {}) {
        for await (const page of logSource(LOGS).read(range, options)) {
          yield options.by === 'ingested' ? { ...page, position: undefined } : page;
        }
      },
    };
    await run({ source, maxLogs: 2, pageSize: 2, deadline: NOW });
    expect(scored).toEqual(LOGS.map(({ id }) => id));
    expect(checkpoints.written.at(-1)).toMatchObject({ ingestedTo: NOW - SECOND });
    await run({ source, maxLogs: 2, pageSize: 2, deadline: NOW });
    expect(scored).toHaveLength(LOGS.length);
  });

  it('counts incidents anew where a page that replaces what stands withdraws a result', async () => {
    for (const withdrawn of [0, 1]) {
      const { run, results } = worldOf();
      const source: LogSource = {
        ...logSource(LOGS),
        read: async function* (range, options = {}) {
          if (options.by === 'timestamp') return;
          for await (const page of logSource(LOGS).read(range, options)) yield { ...page, replaces: true };
        },
      };
      const spans: unknown[] = [];
      await run({
        source,
        pageSize: 10,
        results: { ...results, revise: async () => ({ added: [], putAside: 0, withdrawn }) },
        incidents: {
          record: async (_results, _reached, revised) => void spans.push(revised),
          tell: async () => undefined,
          finish: async () => undefined,
        },
      });
      const all = { from: NOW - 50 * SECOND, to: NOW - 10 * SECOND };
      expect(spans).toEqual([withdrawn > 0 ? all : undefined]);
    }
  });

  it('goes past a page without logs, and can stop there', async () => {
    const { run, checkpoints, scored } = worldOf();
    const source: LogSource = {
      ...logSource([]),
      read: async function* (_range, { by } = {}) {
        if (by === 'timestamp') yield* [1, 2].map((position) => ({ logs: [], position, replaces: true }));
      },
    };
    expect(await run({ source, deadline: NOW })).toMatchObject({ logs: 0, complete: false });
    expect(checkpoints.written.at(-1)).toMatchObject({ timestampPosition: 1 });
    expect(scored).toEqual([]);
  });

  it('does not end for rows that are none any more, however many', async () => {
    const { run } = worldOf();
    const source: LogSource = {
      ...logSource(LOGS),
      read: async function* (range, options = {}) {
        for await (const page of logSource(LOGS).read(range, options)) {
          yield { ...page, revises: true, onlyStanding: true, areGone: true };
        }
      },
    };
    expect(await run({ source, maxLogs: 1, pageSize: 1 })).toMatchObject({ complete: true });
    expect(await worldOf().run({ maxLogs: 1, pageSize: 1 })).toMatchObject({ complete: false });
  });

  it('ends at a signal, with what was stored so far on its checkpoint', async () => {
    const { run, checkpoints } = worldOf();
    const controller = new AbortController();
    const stopping = run({
      signal: controller.signal,
      onResults: async () => controller.abort(),
      pageSize: 2,
    });
    await expect(stopping).rejects.toMatchObject({ code: 'interrupted' });
    expect(checkpoints.written).toHaveLength(1);
    expect(await run()).toMatchObject({ logs: 3 });
  });
});
