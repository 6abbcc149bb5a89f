import { authorizationOf, grantApiKey, revokeApiKey, type ApiKeyContext } from './api_key';
import type { SavedObjectsClient } from './saved_object_contracts';

const granted = { id: 'k1', name: 'key', api_key: 's3cret' };

function contextOf(change: Partial<ApiKeyContext> = {}) {
  const invalidated: string[][] = [];
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const context: ApiKeyContext = {
    security: {
      authc: {
        getCurrentUser: () => ({ username: 'olga' }),
        apiKeys: {
          areAPIKeysEnabled: async () => true,
          grantAsInternalUser: async () => granted,
          invalidateAsInternalUser: async ({ ids }) => {
            invalidated.push(ids);
            return null;
          },
        },
      },
    },
    canEncrypt: true,
    log: { debug: ignore, info: ignore, error: ignore, warn: (text) => void warnings.push(text) },
    ...change,
  };
  return { context, invalidated, warnings };
}

const objects = (change: Partial<SavedObjectsClient>): SavedObjectsClient => change as SavedObjectsClient;

describe('the API key of a detector', () => {
  it('is kept as the Authorization header needs it', async () => {
    let kept: unknown;
    const client = objects({
      create: async (_type, attributes) => {
        kept = attributes;
        return { id: 'o1' } as never;
      },
    });
    expect(await grantApiKey(contextOf().context, {}, client, 'Web')).toBe('o1');
    expect(kept).toEqual({
      api_key_id: 'k1',
      api_key: Buffer.from('k1:s3cret').toString('base64'),
      detector_name: 'Web',
    });
    const encrypted = { getDecryptedAsInternalUser: async () => ({ attributes: kept }) as never };
    expect(await authorizationOf(encrypted, 'o1', 'default')).toBe(
      `ApiKey ${Buffer.from('k1:s3cret').toString('base64')}`,
    );
  });

  it('is invalidated when it cannot be kept', async () => {
    const { context, invalidated } = contextOf();
    const client = objects({ create: () => Promise.reject(new Error('no room')) });
    await expect(grantApiKey(context, {}, client, 'Web')).rejects.toThrow('no room');
    expect(invalidated).toEqual([['k1']]);
  });

  it('is not needed where security is off', async () => {
    const client = objects({});
    expect(await grantApiKey(contextOf({ security: undefined }).context, {}, client, 'Web')).toBeUndefined();
  });

  it('is not granted without a way to encrypt it', async () => {
    const { context } = contextOf({ canEncrypt: false });
    await expect(grantApiKey(context, {}, objects({}), 'Web')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('xpack.encryptedSavedObjects.encryptionKey'),
    });
  });

  it('says who can get one when none is granted', async () => {
    const { context } = contextOf();
    context.security!.authc.apiKeys.grantAsInternalUser = () =>
      Promise.reject(new Error('Unsupported scheme "ApiKey" for granting API Key'));
    await expect(grantApiKey(context, {}, objects({}), 'Web')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Sign in with a password'),
    });
  });

  it('that is left behind is told in the log, and nothing fails for it', async () => {
    const { context, warnings } = contextOf();
    await revokeApiKey(context, objects({ get: () => Promise.reject(new Error('gone')) }), 'o1');
    expect(warnings).toEqual([expect.stringContaining('o1 was not revoked: gone')]);
  });

  it('that cannot be read is a matter of saving the detector again', async () => {
    const encrypted = { getDecryptedAsInternalUser: () => Promise.reject(new Error('Unable to decrypt')) };
    await expect(authorizationOf(encrypted, 'o1', 'default')).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringMatching(/Unable to decrypt.*Save the detector again/),
    });
    await expect(authorizationOf(encrypted, undefined, 'default')).rejects.toThrow(/has no API key/);
  });
});
