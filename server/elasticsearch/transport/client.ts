import type { Client } from '@elastic/elasticsearch';

/** What we need of a client: the command line's own and the one that Kibana scopes to a user both fit. */
export type ElasticsearchClient = Omit<
  Client,
  'connectionPool' | 'serializer' | 'extend' | 'close' | 'diagnostic' | 'child' | 'helpers'
>;
