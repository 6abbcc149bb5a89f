import type { ElasticsearchClient } from '../../elasticsearch';
import type { Clock } from '../../detection/ports';
import type { AlertsConfig } from '../../notifications';
import type { KibanaRequest } from './contracts';
import type { LinkBase } from './links';
import type { JobLimits } from '../limits/job_limits';
import type { KeySettings } from './key_settings';
import type { EncryptedSavedObjectsClient, SavedObjectsClient } from './saved_object_contracts';
import type { Logger, SecurityStart } from './security_contracts';
import type { TaskManagerStart } from './task_contracts';
import type { BackgroundSlots } from '../limits/background_slots';
import type { ModelDecoder } from '../../detection/decoding/decode_model';
import type { ModelReader } from '../../detection/decoding/model_reader';
import type { RequestLimiter } from '../limits/request_limiter';
import type { UsageLimits } from '../limits/usage_limits';
import type { Trainer } from '../../detection/training/training_work';

/** Parts of Kibana that grant API keys. */
export interface ApiKeyContext {
  /** Absent where the security plugin is. */
  readonly security: SecurityStart | undefined;
  /** Asks Elasticsearch itself, since Kibana tells a switched-off feature and an unknown licence apart from neither. */
  isSecurityOff(): Promise<boolean>;
  /** Records of the keys that exist. */
  readonly records: Pick<SavedObjectsClient, 'create' | 'delete'>;
  readonly canEncrypt: boolean;
  readonly log: Logger;
}

/** One Kibana of a cluster. */
export interface KibanaIdentity {
  readonly id: string;
  /** `server.name` of kibana.yml, by default the name of the host. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** Services of the plugin once Kibana is up; routes and tasks are given them. */
export interface Services {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: JobLimits;
  /** Limits of users' requests. */
  readonly usage: UsageLimits;
  /** Reads stored models and files of models. */
  readonly models: ModelReader;
  readonly decoder: ModelDecoder;
  /** Turns of expensive requests. */
  readonly requests: RequestLimiter;
  /** Places of background work. */
  readonly slots: BackgroundSlots;
  readonly keys: KeySettings;
  readonly alerts: AlertsConfig | undefined;
  /** This Kibana among those of its cluster. */
  readonly self: KibanaIdentity;
  readonly links: Omit<LinkBase, 'space'>;
  readonly taskManager: TaskManagerStart;
  readonly apiKeys: ApiKeyContext;
  readonly encrypted: EncryptedSavedObjectsClient | undefined;
  /** Saved objects without a user: only to look up the detectors that a task or a rule is about. */
  readonly internalSavedObjects: SavedObjectsClient;
  /** A client with the rights of this Authorization header; without one the plain client, where security is off. */
  clientFor(authorization: string | undefined): ElasticsearchClient;
  /** Kibana's own user, which may see the names of indices; absent where nobody may. Nothing is read with it. */
  readonly seer: ElasticsearchClient | undefined;
  readonly train: Trainer;
  /** Tells Kibana's status page that a detector was deleted or stopped: its runs are not counted any more. */
  forgetRuns(detectorId: string): void;
  /** Space that a request is made in. */
  spaceOf(request: KibanaRequest): string;
}

/** Realm of requests that bring an API key, whose user is the one who made the key. */
export const API_KEY_REALM = '_es_api_key';

/** One request: whose it is and what that person may. */
export interface RequestScope {
  readonly space: string;
  readonly user: string | undefined;
  /** Name of the realm that knows the user by that name; {@link API_KEY_REALM} for a request with an API key. */
  readonly realm: string | undefined;
  readonly request: KibanaRequest;
  readonly elasticsearch: ElasticsearchClient;
  readonly savedObjects: SavedObjectsClient;
}
