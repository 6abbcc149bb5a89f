import { randomUUID } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import type { Endpoint, Operation } from '../../common/api';
import { ENDPOINTS } from '../../common/api';
import { connect } from '../../server/elasticsearch';
import { sleep } from '../../server/elasticsearch/attempt';
import { createBackfillTask } from '../../server/kibana/backfill_task';
import type {
  KibanaRequest,
  KibanaResponseFactory,
  RouteConfig,
  RouteHandler,
  Router,
} from '../../server/kibana/contracts';
import { createDemoTask } from '../../server/kibana/demo_task';
import { createDetectionTask } from '../../server/kibana/detection_task';
import { createFeature } from '../../server/kibana/feature';
import {
  API_KEY_TYPE,
  BACKFILL_TASK_TYPE,
  DEMO_TASK_TYPE,
  DETECTION_TASK_TYPE,
  INTERNAL_TYPES,
  TRAINING_TASK_TYPE,
} from '../../server/kibana/identifiers';
import { createModelDecoder, type ModelDecoder } from '../../server/detection/decode_model';
import { limitersOf, readersOf } from '../../server/kibana/start_services';
import { largestBody, usageLimitsSchema, type UsageLimitsInput } from '../../server/kibana/usage_limits';
import { jobLimitsSchema, type JobLimits } from '../../server/kibana/job_limits';
import { parseKeySettings, type KeySettingsInput } from '../../server/kibana/key_settings';
import type { ReportedRun } from '../../server/kibana/plugin_status';
import { registerRoutes } from '../../server/kibana/routes/register_routes';
import type { SavedObject, SavedObjectsClient } from '../../server/kibana/saved_object_contracts';
import {
  apiKeySavedObjectType,
  AUTHENTICATED_ATTRIBUTES,
  detectorSavedObjectType,
  keyRecordSavedObjectType,
} from '../../server/kibana/saved_object_types';
import type { ApiKeys } from '../../server/kibana/security_contracts';
import type { Services } from '../../server/kibana/services';
import type {
  TaskDefinition,
  TaskInstance,
  TaskManagerStart,
  TaskToSchedule,
} from '../../server/kibana/task_contracts';
import { createTrainingTask } from '../../server/kibana/training_task';
import { doTrainingWork } from '../../server/kibana/training_work';
import type { AlertsConfig } from '../../server/notifications';

const boom = (statusCode: number, message: string): Error =>
  Object.assign(new Error(message), { output: { statusCode } });

interface Stored extends SavedObject<unknown> {
  readonly space: string;
  /** Stands for the authentication of the encrypted attributes: what it was computed over. */
  readonly authenticated?: string;
}

/** Who asks for saved objects, and what they may see. */
export interface SavedObjectsAccess {
  /** Types that are hidden unless they are named here. */
  readonly includedHiddenTypes: readonly string[];
  /** Types that the features of the user's role grant; undefined for Kibana itself. */
  readonly granted?: { readonly all: readonly string[]; readonly read: readonly string[] };
}

const bodyText = (body: unknown): string => (typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));

/** Kibana's own, and those of the plugin as it registers them. */
const TYPES = new Map<string, { readonly hidden: boolean }>([
  ['index-pattern', { hidden: false }],
  ...[detectorSavedObjectType, apiKeySavedObjectType, keyRecordSavedObjectType].map(
    (type): [string, { hidden: boolean }] => [type.name, type],
  ),
]);

const isUuid = (id: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id);

/**
 * Saved objects of Kibana in memory: versions, conflicts, spaces, hidden types, rights and the authentication of encrypted
 * attributes behave like the real ones. Source: core-saved-objects-api-server-internal `SavedObjectsRepository`,
 * core-saved-objects-server-internal `src/routes`, x-pack/plugins/encrypted_saved_objects/server/crypto.
 */
class SavedObjects {
  public readonly objects = new Map<string, Stored>();
  private changes = 0;

