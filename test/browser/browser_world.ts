import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { DetectorInput } from '../../common/detector';
import type { Operation } from '../../common/api';
import {
  annotationsIndex,
  connect,
  feedbackIndex,
  readerRole,
  resultsPattern,
  sleep,
} from '../../server/elasticsearch';
import { startKibanaStandIn, type KibanaStandIn, type Person } from '../integration/fixtures/kibana_stand_in';
import { buildPages } from './build_host_page';
import { startHost, type Host } from './host_server';
import { DEMO_LOGS_DAYS, writeDemoLogs } from './demo_logs';
import { watchRequests } from './quiet_page';
import { keepRunningTasks } from './run_tasks';

const DAY_MILLISECONDS = 86_400_000;
/** A machine that does other things as well takes its time; nothing is waited for longer than it takes. */
const PATIENCE_MILLISECONDS = 90_000;

/** Everything that the pages need, over one Elasticsearch. */
export interface BrowserWorld {
  readonly elasticsearch: Client;
  readonly kibana: KibanaStandIn;
  readonly host: Host;
  readonly space: string;
  /** Index with demo logs. */
  readonly logs: string;
  /** Folder of the built bundle. */
  readonly bundle: string;
  close(): Promise<void>;
}

/**
 * Demo logs, the plugin's own routes and tasks over Elasticsearch (ELASTICSEARCH_URL, _USERNAME, _PASSWORD: a user who may
 * do everything), and the host page with the built bundle. Users `admin`, `reader`, and `stranger`: a reader without rights on indices.
 *
 * @param port of the host page, default any free one
 */
export async function startBrowserWorld(port?: number): Promise<BrowserWorld> {
  const space = `browser-${randomBytes(4).toString('hex')}`;
  const logs = `${space}-logs`;
  const elasticsearch = connect();
  const shared = process.env.FOLDER_OF_TESTS;
  const folder = shared
    ? join(shared, `pages_${process.env.JEST_WORKER_ID}`)
    : await mkdtemp(join(tmpdir(), 'log-anomalies-browser-'));
  const [{ hostPage, bundle }] = await Promise.all([buildPages(folder), writeDemoLogs(elasticsearch, logs)]);
  const kibana = startKibanaStandIn({ administrator: elasticsearch });
  const reader = await makeUser(elasticsearch, `${space}-reader`, readerRole(space).indices);
  const stranger = await makeUser(elasticsearch, `${space}-stranger`, []);
  const people: Person[] = [
    administrator(elasticsearch),
    { name: 'reader', client: reader, privileges: ['read'] },
    { name: 'stranger', client: stranger, privileges: ['read'] },
  ];
  const host = await startHost({
    kibana,
    space,
    dataViews: [{ id: logs, title: logs, name: 'Logs' }],
    hostPage,
    bundle,
    people,
    ...(port && { port }),
  });
  const stopTasks = keepRunningTasks(kibana);
  return {
    elasticsearch,
    kibana,
    host,
    space,
    logs,
    bundle,
    close: async () => {
      await stopTasks();
      await host.close();
      const results = await elasticsearch.indices.get({
        index: resultsPattern(space),
        allow_no_indices: true,
      });
      const own = [logs, feedbackIndex(space), annotationsIndex(space), ...Object.keys(results)];
      await elasticsearch.indices.delete({ index: own, ignore_unavailable: true });
      await Promise.all([reader.close(), stranger.close()]);
      await elasticsearch.close();
      if (!shared) await rm(folder, { recursive: true, force: true });
    },
  };
}

export const administrator = (client: Client): Person => ({
  name: 'admin',
  client,
  privileges: ['read', 'write'],
  authorization: {
    username: process.env.ELASTICSEARCH_USERNAME ?? '',
    password: process.env.ELASTICSEARCH_PASSWORD ?? '',
  },
});

async function makeUser(
  client: Client,
  name: string,
  indices: ReturnType<typeof readerRole>['indices'],
): Promise<Client> {
  const password = `pw-${Math.random().toString(36).slice(2)}`;
  await client.security.putRole({
    name,
    indices: indices.map((each) => ({ names: [...each.names], privileges: [...each.privileges] })),
  });
  await client.security.putUser({ username: name, password, roles: [name] });
  return connect({ url: process.env.ELASTICSEARCH_URL as string, username: name, password });
}

