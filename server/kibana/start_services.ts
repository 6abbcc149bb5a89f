import { DetectionError } from '../../common/detection_error';
import { DEFAULT_SPACE, isSecurityOff } from '../elasticsearch';
import { sleep } from '../elasticsearch/transport/attempt';
import type { AlertsConfig } from '../notifications';
import type { CoreStart, KibanaRequest } from './contracts/contracts';
import { API_KEY_TYPE, INTERNAL_TYPES } from './contracts/identifiers';
import type { JobLimits } from './limits/job_limits';
import type { KeySettings } from './contracts/key_settings';
import { findBuiltWorker } from '../detection/workers/built_worker';
import { createModelDecoder, type ModelDecoder } from '../detection/decoding/decode_model';
import { ModelReader } from '../detection/decoding/model_reader';
import { BackgroundSlots } from './limits/background_slots';
import { RequestLimiter } from './limits/request_limiter';
import { lanesOf, type UsageLimits } from './limits/usage_limits';
import type { EncryptedSavedObjectsClient } from './contracts/saved_object_contracts';
import type { Logger, SecurityStart } from './contracts/security_contracts';
import type { Services } from './contracts/services';
import type { TaskManagerStart } from './contracts/task_contracts';
import { createWorkerTrainer } from './tasks/train_in_worker';

/** Below the folder of the bundled server. */
const TRAINING_WORKER = 'kibana/tasks/training_worker.js';

/** Contracts of other plugins that we use once they have started. */
export interface PluginsStart {
  readonly taskManager: TaskManagerStart;
  readonly security?: SecurityStart;
  readonly encryptedSavedObjects?: {
    getClient(options: { includedHiddenTypes: string[] }): EncryptedSavedObjectsClient;
  };
  /** Source: x-pack/plugins/spaces/server `SpacesPluginStart`. */
  readonly spaces?: { readonly spacesService: { getSpaceId(request: KibanaRequest): string } };
}

export interface ServiceSettings {
  readonly limits: JobLimits;
  readonly usage: UsageLimits;
  readonly keys: KeySettings;
  readonly alerts: AlertsConfig | undefined;
  readonly self: Services['self'];
  readonly canEncrypt: boolean;
  readonly links: Services['links'];
  readonly log: Logger;
  readonly forgetRuns: Services['forgetRuns'];
  /** Folder of the running code: the thread that trains lies there or below. */
  readonly directory: string;
}

/** Kibana asks Elasticsearch each time; whether there are API keys changes with a restart of the cluster. */
const ASK_AGAIN_AFTER_MILLISECONDS = 5 * 60_000;

function rememberApiKeys(security: SecurityStart, now: () => number): SecurityStart {
  const { authc } = security;
  let known: { readonly enabled: boolean; readonly at: number } | undefined;
  return {
    authc: {
      getCurrentUser: (request) => authc.getCurrentUser(request),
      apiKeys: {
        grantAsInternalUser: (request, parameters) => authc.apiKeys.grantAsInternalUser(request, parameters),
        invalidateAsInternalUser: (parameters) => authc.apiKeys.invalidateAsInternalUser(parameters),
        areAPIKeysEnabled: async () => {
          if (known === undefined || now() - known.at > ASK_AGAIN_AFTER_MILLISECONDS) {
            known = { enabled: await authc.apiKeys.areAPIKeysEnabled(), at: now() };
          }
          return known.enabled;
        },
      },
    },
  };
}

/** Turns and places of one Kibana. */
export const limitersOf = (usage: UsageLimits): Pick<Services, 'requests' | 'slots'> => ({
  requests: new RequestLimiter(lanesOf(usage), () => performance.now()),
  slots: new BackgroundSlots({ training: usage.trainings_at_once, backfill: usage.backfills_at_once }, () =>
    performance.now(),
  ),
});

/** Whoever reads models shares what was decoded. */
export const readersOf = (decoder: ModelDecoder): Pick<Services, 'models' | 'decoder'> => ({
  decoder,
  models: new ModelReader(decoder),
});

export function createServices(core: CoreStart, plugins: PluginsStart, settings: ServiceSettings): Services {
  const { limits, usage, keys, alerts, self, canEncrypt, links, log, forgetRuns, directory } = settings;
  const { client } = core.elasticsearch;
  const worker = findBuiltWorker(directory, TRAINING_WORKER);
  const internalSavedObjects = core.savedObjects.createInternalRepository(INTERNAL_TYPES);
  return {
    clock: { now: Date.now, sleep },
    log,
    limits,
    usage,
    ...limitersOf(usage),
    ...readersOf(createModelDecoder()),
    keys,
    alerts,
    self,
    links,
    taskManager: plugins.taskManager,
    apiKeys: {
      security: plugins.security && rememberApiKeys(plugins.security, Date.now),
      isSecurityOff: () => isSecurityOff(client.asInternalUser),
      records: internalSavedObjects,
      canEncrypt,
      log,
    },
    encrypted: plugins.encryptedSavedObjects?.getClient({ includedHiddenTypes: [API_KEY_TYPE] }),
    internalSavedObjects,
    clientFor: (authorization) =>
      authorization === undefined
        ? client.asInternalUser
        : client.asScoped({ headers: { authorization } }).asCurrentUser,
    seer: client.asInternalUser,
    forgetRuns,
    train:
      worker === undefined
        ? async () => {
            throw new DetectionError(
              'internal',
              `The plugin is incomplete: ${directory} has no ${TRAINING_WORKER}. Install it again.`,
            );
          }
        : createWorkerTrainer(worker, limits.training_memory_mb),
    spaceOf: (request) => plugins.spaces?.spacesService.getSpaceId(request) ?? DEFAULT_SPACE,
  };
}