  private check(
    type: string,
    right: 'all' | 'read',
    { includedHiddenTypes, granted }: SavedObjectsAccess,
  ): void {
    const known = TYPES.get(type);
    if (known === undefined || (known.hidden && !includedHiddenTypes.includes(type))) {
      throw boom(400, `Unsupported saved object type: '${type}'`);
    }
    if (granted === undefined || granted.all.includes(type)) return;
    if (right === 'read' && granted.read.includes(type)) return;
    throw boom(403, `Unable to ${right === 'read' ? 'get' : 'create'} ${type}`);
  }

  /** Type, id and the attributes that are there; the namespace is no part of it for objects that may be in several. */
  private static authenticatedOf(type: string, id: string, attributes: object): string {
    const present = Object.entries(attributes).filter(([name]) => AUTHENTICATED_ATTRIBUTES.has(name));
    return JSON.stringify([type, id, present.sort(([one], [other]) => (one < other ? -1 : 1))]);
  }

  public client(space: string, access: SavedObjectsAccess): SavedObjectsClient {
    const key = (type: string, id: string): string => `${type}/${id}`;
    const find = (type: string, id: string, namespace?: string): Stored => {
      const found = this.objects.get(key(type, id));
      if (found === undefined || found.space !== (namespace ?? space)) {
        throw boom(404, `Saved object [${type}/${id}] not found`);
      }
      return found;
    };
    return {
      create: async (type, attributes, options = {}) => {
        this.check(type, 'all', access);
        const isEncrypted = type === API_KEY_TYPE;
        if (isEncrypted && options.id !== undefined && !isUuid(options.id)) {
          throw boom(400, 'Predefined IDs are not allowed for saved objects with encrypted attributes');
        }
        const id = options.id ?? randomUUID();
        const existing = this.objects.get(key(type, id));
        if (existing !== undefined) {
          if (!options.overwrite) throw boom(409, 'exists');
          if (options.version !== undefined && options.version !== existing.version) {
            throw boom(409, 'version conflict');
          }
        }
        const where = options.namespace ?? space;
        const stored: Stored = {
          id,
          type,
          space: where,
          version: `v${++this.changes}`,
          attributes: JSON.parse(JSON.stringify(attributes)),
          namespaces: [where],
          ...(isEncrypted && {
            authenticated: SavedObjects.authenticatedOf(type, id, attributes as object),
          }),
        };
        this.objects.set(key(type, id), stored);
        return structuredClone(stored) as never;
      },
      get: async (type, id, options) => {
        this.check(type, 'read', access);
        return structuredClone(withoutSecrets(find(type, id, options?.namespace))) as never;
      },
      delete: async (type, id, options) => {
        this.check(type, 'all', access);
        find(type, id, options?.namespace);
        this.objects.delete(key(type, id));
        return {};
      },
      find: async ({ type, search, page = 1, perPage = 20, namespaces = [space] }) => {
        this.check(type, 'read', access);
        const found = [...this.objects.values()].filter(
          (object) =>
            object.type === type &&
            (namespaces.includes('*') || namespaces.includes(object.space)) &&
            (search === undefined ||
              String((object.attributes as { name: string }).name)
                .toLowerCase()
                .startsWith(search.replace(/\*$/, '').toLowerCase())),
        );
        return {
          total: found.length,
          saved_objects: structuredClone(
            found.slice((page - 1) * perPage, page * perPage).map(withoutSecrets),
          ) as never[],
        };
      },
    };
  }

  /** @throws Error when an attribute that was authenticated with the secret has been changed since */
  public async decrypt(type: string, id: string, namespace: string): Promise<never> {
    const found = this.objects.get(`${type}/${id}`);
    if (found === undefined || found.space !== namespace) {
      throw boom(404, `Saved object [${type}/${id}] not found`);
    }
    if (found.authenticated !== SavedObjects.authenticatedOf(type, id, found.attributes as object)) {
      throw new Error(`Unable to decrypt attribute "api_key" of saved object "${type},${id}"`);
    }
    return structuredClone(found) as never;
  }

