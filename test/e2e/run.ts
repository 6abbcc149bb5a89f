import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import colors from 'picocolors';
import { buildPlugin } from '../../scripts/build/build_plugin';
import { connect } from '../../server/elasticsearch';
import { runFaults } from './faults/run_faults';
import { accessJourney } from './journeys/access';
import { bootTimes, idleCostJourney } from './journeys/cost';
import { detectorJourney, type DetectorMade } from './journeys/detector';
import { firstResultsJourney } from './journeys/first_results';
import { incidentRuleJourney } from './journeys/incident_rule';
import { pagesJourney } from './journeys/pages';
import { restartJourney } from './journeys/restart';
import { rightsJourney } from './journeys/rights';
import { ruleJourney } from './journeys/rule';
import { speedJourney } from './journeys/speed';
import { KibanaClient, type Credentials } from './kibana_client';
import { isAvailable, KibanaProcess } from './kibana_process';
import { createServiceToken, deleteServiceToken, freePort, settingsOf } from './own_kibana';
import { Report } from './report';
import { waitFor } from './wait_for';
import { createUsers, indicesOf, type World } from './world';

/*
 * End to end against a real Kibana. Environment:
 *   KIBANA_URL             a Kibana with the plugin that runs already, with logAnomalies.limits.min_interval: 5s, or
 *   KIBANA_HOME            an unpacked Kibana without it: the zip is built, installed, run, removed again
 *   KIBANA_USERNAME, KIBANA_PASSWORD    a superuser; without them security is taken to be off
 *   ELASTICSEARCH_URL      (ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD: as Kibana's where not given)
 *   KIBANA_ELASTICSEARCH_URL            where Kibana itself reaches Elasticsearch, where that is another address
 * With the argument --pages only the journeys in a browser are made (CHROMIUM: default /usr/bin/chromium; pictures go to
 * PICTURES, default build/pictures), with --no-pages all others.
 * With the argument --access only who may do what is tried: attacks and the matrix of access.
 * With the argument --speed it measures the times until first results, and the explorer beside Discover on a million
 * results, instead, with the pages of logs that every Kibana reads.
 * With the argument --faults two Kibanas, in KIBANA_HOME and in a copy of it, KIBANA_SECOND_HOME, go through one fault after
 * another instead.
 * With the argument --cost it measures what the plugin costs a Kibana of KIBANA_HOME instead: boots and idle detectors.
 */
const { KIBANA_URL, KIBANA_HOME, KIBANA_USERNAME, KIBANA_PASSWORD, ELASTICSEARCH_URL } = process.env;
const root = resolve(__dirname, '../..');
const areFaultsAsked = process.argv.includes('--faults');
const isCostAsked = process.argv.includes('--cost');
const isOnlyAccessAsked = process.argv.includes('--access');
const isSpeedAsked = process.argv.includes('--speed');
const arePagesAsked = !process.argv.includes('--no-pages');
const areOnlyPagesAsked = process.argv.includes('--pages');
const BOOT_ROUNDS = 5;
/** Small pages make runs long enough to be interrupted. */
const PAGE_SIZE = 100;

const report = new Report();
const credentials: Credentials | undefined =
  KIBANA_USERNAME && KIBANA_PASSWORD ? { username: KIBANA_USERNAME, password: KIBANA_PASSWORD } : undefined;
const name = `e2e-${Date.now().toString(36)}`;

