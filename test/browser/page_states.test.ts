import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PANEL_KINDS } from '../../common/panels';
import {
  administrator,
  demoDetector,
  makeDetector,
  openPage,
  startBrowserWorld,
  type BrowserWorld,
} from './browser_world';
import { RULES_OF_COLOUR, seriousFindings } from './accessibility';
import { layoutFaults } from './layout_faults';
import { settle } from './quiet_page';
import { openBrowser, testSubject } from './steps';

jest.setTimeout(900_000);

/*
 * Every page, the panels and the forms of rules, in every state, colour and width: nothing is cut, lies over something else, is
 * wider than the window, shows raw values or is a barrier. PICTURES_OF_STATES names a folder for pictures of all, to be looked at.
 */
/** The narrowest is that of a tablet, or of a page beside Kibana's menu in half a window. */
const WIDTHS = [1_280, 768, 1_440, 1_920];
const HEIGHT = 900;
/** Kibana's own header, above the pages. */
const HEADER_OF_KIBANA = 96;
const STATES = ['full', 'empty', 'failing', 'forbidden'] as const;
type State = (typeof STATES)[number];

let world: BrowserWorld;
let browser: Browser;
/** Of a detector with results, and of one that has nothing. */
let full: string;
let bare: string;
let incident: string;
let result: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  full = await makeDetector(world);
  const call = async <Body>(
    operation: Parameters<typeof world.kibana.call>[1],
    given: object,
  ): Promise<Body> =>
    (await world.kibana.call(administrator(world.elasticsearch), operation, given, world.space)).body;
  const detector = demoDetector(`${world.logs}-none`, { name: 'Without logs' });
  await call('addAnnotation', {
    body: { kind: 'deployment', title: 'Release', id: 'release', entities: ['cart'] },
  });
  bare = (await call<{ id: string }>('createDetector', { body: { detector, start: false } })).id;
  incident = (await call<{ incidents: { id: string }[] }>('listIncidents', { query: { size: '1' } }))
    .incidents[0].id;
  result = (
    await call<{ results: { id: string }[] }>('searchResults', { query: { sort: 'severity', size: '1' } })
  ).results[0].id;
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const PANELS = PANEL_KINDS.map((kind) => `panel=${kind}`).join('&');
const TABS = ['anomalies', 'patterns', 'feedback', 'what_if', 'models', 'jobs', 'settings', 'edit'];

/** Places of Kibana's own, with parts of ours in them. */
const placesOutside = (id: string, range: string): [name: string, path: string][] => [
  ['panels', `dashboard?${PANELS}&detector=${id}&${range}`],
  ['panels with editors', `dashboard?${PANELS}&detector=${id}&${range}&edit`],
  ...['logAnomaly', 'incident', 'detectorHealth'].map((type): [string, string] => [
    `rule ${type}`,
    `rule?type=logAnomalies.${type}&params=${encodeURIComponent(JSON.stringify({ detector_ids: [id] }))}`,
  ]),
];

const placesIn = (state: State): [name: string, path: string][] => {
  const id = state === 'empty' ? bare : full;
  const range = 'from=now-3d&to=now';
  const pages: [string, string][] = [
    ['overview', '/'],
    ['scan', '/scan'],
    ['calendar', `/calendar?${range}${state === 'empty' ? '&kind=change' : ''}`],
    ['form', '/detectors/new'],
    ...TABS.map((tab): [string, string] => [tab, `/detectors/${id}/${tab}?${range}`]),
    ['single anomalies', `/detectors/${id}/anomalies?${range}&sort=severity&view=anomalies`],
    ['incident', `/incidents/${state === 'empty' ? 'none' : incident}`],
    ['result', `/results/${state === 'empty' ? 'none' : result}`],
  ];
  return [
    ...pages.map(([name, path]): [string, string] => [name, `logAnomalies${path}`]),
    ...placesOutside(id, range),
  ];
};

/** Goes to another page of ours as people do, without loading all anew; what is outside is loaded. */
async function goTo(page: Page, address: string): Promise<void> {
  const isOurs = (url: string): boolean => /\/app\/logAnomalies(\/|\?|$)/.test(url);
  if (!isOurs(page.url()) || !isOurs(address)) {
    await page.goto(address);
    return;
  }
  await page.evaluate((target) => {
    window.history.pushState(null, '', target);
    window.dispatchEvent(new PopStateEvent('popstate', { state: null }));
  }, address);
}

const API = '**/api/log_anomalies/**';

/** Lets the requests of a page be answered as they are in that state. */
async function bring(page: Page, state: State): Promise<void> {
  switch (state) {
    case 'full':
      return;
    case 'empty':
      // The space of the other states has detectors.
      await page.route(/\/api\/log_anomalies\/detectors(\?|$)/, (route) =>
        route.request().method() === 'GET' && page.url().endsWith('/app/logAnomalies/')
          ? route.fulfill({ json: { total: 0, page: 1, per_page: 1_000, detectors: [] } })
          : route.continue(),
      );
      return;
    case 'failing': {
      const message = 'Could not read results: the cluster does not answer.';
      await page.route(API, (route) =>
        // The detector itself is there, and all else fails.
        /\/detectors\/[^/]+(\/_status)?$/.test(new URL(route.request().url()).pathname)
          ? route.continue()
          : route.fulfill({
              status: 503,
              json: {
                statusCode: 503,
                error: 'Service Unavailable',
                message,
                attributes: { code: 'unavailable' },
              },
            }),
      );
      return;
    }
    case 'forbidden':
      await page.route(API, (route) =>
        route.fulfill({ status: 403, json: { statusCode: 403, error: 'Forbidden', message: 'Forbidden' } }),
      );
  }
}