  /**
   * `POST /api/saved_objects/<type>/<id>?overwrite=true`, which `_import` comes down to as well, for somebody with these
   * rights. Updates and deletions through that API are refused for the same types.
   */
  public async throughHttpApi(person: Person, space: string): Promise<SavedObjectsClient> {
    return this.client(space, { includedHiddenTypes: [], granted: grantedTo(person) });
  }
}

/** Encrypted attributes leave by decryption alone. */
const withoutSecrets = ({ authenticated: _tag, ...object }: Stored): Stored => {
  if (object.type !== API_KEY_TYPE) return object;
  const { api_key: _secret, ...attributes } = object.attributes as { api_key: string };
  return { ...object, attributes };
};

/** What the roles of a person grant of saved objects, by the feature that the plugin registers. */
function grantedTo({ privileges }: Person): NonNullable<SavedObjectsAccess['granted']> {
  const { all, read } = createFeature('8.12.2').privileges;
  return (privileges.includes('write') ? all : read).savedObject;
}

/** Task Manager in memory: nothing runs by itself, tests run what is due. */
class Tasks implements TaskManagerStart {
  public readonly scheduled = new Map<string, TaskToSchedule & { status: string }>();
  public readonly soon: string[] = [];

  constructor(private readonly definitions: () => Record<string, TaskDefinition>) {}

  public async schedule(task: TaskToSchedule): Promise<TaskInstance> {
    if (this.scheduled.has(task.id)) throw boom(409, 'exists');
    this.scheduled.set(task.id, { ...task, runAt: task.runAt ?? new Date(), status: 'idle' });
    return task;
  }
  public async ensureScheduled(task: TaskToSchedule): Promise<TaskInstance> {
    return this.scheduled.get(task.id) ?? this.schedule(task);
  }
  public async runSoon(id: string): Promise<void> {
    if (!this.scheduled.has(id)) throw boom(404, 'no task');
    this.soon.push(id);
  }
  public async get(id: string): Promise<TaskInstance> {
    const found = this.scheduled.get(id);
    if (found === undefined) throw boom(404, 'no task');
    return found;
  }
  public async removeIfExists(id: string): Promise<void> {
    this.scheduled.delete(id);
  }
  public async bulkUpdateSchedules(ids: string[], schedule: { interval: string }): Promise<void> {
    for (const id of ids) {
      const found = this.scheduled.get(id);
      if (found) this.scheduled.set(id, { ...found, schedule });
    }
  }

  /** One run, as Task Manager does it: state and schedule are kept; without a next run the task goes. */
  public async run(id: string): Promise<void> {
    const task = this.scheduled.get(id);
    if (task === undefined) throw boom(404, `no task ${id}`);
    const runner = this.definitions()[task.taskType].createTaskRunner({ taskInstance: task });
    const outcome = await runner.run();
    // Removed meanwhile: there is nothing to keep.
    if (!this.scheduled.has(id)) return;
    if (outcome?.schedule === undefined && outcome?.runAt === undefined) {
      this.scheduled.delete(id);
      return;
    }
    // Without a time of its own the next run follows the schedule.
    this.scheduled.set(id, { ...task, runAt: undefined, ...outcome });
  }
}

export interface Person {
  readonly name: string;
  readonly client: Client;
  readonly authorization?: { username: string; password: string };
  readonly privileges: readonly ('read' | 'write')[];
}

export interface Reply {
  readonly status: number;
  readonly body: never;
  readonly headers: Record<string, string>;
}

