import type { Client } from '@elastic/elasticsearch';
import { connect, connectionFromEnvironment } from '../../server/elasticsearch';
import { startLocalElasticsearch } from './start';
import { DEFAULT_LOCAL_VERSION } from './versions';

/** Measures on the Elasticsearch of the environment; where none is named, on a local one, which is stopped after it. */
export async function withElasticsearch<Result>(
  measure: (client: Client) => Promise<Result>,
): Promise<Result> {
  const local =
    process.env.ELASTICSEARCH_URL === undefined
      ? await startLocalElasticsearch({
          version: DEFAULT_LOCAL_VERSION,
          report: (text) => process.stderr.write(`  ${text}\n`),
        })
      : undefined;
  const client = connect(
    connectionFromEnvironment({ ...process.env, ...(local && { ELASTICSEARCH_URL: local.url }) }),
  );
  try {
    return await measure(client);
  } finally {
    await client.close();
    await local?.stop();
  }
}
