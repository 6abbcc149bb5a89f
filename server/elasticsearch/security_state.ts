import { attempt } from './attempt';
import type { ElasticsearchClient } from './client';
import { statusOf } from './errors';

/** An Elasticsearch without security has no such address, and says so. */
const NO_HANDLER = /no handler found/;

function saysNoHandler(error: unknown): boolean {
  const body = (error as { meta?: { body?: { error?: unknown } } }).meta?.body?.error;
  return statusOf(error) === 400 && typeof body === 'string' && NO_HANDLER.test(body);
}

/**
 * Whether everybody who reaches Elasticsearch may do everything. Only its own word counts: credentials that it refuses are
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
