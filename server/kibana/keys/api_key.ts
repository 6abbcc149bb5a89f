import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { withRetries, type KeyRole, type RequestOptions } from '../../elasticsearch';
import { allObjects } from '../contracts/all_objects';
import { API_KEY_TYPE, DETECTOR_TYPE, KEY_RECORD_TYPE, namespaceOf } from '../contracts/identifiers';
import { bindingOf, checkBinding, isUnbound, type KeyUse } from './key_binding';
import type { EncryptedSavedObjectsClient, SavedObjectsClient } from '../contracts/saved_object_contracts';
import type { ApiKeyAttributes, DetectorAttributes } from '../contracts/saved_object_types';
import type { ApiKeyContext, RequestScope } from '../contracts/services';

/**
 * Returns true when detectors work with API keys here: security on. Only where Elasticsearch itself says that security is off the plain
 * client, which has all rights then, takes their place.
 *
 * @throws DetectionError `unavailable` when security is on and there are no API keys, or when nobody can tell
 */
export async function usesApiKeys({ security, isSecurityOff }: ApiKeyContext): Promise<boolean> {
  if (security !== undefined && (await security.authc.apiKeys.areAPIKeysEnabled())) return true;
  if (await isSecurityOff()) return false;
  throw sentenceError('unavailable', 'api_keys_off');
}

