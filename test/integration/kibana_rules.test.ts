import type { AnomalyResult } from '../../common/anomaly';
import { detectorHealthParamsSchema, incidentParamsSchema, logAnomalyParamsSchema } from '../../common/rules';
import {
  createAuditTrail,
  createResultMarks,
  createResultStore,
  readerRole,
  resultsPattern,
  resultId,
} from '../../server/elasticsearch';
import { changeIncident } from '../../server/detection/incidents/change_incident';
import { createIncidentRecorder, recountIncidents } from '../../server/detection/incidents/record_incidents';
import { createIncidentStore, listIncidents } from '../../server/elasticsearch/incidents';
import type { RuleExecutorOptions } from '../../server/kibana/contracts/alerting_contracts';
import { createDetectorRepository, inSpace } from '../../server/kibana/records/detector_repository';
import { createDetectorHealthRuleType } from '../../server/kibana/rules/detector_health';
import { createIncidentRuleType } from '../../server/kibana/rules/incident';
import { createLogAnomalyRuleType } from '../../server/kibana/rules/log_anomaly';
import { createStatusStore } from '../../server/kibana/records/status_store';
import type { PatternChange } from '../../common/anomaly/comparison';
import { parseDetector } from '../../common/detector';
import { HOUR } from '../../common/duration';
import {
  administrator,
  anomalyResult,
  MINUTE,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { webDetector } from './fixtures/kibana_logs';
import { startKibanaStandIn } from './fixtures/kibana_stand_in';

const admin = administrator();
const space = uniqueName('rules');
const links = { publicBaseUrl: 'https://kibana.test/base', kibanaVersion: '8.12.2' };
let reader: Awaited<ReturnType<typeof userWith>>;

/** Alerts of one rule: what is reported stays until a run does not report it any more. */
class Alerts {
  public reported = new Map<string, { context: Record<string, unknown>; payload: Record<string, unknown> }>();
  public recovered = new Map<string, Record<string, unknown>>();
  public isLimitReached: boolean | undefined;
  private before = new Set<string>();

  constructor(private readonly limit = 1_000) {}

  public readonly client = {
    report: (alert: { id: string; context: Record<string, unknown>; payload: Record<string, unknown> }) => {
      this.reported.set(alert.id, alert);
      return {};
    },
    getRecoveredAlerts: () =>
      [...this.before].filter((id) => !this.reported.has(id)).map((id) => ({ alert: { getId: () => id } })),
    setAlertData: ({ id, context }: { id: string; context: Record<string, unknown> }) => {
      this.recovered.set(id, context);
    },
    getAlertLimitValue: () => this.limit,
    setAlertLimitReached: (reached: boolean) => {
      this.isLimitReached = reached;
    },
  };

  public next(): void {
    this.before = new Set(this.reported.keys());
    this.reported = new Map();
    this.recovered = new Map();
  }
}

function optionsOf<Parameters>(
  alerts: Alerts,
  params: Parameters,
  startedAt: number,
  state: Record<string, unknown> = {},
): RuleExecutorOptions<Parameters> & { warnings: string[] } {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  return {
    services: {
      alertsClient: alerts.client,
      scopedClusterClient: { asCurrentUser: reader.client },
      shouldStopExecution: () => false,
      ruleResultService: { addLastRunWarning: (text) => void warnings.push(text) },
    },
    params,
    state,
    rule: { id: 'rule', name: 'Rule' },
    spaceId: space,
    startedAt: new Date(startedAt),
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    warnings,
  };
}

/** A result that was written at `written`. */
function resultAt(
  id: string,
  written: number,
  change: { entity?: string; confidence?: number; feature?: string; run?: string } = {},
): AnomalyResult {
  const result = anomalyResult({
    id,
    time: written - MINUTE,
    confidence: change.confidence,
    context: {
      message: `line of ${id}`,
      service: { name: change.entity ?? 'shop' },
      client: { ip: '10.0.0.1' },
    },
  });
  const { anomaly } = result;
  const [attribution] = anomaly.attribution;
  return {
    ...result,
    anomaly: {
      ...anomaly,
      entity: change.entity ?? 'shop',
      attribution: [{ ...attribution, feature: change.feature ?? attribution.feature }],
    },
    run: { id: change.run ?? 'run-1' },
  };
}

/** A change of a pattern, long before the other results. */
function changeAt(entity: string, kind: PatternChange, level: string): AnomalyResult {
  const result = resultAt(entity, START - 5 * HOUR, { entity });
  const change = { kind, pattern_id: 'a'.repeat(24), count: 9, expected: 0, kql: 'message : "Disk"' };
  return { ...result, log: { level }, anomaly: { ...result.anomaly, change } };
}

const rule = createLogAnomalyRuleType(links, async () => ({
  list: async () => ({ total: 0, detectors: [], broken: [] }),
}));

beforeAll(async () => {
  reader = await userWith(admin, readerRole(space));
  await createResultStore(admin, { space, refresh: true }).write([
    resultAt('a1', START + MINUTE, { confidence: 0.6 }),
    resultAt('a2', START + 2 * MINUTE, { confidence: 0.99, feature: 'path' }),
    resultAt('b1', START + 2 * MINUTE, { entity: 'blog', confidence: 0.8 }),
    resultAt('c1', START + 2 * MINUTE, { entity: 'past', run: 'backfill-1' }),
    changeAt('p1', 'new', 'ERROR'),
    changeAt('p2', 'new', 'info'),
    changeAt('p3', 'surging', 'error'),
  ]);
  await createResultStore(admin, { space: `${space}-b`, refresh: true }).write([
    resultAt('x1', START + 2 * MINUTE, { entity: 'other space' }),
  ]);
});

afterAll(async () => {
  await reader.remove();
  const indices = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: Object.keys(indices) });
  await admin.close();
});

