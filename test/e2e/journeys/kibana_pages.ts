import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { testSubject, WORK_MILLISECONDS, type Pages } from '../../browser/steps';
import type { Credentials } from '../kibana_client';

/** Kibana probes its own security policy on each page, and complains where Elasticsearch lacks modules. */
const isOurs = (text: string): boolean =>
  /logAnomalies|log_anomalies/i.test(text) && !text.includes('Content Security Policy');
/** Charts move into place. */
const SETTLING_MILLISECONDS = 2_500;

/** A window of Kibana, logged in where there is security. */
export interface KibanaPages extends Pages {
  /** Problems that the browser reported on our pages. */
  readonly problems: string[];
  /** Saves what is seen, under this name, into the folder PICTURES. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openKibana(
  browser: Browser,
  url: string,
  credentials: Credentials | undefined,
): Promise<KibanaPages> {
  const folder = process.env.PICTURES ?? 'build/pictures';
  mkdirSync(folder, { recursive: true });
  // The browser shares the processor with Kibana: animations without a graphics card would slow it down.
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 1_000 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WORK_MILLISECONDS);
  const problems: string[] = [];
  page.on('pageerror', (error) => {
    if (isOurs(String(error.stack))) problems.push(String(error.stack));
  });
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && isOurs(text)) problems.push(text);
  });
  if (credentials !== undefined) await logIn(page, url, credentials);
  return {
    page,
    url,
    problems,
    picture: async (name) => {
      await page.waitForTimeout(SETTLING_MILLISECONDS);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    close: () => context.close(),
  };
}

async function logIn(page: Page, url: string, { username, password }: Credentials): Promise<void> {
  await page.goto(`${url}/login`);
  await page.fill(testSubject('loginUsername'), username);
  await page.fill(testSubject('loginPassword'), password);
  await page.click(testSubject('loginSubmit'));
  // Kibana goes on to its home by itself.
  await page.waitForURL((address) => !address.pathname.startsWith('/login'));
  await page.waitForSelector(testSubject('kibanaChrome'));
  await page.waitForLoadState('networkidle');
}
