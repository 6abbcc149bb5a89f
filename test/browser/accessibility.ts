import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Part of a finding of axe-core. */
interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly {
    readonly html: string;
    readonly failureSummary?: string;
  }[];
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A colour half way through its transition is nobody's text: waits until all that ends has ended. */
const ANIMATIONS_ENDED = `new Promise(requestAnimationFrame).then(() => Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    .map(({ finished }) => finished)))`;

/** Figures that name nothing: axe does not mind an id that is not there. */
const NAMELESS_FIGURES = `[...document.querySelectorAll('figure')].filter((figure) =>
  !(figure.getAttribute('aria-labelledby') ?? '').split(' ').some((id) => document.getElementById(id)?.textContent)
).map(({ outerHTML }) => 'figure without a name: ' + outerHTML.slice(0, 200))`;

/** Rules of axe whose findings depend on the theme. */
export const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/**
 * Returns the serious and critical findings of axe on a page and charts without a name, one line for each element.
 *
 * @param rules of axe, by default all
 */
export async function seriousFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(ANIMATIONS_ENDED);
  // Not as a script element: the security policy of the page forbids that, as Kibana's does.
  await page.evaluate(AXE);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })}).then(({ violations }) => violations)`,
  );
  const nameless = await page.evaluate<string[]>(NAMELESS_FIGURES);
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary = '' }) =>
          `${impact} ${id} (${help}): ${html.slice(0, 200)} ${failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`,
      ),
    );
  return [...nameless, ...found];
}