async function main(): Promise<boolean> {
  if (!KIBANA_URL && !KIBANA_HOME) {
    return skipEverything(
      'neither KIBANA_URL (a running Kibana) nor KIBANA_HOME (a Kibana to install into) is set',
    );
  }
  if (!ELASTICSEARCH_URL) return skipEverything('ELASTICSEARCH_URL is not set: logs are written there');
  const started = Date.now();
  const environment = {
    ELASTICSEARCH_URL,
    ELASTICSEARCH_USERNAME: process.env.ELASTICSEARCH_USERNAME ?? KIBANA_USERNAME ?? '',
    ELASTICSEARCH_PASSWORD: process.env.ELASTICSEARCH_PASSWORD ?? KIBANA_PASSWORD ?? '',
  };
  const elasticsearch = connect({
    url: ELASTICSEARCH_URL,
    ...(environment.ELASTICSEARCH_USERNAME && {
      username: environment.ELASTICSEARCH_USERNAME,
      password: environment.ELASTICSEARCH_PASSWORD,
    }),
  });
  const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-e2e-'));
  console.log(
    `End to end on ${KIBANA_HOME ? `the Kibana in ${KIBANA_HOME}` : KIBANA_URL}, security ${credentials ? 'on' : 'off'}`,
  );
  try {
    if (areFaultsAsked) await withTwoKibanas(folder, elasticsearch);
    else if (KIBANA_HOME) await withOwnKibana(KIBANA_HOME, folder, elasticsearch, environment);
    else await journeys({ url: KIBANA_URL as string, folder, elasticsearch, environment });
  } finally {
    await removeWritten(elasticsearch).catch((error: Error) =>
      console.error(`Logs and results of this run stay: ${error.message}`),
    );
    await elasticsearch.close();
    if (report.hasFailed) console.error(`Logs, configuration and files of this run: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
  return report.finish(started);
}

/** Removes the logs of this run, and the results and incidents of its detectors, of which the next run's dashboards would show some. */
async function removeWritten(elasticsearch: Client): Promise<void> {
  await elasticsearch.indices.delete({ index: Object.values(indicesOf(name)), ignore_unavailable: true });
  for (const [kind, field] of [
    ['results', 'detector.name'],
    ['incidents', 'detectors.name'],
  ] as const) {
    await elasticsearch.deleteByQuery({
      index: `log-anomalies-${kind}.*`,
      query: { prefix: { [field]: name } },
      conflicts: 'proceed',
      ignore_unavailable: true,
      refresh: true,
    });
  }
}

function skipEverything(reason: string): boolean {
  const line = `END-TO-END TESTS SKIPPED: ${reason}.`;
  const bar = '='.repeat(Math.min(line.length, 100));
  console.warn(colors.yellow(`${bar}\n${line}\nNothing was tested; see docs/kibana.md.\n${bar}`));
  return true;
}

interface Place {
  readonly url: string;
  readonly folder: string;
  readonly elasticsearch: Client;
  readonly environment: NodeJS.ProcessEnv;
  readonly process?: KibanaProcess;
}

/** @returns milliseconds of a boot with the plugin, over saved objects that are there already */
async function journeys({
  url,
  folder,
  elasticsearch,
  environment,
  process,
}: Place): Promise<number | undefined> {
  // Just after its boot a busy Kibana may say for a moment that it is degraded.
  await waitFor(`Kibana at ${url} to be available`, async () => ((await isAvailable(url)) ? {} : undefined));
  const admin = new KibanaClient(url, credentials);
  const users = credentials && (await createUsers(admin, elasticsearch, name));
  const world: World = {
    name,
    report,
    admin,
    owner: users ? admin.as(users.owner) : admin,
    reader: users && admin.as(users.reader),
    elasticsearch,
    environment,
    process,
    folder,
    indices: indicesOf(name),
  };
  let made: DetectorMade | undefined;
  try {
    if (isCostAsked) {
      if (process === undefined) throw new Error('--cost needs KIBANA_HOME.');
      await idleCostJourney(world, process);
      return undefined;
    }
    if (isSpeedAsked) {
      await firstResultsJourney(world, url, credentials);
      await speedJourney(world, url, credentials);
      return undefined;
    }
    if (isOnlyAccessAsked) {
      await accessJourney(world);
      return undefined;
    }
    if (arePagesAsked) await pagesJourney(world, url, { admin: credentials, reader: users?.reader });
    if (areOnlyPagesAsked) return undefined;
    made = await detectorJourney(world);
    if (made === undefined) report.skip('rules, spaces and rights', 'there is no detector');
    else {
      await ruleJourney(world, made);
      await incidentRuleJourney(world, made);
      await rightsJourney(world, made);
    }
    await accessJourney(world);
    return await restartJourney(world);
  } finally {
    // A Kibana that we leave is left as it was; the detector stays where the plugin is going to be removed.
    if (made !== undefined && process === undefined) {
      await admin.try('deleteDetector', { params: { id: made.id }, query: { delete_results: 'true' } });
    }
    if (users) {
      for (const kind of ['owner', 'reader']) {
        await elasticsearch.security.deleteUser({ username: `${name}-${kind}` }).catch(() => undefined);
        await admin.request('delete', `/api/security/role/${name}-${kind}`).catch(() => undefined);
      }
    }
  }
}

async function withTwoKibanas(folder: string, elasticsearch: Client): Promise<void> {
  const { KIBANA_SECOND_HOME: second } = process.env;
  if (!KIBANA_HOME || !second) {
    report.skip('faults', 'it needs KIBANA_HOME and KIBANA_SECOND_HOME, a copy of it');
    return;
  }
  const token = credentials && (await createServiceToken(elasticsearch, name));
  try {
    await runFaults({
      ...{ root, name, report, folder, elasticsearch, credentials, token },
      homes: [KIBANA_HOME, second],
      elasticsearchUrl: process.env.KIBANA_ELASTICSEARCH_URL ?? (ELASTICSEARCH_URL as string),
    });
  } finally {
    await deleteServiceToken(elasticsearch, name);
  }
}

async function withOwnKibana(
  home: string,
  folder: string,
  elasticsearch: Client,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  const token = credentials && (await createServiceToken(elasticsearch, name));
  const settings = settingsOf(process.env.KIBANA_ELASTICSEARCH_URL ?? (ELASTICSEARCH_URL as string), token);
  const kibana = new KibanaProcess(home, folder, await freePort(), {
    ...settings,
    // The journeys wait for runs.
    logAnomalies: {
      ...(!isSpeedAsked && { jobs: { page_size: PAGE_SIZE } }),
      limits: { min_interval: '5s' },
    },
  });
  const stop = (): void => void kibana.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    if (kibana.isInstalled()) throw new Error(`${home} has the plugin already; remove it first.`);
    let isUp = false;
    let archive = '';
    await report.journey(`Install into Kibana ${version}`, async () => {
      ({ archive } = await report.step('the zip is built', () =>
        buildPlugin(root, join(folder, 'build'), version),
      ));
      await report.step('bin/kibana-plugin installs it', async () => {
        kibana.plugin('install', `file://${archive}`);
        if (!/^logAnomalies@/m.test(kibana.plugin('list'))) throw new Error('It is not in the list.');
      });
      const first = await report.step('Kibana boots with it', () => kibana.start());
      report.figure('first boot, with the plugin', `${(first / 1_000).toFixed(1)} s`);
      isUp = true;
    });
    if (!isUp) return;
    const boot = await journeys({ url: kibana.url, folder, elasticsearch, environment, process: kibana });
    if (isCostAsked) {
      await kibana.stop();
      kibana.plugin('remove', 'logAnomalies');
      kibana.configure(settings);
      const times = await bootTimes(
        kibana,
        () => kibana.plugin('install', `file://${archive}`),
        () => kibana.plugin('remove', 'logAnomalies'),
        BOOT_ROUNDS,
      );
      report.figure(
        `boot with and without the plugin, medians of ${BOOT_ROUNDS} in turns`,
        `${times.with} ms and ${times.without} ms, ratio ${(times.with / times.without).toFixed(3)}`,
      );
      return;
    }
    await report.journey('Remove', async () => {
      await report.step('bin/kibana-plugin removes it', async () => {
        await kibana.stop();
        kibana.plugin('remove', 'logAnomalies');
        kibana.configure(settings);
      });
      const without = await report.step('Kibana boots without it, over a detector that was left', () =>
        kibana.start(),
      );
      if (boot !== undefined) {
        report.figure(
          'boot with and without the plugin',
          `${(boot / 1_000).toFixed(1)} s and ${(without / 1_000).toFixed(1)} s, ratio ${(boot / without).toFixed(3)}`,
        );
      }
    });
  } finally {
    await kibana.stop();
    if (kibana.isInstalled()) kibana.plugin('remove', 'logAnomalies');
    if (token) await deleteServiceToken(elasticsearch, name);
  }
}

main().then(
  (isGood) => process.exit(isGood ? 0 : 1),
  (error: unknown) => {
    console.error(
      colors.red(`The end-to-end tests could not be run: ${error instanceof Error ? error.stack : error}`),
    );
    process.exit(1);
  },
);
