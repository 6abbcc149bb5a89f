import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { buildPlugin } from '../../../scripts/build/build_plugin';
import { checkpointsIndex, incidentsIndex } from '../../../server/elasticsearch';
import { webDetector } from '../../integration/fixtures/kibana_logs';
import { KibanaClient, type Credentials } from '../kibana_client';
import { KibanaProcess } from '../kibana_process';
import { freePort, settingsOf } from '../own_kibana';
import type { Report } from '../report';
import { sleep, waitFor } from '../wait_for';
import { resultsOf, train } from '../world';
import { FaultyProxy, type ProxyMode } from './faulty_proxy';
import { Receiver } from './receiver';
import { LogStream } from './stream';

export interface FaultsPlace {
  readonly root: string;
  readonly name: string;
  readonly report: Report;
  /** Two folders with a Kibana of the same version, without the plugin. */
  readonly homes: readonly [string, string];
  readonly folder: string;
  readonly elasticsearch: Client;
  /** Address at which the Kibanas reach Elasticsearch. */
  readonly elasticsearchUrl: string;
  readonly credentials: Credentials | undefined;
  readonly token: string | undefined;
}

const FAULT_MILLISECONDS = 20_000;
/** Lag that a detector must be back under, and the time that it has for that after the end of a fault. */
const LAG_MILLISECONDS = 60_000;
const LONGEST_RECOVERY_MILLISECONDS = 180_000;
const SECOND = 1_000;

interface Node {
  readonly kibana: KibanaProcess;
  readonly proxy: FaultyProxy;
}

