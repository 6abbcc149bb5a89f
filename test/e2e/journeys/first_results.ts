import { generateLogs } from '../../../common/demo_logs';
import {
  fillDetectorForm,
  open,
  openBrowser,
  saveDetectorForm,
  testSubject,
  WORK_MILLISECONDS,
} from '../../browser/steps';
import type { Credentials } from '../kibana_client';
import type { World } from '../world';
import { openKibana, type KibanaPages } from './kibana_pages';

const LOGS = 1_000_000;
const WEEK_SECONDS = 604_800;
const BATCH = 5_000;
/** A Kibana that has just booted works for a while on things of its own. */
const REST_AFTER_BOOT_MILLISECONDS = 30_000;
const FIRST_INCIDENT = `${testSubject('logAnomaliesIncidents')} tbody a`;

/** Measures how long people wait for their first incident, of the sample and of a million logs that are there already. */
export async function firstResultsJourney(
  world: World,
  url: string,
  credentials: Credentials | undefined,
): Promise<void> {
  const { report, admin, indices, elasticsearch } = world;
  const browser = await openBrowser();
  try {
    const pages = await openKibana(browser, url, credentials);
    await pages.page.waitForTimeout(REST_AFTER_BOOT_MILLISECONDS);
    await report.journey('Speed: first results of the sample', async () => {
      await sample(world, pages, 'just after the boot');
      await sample(world, pages, 'once more');
    });
    await report.journey('Speed: first results over a million logs', async () => {
      await report.step(`${LOGS} logs of a week are written`, () => writeLogs(world));
      const id = await existingLogs(world, pages);
      await admin.try('deleteDetector', { params: { id }, query: { delete_results: 'true' } });
    });
    await pages.close();
  } finally {
    await browser.close();
    await elasticsearch.indices.delete({ index: indices.pages, ignore_unavailable: true });
  }
}

/** @param when told with the figure: Elasticsearch and Kibana are slower until their code is compiled */
async function sample({ report, admin }: World, pages: KibanaPages, when: string): Promise<void> {
  const { page } = pages;
  await report.step(`a click makes sample logs, and their incidents are there, ${when}`, async () => {
    await open(pages, '/app/logAnomalies', 'logAnomaliesPage');
    const started = performance.now();
    await page.getByRole('button', { name: 'Try it on sample logs' }).first().click();
    let state = '';
    const states: string[] = [];
    let isThere = false;
    const incident = page.waitForSelector(FIRST_INCIDENT, { timeout: 3 * WORK_MILLISECONDS });
    const watched = (async () => {
      while (!isThere) {
        const now = await admin.call('getSample').catch(() => undefined);
        if (now !== undefined && now.state !== state) {
          state = now.state;
          states.push(`${state} ${secondsSince(started)}`);
        }
        await page.waitForTimeout(250);
      }
    })();
    await incident.finally(() => (isThere = true));
    const time = secondsSince(started);
    await watched;
    report.figure(
      `from the click to the first incident of the sample, ${when}`,
      `${time} (${states.join(', ')})`,
    );
    await pages.picture('speed_sample');
  });
  await admin.call('removeSample');
}

async function existingLogs({ report, name, indices }: World, pages: KibanaPages): Promise<string> {
  const { page } = pages;
  await report.step('the form is filled in', () =>
    fillDetectorForm(pages, { name: `${name} first`, index: indices.pages, entity: 'service.name' }),
  );
  return report.step('saved and started, it shows its progress and its first incidents', async () => {
    const started = performance.now();
    const id = await saveDetectorForm(pages);
    await page.waitForSelector(testSubject('logAnomaliesPastProgress'));
    const progress = secondsSince(started);
    await page.waitForSelector(`${testSubject('logAnomaliesSwimLane')} canvas`);
    const scored = secondsSince(started);
    await page.waitForSelector(FIRST_INCIDENT, { timeout: 3 * WORK_MILLISECONDS });
    report.figure(
      `from "Save and start" over ${LOGS} logs to the first incident`,
      `${secondsSince(started)} (progress after ${progress}, scored logs after ${scored})`,
    );
    await pages.picture('speed_existing_logs');
    return id;
  });
}

const secondsSince = (started: number): string => `${((performance.now() - started) / 1_000).toFixed(1)} s`;

async function writeLogs({ elasticsearch, indices }: World): Promise<void> {
  const index = indices.pages;
  await elasticsearch.indices.create({
    index,
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: {
      dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }],
      properties: { client: { properties: { ip: { type: 'ip' } } }, message: { type: 'text' } },
    },
  });
  const to = Date.now();
  const logs = generateLogs({
    seed: 7,
    from: to - WEEK_SECONDS * 1_000,
    to,
    ratePerSecond: LOGS / WEEK_SECONDS,
    anomalyRate: 0.002,
  });
  let lines: object[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const { errors } = await elasticsearch.bulk({ index, operations: lines });
    if (errors) throw new Error('Elasticsearch refused logs.');
    lines = [];
  };
  for (const { document } of logs) {
    lines.push({ index: {} }, document);
    if (lines.length === 2 * BATCH) await flush();
  }
  await flush();
  await elasticsearch.indices.putSettings({ index, settings: { refresh_interval: '1s' } });
  await elasticsearch.indices.refresh({ index });
}
