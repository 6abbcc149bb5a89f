/**
 * Serves the pages of the plugin without Kibana: `npm run pages`. A change in `public/` or `common/` is built at once: reload
 * the page. A change of the server takes a new start.
 *
 * ELASTICSEARCH_URL (and _USERNAME, _PASSWORD of a user who may do everything): instead of a local Elasticsearch. What it
 * makes there goes again at the end. PAGES_PORT: default 5680.
 */
import { DEFAULT_LOCAL_VERSION, startLocalElasticsearch } from '../../scripts/local_elasticsearch';
import { watchBundle } from './build_host_page';
import { makeDetector, startBrowserWorld } from './browser_world';

const DEFAULT_PORT = 5_680;

async function main(): Promise<void> {
  const node = process.env.ELASTICSEARCH_URL
    ? undefined
    : await startLocalElasticsearch({
        version: DEFAULT_LOCAL_VERSION,
        security: true,
        report: (message) => console.error(message),
      });
  if (node !== undefined) {
    process.env.ELASTICSEARCH_URL = node.url;
    process.env.ELASTICSEARCH_USERNAME = node.username;
    process.env.ELASTICSEARCH_PASSWORD = node.password;
  }
  const world = await startBrowserWorld(Number(process.env.PAGES_PORT ?? DEFAULT_PORT));
  const id = await makeDetector(world);
  const { url } = world.host;
  console.log(`
Pages       ${url}/app/logAnomalies/
Detector    ${url}/app/logAnomalies/detectors/${id}/anomalies?from=now-3d&to=now
Panels      ${url}/app/dashboard?panel=swim_lane&panel=timeline&panel=table&from=now-3d&detector=${id}   (&edit for the editors)
Rule form   ${url}/app/rule?type=logAnomalies.logAnomaly
As another  ${url}/as?user=reader&theme=dark&locale=fr-FR   (user=admin&theme=light&locale=en)
`);
  const stopWatching = watchBundle(world.bundle, (errors) =>
    console.log(errors ?? `${new Date().toLocaleTimeString()}  built: reload the page`),
  );
  const stop = (): void =>
    void stopWatching()
      .then(() => world.close())
      .then(() => node?.stop())
      .then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

main().catch((error: Error) => {
  console.error(error);
  process.exit(1);
});
