import { createRandom } from '../../common/demo_logs/random';
import { parseDetector } from '../../common/detector';
import { DAY, HOUR } from '../../common/duration';
import type { SourceLog } from '../../common/log_document';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { ALL_ENTITIES } from '../../common/patterns';
import { livePatternsOf } from '../../server/detection/patterns/live_patterns';
import { pastPatternsOf } from '../../server/detection/patterns/past_patterns';
import type { Checkpoint, CheckpointStore } from '../../server/detection/ports';
import type { RunPatterns } from '../../server/detection/ports/patterns';
import { runDetection } from '../../server/detection/scoring/run_detection';
import { createResultStore } from '../../server/elasticsearch';
import {
  createCountingPlace,
  createPatternStore,
  listLogPatterns,
} from '../../server/elasticsearch/patterns';
import { logSource } from '../fakes/run_stores';
import { administrator, MINUTE, removeSpaces, uniqueName } from './fixtures/elasticsearch_fixture';

const client = administrator();
const spaces: string[] = [];
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const END = START + 3 * DAY;

afterAll(async () => {
  await removeSpaces(client, spaces);
  await client.close();
});

/** Two frequent patterns, one of them with names that vary; on the third day an error that was never there, then a surge. */
const LOGS = ((): SourceLog[] => {
  const random = createRandom(4);
  const logs: SourceLog[] = [];
  const names = 'amy bob cleo dan eve finn gil hal iris jon kay leo mia ned ola'.split(' ');
  for (let hour = 0; hour < 72; hour++) {
    const add = (message: string, host: string): void => {
      const time = new Date(START + hour * HOUR + random.integer(0, HOUR - 1)).toISOString();
      const document = { '@timestamp': time, event: { ingested: time }, host: { name: host }, message };
      logs.push({ index: 'weblogs', id: String(logs.length), document });
    };
    for (let each = random.integer(9, 14); each > 0; each--)
      add(`Payment ${random.integer(1, 999)} accepted`, random.pick(['a', 'b']));
    for (let each = hour === 66 ? 60 : random.integer(4, 7); each > 0; each--)
      add(`Session of ${random.pick(names)} was closed`, hour === 66 ? 'a' : random.pick(['a', 'b']));
    if (hour === 58) for (let each = 0; each < 8; each++) add('Disk of "till" is broken', 'a');
  }
  return logs;
})();

const detector = parseDetector({
  name: 'Till',
  source: { index: 'weblogs' },
  entity_field: 'host.name',
  features: [{ type: 'hour_of_day', field: '@timestamp' }],
  patterns: { field: 'message', span: '1h' },
  schedule: { query_delay: '1s' },
});

/** As a backfill keeps its place: beside that of the detector. */
const placedAs = (name: string, store: CheckpointStore): CheckpointStore => ({
  read: () => store.read(name),
  write: (checkpoint, revision) => store.write({ ...checkpoint, detectorId: name }, revision),
});

/** Checkpoints in memory, of several names. */
function checkpoints(): CheckpointStore {
  const written = new Map<string, { checkpoint: Checkpoint; revision: number }>();
  return {
    read: async (name) => structuredClone(written.get(name)),
    write: async (checkpoint, revision) => {
      const { detectorId: name } = checkpoint;
      if (written.get(name)?.revision !== revision) throw new Error(`conflict of ${name}`);
      written.set(name, { checkpoint: structuredClone(checkpoint), revision: Number(revision ?? 0) + 1 });
      return Number(revision ?? 0) + 1;
    },
  };
}

interface Piece {
  readonly from?: number;
  readonly to?: number;
  readonly pageSize?: number;
  readonly maxLogs?: number;
  /** Called before each request that writes: throws to kill the run. */
  readonly dies?: () => void;
}

