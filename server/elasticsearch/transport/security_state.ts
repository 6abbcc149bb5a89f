import { attempt } from './attempt';
import type { ElasticsearchClient } from './client';
import { statusOf } from './errors';

/**
 * An Elasticsearch without security has no such address, and says so: as an address that it does not know, or as one of an
 * index, which it knows for another method alone (8.19). With security it never does.
 */
const NO_HANDLER: Readonly<Record<number, RegExp>> = {
  400: /no handler found/,
  405: /^Incorrect HTTP method for uri \[\/_security\/_authenticate\]/,
};

function saysNoHandler(error: unknown): boolean {
  const body = (error as { meta?: { body?: { error?: unknown } } }).meta?.body?.error;
  return typeof body === 'string' && NO_HANDLER[statusOf(error) ?? 0]?.test(body) === true;
}

/** Returns the name of whoever the client is signed in as; undefined where nobody can tell, as without security. */
export async function signedInUser(client: ElasticsearchClient): Promise<string | undefined> {
  const known = await client.security.authenticate().catch(() => undefined);
  return known?.username;
}

/**
 * Returns true when everybody who reaches Elasticsearch may do everything. Only its own answer counts: credentials that it refuses are
 * a sign of security, and where it does not answer nobody knows.
 *
 * @throws DetectionError `unavailable` when nothing answers
 */
export async function isSecurityOff(client: ElasticsearchClient): Promise<boolean> {
  return attempt(
    () =>
      client.security.authenticate().then(
        () => false,
        (error: unknown) => {
          if (saysNoHandler(error)) return true;
          const status = statusOf(error);
          if (status === 401 || status === 403) return false;
          throw error;
        },
      ),
    { what: 'ask whether security is on' },
  );
}
