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
  'refused',
]);

/** Returns true for an error of saving a detector that tells that nothing was saved; others tell only that nobody answered. */
export const isSureRefusal = (error: unknown): boolean =>
  error instanceof DetectionError && SURE.has(error.code);

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

interface SavingWork<Stored> {
  readonly save: () => Promise<Stored>;
  /** Reads the detector as it is stored. */
  readonly read: () => Promise<Stored>;
  /** Returns true for what was to be saved; asked only where security is off, and no key tells it. */
  readonly isSaved: (stored: Stored) => boolean;
}

/**
 * Saves a detector that names a new key. Where saving fails, the stored detector tells which key it works with: an answer that was
 * lost is no refusal. A key that nothing was saved with is revoked; where nobody can tell, it is left to the sweep of keys.
 *
 * @throws whatever `save` throws, unless it has saved
 */
export async function saveWithKey<Stored extends Keyed>(
  context: ApiKeyContext,
  savedObjects: SavedObjectsClient,
  { object, use }: GrantedKey,
  { save, read, isSaved }: SavingWork<Stored>,
): Promise<Stored> {
  try {
    return await save();
  } catch (error) {
    const stored = await read().catch(() => undefined);
    const isDone =
      stored !== undefined && (object === undefined ? isSaved(stored) : stored.apiKeyObject === object);
    if (isDone) return stored;
    if (object !== undefined && isSureRefusal(error)) {
      await revokeApiKey(context, savedObjects, object, use);
    }
    throw error;
  }
}