function world() {
  const space = uniqueName('past').toLowerCase();
  spaces.push(space);
  const store = createPatternStore(client, 'till', { space });
  const place = createCountingPlace(client, 'till', { space });
  const places = checkpoints();
  const results = createResultStore(client, { space, refreshResults: true });
  const told: string[] = [];
  const mortal = <Store extends object>(of: Store, dies = (): void => undefined): Store =>
    new Proxy(of, {
      get: (target, name) => {
        const method = target[name as keyof Store];
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          dies();
          const answer: unknown = await (method as (...all: unknown[]) => unknown).apply(target, given);
          dies();
          return answer;
        };
      },
    });
  const run = async (
    name: string,
    patterns: RunPatterns | undefined,
    now: number,
    { from = START, to, pageSize = 400, maxLogs, dies }: Piece,
  ) =>
    runDetection({
      detectorId: 'till',
      snapshot: { version: '1', detector } as unknown as ModelSnapshot,
      source: logSource(LOGS),
      clock: { now: () => now, sleep: async () => undefined },
      runId: `${name}-${now}`,
      results,
      checkpoints: mortal(placedAs(name, places), dies),
      startFrom: from,
      ...(to !== undefined && { upTo: to }),
      ...{ pageSize, maxLogs, patterns },
      work: () => ({
        fields: [],
        dirt: {},
        score: async (page) => ({ results: [], summaries: [], logs: page.logs.length }),
        threshold: () => 0.6,
        thresholdState: () => undefined,
      }),
      ...(name === 'live' && {
        announce: async (found) =>
          void told.push(...found.map(({ anomaly }) => `${anomaly.change?.kind} ${anomaly.pattern}`)),
      }),
    });
  const options = (now: number, dies?: () => void) => ({
    ...{ store: mortal(store, dies), place: mortal(place, dies), detector, templates: () => [] },
    now: () => now,
    warn: (message: string) => {
      throw new Error(message);
    },
  });
  /** One run of the detector, whose checkpoint begins a quarter of an hour before its first one. */
  const live = (now: number) => run('live', livePatternsOf(options(now)), now, { from: now - 15 * MINUTE });
  /** One piece of a backfill. */
  const past = (name: string, now: number, piece: Piece & { to: number }) => {
    const range = { from: piece.from ?? START, to: piece.to };
    return run(name, pastPatternsOf({ ...options(now, piece.dies), by: name, range }), now, piece);
  };
  const found = async () => {
    const query = {
      ...({ state: 'all', ignored: 'hide', sort: 'logs', order: 'desc', page: 1, size: 25 } as const),
      ...{ intervals: 24, from: START, to: END },
    };
    const { patterns, events } = await listLogPatterns(client, { space, id: 'till', detector }, query, END);
    const { results: stored } = await results.search({ detectorId: 'till' });
    return {
      patterns: patterns.map(({ text, logs, usual_per_hour: usual }) => [text, logs, usual]),
      events: events.map(({ text, change, time }) => `${time} ${change} ${text}`).sort(),
      results: stored.map(({ result }) => `${result['@timestamp']} ${result.anomaly.change?.kind}`).sort(),
    };
  };
  return { store, place, live, past, found, told };
}

/** Logs by hour. */
async function countedIn({ store }: Pick<ReturnType<typeof world>, 'store'>): Promise<number[]> {
  const hours = Array.from({ length: 72 }, () => 0);
  for (const [bucket, patterns] of await store.counts({ from: START, to: END }))
    for (const entities of patterns.values()) hours[(bucket - START) / HOUR] += entities.get(ALL_ENTITIES)!;
  return hours;
}

const wantedOf = (until = END): number[] =>
  Array.from(
    { length: 72 },
    (_, hour) =>
      LOGS.filter(({ document }) => {
        const time = Date.parse(document['@timestamp'] as string);
        return time < until && Math.floor((time - START) / HOUR) === hour;
      }).length,
  );

const LATER = END + 2 * HOUR;

