import { schema } from './config_schema';

jest.mock('@kbn/config-schema', () => jest.requireActual('./config_schema'), { virtual: true });
jest.mock(
  '@kbn/core/server',
  () => ({ ServiceStatusLevels: { available: 'available', degraded: 'degraded' } }),
  {
    virtual: true,
  },
);
jest.mock('@kbn/zod', () => ({ z: jest.requireActual<object>('zod') }), { virtual: true });

import { join } from 'node:path';
import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../../common/api';
import { PANEL_KINDS, panelTypeOf } from '../../common/panels';
import { readManifest as manifestOf } from '../../scripts/build/build_plugin';
import { upkeepTaskId } from '../../server/kibana/contracts/identifiers';
import { withSchemas } from '../../server/kibana/contracts/saved_object_schemas';
import { detectorSavedObjectType } from '../../server/kibana/contracts/saved_object_types';
import { BuiltServer } from './built_server';
import { stopClock } from './clock';
import { SMALL_DETECTOR } from './small_detector';
import { KIBANAS, SOURCES, type KibanaFacts } from './facts';
import {
  alertsClientOf,
  checkRunResult,
  checkSolutions,
  checkStatus,
  checkTask,
  grantApiKey,
  invalidateApiKeys,
  migratePanels,
  readManifest,
  registerEncryptedType,
  registerFeature,
  registerPanel,
  registerPanelMigration,
  registerRoute,
  registerRuleType,
  registerSavedObjectType,
  registerTask,
  type PanelMigration,
} from './server_contracts';
import { authorizeRule, grantedActions, type AlertingFeature, type SpaceRead } from './rule_access';
import { followToDiscover } from './browser_contracts';
import { discoverLink } from '../../server/kibana/contracts/links';
import { webLogs } from '../integration/fixtures/kibana_logs';
import type { KibanaServer } from './server_stand_in';
import { SmallElasticsearch } from './small_elasticsearch';

const TASK_TYPES = ['backfill', 'detect', 'sample', 'sweepKeys', 'train', 'upkeep'].map(
  (name) => `logAnomalies:${name}`,
);

const ROOT = join(__dirname, '../..');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
// It takes seconds; a busy machine may take its time.
jest.setTimeout(3 * MINUTE);
const LOGS = 'web-1';

let server: BuiltServer;
beforeAll(async () => {
  stopClock();
  server = await BuiltServer.build();
});
afterAll(() => {
  server?.remove();
  jest.useRealTimers();
});

const pluginIn = (facts: KibanaFacts): ReturnType<BuiltServer['startIn']> => server.startIn(facts);