export interface KibanaStandIn {
  readonly services: Services;
  readonly tasks: Tasks;
  readonly savedObjects: SavedObjects;
  readonly routes: ReadonlyMap<string, RouteConfig>;
  /** Messages that were logged, with their level in front. */
  readonly logged: string[];
  /** How runs went, for Kibana's status page. */
  readonly reported: ReportedRun[];
  now: () => number;
  call(
    person: Person,
    operation: Operation,
    given?: { params?: Record<string, string>; query?: Record<string, string | string[]>; body?: unknown },
    space?: string,
  ): Promise<Reply>;
}

export interface StandInOptions {
  /** Somebody who may grant API keys; without one security is off. */
  readonly administrator?: Client;
  /** Has all rights: stands for Kibana's own client where security is off. */
  readonly plain?: Client;
  readonly canEncrypt?: boolean;
  readonly keys?: KeySettingsInput;
  readonly limits?: Partial<JobLimits>;
  readonly usage?: UsageLimitsInput;
  /** Default: models are decoded on the calling thread. */
  readonly decoder?: ModelDecoder;
  readonly alerts?: AlertsConfig;
  /** Holds training up; throws when `signal` fires, as the thread that trains does. */
  readonly beforeTraining?: (signal: AbortSignal | undefined) => Promise<void>;
}

