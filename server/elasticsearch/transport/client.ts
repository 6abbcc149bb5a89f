import type { Client } from '@elastic/elasticsearch';

/** Methods of a client that we use: the command line's own client and the one that Kibana scopes to a user both fit. */
export type ElasticsearchClient = Omit<
  Client,
  'connectionPool' | 'serializer' | 'extend' | 'close' | 'diagnostic' | 'child' | 'helpers'
>;
