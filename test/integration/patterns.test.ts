import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRequest, Endpoints } from '../../common/api';
import { createRandom } from '../../common/demo_logs/random';
import { parseDetector, type PatternSettings } from '../../common/detector';
import { DAY, HOUR } from '../../common/duration';
import {
  ALL_ENTITIES,
  newPattern,
  newSeries,
  PatternCatalogue,
  patternIdOf,
  patternText,
} from '../../common/patterns';
import type { SourceLog } from '../../common/log_document';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { ignorePattern } from '../../server/detection/patterns/ignore_pattern';
import { mergePatternInto, takePatternApart } from '../../server/detection/patterns/regroup_pattern';
import { patternsOfRun } from '../../server/detection/patterns/count_patterns';
import type { CheckpointStore } from '../../server/detection/ports';
import type { PatternStore } from '../../server/detection/ports/patterns';
import { runDetection } from '../../server/detection/scoring/run_detection';
import { incidentsOfRun } from '../../server/detection/incidents/run_incidents';
import { createAuditTrail, createResultStore } from '../../server/elasticsearch';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import { createPatternStore, listLogPatterns } from '../../server/elasticsearch/patterns';
import { patternsIndex } from '../../server/elasticsearch/indices/names';
import { createCheckpointStore } from '../../server/elasticsearch/stores/checkpoint_store';
import { logSource } from '../fakes/run_stores';
import { run as runCommand } from './fixtures/command_line_fixture';
import {
  administrator,
  createLogs,
  MINUTE,
  removeSpaces,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const client = administrator();
const spaces: string[] = [];
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const DAYS = 3;

afterAll(async () => {
  await removeSpaces(client, spaces);
  await client.close();
});

/** Three days of logs: two frequent patterns, names that vary, then a surge in one host and an error that was never there. */
function logsOf(): SourceLog[] {
  const random = createRandom(4);
  const logs: SourceLog[] = [];
  const add = (time: number, message: string, host: string, level = 'INFO', late = 0): void => {
    logs.push({
      index: 'weblogs',
      id: String(logs.length),
      document: {
        '@timestamp': new Date(time).toISOString(),
        event: { ingested: new Date(time + late).toISOString() },
        host: { name: host },
        log: { level },
        message,
      },
    });
  };
  const names = 'amy bob cleo dan eve finn gil hal iris jon kay leo mia ned ola'.split(' ');
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const at = (): number => START + hour * HOUR + random.integer(0, HOUR - 2 * MINUTE);
    const isLast = hour === DAYS * 24 - 1;
    for (let each = random.integer(9, 14); each > 0; each--) {
      add(
        at(),
        `Payment ${random.integer(1, 999)} accepted`,
        random.pick(['a', 'b.c']),
        'INFO',
        random.pick([0, MINUTE]),
      );
    }
    for (let each = isLast ? 60 : random.integer(4, 7); each > 0; each--) {
      add(at(), `Session of ${random.pick(names)} was closed`, isLast ? 'a' : random.pick(['a', 'b.c']));
    }
    if (isLast) for (let each = 0; each < 8; each++) add(at(), 'Disk of "till" is broken', 'a', 'ERROR');
  }
  return logs;
}

const detector = parseDetector({
  name: 'Till',
  source: { index: 'weblogs' },
  entity_field: 'host.name',
  features: [{ type: 'hour_of_day', field: '@timestamp' }],
  patterns: { field: 'message', span: '1h' },
  schedule: { query_delay: '1s' },
});

