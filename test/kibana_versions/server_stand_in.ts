import { randomUUID } from 'node:crypto';
import { Client, HttpConnection } from '@elastic/elasticsearch';
import { ENDPOINTS, type Endpoint, type Operation } from '../../common/api';
import type { PluginInitializerContext, KibanaRequest } from '../../server/kibana/contracts/contracts';
import type { TaskDefinition, TaskToSchedule } from '../../server/kibana/contracts/task_contracts';
import type { RuleType } from '../../server/kibana/contracts/alerting_contracts';
import type { KibanaFacts } from './facts';
import { SmallElasticsearch } from './small_elasticsearch';
import {
  checkRunResult,
  checkSavedObject,
  checkStatus,
  checkTask,
  checkUpgrade,
  grantApiKey,
  invalidateApiKeys,
  registerEncryptedType,
  registerFeature,
  registerPanel,
  registerPanelMigration,
  registerRoute,
  registerRuleType,
  registerSavedObjectType,
  registerTask,
  type PanelMigration,
  type RegisteredRoute,
  type SavedObjectTypeGiven,
} from './server_contracts';

/** The client of one major version, which Kibana lends; each major version of Kibana has its own. */
const CLIENTS = {
  8: { Client, HttpConnection },
  // By its types it is the one above, as far as it is used.
  9: jest.requireActual<{ Client: typeof Client; HttpConnection: typeof HttpConnection }>('elasticsearch-9'),
};

/** A client whose requests stay in memory; `requests` notes each with its path. */
export function clientOf(major: 8 | 9, elasticsearch: SmallElasticsearch, requests: string[]): Client {
  const { Client: ClientOfMajor, HttpConnection: Connection } = CLIENTS[major];
  class InMemory extends Connection {
    override async request(...[params]: Parameters<HttpConnection['request']>): Promise<never> {
      const { method = 'GET', path, querystring, body, headers } = params;
      const url = `${path}${querystring ? `?${String(querystring)}` : ''}`;
      requests.push(`${method} ${url}`);
      const answer = elasticsearch.answer(method, url, String(body ?? ''), headers as Record<string, string>);
      return {
        statusCode: answer.status,
        body: method === 'HEAD' ? '' : JSON.stringify(answer.body),
        headers: {
          'content-type': `application/vnd.elasticsearch+json;compatible-with=${major}`,
          'x-elastic-product': 'Elasticsearch',
        },
      } as never;
    }
  }
  return new ClientOfMajor({ node: 'http://small.test', Connection: InMemory, maxRetries: 0 });
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
  public readonly migrations: PanelMigration[] = [];
  public readonly features: ReturnType<typeof registerFeature>[] = [];
  public readonly statuses: unknown[] = [];
  public readonly logged: string[] = [];
  private readonly objects = new Map<
    string,
    { id: string; type: string; attributes: object; version: string; namespaces: string[] }
  >();
  public readonly requests: string[] = [];
  public readonly elasticsearch: SmallElasticsearch;
  private readonly client: Client;
  private statusSubscription: { unsubscribe(): void } | undefined;
  /** Set once plugins are started: Kibana takes no registrations any more. */
  public isStarted = false;

  constructor(public readonly facts: KibanaFacts) {
    this.elasticsearch = new SmallElasticsearch({ major: facts.searchClient });
    this.client = clientOf(facts.searchClient, this.elasticsearch, this.requests);
  }

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

  /** Puts a saved object in as an older version left it. */
  public addSavedObject(object: { id: string; type: string; attributes: object }): void {
    this.objects.set(`${object.type}/${object.id}`, { version: 'v1', namespaces: ['default'], ...object });
  }

  /**
   * Takes over what an older Kibana, or the same without the plugin, left in Elasticsearch: saved objects, tasks, indices. Kibana does
   * so once its plugins are set up.
   *
   * @throws Error where it would not start
   */
  public takeOver(older: KibanaServer): void {
    if (older.facts.version !== this.facts.version) {
      checkUpgrade(older.objects.values(), new Set(this.types.keys()));
    }
    for (const [key, object] of older.objects) this.objects.set(key, structuredClone(object));
    for (const [id, task] of older.scheduled) this.scheduled.set(id, structuredClone(task));
    this.elasticsearch.takeOver(older.elasticsearch);
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

  public readonly taskManager = {
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

  /** One run of a task, as Task Manager does it: what is over goes, what comes again keeps its state. */
  public async runTask(id: string): Promise<void> {
    const task = this.scheduled.get(id);
    const definition = this.tasks.get(task?.taskType ?? '');
    if (task === undefined || definition === undefined) throw boom(404, `no task ${id}`);
    const startedAt = new Date();
    const outcome = await definition.createTaskRunner({ taskInstance: { ...task, startedAt } }).run();
    checkRunResult(outcome);
    if (!this.scheduled.has(id)) return;
    const { state = {}, runAt, schedule = task.schedule } = outcome ?? {};
    if (runAt === undefined && schedule === undefined) this.scheduled.delete(id);
    else this.scheduled.set(id, { ...task, state, ...(runAt && { runAt }), ...(schedule && { schedule }) });
  }

  /** Runs the tasks of a type that are scheduled. @returns how many there were */
  public async runTasks(type: string): Promise<number> {
    const tasks = [...this.scheduled.values()].filter(({ taskType }) => taskType === `logAnomalies:${type}`);
    for (const { id } of tasks) await this.runTask(id);
    return tasks.length;
  }

  private readonly security = {
    authc: {
      getCurrentUser: () => ({ username: 'owner', authentication_realm: { name: 'native', type: 'native' } }),
      apiKeys: {
        areAPIKeysEnabled: async () => true,
        grantAsInternalUser: async (request: unknown, given: { name: string }) => {
          if (request === undefined) throw new Error('Only a user can grant a key: there is no request.');
          grantApiKey(given);
          return { id: randomUUID(), name: given.name, api_key: 'secret' };
        },
        invalidateAsInternalUser: async (given: unknown) => {
          invalidateApiKeys(given);
          return { error_count: 0 };
        },
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
          if (this.isStarted) throw new Error('Custom statuses cannot be registered after setup');
          this.statusSubscription = status.subscribe((value) => {
            checkStatus(value);
            this.statuses.push(value);
          });
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
          registerPanelTypeMigration: (migration: PanelMigration) => {
            registerPanelMigration(migration, this.migrations);
            this.migrations.push(migration);
          },
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

  /** One of our operations. @throws Error with what is answered unless that is 200 */
  public async call(
    operation: Operation,
    given: { readonly params?: object; readonly query?: object; readonly body?: object } = {},
  ): Promise<Record<string, unknown>> {
    const { method, path }: Endpoint = ENDPOINTS[operation];
    const route = this.routes.find((each) => each.method === method && each.path === path);
    if (route === undefined) throw new Error(`No route of ${operation} is registered.`);
    const { status, body } = await this.request(route, given);
    if (status !== 200) throw new Error(`${operation} is answered by ${status} ${String(body.message)}`);
    return body;
  }

  public stop(): void {
    this.statusSubscription?.unsubscribe();
  }
}
