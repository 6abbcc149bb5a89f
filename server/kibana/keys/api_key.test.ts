import { DEFAULT_RETRY_POLICY } from '../../elasticsearch';
import {
  grantApiKey,
  openApiKey,
  revokeApiKey,
  usesApiKeys,
  type KeyGrant,
  type KeyRequest,
} from './api_key';
import { bindingOf } from './key_binding';
import type { SavedObjectsClient } from '../contracts/saved_object_contracts';
import type { ApiKeyContext } from '../contracts/services';

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
            return { error_count: 0 };
          },
        },
      },
    },
    records: { create: async () => ({}) as never, delete: async () => ({}) },
    isSecurityOff: async () => false,
    canEncrypt: true,
    log: { debug: ignore, info: ignore, error: ignore, warn: (text) => void warnings.push(text) },
    ...change,
  };
  return { context, invalidated, warnings };
}

const NOW = Date.UTC(2026, 10, 1);
const use = { detectorId: 'd1', space: 'default', steering: 'hash' };
const grant: KeyGrant = {
  name: 'Web',
  role: { cluster: [], indices: [{ names: ['logs'], privileges: ['read'] }] },
  use,
  expiresAfter: 86_400_000,
  now: NOW,
};
const asked = (savedObjects: SavedObjectsClient): KeyRequest => ({
  request: {} as never,
  savedObjects,
  user: 'olga',
  realm: 'native',
});

const objects = (change: Partial<SavedObjectsClient>): SavedObjectsClient => change as SavedObjectsClient;

