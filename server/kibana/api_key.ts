import { DetectionError } from '../../common/detection_error';
import { API_KEY_TYPE, namespaceOf } from './identifiers';
import type { EncryptedSavedObjectsClient, SavedObjectsClient } from './saved_object_contracts';
import type { ApiKeyAttributes } from './saved_object_types';
import type { Logger, SecurityStart } from './security_contracts';

export interface ApiKeyContext {
  /** Absent where the security plugin is. */
  readonly security: SecurityStart | undefined;
  readonly canEncrypt: boolean;
  readonly log: Logger;
}

/** Whether detectors work with API keys here: security on. Without it the plain client has all rights. */
export async function usesApiKeys({ security }: ApiKeyContext): Promise<boolean> {
  return security !== undefined && (await security.authc.apiKeys.areAPIKeysEnabled());
}

const MISSING_ENCRYPTION_KEY =
  'A detector keeps the API key of its owner encrypted, and Kibana has no encryption key: set ' +
  'xpack.encryptedSavedObjects.encryptionKey in kibana.yml to at least 32 characters and restart Kibana.';

/**
 * Gives a detector the rights of whoever sends `request`, for work without a request later.
 *
 * @returns id of the saved object with the key, or undefined where security is off
 * @throws DetectionError `refused` without an encryption key, `forbidden` when no key can be granted
 */
export async function grantApiKey(
  context: ApiKeyContext,
  request: unknown,
  savedObjects: SavedObjectsClient,
  detectorName: string,
): Promise<string | undefined> {
  const { security, canEncrypt } = context;
  if (security === undefined || !(await usesApiKeys(context))) return undefined;
  if (!canEncrypt) throw new DetectionError('refused', MISSING_ENCRYPTION_KEY);
  const granted = await security.authc.apiKeys
    .grantAsInternalUser(request, {
      name: `Log Anomalies: ${detectorName}`.slice(0, 255),
      role_descriptors: {},
      metadata: { managed: true, kibana: { type: 'log_anomalies_detector' } },
    })
    .catch((error: Error) => {
      throw new DetectionError(
        'forbidden',
        `No API key could be granted for the detector: ${error.message}. Sign in with a password, a token or single sign-on; a detector cannot be saved with an API key alone.`,
        { cause: error },
      );
    });
  if (granted === null) return undefined;
  const attributes: ApiKeyAttributes = {
    api_key_id: granted.id,
    api_key: Buffer.from(`${granted.id}:${granted.api_key}`).toString('base64'),
    detector_name: detectorName,
  };
  try {
    return (await savedObjects.create(API_KEY_TYPE, attributes)).id;
  } catch (error) {
    await invalidate(context, granted.id);
    throw error;
  }
}

/** Invalidates the key and forgets it. Never throws: a key that is left behind is logged with its id. */
export async function revokeApiKey(
  context: ApiKeyContext,
  savedObjects: SavedObjectsClient,
  objectId: string,
): Promise<void> {
  try {
    const { attributes } = await savedObjects.get<ApiKeyAttributes>(API_KEY_TYPE, objectId);
    await invalidate(context, attributes.api_key_id);
    await savedObjects.delete(API_KEY_TYPE, objectId);
  } catch (error) {
    context.log.warn(
      `The API key of the saved object ${objectId} was not revoked: ${(error as Error).message}`,
    );
  }
}

async function invalidate({ security, log }: ApiKeyContext, keyId: string): Promise<void> {
  try {
    await security?.authc.apiKeys.invalidateAsInternalUser({ ids: [keyId] });
  } catch (error) {
    log.warn(
      `The API key ${keyId} was not invalidated; invalidate it in Stack Management > API keys: ${(error as Error).message}`,
    );
  }
}

/**
 * @returns value of the Authorization header
 * @throws DetectionError `unauthenticated` when the key is gone or cannot be decrypted
 */
export async function authorizationOf(
  encrypted: EncryptedSavedObjectsClient,
  objectId: string | null | undefined,
  space: string,
): Promise<string> {
  const advice = 'Save the detector again: that grants it a new key.';
  if (!objectId) {
    throw new DetectionError('unauthenticated', `The detector has no API key. ${advice}`);
  }
  try {
    const { attributes } = await encrypted.getDecryptedAsInternalUser<ApiKeyAttributes>(
      API_KEY_TYPE,
      objectId,
      { namespace: namespaceOf(space) },
    );
    return `ApiKey ${attributes.api_key}`;
  } catch (error) {
    throw new DetectionError(
      'unauthenticated',
      `The API key of the detector cannot be read: ${(error as Error).message}. ${advice}`,
      { cause: error },
    );
  }
}