async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES_OF_STATES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '_')}.png`) });
}

it('finds what is cut, lies over something else, is too wide, and raw values', async () => {
  const page = await browser.newPage({ viewport: { width: WIDTHS[0], height: HEIGHT } });
  await page.setContent(`
    <p style="width: 40px; overflow: hidden; white-space: nowrap">A text that is cut off</p>
    <p style="width: 40px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">A text that says so</p>
    <p style="position: absolute; top: 300px; left: 10px">Below</p>
    <p style="position: absolute; top: 302px; left: 12px">Above</p>
    <p>undefined logs</p>
    <div style="width: 2000px">Wide</div>`);
  expect(await layoutFaults(page)).toEqual([
    expect.stringContaining('The page is 2008 wide in a window of 1280'),
    expect.stringContaining('Cut by its box: "A text that is cut off"'),
    'Over each other: "Below" and "Above"',
    expect.stringContaining('undefined logs'),
  ]);
  await page.close();
});

describe.each(STATES)('%s', (state) => {
  it.each(['light', 'dark'] as const)('is sound on every page and width in %s', async (theme) => {
    const { page, problems } = await openPage(browser, world.host, { theme });
    await bring(page, state);
    const faults: string[] = [];
    for (const [name, path] of placesIn(state)) {
      await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT });
      await goTo(page, `${world.host.url}/app/${path}`);
      await page.waitForSelector(`main h1, main h2, ${testSubject('logAnomaliesPanel')}`);
      await settle(page);
      // All but contrast is the same in both.
      const findings = await seriousFindings(page, theme === 'dark' ? RULES_OF_COLOUR : undefined);
      faults.push(...findings.map((finding) => `${name}: ${finding}`));
      for (const width of theme === 'dark' ? [WIDTHS[0]] : WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        await settle(page);
        faults.push(...(await layoutFaults(page)).map((fault) => `${name} at ${width}: ${fault}`));
        await takePicture(page, `${state} ${theme} ${name} ${width}`);
      }
    }
    expect(faults).toEqual([]);
    if (state === 'full') expect(problems).toEqual([]);
    await page.close();
  });
});

it('keeps subdued text legible in dark rows that are selected or open', async () => {
  const { page, problems } = await openPage(browser, world.host, { theme: 'dark' });
  const views = [
    ['models', 'tbody input[type=checkbox]'],
    ['anomalies', 'tbody button[aria-expanded=false]'],
    ['anomalies?view=anomalies&from=now-3d&to=now', 'tbody button[aria-expanded=false]'],
  ];
  for (const [path, row] of views) {
    await page.goto(`${world.host.url}/app/logAnomalies/detectors/${full}/${path}`);
    await page.locator(row).first().click();
    await settle(page);
    expect([path, await seriousFindings(page, RULES_OF_COLOUR)]).toEqual([path, []]);
  }
  expect(problems).toEqual([]);
  await page.close();
});

it('compares two models in a narrow window, and asks for the second where only the active one is ticked', async () => {
  const { page, problems } = await openPage(browser, world.host);
  await page.setViewportSize({ width: 768, height: HEIGHT });
  await page.goto(`${world.host.url}/app/logAnomalies/detectors/${full}/models`);
  await page.click(testSubject('logAnomaliesTrainNow'));
  const rows = page.locator(`${testSubject('logAnomaliesModels')} tbody tr`);
  await rows.nth(1).waitFor({ timeout: 120_000 });
  await rows.filter({ hasText: 'active' }).getByRole('checkbox').check();
  await page.getByText('Tick a second model to compare the active one with.').waitFor();
  for (const box of await rows.getByRole('checkbox').all()) await box.check();
  await page.locator(testSubject('logAnomaliesFeatureDrift')).waitFor({ timeout: 60_000 });
  await settle(page);
  expect(await layoutFaults(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

describe('at 1,440 x 900, without scrolling', () => {
  it.each([
    ['the overview', () => '/', 'logAnomaliesIncidents'],
    [
      'the page of a detector',
      () => `/detectors/${full}/anomalies?from=now-3d&to=now`,
      'logAnomaliesIncidents',
    ],
  ])('%s shows the most severe incident', async (_name, path, subject) => {
    const { page } = await openPage(browser, world.host);
    await page.setViewportSize({ width: 1_440, height: HEIGHT - HEADER_OF_KIBANA });
    await page.goto(`${world.host.url}/app/logAnomalies${path()}`);
    const first = page.locator(`${testSubject(subject)} tbody tr`).first();
    await first.waitFor();
    await settle(page);
    const { y, height } = (await first.boundingBox())!;
    expect(y + height).toBeLessThan(HEIGHT - HEADER_OF_KIBANA);
    await page.close();
  });

  it('the page of an incident shows when, how bad and why', async () => {
    const { page } = await openPage(browser, world.host);
    await page.setViewportSize({ width: 1_440, height: HEIGHT - HEADER_OF_KIBANA });
    await page.goto(`${world.host.url}/app/logAnomalies/incidents/${incident}`);
    const why = page.getByRole('heading', { name: 'Why it stands out' });
    await why.waitFor();
    await settle(page);
    const { y, height } = (await why.boundingBox())!;
    expect(y + height).toBeLessThan(HEIGHT - HEADER_OF_KIBANA);
    await page.close();
  });
});