/** The plugin's own routes and tasks over a real Elasticsearch; only Kibana around them is played. */
export function startKibanaStandIn(options: StandInOptions): KibanaStandIn {
  const savedObjects = new SavedObjects();
  const logged: string[] = [];
  const reported: ReportedRun[] = [];
  const note =
    (level: string) =>
    (message: string): void =>
      void logged.push(`${level} ${message}`);
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const { administrator } = options;
  const people = new WeakMap<object, Person>();
  const spaces = new WeakMap<object, string>();
  const apiKeys: ApiKeys = {
    areAPIKeysEnabled: async () => administrator !== undefined,
    grantAsInternalUser: async (request, { name, expiration, role_descriptors, metadata }) => {
      const person = people.get(request as object);
      if (person?.authorization === undefined) throw new Error('Unsupported scheme "ApiKey"');
      const granted = await (administrator as Client).security.grantApiKey({
        grant_type: 'password',
        ...person.authorization,
        api_key: {
          name,
          ...(expiration !== undefined && { expiration }),
          role_descriptors: role_descriptors as never,
          metadata: metadata,
        },
      });
      return { id: granted.id, name: granted.name, api_key: granted.api_key };
    },
    invalidateAsInternalUser: async ({ ids }) => {
      await (administrator as Client).security.invalidateApiKey({ ids });
      return { error_count: 0 };
    },
  };
  const standIn = { now: () => Date.now() };
  const definitions = {
    [DETECTION_TASK_TYPE]: createDetectionTask(
      async () => services,
      (run) => void reported.push(run),
    ),
    [TRAINING_TASK_TYPE]: createTrainingTask(async () => services),
    [BACKFILL_TASK_TYPE]: createBackfillTask(async () => services),
    [DEMO_TASK_TYPE]: createDemoTask(async () => services),
  };
  const tasks = new Tasks(() => definitions);
  const internal = savedObjects.client('default', { includedHiddenTypes: INTERNAL_TYPES });
  const usage = usageLimitsSchema.parse(options.usage ?? {});
  const services: Services = {
    clock: { now: () => standIn.now(), sleep },
    log,
    keys: parseKeySettings(options.keys),
    limits: { ...jobLimitsSchema.parse({}), ...options.limits },
    usage,
    ...limitersOf(usage),
    ...readersOf(options.decoder ?? createModelDecoder()),
    alerts: options.alerts,
    links: { publicBaseUrl: 'https://kibana.test', kibanaVersion: '8.12.2' },
    taskManager: tasks,
    apiKeys: {
      security:
        administrator === undefined
          ? undefined
          : {
              authc: {
                apiKeys,
                getCurrentUser: (request) => {
                  const person = people.get(request as object);
                  return person
                    ? { username: person.name, authentication_realm: { name: 'native', type: 'native' } }
                    : null;
                },
              },
            },
      records: internal,
      isSecurityOff: async () => administrator === undefined,
      canEncrypt: options.canEncrypt ?? true,
      log,
    },
    encrypted: {
      getDecryptedAsInternalUser: (type, id, where) =>
        savedObjects.decrypt(type, id, where?.namespace ?? 'default'),
    },
    internalSavedObjects: internal,
    clientFor: (authorization) => {
      if (authorization === undefined) return options.plain as Client;
      return connect({
        url: process.env.ELASTICSEARCH_URL as string,
        api_key: authorization.replace('ApiKey ', ''),
      });
    },
    seer: administrator ?? options.plain,
    train: async (work, signal, tell) => {
      if (options.beforeTraining) await options.beforeTraining(signal);
      return doTrainingWork(work, () => standIn.now(), tell);
    },
    spaceOf: (request) => spaces.get(request) ?? 'default',
  };

  const routes = new Map<string, RouteConfig>();
  const handlers = new Map<string, RouteHandler>();
  const add =
    (method: string) =>
    (route: RouteConfig, handler: RouteHandler): void => {
      routes.set(`${method} ${route.path}`, route);
      handlers.set(`${method} ${route.path}`, handler);
    };
  const router: Router = { get: add('get'), post: add('post'), put: add('put'), delete: add('delete') };
  registerRoutes(router, {
    getServices: async () => services,
    log,
    largestModelBytes: largestBody(usage),
  });

  const call: KibanaStandIn['call'] = async (person, operation, given = {}, space = 'default') => {
    const endpoint: Endpoint = ENDPOINTS[operation];
    const name = `${endpoint.method} ${endpoint.path}`;
    const route = routes.get(name) as RouteConfig;
    const wanted = (route.options?.tags ?? []).map((tag) => tag.replace('access:logAnomalies-', ''));
    if (!wanted.every((privilege) => person.privileges.includes(privilege as 'read'))) {
      return { status: 403, body: { message: 'Forbidden' } as never, headers: {} };
    }
    const checked: Record<string, unknown> = { params: {}, query: {}, body: null };
    for (const part of ['params', 'query', 'body'] as const) {
      const validate = route.validate !== false ? route.validate[part] : undefined;
      if (validate === undefined) continue;
      // What is not parsed arrives as the bytes that were sent.
      const isRaw = part === 'body' && route.options?.body?.parse === false;
      const sent = isRaw ? Buffer.from(bodyText(given.body)) : given[part];
      const outcome = validate(sent ?? (part === 'body' ? null : {}), {
        ok: (value) => ({ value }),
        badRequest: (error) => ({ error }),
      });
      if ('error' in outcome) {
        return { status: 400, body: { message: String(outcome.error) } as never, headers: {} };
      }
      checked[part] = outcome.value;
    }
    const request = {
      ...checked,
      headers: {},
      events: { aborted$: { subscribe: () => ({ unsubscribe: () => undefined }) } },
    } as unknown as KibanaRequest;
    const granted = grantedTo(person);
    people.set(request, person);
    spaces.set(request, space);
    const context = {
      core: Promise.resolve({
        elasticsearch: { client: { asCurrentUser: person.client, asInternalUser: person.client } },
        savedObjects: {
          client: savedObjects.client(space, { includedHiddenTypes: [], granted }),
          getClient: (options: { includedHiddenTypes: string[] }) =>
            savedObjects.client(space, { ...options, granted }),
        },
      }),
    };
    const response: KibanaResponseFactory = {
      ok: ({ body, headers = {} }) => ({ status: 200, body, headers }),
      customError: ({ statusCode, body, headers = {} }) => ({ status: statusCode, body, headers }),
    };
    return (await (handlers.get(name) as RouteHandler)(context, request, response)) as Reply;
  };
  return Object.assign(standIn, { services, tasks, savedObjects, routes, logged, reported, call });
}
