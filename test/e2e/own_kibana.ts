import { createServer } from 'node:net';
import type { Client } from '@elastic/elasticsearch';

/** Only for Kibanas that live as long as one run of these tests. */
const ENCRYPTION_KEY = 'only-for-end-to-end-tests-0123456789';

/** @returns settings of a Kibana that is started for these tests. @param token of {@link createServiceToken}, where security is on */
export const settingsOf = (elasticsearchUrl: string, token: string | undefined): Record<string, unknown> => ({
  'elasticsearch.hosts': [elasticsearchUrl],
  ...(token && { 'elasticsearch.serviceAccountToken': token }),
  // Its toast would lie over what the journeys click on.
  'xpack.security.showInsecureClusterWarning': false,
  'xpack.encryptedSavedObjects.encryptionKey': ENCRYPTION_KEY,
  'xpack.security.encryptionKey': ENCRYPTION_KEY,
});

const service = (name: string) => ({ namespace: 'elastic', service: 'kibana', name });

/** Kibana's own account, without a password to know. */
export async function createServiceToken(elasticsearch: Client, name: string): Promise<string> {
  const { token } = await elasticsearch.security.createServiceToken(service(name));
  return token.value;
}

/** Takes the token away, if it is there. */
export async function deleteServiceToken(elasticsearch: Client, name: string): Promise<void> {
  await elasticsearch.security.deleteServiceToken(service(name)).catch(() => undefined);
}

export const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done((address as { port: number }).port));
    });
  });
