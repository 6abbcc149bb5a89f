import type { AnomalyResult } from '../../common/anomaly';
import { detectorHealthParamsSchema, logAnomalyParamsSchema } from '../../common/rules';
import {
  createResultMarks,
  createResultStore,
  readerRole,
  resultsPattern,
  resultId,
} from '../../server/elasticsearch';
import type { RuleExecutorOptions } from '../../server/kibana/contracts/alerting_contracts';
import { createDetectorRepository, inSpace } from '../../server/kibana/records/detector_repository';
import { createDetectorHealthRuleType } from '../../server/kibana/rules/detector_health';
import { createLogAnomalyRuleType } from '../../server/kibana/rules/log_anomaly';
import { createStatusStore } from '../../server/kibana/records/status_store';
import { parseDetector } from '../../common/detector';
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
    const health = createDetectorHealthRuleType(links, async () => createDetectorRepository(client));
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
