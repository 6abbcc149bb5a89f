import type { Browser } from 'playwright-core';
import { seriousFindings } from './accessibility';
import type { Operation } from '../../common/api';
import { HOUR } from '../../common/duration';
import { administrator, onPage, startBrowserWorld, type BrowserWorld } from './browser_world';
import { openBrowser, testSubject } from './steps';

jest.setTimeout(180_000);

let world: BrowserWorld;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const call = (operation: Operation, given: object) =>
  world.kibana.call(administrator(world.elasticsearch), operation, given, world.space);
const rows = `${testSubject('logAnomaliesCalendar')} tbody tr`;
const calendar = (search = ''): string => `${world.host.url}/app/logAnomalies/calendar${search}`;

it('notes, filters and removes what was changed', () =>
  onPage(browser, world, async (page) => {
    await page.goto(calendar());
    await page.locator(testSubject('logAnomaliesNothingNoted')).waitFor();
    await page.locator(testSubject('logAnomaliesAnnotationAdd')).first().click();
    const save = page.locator(testSubject('logAnomaliesAnnotationSave'));
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('Kind').last().selectOption('maintenance');
    await page.fill(testSubject('logAnomaliesAnnotationName'), 'Move of the database');
    await page.getByRole('switch', { name: 'It has an end' }).click();
    await page.getByText('No model learns from the logs of this time.').waitFor();
    await page.getByLabel('Page that says more').fill('javascript:alert(1)');
    await page.getByText('Must be an address that begins with').waitFor();
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('Page that says more').fill('https://ci.example/1');
    expect(await seriousFindings(page)).toEqual([]);
    await save.click();
    const row = page.locator(rows, { hasText: 'Move of the database' });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/Maintenance[^]*admin/);
    expect(await row.getByRole('link', { name: 'Move of the database' }).getAttribute('href')).toBe(
      'https://ci.example/1',
    );
    const at = new Date(Date.now() - HOUR).toISOString();
    const release = { kind: 'deployment', title: 'Release', entities: ['cart'], version: '1.42', at };
    await call('addAnnotation', { body: release });
    await page.goto(calendar('?kind=deployment&entity=cart'));
    await page.locator(rows, { hasText: 'Deployment 1.42 of cart' }).waitFor();
    expect(await page.locator(rows).count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(calendar());
    await row.getByRole('button', { name: 'Remove Move of the database?' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    expect(await page.locator(rows).count()).toBe(1);
  }));

it('lets readers read, and says what whoever may not read lacks', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await page.goto(calendar());
      await page.locator(rows, { hasText: 'Deployment 1.42 of cart' }).waitFor();
      expect(await page.locator(testSubject('logAnomaliesAnnotationAdd')).count()).toBe(0);
      expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    },
    { user: 'reader' },
  ));
