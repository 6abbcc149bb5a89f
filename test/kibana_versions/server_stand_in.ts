import { randomUUID } from 'node:crypto';
import { Client, HttpConnection } from '@elastic/elasticsearch';
import type { PluginInitializerContext, KibanaRequest } from '../../server/kibana/contracts/contracts';
import type { TaskDefinition, TaskToSchedule } from '../../server/kibana/contracts/task_contracts';
import type { RuleType } from '../../server/kibana/contracts/alerting_contracts';
import type { KibanaFacts } from './facts';
import {
  checkSavedObject,
  checkTask,
  registerEncryptedType,
  registerFeature,
  registerPanel,
  registerRoute,
  registerRuleType,
  registerSavedObjectType,
  registerTask,
  type RegisteredRoute,
  type SavedObjectTypeGiven,
} from './server_contracts';

/** An Elasticsearch with security and without any index. */
class EmptyElasticsearch extends HttpConnection {
  override async request(...[params]: Parameters<HttpConnection['request']>): Promise<never> {
    const path = String(params.path);
    const [statusCode, body] = answerTo(params.method ?? 'GET', path, String(params.body ?? ''));
    return {
      statusCode,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' },
    } as never;
  }
}

const field = (type: string) => ({
  [type]: { type, searchable: true, aggregatable: true, metadata_field: false },
});

function answerTo(method: string, path: string, given: string): [status: number, body: object] {
  const nothing = { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] };
  if (path === '/')
    return [
      200,
      { name: 'one', cluster_name: 'test', version: { number: '9.4.3', build_flavor: 'default' } },
    ];
  if (path.includes('_resolve/'))
    return [200, { indices: [{ name: 'web-1', attributes: ['open'] }], aliases: [], data_streams: [] }];
  if (path.includes('_cluster/health')) return [200, { cluster_name: 'test', status: 'green' }];
  if (path.includes('_authenticate')) return [200, { username: 'owner', roles: [] }];
  if (path.includes('_has_privileges')) {
    const { index = [], cluster = [] } = JSON.parse(given) as {
      index?: { names: string[]; privileges: string[] }[];
      cluster?: string[];
    };
    const allOf = (privileges: string[]) => Object.fromEntries(privileges.map((name) => [name, true]));
    const indices = index.flatMap(({ names, privileges }) => names.map((name) => [name, allOf(privileges)]));
    return [200, { has_all_requested: true, cluster: allOf(cluster), index: Object.fromEntries(indices) }];
  }
  if (path.includes('_mget')) {
    const { docs = [], ids = [] } = JSON.parse(given) as { docs?: object[]; ids?: string[] };
    const asked = docs.length > 0 ? docs : ids.map((_id) => ({ _id }));
    return [200, { docs: asked.map((each) => ({ ...each, found: false })) }];
  }
  if (path.includes('_msearch')) {
    const searches = given.trim().split('\n').length / 2;
    const found = { took: 1, timed_out: false, _shards: { failed: 0 }, hits: nothing, status: 200 };
    return [200, { took: 1, responses: Array.from({ length: searches }, () => found) }];
  }
  if (path.includes('_search'))
    return [200, { took: 1, timed_out: false, _shards: { failed: 0 }, hits: nothing }];
  if (path.includes('_count')) return [200, { count: 0, _shards: { failed: 0 } }];
  if (path.includes('_bulk')) return [200, { took: 1, errors: false, items: [] }];
  if (path.includes('_field_caps')) {
    const fields = { '@timestamp': field('date'), 'event.ingested': field('date'), bytes: field('long') };
    return [200, { indices: ['web-1'], fields }];
  }
  if (method === 'GET' && path.includes('*')) return [200, {}];
  if (method === 'GET' || method === 'HEAD') {
    return [404, { error: { type: 'index_not_found_exception', reason: 'no such index' }, status: 404 }];
  }
  return [200, { acknowledged: true, result: 'created' }];
}

const boom = (statusCode: number, message: string): Error =>
  Object.assign(new Error(message), { output: { statusCode } });

const response = {
  ok: (given: object) => ({ status: 200, ...given }),
  customError: ({ statusCode, body }: { statusCode: number; body: { message: string } }) => {
    if (statusCode < 400 || statusCode > 599 || typeof body.message !== 'string') {
      throw new Error(`Unexpected Http status code. Expected from 400 to 599, but given: ${statusCode}`);
    }
    return { status: statusCode, body };
  },
};

export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string };
}

