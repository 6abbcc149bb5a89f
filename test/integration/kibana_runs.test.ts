import type { BackfillReport, DetectorRecord } from '../../common/api';
import { PatternCounts } from '../../common/patterns';
import type { PatternProgress } from '../../server/detection/ports/patterns';
import { createCheckpointStore, resultsIndex, resultsPattern } from '../../server/elasticsearch';
import { backfillTaskId, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { addLogs, createLogs, MINUTE } from './fixtures/elasticsearch_fixture';
import { TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { refusalOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type Person } from './fixtures/kibana_stand_in';
import { RECENT_ODD, webWorld } from './fixtures/kibana_world';

const world = webWorld();
const { admin, index, later, space, start, kibana, ok, target, status, resultIds, trained } = world;
let owner: Person;
let reader: Person;
beforeAll(() => {
  ({ owner, reader } = world.people);
});

describe('a run', () => {
  it('loses and doubles nothing when run again, by two at once, and after late logs', async () => {
    const { id } = await trained();
    const task = detectionTaskId(target(id));
    await Promise.all([kibana.tasks.run(task), kibana.tasks.run(task)]);
    const first = await resultIds(id);
    expect(first).toEqual(expect.arrayContaining(RECENT_ODD));
    expect(new Set(first).size).toBe(first.length);
    expect((await status(id)).state).toBe('running');
    await kibana.tasks.run(task);
    expect(await resultIds(id)).toEqual(first);

    // Twenty minutes late: indexed now, of a time that was scored long ago.
    const [late] = webLogs(
      { from: kibana.now() - 20 * MINUTE, to: kibana.now() - 20 * MINUTE + 1 },
      () => true,
      'late',
    );
    const before = kibana.now;
    (late.document as { event: { ingested: string } }).event.ingested = new Date(before()).toISOString();
    await addLogs(admin, index, [late]);
    kibana.now = () => before() + 2 * MINUTE;
    try {
      await kibana.tasks.run(task);
      await kibana.tasks.run(task);
    } finally {
      kibana.now = before;
    }
    expect(await resultIds(id)).toEqual([...first, 'late-0'].sort());
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('goes on past a log whose clock is wrong, and stores its result where the run began, marked', async () => {
    const { id } = await trained();
    const task = detectionTaskId(target(id));
    await kibana.tasks.run(task);
    const before = kibana.now;
    const [wrong] = webLogs({ from: kibana.now(), to: kibana.now() + 1 }, () => true, 'wrong-clock');
    const document = wrong.document as { '@timestamp': unknown; event: { ingested: string } };
    const microseconds = kibana.now() * 1_000;
    document['@timestamp'] = microseconds;
    document.event.ingested = new Date(kibana.now()).toISOString();
    await addLogs(admin, index, [wrong]);
    kibana.now = () => before() + 2 * MINUTE;
    try {
      await kibana.tasks.run(task);
    } finally {
      kibana.now = before;
      await admin.deleteByQuery({ index, query: { ids: { values: ['wrong-clock-0'] } }, refresh: true });
    }
    expect(await status(id)).toMatchObject({ state: 'running', consecutive_failures: 0 });
    expect(await resultIds(id)).toContain('wrong-clock-0');
    const found = await admin.search<{ '@timestamp': string; result: object }>({
      index: resultsPattern(space),
      query: {
        bool: { filter: [{ term: { 'detector.id': id } }, { term: { 'source.id': 'wrong-clock-0' } }] },
      },
    });
    const [{ _index: where, _source: result }] = found.hits.hits;
    expect(result?.result).toMatchObject({
      type: 'log',
      stated_time: expect.stringMatching(/^\+\d{5}-\d\d-/),
    });
    expect(Math.abs(Date.parse(result?.['@timestamp'] as string) - before())).toBeLessThan(2 * MINUTE);
    expect(where).toBe(resultsIndex(space, Date.parse(result?.['@timestamp'] as string)));
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('ends a run at its caps and carries on in the next', async () => {
    const { id } = await trained();
    const capped = startKibanaStandIn({
      administrator: admin,
      limits: { max_logs_per_run: 250, page_size: 250 },
    });
    Object.assign(capped.services, {
      internalSavedObjects: kibana.services.internalSavedObjects,
      encrypted: kibana.services.encrypted,
    });
    capped.now = kibana.now;
    await capped.tasks.ensureScheduled({ ...kibana.tasks.scheduled.get(detectionTaskId(target(id)))! });
    const task = detectionTaskId(target(id));
    const counts: number[] = [];
    let isComplete = false;
    while (!isComplete) {
      await capped.tasks.run(task);
      const { last_run: run } = await status(id);
      counts.push(run!.logs);
      isComplete = run!.complete;
    }
    // The first run looks back a quarter of an hour, of which half a minute and the last, empty one are not read.
    expect(counts.length).toBeGreaterThan(1);
    expect(Math.max(...counts)).toBeLessThan(500);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(840);
    expect(await resultIds(id)).toEqual(expect.arrayContaining(RECENT_ODD));
    await ok(owner, 'deleteDetector', { params: { id } });
  });
});

describe('a run that fails', () => {
  it('backs off, says why, disturbs no other, and recovers', async () => {
    const { id: healthy } = await trained();
    const { id } = await trained({ name: 'Moves' });
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const moved = { ...record.detector, source: { ...record.detector.source, index: later } };
    await ok(owner, 'updateDetector', { params: { id }, body: { detector: moved, version: record.version } });
    const task = detectionTaskId(target(id));
    for (let failures = 1; failures <= 2; failures++) {
      await kibana.tasks.run(task);
      expect(await status(id)).toMatchObject({
        state: 'failing',
        consecutive_failures: failures,
        last_error: { code: 'not_found', message: expect.stringContaining(later), retried: true },
      });
      const next = kibana.tasks.scheduled.get(task)!.runAt!.getTime();
      expect(next - kibana.now()).toBe(MINUTE * 2 ** (failures - 1));
    }
    await kibana.tasks.run(detectionTaskId(target(healthy)));
    expect((await status(healthy)).state).toBe('running');

    await createLogs(
      admin,
      later,
      webLogs({ from: kibana.now() - 5 * MINUTE, to: kibana.now() - 2 * MINUTE }),
      { mappings: TIME_MAPPINGS },
    );
    await kibana.tasks.run(task);
    expect(await status(id)).toMatchObject({
      state: 'running',
      consecutive_failures: 0,
      last_run: { logs: 180 },
    });
    for (const each of [id, healthy]) await ok(owner, 'deleteDetector', { params: { id: each } });
    // Kibana's status page counts neither of them any more.
    for (const detectorId of [id, healthy]) {
      expect(kibana.reported.filter((run) => run.detectorId === detectorId).at(-1)?.outcome).toBe('gone');
    }
  });

  it('looks less often while no logs come, and as often as before once one comes', async () => {
    const { id } = await trained();
    const task = detectionTaskId(target(id));
    const nextRun = () => kibana.tasks.scheduled.get(task)!.runAt?.getTime();
    await kibana.tasks.run(task);
    expect(nextRun()).toBeUndefined();
    const before = kibana.now();
    try {
      // The first of these runs still finds what other tests have written.
      for (const minutes of [40, 80]) {
        kibana.now = () => before + minutes * MINUTE;
        await kibana.tasks.run(task);
      }
      expect(nextRun()).toBe(kibana.now() + 10 * MINUTE);
      const now = before + 85 * MINUTE;
      kibana.now = () => now;
      await addLogs(
        admin,
        index,
        webLogs({ from: now - 2 * MINUTE, to: now - MINUTE }, () => false, 'awake'),
      );
      await kibana.tasks.run(task);
      expect((await status(id)).last_run?.logs).toBe(60);
      expect(nextRun()).toBeUndefined();
    } finally {
      kibana.now = () => before;
    }
  });

  it('only asks for logs while none come, looks fully once an hour, and misses nothing', async () => {
    const before = kibana.now();
    const minutesLater = (minutes: number): number => before + minutes * MINUTE;
    await admin.indices.delete({ index: later }, { ignore: [404] });
    await createLogs(admin, later, webLogs({ from: before - 2 * MINUTE, to: before - MINUTE }), {
      mappings: TIME_MAPPINGS,
    });
    const { id } = await trained({ name: 'Sleeps' });
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const detector = { ...record.detector, source: { ...record.detector.source, index: later } };
    await ok(owner, 'updateDetector', { params: { id }, body: { detector, version: record.version } });
    const task = detectionTaskId(target(id));
    const lookAt = async (minutes: number) => {
      kibana.now = () => minutesLater(minutes);
      await kibana.tasks.run(task);
      const { last_run: run, last_look_at: look, lag_ms: lag, ...others } = await status(id);
      expect([Date.parse(look!), lag]).toEqual([kibana.now(), 30_000]);
      return { run: run!.id, logs: run!.logs, failures: others.consecutive_failures };
    };
    try {
      await lookAt(0);
      const silent = await lookAt(60);
      expect(silent.logs).toBe(0);
      // Nothing of it is put on record.
      expect(await lookAt(70)).toEqual(silent);
      expect(await lookAt(119)).toEqual(silent);
      const whole = await lookAt(121);
      expect(whole).toMatchObject({ logs: 0, failures: 0 });
      expect(whole.run).not.toBe(silent.run);
      expect(await lookAt(130)).toEqual(whole);

      // Twenty minutes late, by the time of indexing, and one without such a time.
      const [late] = webLogs(
        { from: minutesLater(112), to: minutesLater(112) + 1 },
        () => true,
        'late-quiet',
      );
      (late.document as { event: { ingested: string } }).event.ingested = new Date(
        minutesLater(131),
      ).toISOString();
      await addLogs(admin, later, [late]);
      expect(await lookAt(132)).toMatchObject({ logs: 1 });
      await lookAt(172);
      const again = await lookAt(173);
      expect(again.logs).toBe(0);
      const [bare] = webLogs(
        { from: minutesLater(180), to: minutesLater(180) + 1 },
        () => true,
        'bare-quiet',
      );
      delete (bare.document as { event?: unknown }).event;
      await addLogs(admin, later, [bare]);
      expect(await lookAt(182)).toMatchObject({ logs: 1 });
      expect(await resultIds(id)).toEqual(expect.arrayContaining(['bare-quiet-0', 'late-quiet-0']));

      await lookAt(230);
      expect(await lookAt(231)).toMatchObject({ logs: 0, failures: 0 });
      await admin.indices.delete({ index: later });
      kibana.now = () => minutesLater(240);
      await kibana.tasks.run(task);
      expect(await status(id)).toMatchObject({
        state: 'failing',
        consecutive_failures: 1,
        last_error: { code: 'not_found', message: expect.stringContaining(later) },
      });
    } finally {
      kibana.now = () => before;
      await admin.indices.delete({ index: later }, { ignore: [404] });
    }
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('ends its task when the detector is gone', async () => {
    const { id } = await trained();
    kibana.savedObjects.objects.delete(`log-anomalies-detector/${id}`);
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(kibana.tasks.scheduled.has(detectionTaskId(target(id)))).toBe(false);
    kibana.savedObjects.objects.clear();
  });
});

describe('backfill', () => {
  it('scores the past once, with progress, and can be cancelled', async () => {
    const { id } = await trained();
    const range = { from: new Date(start).toISOString(), to: start + 4_000_000 };
    const asked = await ok<{ total: number }>(owner, 'startBackfill', { params: { id }, body: range });
    expect(asked.total).toBe(4_000);
    const twice = await kibana.call(owner, 'startBackfill', { params: { id }, body: range }, space);
    expect(refusalOf(twice)).toMatch(/^409 A backfill of this detector is under way/);
    await kibana.tasks.run(backfillTaskId(target(id)));
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done', logs: 4_000 });
    const once = await resultIds(id);
    expect(once).toEqual(expect.arrayContaining(['log-100', 'log-3900']));
    expect(once.every((each) => Number(each.replace('log-', '')) < 4_000)).toBe(true);

    await ok(owner, 'startBackfill', { params: { id }, body: range });
    await kibana.tasks.run(backfillTaskId(target(id)));
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done', created: 0 });
    expect(await resultIds(id)).toEqual(once);
    const buckets = await ok<{ groups: { logs: number }[] }>(reader, 'summarizeResults', {
      query: { detector_id: id, from: String(start), to: String(start + 4_000_000) },
    });
    expect(buckets.groups[0].logs).toBe(4_000);

    await ok(owner, 'startBackfill', { params: { id }, body: range });
    await ok(owner, 'cancelBackfill', { params: { id } });
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({
      state: 'cancelled',
      logs: 0,
    });
    expect(kibana.tasks.scheduled.has(backfillTaskId(target(id)))).toBe(false);
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  describe('that was ordered when the detector was saved', () => {
    const report = (id: string) => ok<BackfillReport>(reader, 'getBackfill', { params: { id } });
    const saved = async (): Promise<{ id: string; task: string }> => {
      const body = { detector: webDetector(index), start: true, score_past: '1h' };
      const { id, warnings } = await ok<DetectorRecord>(owner, 'createDetector', { body });
      expect(warnings).toBeUndefined();
      return { id, task: backfillTaskId(target(id)) };
    };

    it('waits for the first model, and then goes up to it, once', async () => {
      const { id, task } = await saved();
      const now = kibana.now;
      try {
        await kibana.tasks.run(task);
        expect(await report(id)).toMatchObject({ state: 'queued', logs: 0 });
        expect(await resultIds(id)).toEqual([]);
        await ok(owner, 'trainDetector', { params: { id } });
        kibana.now = () => now() + 60_000;
        await kibana.tasks.run(trainingTaskId(target(id)));
        // Nobody waits for the next look.
        expect(kibana.tasks.soon).toContain(task);
        await kibana.tasks.run(task);
        await kibana.tasks.run(task);
        const { from, to, ...done } = await report(id);
        expect(done).toMatchObject({ state: 'done' });
        expect(Date.parse(from)).toBe(now() - 3_600_000);
        expect(Date.parse(to)).toBe(now() + 60_000);
        expect(done.logs).toBe(done.total);
        expect(done.logs).toBeGreaterThan(3_000);
        expect(kibana.tasks.scheduled.has(task)).toBe(false);
        await ok(owner, 'startBackfill', { params: { id }, body: { from, to } });
        await kibana.tasks.run(task);
        expect(await report(id)).toMatchObject({ state: 'done', created: 0 });
      } finally {
        kibana.now = now;
        await ok(owner, 'deleteDetector', { params: { id } });
      }
    });

    it('counts the patterns of its logs, those of the runs beside it once', async () => {
      const patterns = { field: 'message', span: '15m' } as const;
      const body = { detector: webDetector(index, { patterns }), start: true, score_past: '3h' };
      const { id } = await ok<DetectorRecord>(owner, 'createDetector', { body });
      const task = backfillTaskId(target(id));
      await ok(owner, 'trainDetector', { params: { id } });
      await kibana.tasks.run(trainingTaskId(target(id)));
      for (const each of [task, detectionTaskId(target(id)), task]) await kibana.tasks.run(each);
      expect(await report(id)).toMatchObject({ state: 'done' });
      const query = { from: String(start), to: String(start + 7_200_000) };
      const found = await ok<{ patterns: { text: string; logs: number }[] }>(reader, 'listLogPatterns', {
        params: { id },
        query,
      });
      // Runs count from a quarter of an hour before the first one on.
      const { checkpoint } = (await createCheckpointStore(admin, { space }).read(id))!;
      const { open } = checkpoint.patterns as PatternProgress;
      const inRun = new PatternCounts(open).toJSON().cells.reduce((sum, [, , , logs]) => sum + logs, 0);
      expect(found.patterns.reduce((sum, { logs }) => sum + logs, inRun)).toBe(7_200);
      expect(found.patterns.map(({ text }) => text)).toEqual(['GET <path> <num>']);
      await ok(owner, 'deleteDetector', { params: { id } });
    });

    it('ends when it is cancelled, also while it looks for a model, and with its detector', async () => {
      const { id, task } = await saved();
      await ok(owner, 'cancelBackfill', { params: { id } });
      expect(await report(id)).toMatchObject({ state: 'cancelled' });
      expect(kibana.tasks.scheduled.has(task)).toBe(false);
      await ok(owner, 'deleteDetector', { params: { id } });

      const other = await saved();
      const scheduled = kibana.tasks.scheduled.get(other.task)!;
      kibana.tasks.scheduled.set(other.task, { ...scheduled, status: 'running' });
      await ok(owner, 'cancelBackfill', { params: { id: other.id } });
      await kibana.tasks.run(other.task);
      expect(await report(other.id)).toMatchObject({ state: 'cancelled' });
      await ok(owner, 'deleteDetector', { params: { id: other.id } });

      const last = await saved();
      await ok(owner, 'deleteDetector', { params: { id: last.id } });
      expect(kibana.tasks.scheduled.has(last.task)).toBe(false);
    });
  });
});