describe('the rule type "Log anomaly"', () => {
  it('is about new patterns with the level of an error, where it asks for these', async () => {
    const told = async (conditions: object): Promise<string[]> => {
      const alerts = new Alerts();
      const params = logAnomalyParamsSchema.parse({ window: '5m', ...conditions });
      await rule.executor(optionsOf(alerts, params, START - 5 * HOUR + MINUTE));
      return [...alerts.reported.values()].map(({ context }) => context.entity as string).sort();
    };
    expect(await told({})).toEqual(['p1', 'p2', 'p3']);
    expect(await told({ pattern_changes: ['new'] })).toEqual(['p1', 'p2']);
    expect(await told({ pattern_changes: ['new'], levels: ['error', 'fatal'] })).toEqual(['p1']);
  });

  it('raises one alert for each group, tells why, and lets it recover', async () => {
    const alerts = new Alerts();
    const params = logAnomalyParamsSchema.parse({ window: '5m' });
    const first = await rule.executor(optionsOf(alerts, params, START + 3 * MINUTE));
    expect([...alerts.reported.keys()]).toEqual(['web:shop', 'web:blog']);
    expect(alerts.isLimitReached).toBe(false);
    const { context, payload } = alerts.reported.get('web:shop')!;
    expect(context).toMatchObject({
      count: 2,
      new_count: 2,
      group: 'shop',
      confidence: 0.99,
      feature: 'path',
      actual: '500',
      typical: '200',
      log_line: 'line of a2',
      link: `https://kibana.test/base/s/${space}/app/logAnomalies/results/${resultId('web', { index: 'weblogs', id: 'a2' })}`,
    });
    expect((context.results as { log_line: string }[]).map((each) => each.log_line)).toEqual([
      'line of a2',
      'line of a1',
    ]);
    expect(decodeURIComponent(context.discover_link as string)).toContain('"query":"_id+:+\\"a2\\""');
    expect(payload).toMatchObject({
      'service.name': 'shop',
      'client.ip': '10.0.0.1',
      message: 'line of a2',
      log_anomalies: { count: 2, confidence: 0.99, detector: { id: 'web' } },
    });

    // The windows overlap: the alerts go on, and nothing in them is new.
    alerts.next();
    const second = await rule.executor(optionsOf(alerts, params, START + 4 * MINUTE, first.state));
    expect(alerts.reported.get('web:shop')!.context).toMatchObject({ count: 2, new_count: 0 });
    expect(alerts.recovered.size).toBe(0);

    alerts.next();
    await rule.executor(optionsOf(alerts, params, START + 9 * MINUTE, second.state));
    expect(alerts.reported.size).toBe(0);
    expect([...alerts.recovered.keys()]).toEqual(['web:shop', 'web:blog']);
    expect(alerts.recovered.get('web:blog')).toMatchObject({
      group: 'blog',
      detector_id: 'web',
      recovery_reason: 'too few anomalous logs in 5m',
    });
  });

  it('lets alerts recover whose results were hidden or withdrawn, and says so', async () => {
    const alerts = new Alerts();
    const params = logAnomalyParamsSchema.parse({ window: '5m' });
    const { state } = await rule.executor(optionsOf(alerts, params, START + 3 * MINUTE));
    expect(alerts.reported.get('web:blog')!.context.feedback_link).toBe(
      `https://kibana.test/base/s/${space}/app/logAnomalies/detectors/web/feedback?result=${resultId('web', { index: 'weblogs', id: 'b1' })}`,
    );
    const marks = createResultMarks(admin, { space });
    const note = { at: new Date(START).toISOString(), because: 'test' };
    const mute = {
      id: 'mute',
      detector_ids: ['web'],
      name: 'Move of the blog',
      origin: 'mute' as const,
      match: { entity: 'blog' },
      exclude_from_training: false,
      at: note.at,
    };
    await marks.hide(mute, { from: 0, to: START + 60 * MINUTE }, note);
    const store = createResultStore(admin, { space, refresh: true });
    const logs = ['a1', 'a2'].map((id, place) => ({ index: 'weblogs', id, time: START + place * MINUTE }));
    await store.revise?.({
      detectorId: 'web',
      runId: 'run-2',
      at: START + 3 * MINUTE,
      logs,
      results: [],
      summaries: [],
    });
    alerts.next();
    await rule.executor(optionsOf(alerts, params, START + 4 * MINUTE, state));
    expect(alerts.reported.size).toBe(0);
    expect(alerts.recovered.get('web:blog')).toMatchObject({
      message: 'blog is back to normal: one result was hidden (Muted: Move of the blog)',
    });
    expect(alerts.recovered.get('web:shop')).toMatchObject({
      recovery_reason: '2 results were withdrawn, since the logs behind changed',
    });
    // Shown and scored again, the alerts are back.
    await marks.show('mute', [], note);
    await store.revise?.({
      detectorId: 'web',
      runId: 'run-3',
      at: START + 3 * MINUTE,
      logs,
      results: [
        resultAt('a1', START + MINUTE, { confidence: 0.6 }),
        resultAt('a2', START + 2 * MINUTE, { confidence: 0.99, feature: 'path' }),
      ],
      summaries: [],
    });
    const back = new Alerts();
    await rule.executor(optionsOf(back, params, START + 3 * MINUTE));
    expect([...back.reported.keys()]).toEqual(['web:shop', 'web:blog']);
    const { results } = await store.search({ detectorId: 'web' });
    const { result } = results.find((found) => found.result.source.id === 'a2')!.result;
    expect(result.history?.map(({ from }) => from.type)).toEqual(['log', 'withdrawn']);
  });

  it('counts what lies between two checks once, however far apart they are', async () => {
    const alerts = new Alerts();
    const params = logAnomalyParamsSchema.parse({ window: '1m' });
    const { state } = await rule.executor(optionsOf(alerts, params, START));
    alerts.next();
    await rule.executor(optionsOf(alerts, params, START + 10 * MINUTE, state));
    expect(alerts.reported.get('web:shop')!.context).toMatchObject({ count: 2, new_count: 2 });
  });

  it('asks for a number, a confidence and a severity', async () => {
    const reportedWith = async (given: object): Promise<string[]> => {
      const alerts = new Alerts();
      await rule.executor(optionsOf(alerts, logAnomalyParamsSchema.parse(given), START + 3 * MINUTE));
      return [...alerts.reported.keys()].sort();
    };
    expect(await reportedWith({ count: 2 })).toEqual(['web:shop']);
    expect(await reportedWith({ min_confidence: 0.7, count: 2 })).toEqual([]);
    expect(await reportedWith({ min_severity: 'critical' })).toEqual(['web:shop']);
    expect(await reportedWith({ group_by: 'feature' })).toEqual(['web:path', 'web:status']);
    expect(await reportedWith({ group_by: 'detector', count: 3 })).toEqual(['web']);
    expect(await reportedWith({ detector_ids: ['another'] })).toEqual([]);
    expect(await reportedWith({ query: '{"term":{"service.name":"blog"}}' })).toEqual(['web:blog']);
    expect(await reportedWith({ group_by: 'detector', min_entities: 2 })).toEqual(['web']);
    expect(await reportedWith({ group_by: 'detector', min_entities: 3 })).toEqual([]);
  });

  it('compares with the hour before', async () => {
    const reportedWith = async (given: object, at: number): Promise<string[]> => {
      const alerts = new Alerts();
      await rule.executor(optionsOf(alerts, logAnomalyParamsSchema.parse(given), at));
      return [...alerts.reported.keys()].sort();
    };
    // The hour before holds none: whatever comes is more than ever.
    expect(await reportedWith({ times_before: 1_000 }, START + 3 * MINUTE)).toEqual(['web:blog', 'web:shop']);
    // One in a window of a minute is 30 times the rate of the two of the shop in the hour before.
    await createResultStore(admin, { space, refresh: true }).write([
      resultAt('a3', START + 30 * MINUTE + 1_000),
    ]);
    const window = { window: '1m', detector_ids: ['web'] };
    const at = START + 31 * MINUTE;
    expect(await reportedWith({ ...window, times_before: 29 }, at)).toEqual(['web:shop']);
    expect(await reportedWith({ ...window, times_before: 31 }, at)).toEqual([]);
  });

  it('says so when there are more groups than alerts', async () => {
    const alerts = new Alerts(1);
    const options = optionsOf(alerts, logAnomalyParamsSchema.parse({}), START + 3 * MINUTE);
    await rule.executor(options);
    expect([...alerts.reported.keys()]).toEqual(['web:shop']);
    expect(alerts.isLimitReached).toBe(true);
    expect(options.warnings).toEqual([
      expect.stringContaining('2 groups are anomalous, only the 1 most confident'),
    ]);
  });

  it('refuses parameters with their names', () => {
    expect(() => rule.validate.params.validate({ min_confidence: 2 })).toThrow(/min_confidence/);
  });
});

