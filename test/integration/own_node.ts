/** Gives each worker of jest the Elasticsearch that global_setup.ts started for it. */
const nodes = process.env.ELASTICSEARCH_NODES_OF_TESTS;
if (nodes !== undefined) {
  const own = (JSON.parse(nodes) as Record<'url' | 'username' | 'password', string>[])[
    Number(process.env.JEST_WORKER_ID ?? 1) - 1
  ];
  process.env.ELASTICSEARCH_URL = own.url;
  process.env.ELASTICSEARCH_USERNAME = own.username;
  process.env.ELASTICSEARCH_PASSWORD = own.password;
}