function world(logs: readonly SourceLog[], settings: Partial<PatternSettings> = {}) {
  const of = { ...detector, patterns: { ...detector.patterns!, ...settings } };
  const space = uniqueName('space').toLowerCase();
  spaces.push(space);
  const store = createPatternStore(client, 'till', { space });
  const checkpoints = createCheckpointStore(client, { space });
  const results = createResultStore(client, { space, refreshResults: true });
  const incidents = createIncidentStore(client, { space });
  /** One run up to a time, all of whose logs are indexed by then. */
  const run = (now: number, stores: { store: PatternStore; checkpoints: CheckpointStore }) =>
    runDetection({
      detectorId: 'till',
      snapshot: { version: '1', detector: of } as unknown as ModelSnapshot,
      source: logSource(logs),
      clock: { now: () => now, sleep: async () => undefined },
      runId: `run-${now}`,
      results,
      incidents: incidentsOfRun({
        ...{ incidents, detectorId: 'till', quiet: 30 * MINUTE, now: () => now },
        warn: (message) => {
          throw new Error(message);
        },
      }),
      checkpoints: stores.checkpoints,
      startFrom: START,
      pageSize: 400,
      patterns: patternsOfRun({
        store: stores.store,
        detector: of,
        templates: () => [],
        now: () => now,
        warn: (message) => {
          throw new Error(message);
        },
      }),
      work: () => ({
        fields: [],
        dirt: {},
        score: async (page) => ({ results: [], summaries: [], logs: page.logs.length }),
        threshold: () => 0.6,
        thresholdState: () => undefined,
      }),
    });
  return { space, store, checkpoints, results, incidents, run };
}

/** Dies at some calls: before the request, or after it and before its answer. */
function mortal<Store extends object>(store: Store, dies: () => 'before' | 'after' | undefined): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const method = target[name as keyof Store];
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const when = dies();
        if (when === 'before') throw new Error('killed');
        const answer: unknown = await (method as (...all: unknown[]) => unknown).apply(target, given);
        if (when === 'after') throw new Error('killed');
        return answer;
      };
    },
  });
}

/** Counts by hour, pattern and host, as a reader who has all logs at once makes them. */
function wantedOf(logs: readonly SourceLog[]): Record<string, number> {
  const wanted: Record<string, number> = {};
  for (const { document } of logs) {
    const { message, host } = document as { message: string; host: { name: string } };
    const hour = Math.floor(Date.parse(document['@timestamp'] as string) / HOUR) * HOUR;
    const kind = message.split(' ')[0];
    wanted[`${kind} ${host.name} ${hour}`] = (wanted[`${kind} ${host.name} ${hour}`] ?? 0) + 1;
  }
  return wanted;
}

async function countedIn(store: PatternStore): Promise<Record<string, number>> {
  const kinds = new Map<string, string>();
  const words = new PatternCatalogue([], () => [], 2_048);
  for (const { document } of LOGS) {
    const message = document.message as string;
    kinds.set(words.find(message)!.id, message.split(' ')[0]);
  }
  for (const { id, tokens } of await store.tokens()) kinds.set(id, patternText(tokens).split(' ')[0]);
  const found: Record<string, number> = {};
  for (const [bucket, patterns] of await store.counts({ from: START, to: START + DAYS * DAY })) {
    for (const [id, entities] of patterns) {
      for (const [entity, logs] of entities) {
        if (entity === ALL_ENTITIES) continue;
        const key = `${kinds.get(id)} ${entity} ${bucket}`;
        found[key] = (found[key] ?? 0) + logs;
      }
    }
  }
  return found;
}

const LOGS = logsOf();
const query: ApiRequest<Endpoints['listLogPatterns']>['query'] & { to: number } = {
  ...{ state: 'all', ignored: 'hide', sort: 'logs', order: 'desc', page: 1, size: 25, intervals: 24 },
  from: START,
  to: START + DAYS * DAY,
};