describe('the rule type "Log anomaly detector health"', () => {
  it('raises an alert for each problem of a started detector', async () => {
    const { services } = startKibanaStandIn({ plain: admin });
    const client = inSpace(services.internalSavedObjects, space);
    const health = createDetectorHealthRuleType({
      links,
      detectorsOf: async () => createDetectorRepository(client),
      usage: services.usage,
    });
    const save = async (name: string, enabled: boolean) =>
      client.create('log-anomalies-detector', {
        name,
        detector: parseDetector(webDetector('weblogs', { name })),
        enabled,
        created_at: new Date(START).toISOString(),
        updated_at: new Date(START).toISOString(),
      });
    const broken = await save('Broken', true);
    await save('Stopped', false);
    const now = START + 20 * MINUTE;
    await createStatusStore(admin, { space }).writePart(broken.id, 'runs', {
      consecutive_failures: 4,
      last_error: {
        at: new Date(now).toISOString(),
        code: 'not_found',
        message: 'The index is gone.',
        next_step: 'Bring it back.',
        retried: true,
      },
    });
    const alerts = new Alerts();
    const params = detectorHealthParamsSchema.parse({});
    await health.executor(optionsOf(alerts, params, now));
    expect([...alerts.reported.keys()].sort()).toEqual([`${broken.id}:failing`, `${broken.id}:no_run`]);
    expect(alerts.reported.get(`${broken.id}:failing`)!.context).toMatchObject({
      problem: 'failing',
      message: 'Broken: 4 runs in a row have failed. The index is gone. Bring it back.',
    });
    alerts.next();
    await createStatusStore(admin, { space }).writePart(broken.id, 'runs', {
      consecutive_failures: 0,
      last_run: { finished_at: new Date(now).toISOString() } as never,
    });
    await health.executor(optionsOf(alerts, params, now));
    expect(alerts.reported.size).toBe(0);
    expect([...alerts.recovered.keys()].sort()).toEqual([`${broken.id}:failing`, `${broken.id}:no_run`]);
  });
});