/** Everything that the server side of a plugin registers with one Kibana, and ways to run it. */
export class KibanaServer {
  public readonly routes: (RegisteredRoute & { handler: (...given: unknown[]) => Promise<Answer> })[] = [];
  public readonly types = new Map<string, SavedObjectTypeGiven>();
  public readonly tasks = new Map<string, TaskDefinition>();
  public readonly scheduled = new Map<string, TaskToSchedule>();
  public readonly ruleTypes = new Map<string, RuleType<never>>();
  public readonly encrypted = new Set<string>();
  public readonly panels = new Map<string, (panel: object) => unknown>();
  public readonly migrations: object[] = [];
  public readonly features: ReturnType<typeof registerFeature>[] = [];
  public readonly statuses: unknown[] = [];
  public readonly logged: string[] = [];
  private readonly objects = new Map<string, { id: string; type: string; attributes: object }>();
  private readonly client = new Client({
    node: 'http://empty.test',
    Connection: EmptyElasticsearch,
    maxRetries: 0,
  });
  private statusSubscription: { unsubscribe(): void } | undefined;

  constructor(public readonly facts: KibanaFacts) {}

  public readonly log = {
    debug: () => undefined,
    info: (text: string) => void this.logged.push(`info ${text}`),
    warn: (text: string) => void this.logged.push(`warn ${text}`),
    error: (text: string) => void this.logged.push(`error ${text}`),
    get: () => this.log,
  };

  /** @param settings below `logAnomalies` in kibana.yml, as the plugin's own schema has read them */
  public context(settings: unknown): PluginInitializerContext<never> {
    return {
      env: { packageInfo: { version: this.facts.version }, instanceUuid: randomUUID() },
      logger: { get: () => this.log },
      config: { get: () => settings as never },
    };
  }

  private savedObjects(): object {
    const typeOf = (name: string): SavedObjectTypeGiven => {
      const type = this.types.get(name);
      if (type === undefined) throw boom(400, `Unsupported saved object type: '${name}'`);
      return type;
    };
    return {
      create: async (type: string, attributes: object, { id = randomUUID() }: { id?: string } = {}) => {
        checkSavedObject(typeOf(type), JSON.parse(JSON.stringify(attributes)));
        const object = { id, type, attributes, version: 'v1', namespaces: ['default'] };
        this.objects.set(`${type}/${id}`, object);
        return object;
      },
      get: async (type: string, id: string) => {
        typeOf(type);
        const found = this.objects.get(`${type}/${id}`);
        if (found === undefined) throw boom(404, `Saved object [${type}/${id}] not found`);
        return found;
      },
      delete: async (type: string, id: string) => {
        if (!this.objects.delete(`${type}/${id}`)) throw boom(404, `Saved object [${type}/${id}] not found`);
        return {};
      },
      find: async ({ type }: { type: string }) => {
        typeOf(type);
        const found = [...this.objects.values()].filter((object) => object.type === type);
        return { total: found.length, saved_objects: found };
      },
    };
  }

  private readonly taskManager = {
    schedule: async (task: TaskToSchedule) => {
      checkTask({ ...task }, new Set(this.tasks.keys()));
      if (this.scheduled.has(task.id)) throw boom(409, 'version conflict');
      this.scheduled.set(task.id, task);
      return task;
    },
    ensureScheduled: async (task: TaskToSchedule) =>
      this.scheduled.get(task.id) ?? this.taskManager.schedule(task),
    runSoon: async (id: string) => this.taskManager.get(id),
    fetch: async () => ({ docs: [...this.scheduled.values()] }),
    get: async (id: string) => {
      const found = this.scheduled.get(id);
      if (found === undefined) throw boom(404, `no task ${id}`);
      return found;
    },
    removeIfExists: async (id: string) => void this.scheduled.delete(id),
    bulkUpdateSchedules: async () => ({ tasks: [], errors: [] }),
  };

  private readonly security = {
    authc: {
      getCurrentUser: () => ({ username: 'owner', authentication_realm: { name: 'native', type: 'native' } }),
      apiKeys: {
        areAPIKeysEnabled: async () => true,
        grantAsInternalUser: async (_request: unknown, { name }: { name: string }) => ({
          id: randomUUID(),
          name,
          api_key: 'secret',
        }),
        invalidateAsInternalUser: async () => ({ error_count: 0 }),
      },
    },
  };