test('each log is counted once, whatever dies at any step, and changes are found', async () => {
  const { space, store, checkpoints, results, incidents, run } = world(LOGS);
  const random = createRandom(8);
  const dies = (): 'before' | 'after' | undefined =>
    random.chance(0.15) ? random.pick(['before', 'after']) : undefined;
  const stores = { store: mortal(store, dies), checkpoints: mortal(checkpoints, dies) };
  let killed = 0;
  for (let hours = 5; hours <= DAYS * 24 + 5; hours += 5) {
    const now = START + hours * HOUR + 7 * MINUTE;
    for (let tries = 0; tries < 40; tries++) {
      const isOver = await run(now, stores).then(
        () => true,
        (error: Error) => {
          if (error.message !== 'killed') throw error;
          killed++;
          return false;
        },
      );
      if (isOver) break;
    }
  }
  expect(killed).toBeGreaterThan(10);
  expect(await countedIn(store)).toEqual(wantedOf(LOGS));
  const found = await listLogPatterns(client, { space, id: 'till', detector }, query, query.to);
  expect(found.patterns.map(({ text, logs, state }) => [text, logs, state])).toEqual([
    ['Payment <num> accepted', countOf('Payment'), 'usual'],
    ['Session of <*> was closed', countOf('Session'), 'surging'],
    ['Disk of "till" is broken', 8, 'new'],
  ]);
  expect(found.events.map(({ text, change, entity, level }) => [text, change, entity, level])).toEqual(
    expect.arrayContaining([
      ['Disk of "till" is broken', 'new', 'a', 'error'],
      ['Session of <*> was closed', 'surging', 'a', 'info'],
    ]),
  );
  // Each change is a result, once, and they are in incidents of their places.
  const { results: stored } = await results.search({ detectorId: 'till' });
  expect(
    stored.map(({ result: { anomaly } }) => `${anomaly.change?.kind} ${anomaly.pattern}`).sort(),
  ).toEqual(found.events.map(({ text, change }) => `${change} ${text}`).sort());
  expect(stored.map(({ result: { anomaly } }) => anomaly.reason)).toContain(
    'pattern “Disk of "till" is broken” is new, 8 logs',
  );
  const held = await incidents.between({ from: START, to: START + DAYS * DAY });
  const broken = held.find(({ incident }) => incident.entity === 'a');
  expect(broken?.incident).toMatchObject({
    title: 'Session of <*> was closed and 1 more of a',
    severity: 'major',
  });
  expect(held.reduce((sum, { incident: { counts } }) => sum + (counts.changes ?? 0), 0)).toBe(stored.length);
  const [payments] = found.patterns;
  expect(payments.trend).toHaveLength(24);
  expect(payments.trend.reduce((sum, logs) => sum + logs, 0)).toBe(payments.logs);
  expect(payments.entities).toEqual(['a', 'b.c']);
  expect(payments.usual_per_hour).toBeGreaterThan(9);
  expect(payments.usual_per_hour).toBeLessThan(14);
  const ofOne = await listLogPatterns(
    client,
    { space, id: 'till', detector },
    { ...query, entity: 'b.c' },
    query.to,
  );
  expect(ofOne.patterns[0].logs).toBe(
    LOGS.filter(({ document }) => {
      const { message, host } = document as { message: string; host: { name: string } };
      return host.name === 'b.c' && message.startsWith('Payment');
    }).length,
  );
});

test('changes are listed and are no results where the detector says so', async () => {
  const { space, store, checkpoints, results, run } = world(LOGS, { results: false });
  await run(START + DAYS * DAY + HOUR, { store, checkpoints });
  const { events } = await listLogPatterns(client, { space, id: 'till', detector }, query, query.to);
  expect(events.map(({ change }) => change)).toContain('new');
  expect((await results.search({ detectorId: 'till' })).results).toEqual([]);
});

test('counting began with the first pattern of the detector, whichever are listed', async () => {
  const { space, store, checkpoints, run } = world(LOGS);
  const list = (change: Partial<typeof query> = {}) =>
    listLogPatterns(client, { space, id: 'till', detector }, { ...query, ...change }, query.to);
  expect(await list()).not.toHaveProperty('counting_since');
  await run(START + DAY, { store, checkpoints });
  const { patterns, counting_since: since } = await list({ sort: 'first', order: 'asc' });
  expect(since).toBe(patterns[0].first_seen);
  expect(await list({ ignored: 'only' })).toMatchObject({ total: 0, counting_since: since });
  expect(await list({ text: 'nothing of the kind' })).toMatchObject({ total: 0, counting_since: since });
});