/** Two Kibanas over one Elasticsearch and a stream of known logs; one fault after another, then all is counted by ids. */
export async function runFaults(place: FaultsPlace): Promise<void> {
  const { report, elasticsearch, name, credentials } = place;
  const index = `${name}-faults`;
  const receiver = new Receiver();
  const webhook = await receiver.start();
  const nodes = await Promise.all(place.homes.map((home, number) => nodeOf(place, home, number, webhook)));
  const stream = new LogStream(elasticsearch, index);
  let id: string | undefined;
  try {
    const [first, second] = nodes;
    const client = new KibanaClient(first.kibana.url, credentials);
    await report.journey('Two Kibanas', async () => {
      const { archive } = await report.step('the zip is built', () =>
        buildPlugin(place.root, join(place.folder, 'build'), versionOf(place.homes[0])),
      );
      await report.step('it is installed into both, and they boot', async () => {
        for (const { kibana } of nodes) kibana.plugin('install', `file://${archive}`);
        await Promise.all(nodes.map(({ kibana }) => kibana.start()));
      });
      await report.step('a detector is trained and started', async () => {
        await stream.writeHistory();
        const detector = webDetector(index, {
          schedule: { interval: '5s', query_delay: '5s' },
          threshold: { method: 'contamination', contamination: 0.005 },
        });
        ({ id } = await client.call('createDetector', { body: { detector, start: false } }));
        await train(client, id);
        stream.start();
        await client.call('startDetector', { params: { id } });
      });
      const statusOf = async (node: Node) =>
        new KibanaClient(node.kibana.url, credentials).call('getStatus', { params: { id: id as string } });
      const recovered = async (what: string, by: Node = first): Promise<void> => {
        const ended = Date.now();
        await waitFor(
          `the lag to be under ${LAG_MILLISECONDS / SECOND} s`,
          async () => {
            try {
              const { lag_ms: lag, state } = await statusOf(by);
              const isBack = state === 'running' && lag !== undefined && lag < LAG_MILLISECONDS;
              return isBack ? {} : `${state}, ${lag} ms`;
            } catch (error) {
              return (error as Error).message;
            }
          },
          { timeout: LONGEST_RECOVERY_MILLISECONDS, interval: SECOND },
        );
        report.figure(
          `lag under 60 s again after: ${what}`,
          `${Math.round((Date.now() - ended) / SECOND)} s`,
        );
      };
      await report.step('it runs', () => recovered('its start'));
      const during = (what: string, set: (isOn: boolean) => void): Promise<void> =>
        report.step(what, async () => {
          set(true);
          await sleep(FAULT_MILLISECONDS);
          set(false);
          await recovered(what);
        });
      const both = (mode: ProxyMode) => (isOn: boolean) => {
        for (const { proxy } of nodes) proxy.mode = isOn ? mode : 'passes';
      };
      await during('Elasticsearch answers 429', both(429));
      await during('Elasticsearch answers 503', both(503));
      await during('Elasticsearch hangs', both('hangs'));
      await during('the network of both Kibanas is cut', both('cut'));
      await during('the network of one Kibana is cut', (isOn) => {
        first.proxy.mode = isOn ? 'cut' : 'passes';
      });
      await during('the receiver refuses every message', (isOn) => {
        receiver.isClosed = isOn;
      });
      for (const [number, node] of nodes.entries()) {
        const other = nodes[1 - number];
        await report.step(`Kibana ${number + 1} is killed; the other goes on`, async () => {
          await node.kibana.stop('SIGKILL');
          await sleep(FAULT_MILLISECONDS);
          await recovered(`kill -9 of Kibana ${number + 1}`, other);
        });
        await report.step(`Kibana ${number + 1} boots again`, async () => void (await node.kibana.start()));
      }
      await report.step('the plugin is removed from one and installed again', async () => {
        await second.kibana.stop();
        second.kibana.plugin('remove', 'logAnomalies');
        second.kibana.plugin('install', `file://${archive}`);
        await second.kibana.start();
        await recovered('removal and installation');
      });
      await report.step('the index of incidents is deleted', async () => {
        await elasticsearch.indices.delete({ index: incidentsIndex('default') });
        await sleep(FAULT_MILLISECONDS);
        await recovered('the deletion of the incidents');
      });
      await report.step('all that was written is stored once and told', async () => {
        await stream.stop();
        const until = Date.now() + 15 * SECOND;
        await waitFor('the last run', async () => {
          const { checkpoint } = await statusOf(first);
          return checkpoint !== undefined && Date.parse(checkpoint.timestamp_to) > until - 10 * SECOND
            ? {}
            : checkpoint?.timestamp_to;
        });
        await sleep(90 * SECOND);
        const sources = (await resultsOf(client, id as string)).map(({ source }) => source.id);
        const found = new Set(sources);
        const times = [...receiver.told.values()].map((keys) => keys.length);
        const lost = stream.odd.filter((each) => !found.has(each));
        const untold = stream.odd.filter((each) => !receiver.told.has(each));
        report.figure('logs, anomalies among them', `${stream.written}, ${stream.odd.length}`);
        report.figure(
          'requests that met a fault',
          String(nodes.reduce((sum, { proxy }) => sum + proxy.hit, 0)),
        );
        report.figure('lost, doubled', `${lost.length}, ${sources.length - found.size}`);
        report.figure('untold', String(untold.length));
        report.figure(
          'told twice, more often',
          `${times.filter((count) => count === 2).length}, ${times.filter((count) => count > 2).length}`,
        );
        assert.deepEqual(lost, []);
        assert.equal(sources.length, found.size);
        assert.deepEqual(untold, []);
        assert.ok(Math.max(...times) <= 2);
        // A message that is told again can be dropped by its key.
        for (const keys of receiver.told.values()) assert.equal(new Set(keys).size, 1);
      });
      await report.step('the index of places is deleted: it begins anew and goes on', async () => {
        await elasticsearch.indices.delete({ index: checkpointsIndex('default') });
        await sleep(FAULT_MILLISECONDS);
        await recovered('the deletion of the places');
        const sources = (await resultsOf(client, id as string)).map(({ source }) => source.id);
        assert.equal(sources.length, new Set(sources).size);
      });
      await client.call('deleteDetector', {
        params: { id: id as string },
        query: { delete_results: 'true' },
      });
    });
  } finally {
    await stream.stop();
    for (const { kibana, proxy } of nodes) {
      await kibana.stop();
      proxy.stop();
      if (kibana.isInstalled()) kibana.plugin('remove', 'logAnomalies');
    }
    receiver.stop();
    await elasticsearch.indices.delete({ index, ignore_unavailable: true });
  }
}

const versionOf = (home: string): string =>
  (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }).version;

async function nodeOf(
  { folder, elasticsearchUrl, token }: FaultsPlace,
  home: string,
  number: number,
  webhook: string,
): Promise<Node> {
  const proxy = new FaultyProxy(elasticsearchUrl);
  const own = join(folder, `kibana-${number + 1}`);
  mkdirSync(own, { recursive: true });
  const kibana = new KibanaProcess(home, own, await freePort(), {
    ...settingsOf(await proxy.start(), token),
    'server.name': `kibana-${number + 1}`,
    logAnomalies: {
      limits: { min_interval: '5s' },
      alerts: {
        notify: 'anomalies',
        slack: { webhook_url: webhook },
        max_per_hour: 1_000,
        results_per_message: 20,
      },
    },
  });
  if (kibana.isInstalled()) throw new Error(`${home} has the plugin already; remove it first.`);
  return { kibana, proxy };
}