/** Purpose, limits and expiry of a key. */
export interface KeyGrant {
  /** Of the detector: shown in Stack Management > API keys. */
  readonly name: string;
  readonly role: KeyRole;
  readonly use: KeyUse;
  /** Milliseconds; undefined: it does not expire. */
  readonly expiresAfter: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** User whose rights a key gets, and the client that keeps its object. */
export type KeyRequest = Pick<RequestScope, 'request' | 'savedObjects' | 'user' | 'realm'>;

/**
 * Gives a detector the rights of whoever sends a request, for work without a request later. The key is bound to what it
 * may be used for.
 *
 * @returns id of the saved object with the key, or undefined where security is off
 * @throws DetectionError `refused` without an encryption key, `forbidden` when no key can be granted
 */
export async function grantApiKey(
  context: ApiKeyContext,
  { request, savedObjects, user, realm }: KeyRequest,
  { name, role, use, expiresAfter, now }: KeyGrant,
): Promise<string | undefined> {
  const { security, canEncrypt } = context;
  if (security === undefined || !(await usesApiKeys(context))) return undefined;
  if (!canEncrypt) throw sentenceError('refused', 'no_encryption_key');
  const granted = await security.authc.apiKeys
    .grantAsInternalUser(request, {
      name: `Log Anomalies: ${name}`.slice(0, 255),
      role_descriptors: { log_anomalies_detector: role },
      ...(expiresAfter !== undefined && { expiration: `${Math.ceil(expiresAfter / 1_000)}s` }),
      metadata: { managed: true, kibana: { type: 'log_anomalies_detector' } },
    })
    .catch((error: Error) => {
      throw new DetectionError(
        'forbidden',
        `No API key could be granted for the detector: ${error.message}. Sign in with a password, a token or single sign-on; a detector cannot be saved with an API key alone.`,
        { cause: error },
      );
    });
  if (granted === null) throw sentenceError('unavailable', 'api_keys_later');
  const attributes: ApiKeyAttributes = {
    api_key_id: granted.id,
    api_key: Buffer.from(`${granted.id}:${granted.api_key}`).toString('base64'),
    detector_name: name,
    ...bindingOf(use),
    granted_at: new Date(now).toISOString(),
    ...(expiresAfter !== undefined && { expires_at: new Date(now + expiresAfter).toISOString() }),
    ...(user !== undefined && { owner: user }),
    ...(realm !== undefined && { owner_realm: realm }),
  };
  try {
    const record = { api_key_id: granted.id, granted_at: new Date(now).toISOString() };
    // Both are read by their id; the sweep of keys, which searches, leaves those of the last hour alone.
    const unsearched = { refresh: false };
    const place = { id: granted.id, overwrite: true };
    await context.records.create(KEY_RECORD_TYPE, record, { ...place, ...unsearched });
    return (await savedObjects.create(API_KEY_TYPE, attributes, unsearched)).id;
  } catch (error) {
    await revokeKeyOf(context, granted.id);
    throw error;
  }
}

/**
 * Invalidates the key of a detector and forgets it. A key that was granted for another one, or that another detector needs
 * still, stays. Never throws: a key that is left behind is logged with the id of its object.
 */
export async function revokeApiKey(
  context: ApiKeyContext,
  savedObjects: SavedObjectsClient,
  objectId: string,
  { detectorId, space }: Pick<KeyUse, 'detectorId' | 'space'>,
): Promise<void> {
  try {
    const { attributes } = await savedObjects.get<ApiKeyAttributes>(API_KEY_TYPE, objectId);
    const isOwn = isUnbound(attributes)
      ? !(await isNamedByOthers(savedObjects, objectId, detectorId))
      : attributes.detector_id === detectorId && attributes.space === space;
    if (!isOwn) {
      context.log.warn(
        `The API key of the saved object ${objectId} stays: the detector ${detectorId} named it, but it is of another one.`,
      );
      return;
    }
    if (!(await revokeKeyOf(context, attributes.api_key_id))) return;
    await savedObjects.delete(API_KEY_TYPE, objectId);
  } catch (error) {
    context.log.warn(
      `The API key of the saved object ${objectId} was not revoked: ${(error as Error).message}`,
    );
  }
}

/** A key of 0.1.0 does not tell whose it is: only detectors that name it do. */
async function isNamedByOthers(
  savedObjects: SavedObjectsClient,
  objectId: string,
  detectorId: string,
): Promise<boolean> {
  const detectors = await allObjects<DetectorAttributes>(savedObjects, { type: DETECTOR_TYPE });
  return detectors.some(({ id, attributes }) => id !== detectorId && attributes.api_key_object === objectId);
}

/** @returns false when that failed; it is tried again by the sweep then */
export async function revokeKeyOf(
  { security, records, log }: ApiKeyContext,
  keyId: string,
): Promise<boolean> {
  try {
    const answer = await security?.authc.apiKeys.invalidateAsInternalUser({ ids: [keyId] });
    if (answer === null || (answer?.error_count ?? 0) > 0) throw new Error('Elasticsearch did not do it');
    await records.delete(KEY_RECORD_TYPE, keyId).catch((error: unknown) => {
      if ((error as { output?: { statusCode?: number } }).output?.statusCode !== 404) throw error;
    });
    return true;
  } catch (error) {
    log.warn(
      `The API key ${keyId} was not invalidated; that is tried again within hours, or invalidate it in Stack Management > API keys: ${(error as Error).message}`,
    );
    return false;
  }
}

/** The key that a detector names, once it is known to be granted for this use. */
export interface OpenedKey {
  /** Value of the Authorization header. */
  readonly authorization: string;
  readonly attributes: ApiKeyAttributes;
}

/**
 * @param retried how often a lost connection is tried again
 * @throws DetectionError `unauthenticated` when the key is gone, cannot be decrypted or was granted for something else;
 *   `unavailable` or `interrupted` when it could not be asked for
 */
export async function openApiKey(
  encrypted: EncryptedSavedObjectsClient,
  objectId: string | null | undefined,
  use: KeyUse,
  retried: RequestOptions = {},
): Promise<OpenedKey> {
  const advice = 'Save the detector again: that grants it a new key.';
  if (!objectId) {
    throw sentenceError('unauthenticated', 'no_api_key');
  }
  const { attributes } = await withRetries(
    () =>
      encrypted.getDecryptedAsInternalUser<ApiKeyAttributes>(API_KEY_TYPE, objectId, {
        namespace: namespaceOf(use.space),
      }),
    { what: 'read the API key of the detector', ...retried },
  ).catch((error: DetectionError) => {
    if (error.code === 'unavailable' || error.code === 'interrupted') throw error;
    throw new DetectionError('unauthenticated', `${error.message} ${advice}`, { cause: error });
  });
  checkBinding(attributes, use);
  return { authorization: `ApiKey ${attributes.api_key}`, attributes };
}