test('a pattern is merged into another one with its past, and taken apart again', async () => {
  const { space, store, checkpoints, run } = world(LOGS);
  const listed = { space, id: 'till', detector };
  const at = (day: number, hour = 0): number => START + day * DAY + hour * HOUR;
  const list = async () =>
    (await listLogPatterns(client, listed, { ...query, from: START }, query.to)).patterns;
  const idOf = async (word: string) => (await list()).find(({ text }) => text.startsWith(word))!.id;
  const both = (until: number): number =>
    LOGS.filter(({ document }) => {
      const { '@timestamp': time, message } = document as { '@timestamp': string; message: string };
      return Date.parse(time) < until && /^(Payment|Session)/.test(message);
    }).length;
  await run(at(1), { store, checkpoints });
  const [payment, session] = [await idOf('Payment'), await idOf('Session')];
  const audit = createAuditTrail(client, { space });
  const stores = { patterns: store, audit, clock: { now: () => START } };
  const pattern = { detectorId: 'till', patternId: session };
  await expect(mergePatternInto(stores, pattern, session, {})).rejects.toThrow(/the pattern itself/);
  await expect(mergePatternInto(stores, pattern, 'f'.repeat(24), {})).rejects.toThrow(/no pattern/);
  await mergePatternInto(stores, pattern, payment, { by: 'ann', because: 'one thing' });
  expect((await list()).map(({ id }) => id)).not.toContain(session);

  await run(at(2), { store, checkpoints });
  await run(at(2, 12), { store, checkpoints });
  const [merged, ...others] = await list();
  expect(others).toEqual([]);
  expect(merged).toMatchObject({ id: payment, forms: ['Session of <*> was closed'] });
  expect(merged.kql).toMatch(/^\(\(.*Payment.*\) or \(.*Session of.*\)\)$/);
  expect(merged.logs).toBe(both(at(2, 12)));

  await takePatternApart(stores, { detectorId: 'till', patternId: payment }, { by: 'ann' });
  expect(await list()).toMatchObject([{ id: payment, is_to_be_taken_apart: true }]);
  await run(at(2, 14), { store, checkpoints });
  await run(at(3, 1), { store, checkpoints });
  const apart = await list();
  expect(apart.map(({ text }) => text).sort()).toEqual([
    'Disk of "till" is broken',
    'Payment <num> accepted',
    'Session of <*> was closed',
  ]);
  expect(apart.filter((each) => each.is_to_be_taken_apart)).toEqual([]);
  const sessions = apart.find(({ id }) => id === session);
  expect(sessions?.logs).toBeGreaterThan(60);
  expect(apart.reduce((sum, { logs }) => sum + logs, 0)).toBe(LOGS.length);
  // Both were there before: neither is news.
  expect(apart.filter(({ state }) => state === 'new').map(({ text }) => text)).toEqual([
    'Disk of "till" is broken',
  ]);
  await expect(takePatternApart(stores, pattern, {})).rejects.toThrow(/Nothing was merged/);
  await client.indices.refresh({ index: 'log-anomalies-*' });
  const { entries } = await audit.list('till', { actions: ['pattern_changed'] });
  expect(entries.map(({ reason }) => reason).sort()).toEqual([
    'Pattern "Session of <*> was closed" is merged into "Payment <num> accepted": one thing',
    'What was merged into pattern "Payment <num> accepted" is taken apart.',
  ]);
});