describe('the API key of a detector', () => {
  it('is saved without a wait for searches, which take up to a second each', async () => {
    const waits: unknown[] = [];
    const create: SavedObjectsClient['create'] = async (_type, _attributes, options) => {
      waits.push(options?.refresh);
      return { id: 'o1' } as never;
    };
    const { context } = contextOf({ records: { create, delete: async () => ({}) } });
    await grantApiKey(context, asked(objects({ create })), grant);
    expect(waits).toEqual([false, false]);
  });

  it('is kept as the Authorization header needs it', async () => {
    let kept: unknown;
    const client = objects({
      create: async (_type, attributes) => {
        kept = attributes;
        return { id: 'o1' } as never;
      },
    });
    expect(await grantApiKey(contextOf().context, asked(client), grant)).toBe('o1');
    expect(kept).toEqual({
      api_key_id: 'k1',
      api_key: Buffer.from('k1:s3cret').toString('base64'),
      detector_name: 'Web',
      detector_id: 'd1',
      space: 'default',
      steering_hash: 'hash',
      owner: 'olga',
      owner_realm: 'native',
      granted_at: '2026-11-01T00:00:00.000Z',
      expires_at: '2026-11-02T00:00:00.000Z',
    });
    const encrypted = { getDecryptedAsInternalUser: async () => ({ attributes: kept }) as never };
    expect((await openApiKey(encrypted, 'o1', use)).authorization).toBe(
      `ApiKey ${Buffer.from('k1:s3cret').toString('base64')}`,
    );
    for (const [other, said] of [
      [{ detectorId: 'd2' }, /was granted for another detector/],
      [{ space: 'b' }, /was granted for another detector/],
      [{ steering: 'other' }, /was changed past Log Anomalies/],
    ] as const) {
      await expect(openApiKey(encrypted, 'o1', { ...use, ...other })).rejects.toMatchObject({
        code: 'unauthenticated',
        message: expect.stringMatching(said),
      });
    }
  });

  it('of 0.1.0, which tells nothing of its use, is not used', async () => {
    const kept = { api_key_id: 'k1', api_key: 'a', detector_name: 'Web' };
    const encrypted = { getDecryptedAsInternalUser: async () => ({ attributes: kept }) as never };
    await expect(openApiKey(encrypted, 'o1', use)).rejects.toThrow(
      /saved by version 0\.1\.0.*save or start it/,
    );
  });

  it('of 0.1.0 stays while another detector names it', async () => {
    const { context, invalidated, warnings } = contextOf();
    const others = (id: string) =>
      objects({
        get: async () => ({ attributes: { api_key_id: 'k1', detector_name: 'Web' } }) as never,
        find: async () => ({
          total: 1,
          saved_objects: [{ id, attributes: { api_key_object: 'o1' } }] as never,
        }),
        delete: async () => ({}),
      });
    await revokeApiKey(context, others('d2'), 'o1', use);
    expect(invalidated).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/o1 stays.*of another one/)]);
    await revokeApiKey(context, others('d1'), 'o1', use);
    expect(invalidated).toEqual([['k1']]);
  });

  it('stays when it was granted for another detector', async () => {
    const { context, invalidated } = contextOf();
    const attributes = { api_key_id: 'k1', detector_id: 'd2', space: 'default' };
    const client = objects({ get: async () => ({ attributes }) as never, delete: async () => ({}) });
    await revokeApiKey(context, client, 'o1', use);
    await revokeApiKey(context, client, 'o1', { detectorId: 'd2', space: 'b' });
    expect(invalidated).toEqual([]);
    await revokeApiKey(context, client, 'o1', { detectorId: 'd2', space: 'default' });
    expect(invalidated).toEqual([['k1']]);
  });

  it('is missed where security is on and there are none: nothing works without then', async () => {
    const { context } = contextOf();
    const { apiKeys } = context.security!.authc;
    apiKeys.areAPIKeysEnabled = async () => false;
    await expect(usesApiKeys(context)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(usesApiKeys({ ...context, security: undefined })).rejects.toThrow(
      /xpack\.security\.authc\.api_key\.enabled/,
    );
    const unreachable = { ...context, isSecurityOff: () => Promise.reject(new Error('no connection')) };
    await expect(usesApiKeys(unreachable)).rejects.toThrow('no connection');
    expect(await usesApiKeys({ ...context, isSecurityOff: async () => true })).toBe(false);
  });

  it('that Kibana does not grant is no reason to go without', async () => {
    const { context } = contextOf();
    const { apiKeys } = context.security!.authc;
    apiKeys.grantAsInternalUser = async () => null;
    await expect(grantApiKey(context, asked(objects({})), grant)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('is invalidated when it cannot be kept', async () => {
    const { context, invalidated } = contextOf();
    const client = objects({ create: () => Promise.reject(new Error('no room')) });
    await expect(grantApiKey(context, asked(client), grant)).rejects.toThrow('no room');
    expect(invalidated).toEqual([['k1']]);
  });

  it('is not needed where security is off', async () => {
    const client = objects({});
    const open = contextOf({ security: undefined, isSecurityOff: async () => true }).context;
    expect(await grantApiKey(open, asked(client), grant)).toBeUndefined();
  });

  it('is not granted without a way to encrypt it', async () => {
    const { context } = contextOf({ canEncrypt: false });
    await expect(grantApiKey(context, asked(objects({})), grant)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('xpack.encryptedSavedObjects.encryptionKey'),
    });
  });

  it('says who can get one when none is granted', async () => {
    const { context } = contextOf();
    context.security!.authc.apiKeys.grantAsInternalUser = () =>
      Promise.reject(new Error('Unsupported scheme "ApiKey" for granting API Key'));
    await expect(grantApiKey(context, asked(objects({})), grant)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Sign in with a password'),
    });
  });

  it('that is left behind is told in the log, and nothing fails for it', async () => {
    const { context, warnings } = contextOf();
    await revokeApiKey(context, objects({ get: () => Promise.reject(new Error('gone')) }), 'o1', use);
    expect(warnings).toEqual([expect.stringContaining('o1 was not revoked: gone')]);
  });

  it('is asked for again after a lost connection, which is no reason to save the detector again', async () => {
    const lost = Object.assign(new Error('socket hang up'), { name: 'ConnectionError' });
    const busy = Object.assign(new Error('busy'), { output: { statusCode: 503 } });
    const policy = { ...DEFAULT_RETRY_POLICY, attempts: 3, sleep: async () => undefined };
    const kept = { ...bindingOf(use), api_key_id: 'k1', api_key: 'a', detector_name: 'Web' };
    const failures: Error[] = [lost, busy];
    const encrypted = {
      getDecryptedAsInternalUser: async () => {
        const failure = failures.shift();
        if (failure) throw failure;
        return { attributes: kept } as never;
      },
    };
    expect((await openApiKey(encrypted, 'o1', use, { policy })).authorization).toBe('ApiKey a');
    failures.push(lost, lost, lost);
    await expect(openApiKey(encrypted, 'o1', use, { policy })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.not.stringMatching(/Save the detector/),
    });
  });

  it('that cannot be read is a matter of saving the detector again', async () => {
    const encrypted = { getDecryptedAsInternalUser: () => Promise.reject(new Error('Unable to decrypt')) };
    await expect(openApiKey(encrypted, 'o1', use)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringMatching(/Unable to decrypt.*Save the detector again/),
    });
    await expect(openApiKey(encrypted, undefined, use)).rejects.toThrow(/has no API key/);
  });
});
