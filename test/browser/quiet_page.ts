import type { Page } from 'playwright-core';
import { WORK_MILLISECONDS } from './steps';

const SIGNS_OF_LOADING = '.euiLoadingSpinner, .euiLoadingChart';
/** By the clock of the page, which stands while the page works. */
const QUIET_MILLISECONDS = 120;

/** Requests of a page: those that run, and how many there were. */
interface Requests {
  open: number;
  sent: number;
}

const requestsOf = new WeakMap<Page, Requests>();

/** Counts the requests of a page from now on, for {@link settle}. */
export function watchRequests(page: Page): void {
  const requests = { open: 0, sent: 0 };
  const end = (): void => void requests.open--;
  page.on('request', () => {
    requests.open++;
    requests.sent++;
  });
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  requestsOf.set(page, requests);
}

/**
 * Waits until a page has drawn what it was asked for: no request runs, none begins within 120 ms of the page's own time, and
 * nothing shows that it loads. Playwright's `networkidle` takes half a second each time.
 *
 * @param page that {@link watchRequests} knows
 * @throws Error after two minutes
 */
export async function settle(page: Page): Promise<void> {
  const requests = requestsOf.get(page)!;
  const end = Date.now() + WORK_MILLISECONDS;
  for (let isQuiet = false; !isQuiet;) {
    if (Date.now() > end) throw new Error(`${page.url()} still loads: ${requests.open} requests`);
    const { sent } = requests;
    const isLoading = await page.evaluate(
      ([signs, quiet]) =>
        new Promise<boolean>((done) =>
          requestAnimationFrame(() =>
            setTimeout(() => done(document.querySelector(String(signs)) !== null), Number(quiet)),
          ),
        ),
      [SIGNS_OF_LOADING, QUIET_MILLISECONDS],
    );
    isQuiet = !isLoading && requests.open === 0 && requests.sent === sent;
  }
}