test('logs of more variants than a pattern can name are its own, and it comes back after it was forgotten', async () => {
  const letters = [...'abcdefghijkl'];
  const names = letters.flatMap((one) => letters.map((other) => `n${one}x${other}z`));
  const logOf = (name: string, hour: number, id: number): SourceLog => {
    const time = new Date(START + hour * HOUR + id * 1_000).toISOString();
    const event = { ingested: time };
    const message = `Session of ${name} was closed`;
    return { index: 'weblogs', id: `${hour} ${id}`, document: { '@timestamp': time, event, message } };
  };
  const [last] = names;
  const logs = [...names.map((name, id) => logOf(name, 0, id)), logOf(last, 2, 0), logOf(last, 4, 0)];
  const { space, store, checkpoints, run } = world(logs);
  const upTo = (hour: number): Promise<unknown> =>
    run(START + hour * HOUR + 7 * MINUTE, { store, checkpoints });
  const listed = async (): Promise<unknown> => {
    const { patterns } = await listLogPatterns(client, { space, id: 'till', detector }, query, query.to);
    return patterns.map(({ text, logs: counted }) => [text, counted]);
  };
  await upTo(1);
  expect(await listed()).toEqual([['Session of <*> was closed', names.length]]);
  await upTo(3);
  expect(await listed()).toEqual([['Session of <*> was closed', names.length + 1]]);
  await store.remove((await store.tokens()).map(({ id }) => id));
  expect(await listed()).toEqual([]);
  await upTo(5);
  expect(await listed()).toEqual([[`Session of ${last} was closed`, expect.any(Number)]]);
});

test('the command line merges a pattern into another one, and takes it apart', async () => {
  const { space, store, checkpoints, run } = world(LOGS);
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-patterns-'));
  await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
  const command = (...given: string[]) => runCommand(folder, 'patterns', 'till', ...given);
  const texts = async () =>
    (await listLogPatterns(client, { space, id: 'till', detector }, query, query.to)).patterns.map(
      ({ text, forms }) => [text, forms],
    );
  await run(START + DAY, { store, checkpoints });
  const { patterns } = await listLogPatterns(client, { space, id: 'till', detector }, query, query.to);
  const [payment, session] = ['Payment', 'Session'].map(
    (word) => patterns.find(({ text }) => text.startsWith(word))!.id,
  );
  expect(await command('--merge', session)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--merge and --into are given together'),
  });
  const merged = await command('--merge', session, '--into', payment, '--because', 'one thing', '--json');
  expect(merged).toMatchObject({ code: 0 });
  expect(JSON.parse(merged.stdout)).toMatchObject({ pattern: session, into: payment });
  await run(START + DAY + 2 * HOUR, { store, checkpoints });
  await run(START + DAY + 3 * HOUR + MINUTE, { store, checkpoints });
  expect(await texts()).toEqual([['Payment <num> accepted', ['Session of <*> was closed']]]);

  const apart = await command('--take-apart', payment);
  expect(apart).toMatchObject({
    code: 0,
    stdout: `All that was merged into pattern ${payment} is taken apart from the next bucket on.\n`,
  });
  await run(START + DAY + 5 * HOUR, { store, checkpoints });
  await run(START + DAY + 6 * HOUR + MINUTE, { store, checkpoints });
  expect((await texts()).sort()).toEqual([
    ['Payment <num> accepted', undefined],
    ['Session of <*> was closed', undefined],
  ]);
  expect(await command('--take-apart', session)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Nothing was merged'),
  });
  await client.indices.refresh({ index: 'log-anomalies-*' });
  const { entries } = await createAuditTrail(client, { space }).list('till', {
    actions: ['pattern_changed'],
  });
  const by = process.env.ELASTICSEARCH_USERNAME;
  expect(entries).toMatchObject([
    { by, to: 'apart' },
    { by, to: payment },
  ]);
  await rm(folder, { recursive: true });
});