test('a backfill counts and judges its past, the same in one piece, in many, and whatever dies', async () => {
  const whole = world();
  await whole.past('all', LATER, { to: END });
  const wanted = await whole.found();
  expect(await countedIn(whole)).toEqual(wantedOf());
  expect(wanted.patterns.map(([text, logs]) => [text, logs])).toEqual([
    ['Payment <num> accepted', expect.any(Number)],
    ['Session of <*> was closed', expect.any(Number)],
    ['Disk of "till" is broken', 8],
  ]);
  expect(wanted.events).toEqual([
    `${new Date(START + 58 * HOUR).toISOString()} new Disk of "till" is broken`,
    `${new Date(START + 66 * HOUR).toISOString()} surging Session of <*> was closed`,
  ]);
  expect(wanted.results).toEqual(wanted.events.map((event) => event.split(' ').slice(0, 2).join(' ')));

  const parts = world();
  for (let tries = 0; ; tries++) {
    const { complete } = await parts.past('all', LATER, { to: END, pageSize: 90, maxLogs: 250 });
    if (complete) break;
    expect(tries).toBeLessThan(20);
  }
  expect(await parts.found()).toEqual(wanted);

  const apart = world();
  const [one, two] = [START + 20 * HOUR + 7 * MINUTE, START + 50 * HOUR];
  await apart.past('first', LATER, { to: one });
  await apart.past('second', LATER, { from: one, to: two });
  await apart.past('third', LATER, { from: two, to: END });
  expect(await countedIn(apart)).toEqual(wantedOf());
  expect((await apart.found()).events).toEqual(wanted.events);

  const killed = world();
  const random = createRandom(8);
  let deaths = 0;
  const dies = (): void => {
    if (!random.chance(0.04)) return;
    deaths++;
    throw new Error('killed');
  };
  for (let isOver = false; !isOver;) {
    isOver = await killed.past('all', LATER, { to: END, pageSize: 150, dies }).then(
      () => true,
      (error: Error) => {
        if (error.message !== 'killed') throw error;
        return false;
      },
    );
  }
  expect(deaths).toBeGreaterThan(5);
  expect(await countedIn(killed)).toEqual(wantedOf());
  expect((await killed.found()).events).toEqual(wanted.events);
  // Asked for again it counts nothing.
  await whole.past('again', LATER, { to: END });
  expect(await whole.found()).toEqual(wanted);
});

test('runs of the detector count beside a backfill and judge once it is over: each log once', async () => {
  const both = world();
  const now = START + 60 * HOUR + 20 * MINUTE;
  for (let hours = 0; hours < 3; hours++) {
    await both.past('all', now + hours * HOUR, { to: now, pageSize: 100, maxLogs: 100 });
    await both.live(now + hours * HOUR);
  }
  expect(both.told).toEqual([]);
  await both.past('all', now + 2 * HOUR, { to: now });
  for (let hours = 3; hours < 14; hours++) await both.live(now + hours * HOUR);
  expect(await countedIn(both)).toEqual(wantedOf());
  const { events, results } = await both.found();
  expect(events).toEqual([
    `${new Date(START + 58 * HOUR).toISOString()} new Disk of "till" is broken`,
    `${new Date(START + 66 * HOUR).toISOString()} surging Session of <*> was closed`,
  ]);
  expect(results).toHaveLength(2);
  // Changes of the past are told by nobody.
  expect([...new Set(both.told)]).toEqual(['surging Session of <*> was closed']);
});

test('a time before that which is counted is counted, too, and all is judged again in its order', async () => {
  const late = world();
  const begin = START + 40 * HOUR;
  for (let hours = 0; hours < 34; hours++) await late.live(begin + hours * HOUR);
  // It is not known for a day: nothing is new.
  expect((await late.found()).events.map((event) => event.slice(25))).toEqual([
    'surging Session of <*> was closed',
  ]);
  const told = late.told.length;
  await late.past('before', END + 2 * HOUR, { to: END });
  expect(await countedIn(late)).toEqual(wantedOf());
  await late.live(END + 3 * HOUR);
  await late.live(END + 4 * HOUR);
  expect((await late.found()).events.map((event) => event.slice(25))).toEqual([
    'new Disk of "till" is broken',
    'surging Session of <*> was closed',
  ]);
  expect(late.told).toHaveLength(told);
});
