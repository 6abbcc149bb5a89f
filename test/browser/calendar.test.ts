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
    await row.getByRole('button', { name: /^Remove “Move of the database” \(Maintenance, .*\)\?$/ }).click();
    await page.locator('.euiModal[aria-label^="Remove “Move of the database” (Maintenance, "]').waitFor();
    await page.getByText('models learn from its logs again').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    expect(await page.locator(rows).count()).toBe(1);
  }));

it('lets readers read, and offers them nothing that they may not do', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await page.goto(calendar());
      await page.locator(rows, { hasText: 'Deployment 1.42 of cart' }).waitFor();
      expect(await page.locator(testSubject('logAnomaliesAnnotationAdd')).count()).toBe(0);
      expect(await page.getByRole('button', { name: /^(Remove|Give)/ }).count()).toBe(0);
      await page.goto(calendar('?kind=incident'));
      const nothing = page.locator(testSubject('logAnomaliesNothingNoted'));
      await nothing.getByText('Nothing that is noted in this time fits the filters').waitFor();
      await nothing.getByRole('button', { name: 'Show all' }).click();
      await page.locator(rows, { hasText: 'Deployment 1.42 of cart' }).waitFor();
      await page.goto(calendar('?from=now-9y&to=now-8y'));
      await nothing.waitFor();
      expect(await nothing.innerText()).not.toContain('note one here');
    },
    { user: 'reader' },
  ));

it('says what whoever may not read lacks', () =>
  onPage(
    browser,
    world,
    async (page) => {
      await page.goto(calendar());
      const forbidden = page.locator(testSubject('logAnomaliesForbidden'));
      await forbidden.waitFor();
      expect(await forbidden.innerText()).toMatch(/\bread\b[^]*log-anomalies-annotations/);
      expect(await page.locator(rows).count()).toBe(0);
    },
    { user: 'stranger' },
  ));

it('gives one an end, and says what was there already and stays', () =>
  onPage(browser, world, async (page) => {
    const at = new Date(Date.now() - HOUR).toISOString();
    const body = { kind: 'incident', title: 'Disk\u202e is full', entities: ['cart'], at, id: 'disk' };
    await call('addAnnotation', { body });
    await page.goto(calendar('?kind=incident'));
    const row = page.locator(rows, { hasText: 'Disk\ufffd is full' });
    await row.getByRole('button', { name: 'Give Disk\ufffd is full an end' }).click();
    // Somebody else was faster.
    const ends_at = new Date(Date.now() - HOUR / 2).toISOString();
    const save = page.locator(testSubject('logAnomaliesAnnotationSave'));
    await save.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await call('addAnnotation', { body: { ...body, ends_at } });
    await save.click();
    await page.getByText('Disk\ufffd is full has another end already, which stays').waitFor();
    await call('addAnnotation', { body: { ...body, id: 'second', title: 'Second' } });
    await page.reload();
    const second = page.locator(rows, { hasText: 'Second' });
    await second.getByRole('button', { name: 'Give Second an end' }).click();
    await save.click();
    await page.getByText('Second is given an end').waitFor();
    await second.getByRole('button', { name: /^Give/ }).waitFor({ state: 'detached' });
    await Promise.all(
      ['disk', 'second'].map((annotation_id) => call('removeAnnotation', { params: { annotation_id } })),
    );
  }));

it('goes back from a page that is no longer there, and lists no more than the server does', () =>
  onPage(browser, world, async (page) => {
    let total = 12_000;
    const annotation = { kind: 'change', entities: [], at: new Date().toISOString(), recorded_at: '' };
    await page.route(/\/api\/log_anomalies\/annotations\?/, (route) => {
      const from = (Number(new URL(route.request().url()).searchParams.get('page')) - 1) * 25;
      const annotations = Array.from({ length: Math.max(0, Math.min(25, total - from)) }, (_each, place) => ({
        ...annotation,
        id: `${from + place}`,
        title: `Change ${from + place}`,
      }));
      return route.fulfill({ json: { total, annotations } });
    });
    await page.goto(calendar());
    await page.getByText('The newest 10,000 are listed.').waitFor();
    await page.locator(testSubject('pagination-button-399')).waitFor();
    expect(await page.locator(testSubject('pagination-button-479')).count()).toBe(0);
    await page.locator(testSubject('pagination-button-1')).click();
    await page.locator(rows, { hasText: 'Change 30' }).waitFor();
    total = 25;
    await page
      .locator(rows, { hasText: 'Change 30' })
      .getByRole('button', { name: /^Remove/ })
      .click();
    await page.route(/\/api\/log_anomalies\/annotations\/30/, (route) =>
      route.fulfill({ json: { acknowledged: true } }),
    );
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator(rows, { hasText: 'Change 24' }).waitFor();
    expect(await page.locator(rows).count()).toBe(25);
  }));