test('a pattern that is to be a part of another one keeps its messages until the bucket is over, after a restart, too', async () => {
  const until = START + DAY;
  const after = LOGS[0].document;
  // A name that comes for the first time after the merge.
  const time = new Date(until + 5 * MINUTE).toISOString();
  const late = {
    ...after,
    '@timestamp': time,
    event: { ingested: time },
    message: 'Session of zoe was closed',
  };
  const logs = [
    ...LOGS.filter(({ document }) => Date.parse(document['@timestamp'] as string) < until),
    { index: 'weblogs', id: 'late', document: late },
  ];
  const { space, store, checkpoints, run } = world(logs);
  const list = async () =>
    (await listLogPatterns(client, { space, id: 'till', detector }, query, query.to)).patterns;
  await run(until, { store, checkpoints });
  const idOf = async (word: string) => (await list()).find(({ text }) => text.startsWith(word))!.id;
  const [payment, session] = [await idOf('Payment'), await idOf('Session')];
  await store.join(session, payment);
  await run(until + 10 * MINUTE, { store, checkpoints });
  await run(until + HOUR + MINUTE, { store, checkpoints });
  expect((await list()).map(({ text, logs: counted, forms }) => [text, counted, forms])).toEqual([
    ['Payment <num> accepted', logs.length, ['Session of <*> was closed']],
  ]);
  expect(await store.joining()).toEqual([]);
  expect((await store.tokens()).map(({ id }) => id)).toEqual([payment, payment]);
});

const countOf = (word: string): number =>
  LOGS.filter(({ document }) => (document.message as string).startsWith(word)).length;

test('a pattern is ignored, which is put on record, and the query of a pattern finds its logs', async () => {
  const { space, store, checkpoints, run } = world(LOGS);
  await run(START + DAYS * DAY + HOUR, { store, checkpoints });
  const listed = { space, id: 'till', detector };
  const [{ id }] = (await listLogPatterns(client, listed, query, query.to)).patterns;
  const audit = createAuditTrail(client, { space });
  const stores = { patterns: store, audit, clock: { now: () => START } };
  for (let times = 0; times < 2; times++) {
    const pattern = { detectorId: 'till', patternId: id };
    await ignorePattern(stores, pattern, { ignored: true, because: 'known' }, { by: 'ann' });
  }
  await client.indices.refresh({ index: 'log-anomalies-*' });
  const { entries } = await audit.list('till', { actions: ['pattern_changed'] });
  expect(entries).toMatchObject([
    { by: 'ann', to: 'ignored', reason: expect.stringContaining('Payment <num> accepted') },
  ]);
  const shown = await listLogPatterns(client, listed, query, query.to);
  expect(shown.patterns.map((pattern) => pattern.id)).not.toContain(id);
  const only = await listLogPatterns(client, listed, { ...query, ignored: 'only' }, query.to);
  expect(only.patterns).toMatchObject([{ id, ignored: { by: 'ann', because: 'known' } }]);
  await expect(
    ignorePattern(stores, { detectorId: 'till', patternId: 'f'.repeat(24) }, { ignored: true }, {}),
  ).rejects.toThrow(/no pattern/);

  // Lucene reads the phrases of these queries as Kibana does.
  const index = uniqueName('weblogs');
  await createLogs(
    client,
    index,
    LOGS.map(({ id: of, document }) => ({ id: of, document })),
    { mappings: { properties: { message: { type: 'text' } } } },
  );
  await client.indices.refresh({ index });
  for (const { text, logs, kql } of (
    await listLogPatterns(client, listed, { ...query, ignored: 'show' }, query.to)
  ).patterns) {
    const lucene = kql.replace(/ : /g, ':').replace(/ and /g, ' AND ');
    const { count } = await client.count({ index, query: { query_string: { query: lucene } } });
    expect([text, count]).toEqual([text, logs]);
  }
  await client.indices.delete({ index });
});