describe('the rule type "Log incident"', () => {
  const place = `${space}-incidents`;
  const incidentRule = createIncidentRuleType(links);
  const incidents = createIncidentStore(admin, { space: place });
  let now = START;
  let incidentReader: Awaited<ReturnType<typeof userWith>>;
  beforeAll(async () => {
    incidentReader = await userWith(admin, readerRole(place));
  });
  afterAll(() => incidentReader.remove());

  /** Does the work of one page of a run: stores results and puts them into incidents. */
  const page = async (results: readonly AnomalyResult[], reached = now): Promise<void> => {
    await createResultStore(admin, { space: place, refresh: true, refreshResults: true }).write(results);
    const clock = { now: () => now };
    const settings = { incidents, detectorId: 'web', quiet: 30 * MINUTE, now: clock.now };
    const recorder = createIncidentRecorder(settings);
    await recorder.record(results, reached);
    await recorder.close(await recorder.due(reached), reached);
  };
  const resultOf = (
    id: string,
    minute: number,
    entity: string,
    change: { confidence?: number; run?: string } = {},
  ) => {
    const result = resultAt(id, START + (minute + 1) * MINUTE, { entity, ...change });
    return { ...result, message: 'payment failed', anomaly: { ...result.anomaly, entity } };
  };
  const check = async (
    alerts: Alerts,
    given: object,
    at: number,
    state: Record<string, unknown> = {},
  ): Promise<Record<string, unknown>> => {
    alerts.next();
    const params = incidentParamsSchema.parse(given);
    const options = optionsOf(alerts, params, at, state);
    const services = {
      ...options.services,
      scopedClusterClient: { asCurrentUser: incidentReader.client },
    };
    return (await incidentRule.executor({ ...options, services, spaceId: place })).state;
  };
  const idsOf = async (): Promise<Map<string, string>> => {
    const query = { state: 'all', sort: 'start', order: 'asc', page: 1, size: 100 } as const;
    const listed = await listIncidents(admin, place, query);
    return new Map(listed.incidents.map(({ entity, id }) => [entity as string, id]));
  };

  it('raises one alert for each incident, for as long as it goes on', async () => {
    const alerts = new Alerts();
    // Nothing was ever found: there is no index.
    let state = await check(alerts, {}, START);
    expect(alerts.reported.size).toBe(0);

    now = START + 3 * MINUTE;
    await page([
      resultOf('s1', 0, 'shop', { confidence: 0.97 }),
      resultOf('s2', 2, 'shop'),
      resultOf('b1', 1, 'blog', { confidence: 0.6 }),
      resultOf('p1', 1, 'past', { run: 'backfill-1' }),
    ]);
    const ids = await idsOf();
    state = await check(alerts, {}, now, state);
    expect([...alerts.reported.keys()].sort()).toEqual([ids.get('shop'), ids.get('blog')].sort());
    const { context, payload } = alerts.reported.get(ids.get('shop')!)!;
    expect(context).toMatchObject({
      message: 'payment failed of shop, since 2026-11-01 00:00:00 UTC: major, 2 logs',
      severity: 'major',
      entity: 'shop',
      count: 2,
      duration: '2m',
      first_line: 'payment failed',
      link: `https://kibana.test/base/s/${place}/app/logAnomalies/incidents/${ids.get('shop')}`,
    });
    expect(payload).toMatchObject({ log_anomalies: { incident: { id: ids.get('shop') }, count: 2 } });

    // It grows and is acknowledged: the same alert goes on.
    now = START + 5 * MINUTE;
    await page([resultOf('s3', 4, 'shop')]);
    const stores = { incidents, audit: createAuditTrail(admin, { space: place }), clock: { now: () => now } };
    await changeIncident(stores, ids.get('blog')!, { state: 'acknowledged' }, { by: 'olga' });
    state = await check(alerts, {}, now, state);
    expect(alerts.reported.get(ids.get('shop')!)!.context).toMatchObject({ count: 3 });
    expect([alerts.reported.size, alerts.recovered.size]).toEqual([2, 0]);

    // Somebody closes one, the other is over by itself.
    await changeIncident(stores, ids.get('blog')!, { state: 'closed' }, { by: 'olga' });
    state = await check(alerts, {}, now + MINUTE, state);
    expect(alerts.recovered.get(ids.get('blog')!)).toMatchObject({ recovery_reason: 'olga closed it' });
    now = START + 40 * MINUTE;
    await page([], now);
    state = await check(alerts, {}, now, state);
    expect(alerts.recovered.get(ids.get('shop')!)).toMatchObject({
      recovery_reason: 'nothing came for the quiet time',
      message: expect.stringMatching(/^Over: payment failed of shop, from .* 3 logs$/),
    });
    await check(alerts, {}, now + MINUTE, state);
    expect([alerts.reported.size, alerts.recovered.size]).toEqual([0, 0]);
  });

  it('tells once of an incident that began and ended between two checks', async () => {
    const alerts = new Alerts();
    let state = await check(alerts, {}, START + 50 * MINUTE);
    now = START + 90 * MINUTE;
    await page([resultOf('q1', 50, 'quick')], now);
    const id = (await idsOf()).get('quick')!;
    state = await check(alerts, {}, now + MINUTE, state);
    expect(alerts.reported.get(id)!.context.message).toMatch(/it is over already$/);
    state = await check(alerts, {}, now + 2 * MINUTE, state);
    expect([alerts.reported.size, [...alerts.recovered.keys()]]).toEqual([0, [id]]);
    await check(alerts, {}, now + 3 * MINUTE, state);
    expect([alerts.reported.size, alerts.recovered.size]).toEqual([0, 0]);
  });

  it('asks for a severity, a length, a number, entities and a query', async () => {
    now = START + 200 * MINUTE;
    await page([
      resultOf('c1', 190, 'cart', { confidence: 0.97 }),
      // The same log, found by another detector as well.
      { ...resultOf('c1', 190, 'cart', { confidence: 0.97 }), detector: { id: 'calls', name: 'Calls' } },
      resultOf('c2', 199, 'cart'),
      resultOf('d1', 199, 'desk', { confidence: 0.6 }),
      resultOf('e1', 199, 'edge', { run: 'backfill-2' }),
    ]);
    const ids = await idsOf();
    const reportedWith = async (given: object): Promise<(string | undefined)[]> => {
      const alerts = new Alerts();
      await check(alerts, given, now);
      return ['cart', 'desk', 'edge'].filter((entity) => alerts.reported.has(ids.get(entity)!));
    };
    const like = (query: object) => ({ kql: 'k', query: JSON.stringify(query) });
    expect(await reportedWith({})).toEqual(['cart', 'desk']);
    expect(await reportedWith({ min_severity: 'major' })).toEqual(['cart']);
    expect(await reportedWith({ min_duration: '9m' })).toEqual(['cart']);
    expect(await reportedWith({ min_duration: '10m' })).toEqual([]);
    expect(await reportedWith({ min_results: 2 })).toEqual(['cart']);
    expect(await reportedWith({ min_results: 3 })).toEqual([]);
    expect(await reportedWith({ min_entities: 2 })).toEqual(['cart', 'desk']);
    expect(await reportedWith({ min_entities: 3 })).toEqual([]);
    expect(await reportedWith({ detector_ids: ['another'] })).toEqual([]);
    expect(await reportedWith(like({ term: { 'service.name': 'desk' } }))).toEqual(['desk']);
    expect(
      await reportedWith({ ...like({ range: { 'anomaly.confidence': { gte: 0.95 } } }), min_results: 2 }),
    ).toEqual([]);
    expect(await reportedWith(like({ range: { 'anomaly.confidence': { gte: 0.95 } } }))).toEqual(['cart']);
    expect(() => incidentRule.validate.params.validate({ query: '{"script":{"script":"1"}}' })).toThrow(
      /query.*holds a query of the type "script"/,
    );
    expect(() => incidentRule.validate.params.validate({ kql: 'a : b' })).toThrow(/kql.*is for showing only/);
  });

  it('lets alerts recover whose results do not count any more, and whose incident is gone', async () => {
    const alerts = new Alerts();
    const state = await check(alerts, {}, now);
    const ids = await idsOf();
    const [desk, cart] = [ids.get('desk')!, ids.get('cart')!];
    expect(alerts.reported.has(desk) && alerts.reported.has(cart)).toBe(true);
    const mute = {
      id: 'mute',
      detector_ids: ['web'],
      name: 'Move',
      origin: 'mute' as const,
      match: { entity: 'desk' },
      exclude_from_training: false,
      at: new Date(now).toISOString(),
    };
    const note = { at: mute.at, because: 'test' };
    const range = { from: 0, to: now + MINUTE };
    await createResultMarks(admin, { space: place }).hide(mute, range, note);
    await recountIncidents({ incidents, now: () => now }, range);
    await admin.delete({ index: `log-anomalies-incidents.${place}`, id: cart, refresh: true });
    await check(alerts, {}, now + MINUTE, state);
    expect(alerts.recovered.get(desk)).toMatchObject({
      recovery_reason: expect.stringMatching(/^none of its results counts any more/),
    });
    expect(alerts.recovered.get(cart)).toMatchObject({ recovery_reason: 'it is not stored any more' });
  });
});