it('imports what an index holds, after a preview, once only', () =>
  onPage(browser, world, async (page) => {
    const index = `${world.space}-deployments`;
    const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    const documents = [
      {
        '@timestamp': at(20),
        started: at(25),
        message: 'Release of cart',
        service: { name: 'cart', version: '1.43' },
      },
      { '@timestamp': at(10), message: 'Disk\u202e', annotation: { type: 'incident' } },
      { '@timestamp': at(5), message: 'x', url: { full: 'javascript:alert(1)' } },
    ];
    await world.elasticsearch.bulk({
      index,
      refresh: true,
      operations: documents.flatMap((document, place) => [{ index: { _id: `${place}` } }, document]),
    });
    try {
      await page.goto(calendar());
      await page.locator(testSubject('logAnomaliesCalendarImport')).first().click();
      const next = page.locator(testSubject('logAnomaliesCalendarImportNext'));
      await next.waitFor();
      expect(await next.isDisabled()).toBe(true);
      await page.fill(testSubject('logAnomaliesCalendarImportIndex'), '.kibana');
      await page.getByText('must not begin with a dot').waitFor();
      await page.fill(testSubject('logAnomaliesCalendarImportIndex'), index);
      await page.locator(testSubject('logAnomaliesCalendarImportFields')).getByRole('button').first().click();
      await page.getByLabel('Start', { exact: true }).fill('started, @timestamp');
      await next.click();
      const outcome = page.locator(testSubject('logAnomaliesCalendarImportOutcome'));
      await outcome.waitFor();
      expect(await outcome.innerText()).toMatch(
        /New: 2\. Get an end: 0\. There already: 0\. Cannot be noted: 1\.[^]*no http:\/\/ or https:\/\/ address: 1 document, such as .*\/2/,
      );
      const preview = page.locator(`${testSubject('logAnomaliesCalendarImportPreview')} tbody tr`);
      expect(await preview.allInnerTexts()).toEqual([
        expect.stringMatching(/Incident[^]*Disk\ufffd[^]*New/),
        expect.stringMatching(/Deployment 1\.43 of cart[^]*Release of cart[^]*New/),
      ]);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.locator(rows, { hasText: 'Release of cart' }).count()).toBe(0);
      // A preview is of what the form says.
      const kind = page.locator('.euiFlyout select');
      await kind.selectOption('change');
      await outcome.waitFor({ state: 'detached' });
      await kind.selectOption('');
      await next.click();
      await page.getByRole('button', { name: 'Import 2' }).click();
      await outcome.getByText('Noted: 2. Given an end: 0. There already: 0. Cannot be noted: 1.').waitFor();
      await page.locator('.euiFlyout').getByRole('button', { name: 'Close', exact: true }).click();
      await page.locator(rows, { hasText: 'Deployment 1.43 of cart' }).waitFor();
      await page.locator(rows, { hasText: 'Disk\ufffd' }).waitFor();
      await page.locator(testSubject('logAnomaliesCalendarImport')).first().click();
      await page.fill(testSubject('logAnomaliesCalendarImportIndex'), `${index}*`);
      await next.click();
      await outcome.getByText('There already: 2.').waitFor();
      expect(await preview.first().innerText()).toContain('There already');
      expect(await next.isDisabled()).toBe(true);
    } finally {
      await world.elasticsearch.indices.delete({ index });
    }
  }));