test('logs of a pattern and of an entity of any name are shown as they were counted, by older versions as well', async () => {
  const space = uniqueName('sums');
  spaces.push(space);
  const store = createPatternStore(client, 'till', { space });
  const entities = ['a.b', 'a.*', 'a.bc', 'e:1\\2', 'a.b.', 'D\\.x'];
  const seen = { first: START, last: START + HOUR, example: 'x', tokens: ['x'] };
  const id = patternIdOf(seen.tokens);
  const cellsAt = (hour: number) =>
    entities.map((entity, place): [string, string, number, number] => [
      ...([id, entity, START + hour * HOUR, place + 1] as const),
    ]);
  const listed = async (entity?: string) => {
    const { patterns } = await listLogPatterns(
      client,
      { space, id: 'till', detector },
      { ...query, ...(entity !== undefined && { entity }) },
      query.to,
    );
    return patterns[0]?.logs;
  };
  const shown = async () => [
    await listed(),
    ...(await Promise.all(entities.map((entity) => listed(entity)))),
  ];
  await store.add({ seen: [[id, seen]], cells: cellsAt(1) }, 1, START);
  await store.put(
    [newPattern(id, seen, { since: START })].map((pattern) => {
      for (const entity of entities) pattern.series.set(entity, newSeries(START));
      return pattern;
    }),
  );
  expect(await shown()).toEqual([21, 1, 2, 3, 4, 5, 6]);
  const changed = (source: string) =>
    client.updateByQuery({
      index: patternsIndex(space),
      refresh: true,
      query: { term: { kind: 'counts' } },
      script: { source },
    });
  // As an older version has left it.
  await changed("ctx._source.remove('sums')");
  expect(await shown()).toEqual([21, 1, 2, 3, 4, 5, 6]);
  await store.add({ seen: [], cells: [...cellsAt(1), ...cellsAt(2)] }, 2, START);
  expect(await shown()).toEqual([63, 3, 6, 9, 12, 15, 18]);
  // An older version that counts in between keeps the sums as they are.
  await changed("ctx._source.cells['e:a.b']['0'] = 10; ctx._source.logs += 10");
  expect(await shown()).toEqual([73, 13, 6, 9, 12, 15, 18]);
  await store.add({ seen: [], cells: cellsAt(3) }, 3, START);
  expect(await shown()).toEqual([94, 14, 8, 12, 16, 20, 24]);
  const { hits } = await client.search<{ sums: Record<string, number> }>({
    index: patternsIndex(space),
    query: { term: { kind: 'counts' } },
  });
  expect(hits.hits.map(({ _source }) => _source!.sums)).toEqual([{ 0: 10, 60: 42, 120: 21, 180: 21 }]);
});

test('of a longer time the same logs are shown as hour by hour, in whole days', async () => {
  const space = uniqueName('months');
  spaces.push(space);
  const store = createPatternStore(client, 'till', { space });
  const seen = { first: START, last: START + 40 * DAY, example: 'x', tokens: ['x'] };
  const id = patternIdOf(seen.tokens);
  const random = createRandom(9);
  const cells = Array.from({ length: 40 * 24 }, (_, hour) =>
    ['a', 'b'].map((entity): [string, string, number, number] => [
      ...([id, entity, START + hour * HOUR, random.integer(1, 9)] as const),
    ]),
  ).flat();
  await store.add({ seen: [[id, seen]], cells }, 1, START);
  const pattern = newPattern(id, seen, { since: START });
  for (const entity of ['a', 'b']) pattern.series.set(entity, newSeries(START));
  await store.put([pattern]);
  const [from, to] = [START + 3 * DAY + 5 * HOUR, START + 36 * DAY + 9 * HOUR];
  for (const entity of [undefined, 'b']) {
    const wanted = Array.from({ length: 34 }, () => 0);
    for (const [, of, time, logs] of cells) {
      const isShown = time >= from && time < to && (entity ?? of) === of;
      if (isShown) wanted[Math.floor((time - START) / DAY) - 3] += logs;
    }
    const listed = { ...query, ...(entity !== undefined && { entity }), from, to, intervals: 40 };
    const found = await listLogPatterns(client, { space, id: 'till', detector }, listed, to);
    expect(found).toMatchObject({ from: new Date(from).toISOString(), interval_ms: DAY });
    expect(found.patterns[0].trend).toEqual(wanted);
  }
});
