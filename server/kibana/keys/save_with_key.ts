import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import type { SavedObjectsClient } from '../contracts/saved_object_contracts';
import type { ApiKeyContext } from '../contracts/services';
import { revokeApiKey } from './api_key';
import type { KeyUse } from './key_binding';

/** Refusals after which a detector is as it was before. */
const SURE: ReadonlySet<DetectionErrorCode> = new Set([
  'conflict',
  'not_found',
  'forbidden',
  'invalid_input',
]);

/** A detector as far as it tells the key that it works with. */
interface Keyed {
  readonly apiKeyObject: string | undefined;
}

/** A key that was granted for what is to be saved. */
export interface GrantedKey {
  /** Id of its saved object; undefined where security is off. */
  readonly object: string | undefined;
  readonly use: KeyUse;
}

/**
 * Saves a detector that names a new key. Where saving fails, the stored detector tells which key it works with: an answer that was
 * lost is no refusal. A key that nothing was saved with is revoked; where nobody can tell, it is left to the sweep of keys.
 *
 * @param work `save` saves the detector, `read` reads it as it is stored
 * @throws whatever `save` throws, unless it has saved
 */
export async function saveWithKey<Stored extends Keyed>(
  context: ApiKeyContext,
  savedObjects: SavedObjectsClient,
  { object, use }: GrantedKey,
  work: { readonly save: () => Promise<Stored>; readonly read: () => Promise<Stored> },
): Promise<Stored> {
  try {
    return await work.save();
  } catch (error) {
    if (object === undefined) throw error;
    const stored = await work.read().catch(() => undefined);
    if (stored?.apiKeyObject === object) return stored;
    if (error instanceof DetectionError && SURE.has(error.code)) {
      await revokeApiKey(context, savedObjects, object, use);
    }
    throw error;
  }
}