describe.each(KIBANAS.map((facts) => [facts.version, facts] as const))('in Kibana %s', (_version, facts) => {
  let kibana: KibanaServer;
  let stop: () => void;
  beforeAll(async () => {
    const made = await pluginIn(facts);
    kibana = made.kibana;
    stop = () => made.instance.stop();
  });
  afterAll(() => stop());

  it('is installed by its manifest', async () => {
    const manifest = await manifestOf(ROOT, facts.version);
    expect(() => readManifest({ ...manifest }, facts)).not.toThrow();
    expect(() => readManifest({ ...manifest }, { ...facts, version: '8.0.0' })).toThrow('only compatible');
  });

  it('is set up and started: all its routes, tasks, types, rules and panels', async () => {
    expect(kibana.routes).toHaveLength(Object.keys(ENDPOINTS).length);
    expect([...kibana.tasks.keys()].sort()).toEqual(TASK_TYPES);
    expect([...kibana.types.keys()]).toHaveLength(3);
    expect([...kibana.ruleTypes.keys()]).toEqual([
      'logAnomalies.logAnomaly',
      'logAnomalies.incident',
      'logAnomalies.detectorHealth',
    ]);
    expect([...kibana.panels.keys()]).toEqual(
      facts.panels === 'visualizations' ? [] : PANEL_KINDS.map(panelTypeOf),
    );
    expect(kibana.migrations).toHaveLength(facts.migratesPanels ? PANEL_KINDS.length : 0);
    expect(kibana.statuses).toEqual([{ level: 'available', summary: 'No detector fails' }]);
    expect([...kibana.scheduled.keys()]).toEqual(['log-anomalies:sweep-keys']);
    expect(kibana.logged).toEqual([]);
  });

  it('stands in spaces of every solution', () => {
    expect(() => checkSolutions(kibana.features[0], facts)).not.toThrow();
  });

  it('lets a role with this feature alone make and read its rules, and one that may only look read them', () => {
    const feature = kibana.features[0] as unknown as AlertingFeature;
    const consumers =
      facts.ruleTypes === 'ids' ? ['logAnomalies', 'alerts'] : ['logAnomalies', 'alerts', 'stackAlerts'];
    const space = { disabledFeatures: [] };
    for (const { id: ruleTypeId, producer } of kibana.ruleTypes.values()) {
      const may = (privilege: 'all' | 'read', operation: string, consumer: string) => () =>
        authorizeRule(
          { ruleTypeId, consumer, operation },
          { granted: grantedActions(feature, privilege), space },
          { feature, producer, facts },
        );
      for (const consumer of consumers) {
        for (const operation of ['create', 'get', 'find', 'enable', 'delete', 'getRuleState']) {
          expect(may('all', operation, consumer)).not.toThrow();
        }
        expect(may('read', 'get', consumer)).not.toThrow();
        expect(may('read', 'create', consumer)).toThrow('Unauthorized to create');
      }
    }
  });

  it('links from an alert to Discover, behind a base path and in a space, dated by the field of the detector', () => {
    const result = {
      '@timestamp': '2026-01-05T10:00:00.000Z',
      event: {},
      anomaly: {},
      source: { index: 'weblogs-1', id: 'a"b' },
    } as unknown as Parameters<typeof discoverLink>[1];
    const { version: kibanaVersion } = facts;
    const source = { index: 'weblogs-1', timestamp_field: 'time', ingested_field: 'event.ingested' };
    const bases = [
      { publicBaseUrl: undefined, serverBasePath: '/kibana', space: 'shop' },
      { publicBaseUrl: 'https://proxy.test/kibana', serverBasePath: '/kibana', space: 'shop' },
    ];
    for (const base of bases) {
      const link = discoverLink({ ...base, kibanaVersion }, result, source);
      const around = { basePath: '/kibana/s/shop', maySee: true };
      expect(followToDiscover(link, facts, { ...around, dataViews: 1 })).toBe('logs');
      expect(followToDiscover(link, facts, { ...around, dataViews: 0 })).toBe(
        facts.discoverTakesViews ? 'logs' : 'page to make a data view',
      );
      expect(decodeURIComponent(link)).toContain('"timeFieldName":"time"');
    }
  });

  it('answers on every route', async () => {
    const failed: unknown[] = [];
    for (const route of kibana.routes) {
      const params = { id: 'f1f1f1f1-0000-4000-8000-000000000000', version: 'v', detector_id: 'd' };
      const answer = await kibana.request(route, { params, query: {}, body: {} });
      if (answer.status >= 500 && answer.status !== 503) failed.push([route.method, route.path, answer]);
    }
    expect([failed, kibana.logged]).toEqual([[], []]);
    const list = kibana.routes.find(
      ({ path, method }) => method === 'get' && path === (ENDPOINTS.listDetectors as Endpoint).path,
    );
    expect(await kibana.request(list as never, {})).toMatchObject({ status: 200 });
  });

  let detectorId: string;

  it('saves a detector that its schema of saved objects takes, and schedules its tasks', async () => {
    const to = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
    kibana.elasticsearch.add(LOGS, webLogs({ from: to - 7 * MINUTE, to }));
    const { id } = await kibana.call('createDetector', {
      body: {
        start: true,
        detector: SMALL_DETECTOR,
      },
    });
    detectorId = String(id);
    const types = [...kibana.scheduled.values()].map(({ taskType }) => taskType);
    expect(types).toContain('logAnomalies:detect');
  });

  it('trains, scores and looks after the model in its tasks', async () => {
    expect(await kibana.runTasks('detect')).toBe(1);
    expect(await kibana.runTasks('train')).toBe(1);
    const params = { id: detectorId };
    expect(await kibana.call('getStatus', { params })).toMatchObject({ training: { state: 'promoted' } });
    await kibana.call('startBackfill', {
      params,
      body: { from: new Date(Date.now() - 60 * MINUTE).toISOString(), to: new Date().toISOString() },
    });
    expect(await kibana.runTasks('backfill')).toBe(1);
    const [detection] = [...kibana.scheduled.values()].filter(
      ({ taskType }) => taskType === 'logAnomalies:detect',
    );
    // It is due an hour after the training: here at once.
    await kibana.taskManager.schedule({
      ...detection,
      id: upkeepTaskId({ space: 'default', detectorId }),
      taskType: 'logAnomalies:upkeep',
    });
    for (const type of ['detect', 'upkeep', 'sweepKeys']) expect(await kibana.runTasks(type)).toBe(1);
    const results = kibana.elasticsearch.documentsOf('log-anomalies-results.*');
    expect(results.filter(({ anomaly }) => anomaly !== undefined).length).toBeGreaterThan(0);
    expect(kibana.logged.filter((line) => !line.startsWith('info'))).toEqual([]);
  });

  it('makes sample logs, trains a model of them and asks for their scores', async () => {
    // To learn from all 10,000 takes seconds: here from some.
    kibana.elasticsearch.keepAtMost(1_000, 'log-anomalies-sample-');
    await kibana.call('installSample');
    expect(await kibana.runTasks('sample')).toBe(1);
    expect(await kibana.runTasks('train')).toBe(0);
    expect(await kibana.call('getSample')).toMatchObject({ state: 'scoring' });
    expect(kibana.logged.filter((line) => !line.startsWith('info'))).toEqual([]);
  });

  it('runs its rule types', async () => {
    let raised = 0;
    for (const type of kibana.ruleTypes.values()) {
      const [core] = kibana.startServices() as [
        { elasticsearch: { client: { asScoped(): object } } },
        object,
        undefined,
      ];
      const alerts = alertsClientOf({ ...type }, { before: ['of-before'] });
      const { state } = await type.executor({
        services: {
          alertsClient: alerts.client,
          scopedClusterClient: core.elasticsearch.client.asScoped() as never,
          shouldStopExecution: () => false,
        },
        params: type.validate.params.validate(type.id === 'logAnomalies.logAnomaly' ? { window: '2h' } : {}),
        state: {},
        rule: { id: 'r', name: 'R' },
        spaceId: 'default',
        // Rules leave the newest results to the next run, and tell of a detector that is silent.
        startedAt: new Date(Date.now() + HOUR),
        logger: kibana.log,
      });
      expect(state).toEqual(expect.any(Object));
      expect(() => alerts.finish()).not.toThrow();
      raised += alerts.reported.size;
    }
    expect(raised).toBeGreaterThan(0);
  });

  it('has panels that its Dashboards API takes', () => {
    for (const read of kibana.panels.values()) {
      expect(read({ title: 'T', limit: 5 })).toEqual({ title: 'T', limit: 5 });
      expect(() => read({ savedVis: {} })).toThrow();
    }
  });
});

