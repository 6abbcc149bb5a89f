import type { Detector } from '../../../common/detector';
import { API_KEY_TYPE, DETECTOR_TYPE, KEY_RECORD_TYPE } from './identifiers';
import type { SavedObjectType } from './saved_object_contracts';

/** Attributes of a saved detector. Only `name` and `enabled` are indexed. */
export interface DetectorAttributes {
  readonly name: string;
  readonly detector: Detector;
  readonly enabled: boolean;
  /** Id of the saved object with the owner's API key; absent where security is off. */
  readonly api_key_object?: string | null;
  readonly owner?: string | null;
  /** Fields that its models may have a run read, as `readsOf` lists them; absent in objects of 0.1.0. */
  readonly model_reads?: readonly string[];
  readonly created_at: string;
  readonly created_by?: string | null;
  readonly updated_at: string;
  readonly updated_by?: string | null;
}

/** `api_key` is `id:key` in base64, as the Authorization header has it; encrypted. All but the first three came after 0.1.0. */
export interface ApiKeyAttributes {
  readonly api_key_id: string;
  readonly api_key: string;
  readonly detector_name: string;
  /** Detector, space and settings that the key was granted for: see key_binding.ts. */
  readonly detector_id?: string;
  readonly space?: string;
  readonly steering_hash?: string;
  /** User whose rights the key has: name, and the realm that knows that name. */
  readonly owner?: string;
  readonly owner_realm?: string;
  /** ISO 8601. */
  readonly granted_at?: string;
  /** ISO 8601; absent: never. */
  readonly expires_at?: string;
}

/** Its id is that of the key. */
export interface KeyRecordAttributes {
  readonly api_key_id: string;
  /** ISO 8601. */
  readonly granted_at: string;
}

export const ENCRYPTED_ATTRIBUTES: ReadonlySet<string> = new Set(['api_key']);
/**
 * All the others: what 8.12 authenticates by default and what later versions want named. Attributes that an object does not
 * have are left out, so those of 0.1.0 can be read still.
 */
export const AUTHENTICATED_ATTRIBUTES: ReadonlySet<string> = new Set([
  'api_key_id',
  'detector_name',
  'detector_id',
  'space',
  'steering_hash',
  'owner',
  'owner_realm',
  'granted_at',
  'expires_at',
]);

/**
 * Hidden: Kibana's own HTTP APIs for saved objects, its import and export among them, neither read nor write a detector,
 * since it decides what is read with its owner's API key. Settings leave and come through our own API.
 */
export const detectorSavedObjectType: SavedObjectType = {
  name: DETECTOR_TYPE,
  hidden: true,
  namespaceType: 'multiple-isolated',
  mappings: { dynamic: false, properties: { name: { type: 'text' }, enabled: { type: 'boolean' } } },
  modelVersions: { 1: { changes: [] } },
};

export const apiKeySavedObjectType: SavedObjectType = {
  name: API_KEY_TYPE,
  hidden: true,
  namespaceType: 'multiple-isolated',
  mappings: { dynamic: false, properties: {} },
  modelVersions: { 1: { changes: [] } },
};

export const keyRecordSavedObjectType: SavedObjectType = {
  name: KEY_RECORD_TYPE,
  hidden: true,
  namespaceType: 'agnostic',
  mappings: { dynamic: false, properties: {} },
  modelVersions: { 1: { changes: [] } },
};