export const demoDetector = (index: string, change: Partial<DetectorInput> = {}): DetectorInput => ({
  name: 'Shop requests',
  source: { index },
  features: [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'http.response.status_code' },
    { type: 'category', field: 'http.request.method' },
    { type: 'template', field: 'message' },
  ],
  entity_field: 'service.name',
  training: { window: '3d' },
  ...change,
});

/** A detector with a model and three days of results, made over the API. @returns its id */
export async function makeDetector(
  { kibana, elasticsearch, space, logs }: BrowserWorld,
  change?: Partial<DetectorInput>,
): Promise<string> {
  const admin = administrator(elasticsearch);
  const call = async <Body>(operation: Operation, given: object): Promise<Body> => {
    const { status, body } = await kibana.call(admin, operation, given, space);
    if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const body = { detector: demoDetector(logs, change), start: true };
  const { id } = await call<{ id: string }>('createDetector', { body });
  const params = { id };
  const until = async (what: string, look: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + PATIENCE_MILLISECONDS;
    while (!(await look())) {
      if (Date.now() > end) throw new Error(`Waited in vain for ${what}.\n${kibana.logged.join('\n')}`);
      await sleep(100);
    }
  };
  await until(
    'a model',
    async () => (await call<{ model?: object }>('getStatus', { params })).model !== undefined,
  );
  const to = Date.now();
  await call('startBackfill', { params, body: { from: to - DEMO_LOGS_DAYS * DAY_MILLISECONDS, to } });
  await until(
    'results',
    async () => (await call<{ state: string }>('getBackfill', { params })).state === 'done',
  );
  await elasticsearch.indices.refresh({ index: 'log-anomalies-*' });
  return id;
}

export interface Window {
  readonly user?: 'admin' | 'reader' | 'stranger';
  readonly theme?: 'light' | 'dark';
  readonly locale?: string;
  readonly width?: number;
  /** Other cookies that the host page knows: `data_views`, `date_format`, `discover`. */
  readonly cookies?: Readonly<Record<string, string>>;
}

export interface OpenedPage {
  readonly page: Page;
  /** Everything that the browser complained about. */
  readonly problems: string[];
}

/** Contexts by browser, and by what was asked of them. */
const contexts = new WeakMap<Browser, Map<string, Promise<BrowserContext>>>();

/** Opens a page as in a browser of its own, except that scripts which another page has compiled are not compiled again. */
export async function openPage(
  browser: Browser,
  { url }: Host,
  { user = 'admin', theme = 'light', locale = 'en', width = 1_280, cookies = {} }: Window = {},
): Promise<OpenedPage> {
  const chosen = { user, theme, locale, ...cookies };
  const context = await contextFor(browser, url, { width, cookies: chosen });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(url).origin,
    storageTypes: 'local_storage',
  });
  watchRequests(page);
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} ${message.location().url}`);
  });
  return { page, problems };
}

function contextFor(
  browser: Browser,
  url: string,
  asked: { readonly width: number; readonly cookies: Readonly<Record<string, string>> },
): Promise<BrowserContext> {
  let known = contexts.get(browser);
  if (known === undefined) contexts.set(browser, (known = new Map()));
  const name = JSON.stringify([url, asked]);
  let context = known.get(name);
  if (context === undefined) known.set(name, (context = newContext(browser, url, asked)));
  return context;
}

async function newContext(
  browser: Browser,
  url: string,
  { width, cookies }: Parameters<typeof contextFor>[2],
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: 1_000 },
    baseURL: url,
    reducedMotion: 'reduce',
  });
  await context.addCookies(
    Object.entries(cookies).map(([name, value]) => ({ name, value: encodeURIComponent(value), url })),
  );
  return context;
}

/** Does the work on a page of its own, and refuses anything that the browser complains about. */
export async function onPage(
  browser: Browser,
  { host }: BrowserWorld,
  work: (page: Page) => Promise<void>,
  given: Window = {},
): Promise<void> {
  const { page, problems } = await openPage(browser, host, given);
  await work(page);
  // The browser itself reports what is refused.
  const isRefusal = (problem: string): boolean => /status of 4\d\d/.test(problem);
  const left = problems.filter((problem) => !isRefusal(problem));
  if (left.length > 0) throw new Error(`The browser complained:\n${left.join('\n')}`);
  await page.close();
}