describe('a broken contract is caught', () => {
  const [oldest] = KIBANAS;
  const newest = KIBANAS[KIBANAS.length - 1];
  const kibanaOf = (version: string): KibanaFacts =>
    KIBANAS.find((facts) => facts.version.startsWith(version)) as KibanaFacts;

  it('of the manifest', async () => {
    const manifest = await manifestOf(ROOT, newest.version);
    expect(() => readManifest({ ...manifest, icon: 'x' }, newest)).toThrow('unrecognized properties: icon');
  });

  it('of versions: a manifest of another Kibana', async () => {
    const manifest = await manifestOf(ROOT, oldest.version);
    expect(() => readManifest({ ...manifest }, newest)).toThrow(
      `only compatible with Kibana version "${oldest.version}"`,
    );
  });

  it('of features: rule types in the form of another version, an entry that no privilege grants', async () => {
    const old = (await pluginIn(oldest)).kibana.features[0];
    const young = (await pluginIn(newest)).kibana.features[0];
    expect(() => registerFeature(old, newest)).toThrow('[alerting.0]');
    expect(() => registerFeature(young, oldest)).toThrow('[alerting.0]');
    expect(() => registerFeature({ ...young, scope: ['spaces'] }, newest)).toThrow('[scope]');
    expect(() => registerFeature({ ...young, app: [...young.app, 'other'] }, newest)).toThrow(
      'no privilege grants',
    );
  });

  it('of solutions: a feature that spaces of some lack', () => {
    const feature = { category: { id: 'observability' } };
    expect(() => checkSolutions(feature, newest)).toThrow('Spaces of es, security, chat lack the feature');
    expect(() => checkSolutions(feature, oldest)).not.toThrow();
  });

  it('of routes: protected by tags alone, or by nothing', () => {
    const route = {
      method: 'get',
      path: '/api/x',
      validate: {},
      options: { access: 'public', tags: ['access:x'] },
    };
    expect(() => registerRoute(route, oldest, [])).not.toThrow();
    expect(() => registerRoute(route, newest, [])).toThrow('protected by nothing');
    expect(() => registerRoute({ ...route, options: {} }, oldest, [])).toThrow('protected by nothing');
    const security = { authz: { requiredPrivileges: [] } };
    expect(() => registerRoute({ ...route, security }, newest, [])).toThrow('array size is [0]');
  });

  it('of saved objects: no schema from 9.3 on, an attribute that is not declared', () => {
    expect(() => registerSavedObjectType(detectorSavedObjectType as never, kibanaOf('9.2'))).not.toThrow();
    expect(() => registerSavedObjectType(detectorSavedObjectType as never, kibanaOf('9.3'))).toThrow(
      'no schemas',
    );
    expect(() => withSchemas(schema as never, { ...detectorSavedObjectType, name: 'other' })).toThrow(
      'No schema',
    );
  });

  it('of tasks', () => {
    const createTaskRunner = jest.fn();
    expect(() => registerTask({ title: 'T', timeout: '1w', createTaskRunner })).toThrow('Invalid timeout');
    expect(() => registerTask({ title: 'T', maxConcurrency: 2, createTaskRunner })).toThrow(
      '[maxConcurrency]',
    );
    const task = { id: 'a', taskType: 'x', params: {}, state: {} };
    expect(() => checkTask(task, new Set())).toThrow('Unsupported task type');
    expect(() => checkTask({ ...task, state: undefined }, new Set(['x']))).toThrow('[state]');
  });

  it('of rule types', async () => {
    const type = [...(await pluginIn(newest)).kibana.ruleTypes.values()][0];
    expect(() => registerRuleType({ ...type })).not.toThrow();
    expect(() => registerRuleType({ ...type, alerts: { ...type.alerts, context: 'Log' } })).toThrow(
      'lower case',
    );
    expect(() => registerRuleType({ ...type, defaultActionGroupId: 'x' })).toThrow('no group');
    expect(() => registerRuleType({ ...type, category: 'logs' })).toThrow('[category]');
  });

  it('of services of rules: an alert twice, too many, of an unknown group or field; a limit not told of', () => {
    const type = {
      actionGroups: [{ id: 'anomaly' }],
      doesSetRecoveryContext: true,
      alerts: { mappings: { fieldMap: { 'detector.id': {} } } },
    };
    const alert = { id: 'a', actionGroup: 'anomaly', context: {}, payload: { 'detector.id': 'd' } };
    const { client, finish } = alertsClientOf(type, { maximum: 2, before: ['old'] });
    client.report(alert);
    expect(() => client.report(alert)).toThrow('already been scheduled');
    expect(() => client.report({ ...alert, id: 'b', actionGroup: 'x' })).toThrow('no action group x');
    expect(() => client.report({ ...alert, id: 'b', payload: { other: 1 } })).toThrow('no field other');
    client.report({ ...alert, id: 'b' });
    expect(() => client.report({ ...alert, id: 'c' })).toThrow('more than 2 alerts');
    expect(() => client.setAlertData({ id: 'c' })).toThrow('has not been reported');
    expect(client.getRecoveredAlerts().map(({ alert: { getId } }) => getId())).toEqual(['old']);
    expect(() => client.report({ ...alert, id: 'd' })).toThrow('after calling done()');
    client.getAlertLimitValue();
    expect(finish).toThrow('has not reported');
    client.setAlertLimitReached();
    expect(finish).not.toThrow();
  });

  it('of security: a key without a role, with a duration of months, keys that are not named', () => {
    const key = { name: 'k', role_descriptors: { r: { cluster: [] } }, expiration: '365d' };
    expect(() => grantApiKey(key)).not.toThrow();
    expect(() => grantApiKey({ ...key, role_descriptors: undefined })).toThrow('[role_descriptors]');
    expect(() => grantApiKey({ ...key, expiration: '2M' })).toThrow('no duration');
    expect(() => grantApiKey({ ...key, roles: [] })).toThrow('[roles]');
    expect(() => invalidateApiKeys({ ids: [] })).toThrow('array size is [0]');
    expect(() => invalidateApiKeys({ id: 'a' })).toThrow();
  });

  it('of the status: a level that there is not, one that is told after the setup', async () => {
    expect(() => checkStatus({ level: 'degraded', summary: 'S' })).not.toThrow();
    expect(() => checkStatus({ level: 'broken', summary: 'S' })).toThrow('[level]');
    expect(() => checkStatus({ level: 'degraded', summary: '' })).toThrow('[summary]');
    const { kibana } = await pluginIn(newest);
    const { status } = kibana.setupCore() as { status: { set(given: object): void } };
    expect(() => status.set({ subscribe: () => ({}) })).toThrow('after setup');
  });

  it('of who may do what with rules: a type that no privilege grants, a consumer or a space that is not there', async () => {
    const actionOf = (consumer: string) => ({
      ruleTypeId: 'logAnomalies.incident',
      consumer,
      operation: 'get',
    });
    for (const facts of [oldest, newest]) {
      const feature = (await pluginIn(facts)).kibana.features[0] as unknown as AlertingFeature;
      const granted = grantedActions(feature, 'all');
      const read = (consumer: string, space: SpaceRead, may = granted) => {
        try {
          authorizeRule(
            actionOf(consumer),
            { granted: may, space },
            { feature, producer: 'logAnomalies', facts },
          );
          return 200;
        } catch (error) {
          return (error as { status: number }).status;
        }
      };
      const space = { disabledFeatures: [] };
      expect(read('logAnomalies', space)).toBe(200);
      expect(read('logAnomalies', space, new Set())).toBe(403);
      expect(read('other', space)).toBe(403);
      expect(read('logAnomalies', { disabledFeatures: ['logAnomalies'] })).toBe(403);
      // A space that cannot be read just now: older Kibanas answer as if the user had no rights.
      expect(read('logAnomalies', { error: 503 })).toBe(facts === oldest ? 403 : 500);
    }
  });

  it('of migrations of panels: registered twice, a panel claimed by two, one that its new schema refuses', () => {
    const to = (type: string, config: object): PanelMigration => ({
      from: 'legacy_vis',
      to: type,
      migrateOut: (panels) => panels.map(({ id }) => ({ panelId: id, config })),
    });
    const first = to('a', { limit: 5 });
    expect(() => registerPanelMigration(first, [])).not.toThrow();
    expect(() => registerPanelMigration(to('a', {}), [first])).toThrow('already registered');
    const panels = [{ id: 'p', type: 'legacy_vis', config: {} }];
    const schemas = new Map([['a', (config: object) => z.strictObject({ limit: z.number() }).parse(config)]]);
    expect(migratePanels(panels, [first], schemas)).toEqual([{ id: 'p', type: 'a', config: { limit: 5 } }]);
    expect(() => migratePanels(panels, [first, to('b', {})], schemas)).toThrow('claimed this panel: a, b');
    expect(() => migratePanels(panels, [to('a', { other: 1 })], schemas)).toThrow('other');
    expect(() => migratePanels(panels, [to('c', {})], schemas)).toThrow('schema not available');
    const failing = { ...first, migrateOut: () => [{ panelId: 'p', error: new Error('no') }] };
    expect(() => migratePanels(panels, [failing], schemas)).toThrow('Unable to migrate');
  });

  it('of encrypted saved objects', () => {
    const names = new Set(['secret']);
    expect(() =>
      registerEncryptedType({ type: 't', attributesToEncrypt: names, attributesToIncludeInAAD: names }),
    ).toThrow('encrypted and authenticated');
  });

  it('of panels: a schema of the other library, a name with other signs', () => {
    const definition = { title: 'T', getSchema: () => schema.object({}) };
    expect(() => registerPanel('a_b', definition, kibanaOf('9.4'))).not.toThrow();
    expect(() => registerPanel('a_b', definition, newest)).toThrow('another library');
    expect(() => registerPanel('aB', definition, kibanaOf('9.4'))).toThrow('lower case');
  });

  it('of the client of Elasticsearch: the media type of another major version, a request that there is not', () => {
    const elasticsearch = new SmallElasticsearch({ major: 9 });
    const headersOf = (major: number) => ({
      accept: `application/vnd.elasticsearch+json; compatible-with=${major}`,
    });
    expect(elasticsearch.answer('GET', '/', '', headersOf(9)).status).toBe(200);
    expect(elasticsearch.answer('GET', '/', '', headersOf(8)).status).toBe(400);
    elasticsearch.add('web-1', [{ id: '1', document: { a: 1 } }]);
    const search = (query: object) =>
      elasticsearch.answer('POST', '/web-1/_search', JSON.stringify({ query }), headersOf(9)).status;
    expect([search({ term: { a: 1 } }), search({ like: { a: 1 } })]).toEqual([200, 400]);
    expect(elasticsearch.answer('POST', '/web-1/_other', '', headersOf(9)).status).toBe(400);
    for (const { searchClient, version } of KIBANAS) expect(searchClient).toBe(Number(version[0]));
  });

  it('of runs of tasks: no state, a date as a text', () => {
    expect(() => checkRunResult({ state: {}, runAt: new Date() })).not.toThrow();
    expect(() => checkRunResult({})).toThrow('[state]');
    expect(() => checkRunResult({ state: {}, runAt: '2026-01-01' })).toThrow('[runAt]');
    expect(() => checkRunResult({ state: {}, again: true })).toThrow('[again]');
  });

  it('of settings', () => {
    expect(() => server.settings.validate({ other: 1 })).toThrow('[other]');
    expect(() => server.settings.validate({ jobs: { page_size: -1 } })).toThrow();
  });
});

it('names where each fact was read', () => {
  const known = new Set(SOURCES.map(({ of }) => of));
  expect(Object.keys(KIBANAS[0]).filter((fact) => !known.has(fact as never))).toEqual([]);
  for (const { path, commit, told_by } of SOURCES) {
    expect(path).toMatch(/^[\w./-]+$/);
    expect(commit ?? told_by).toEqual(expect.any(String));
    if (commit !== undefined) expect(commit).toMatch(/^[0-9a-f]{40}$/);
  }
  const minors = KIBANAS.map(({ version }) => version.split('.').slice(0, 2).join('.'));
  expect(minors).toEqual([
    ...['8.12', '8.13', '8.14', '8.15', '8.16', '8.17', '8.18', '8.19'],
    ...['9.0', '9.1', '9.2', '9.3', '9.4', '9.5', '9.6'],
  ]);
});
