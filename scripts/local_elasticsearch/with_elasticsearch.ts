import type { Client } from '@elastic/elasticsearch';
import { connect, connectionFromEnvironment } from '../../server/elasticsearch';
import { startLocalElasticsearch, type LocalElasticsearchOptions } from './start';
import { DEFAULT_LOCAL_VERSION } from './versions';

/**
 * Measures on the Elasticsearch of the environment; where none is named, on a local one, which is stopped after it.
 *
 * @param measure is given the environment, too, with the address in it, for processes of its own
 */
export async function withElasticsearch<Result>(
  measure: (client: Client, environment: NodeJS.ProcessEnv) => Promise<Result>,
  { heap }: Pick<LocalElasticsearchOptions, 'heap'> = {},
): Promise<Result> {
  const local =
    process.env.ELASTICSEARCH_URL === undefined
      ? await startLocalElasticsearch({
          version: DEFAULT_LOCAL_VERSION,
          heap,
          report: (text) => process.stderr.write(`  ${text}\n`),
        })
      : undefined;
  const environment = { ...process.env, ...(local && { ELASTICSEARCH_URL: local.url }) };
  const client = connect(connectionFromEnvironment(environment));
  try {
    return await measure(client, environment);
  } finally {
    await client.close();
    await local?.stop();
  }
}