  public startServices(): [core: object, plugins: object, own: undefined] {
    const scoped = { asCurrentUser: this.client, asInternalUser: this.client };
    return [
      {
        elasticsearch: { client: { asInternalUser: this.client, asScoped: () => scoped } },
        savedObjects: {
          getScopedClient: () => this.savedObjects(),
          createInternalRepository: (types: string[]) => {
            for (const type of types)
              if (!this.types.has(type)) throw new Error(`Missing mappings for ${type}`);
            return this.savedObjects();
          },
        },
      },
      {
        taskManager: this.taskManager,
        security: this.security,
        encryptedSavedObjects: {
          getClient: ({ includedHiddenTypes }: { includedHiddenTypes: string[] }) => {
            for (const type of includedHiddenTypes) {
              if (!this.encrypted.has(type)) throw new Error(`${type} is not registered for encryption`);
            }
            return {
              getDecryptedAsInternalUser: async (type: string, id: string) =>
                (this.savedObjects() as { get(type: string, id: string): Promise<object> }).get(type, id),
            };
          },
        },
        spaces: { spacesService: { getSpaceId: () => 'default' } },
      },
      undefined,
    ];
  }

  public setupCore(): object {
    const register =
      (method: string) =>
      (route: Omit<RegisteredRoute, 'method'>, handler: (...given: unknown[]) => Promise<Answer>): void => {
        const registered = { ...route, method };
        registerRoute(registered, this.facts, this.routes);
        this.routes.push({ ...registered, handler });
      };
    return {
      http: {
        createRouter: () => ({
          get: register('get'),
          post: register('post'),
          put: register('put'),
          delete: register('delete'),
        }),
        getServerInfo: () => ({ name: 'kibana.test' }),
        basePath: { publicBaseUrl: undefined, serverBasePath: '/base' },
      },
      savedObjects: {
        registerType: (type: SavedObjectTypeGiven) => {
          registerSavedObjectType(type, this.facts);
          if (this.types.has(type.name)) throw new Error(`Type '${type.name}' is already registered`);
          this.types.set(type.name, type);
        },
      },
      status: {
        set: (status: { subscribe(listener: (value: unknown) => void): { unsubscribe(): void } }) => {
          this.statusSubscription = status.subscribe((value) => this.statuses.push(value));
        },
      },
      getStartServices: async () => this.startServices(),
    };
  }

  public setupPlugins(): object {
    const { facts } = this;
    return {
      features: {
        registerKibanaFeature: (feature: unknown) => void this.features.push(registerFeature(feature, facts)),
      },
      taskManager: {
        registerTaskDefinitions: (definitions: Record<string, TaskDefinition>) => {
          for (const [type, definition] of Object.entries(definitions)) {
            registerTask({ ...definition });
            this.tasks.set(type, definition);
          }
        },
      },
      alerting: {
        registerType: (type: RuleType<never>) => {
          registerRuleType({ ...type });
          if (this.ruleTypes.has(type.id)) throw new Error(`Rule type "${type.id}" is already registered.`);
          this.ruleTypes.set(type.id, type);
        },
      },
      encryptedSavedObjects: {
        canEncrypt: true,
        registerType: (registration: Parameters<typeof registerEncryptedType>[0]) => {
          registerEncryptedType(registration);
          this.encrypted.add(registration.type);
        },
      },
      embeddable: {
        ...(facts.panels !== 'visualizations' && {
          registerEmbeddableServerDefinition: (type: string, definition: never) => {
            if (this.panels.has(type))
              throw new Error(`Embeddable transforms for type "${type}" are already registered.`);
            this.panels.set(type, registerPanel(type, definition, facts));
          },
        }),
        ...(facts.migratesPanels && {
          registerPanelTypeMigration: (migration: object) => void this.migrations.push(migration),
        }),
      },
    };
  }

  /** One request, validated and handled as the router does it. */
  public async request(
    route: (typeof this.routes)[number],
    given: { params?: unknown; query?: unknown; body?: unknown },
  ): Promise<Answer> {
    const read: Record<string, unknown> = {};
    for (const part of ['params', 'query', 'body'] as const) {
      const validation = route.validate === false ? undefined : route.validate[part];
      if (validation === undefined) {
        read[part] = {};
        continue;
      }
      const result = validation(given[part] ?? (part === 'body' ? null : {}), {
        ok: (value: unknown) => ({ value }),
        badRequest: (error: unknown) => ({ error }),
      });
      if (result.error !== undefined) return { status: 400, body: { message: String(result.error) } };
      read[part] = result.value;
    }
    const [core] = this.startServices() as [
      { elasticsearch: { client: { asScoped(): object } }; savedObjects: object },
      object,
      undefined,
    ];
    const context = {
      core: Promise.resolve({
        elasticsearch: { client: core.elasticsearch.client.asScoped() },
        savedObjects: { client: this.savedObjects(), getClient: () => this.savedObjects() },
      }),
    };
    const request = {
      ...read,
      headers: {},
      events: { aborted$: { subscribe: () => ({ unsubscribe: () => undefined }) } },
    } as unknown as KibanaRequest;
    return route.handler(context, request, response);
  }

  public stop(): void {
    this.statusSubscription?.unsubscribe();
  }
}
