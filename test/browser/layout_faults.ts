import type { Page } from 'playwright-core';

/** Matches texts that no page may show to anybody, in whatever state it is. */
const RAW_TEXT =
  /\bundefined\b|\bNaN\b|\[object |\b(?:not_found|invalid_input|too_few_logs)\b|\w_exception\b|Internal Server Error|\bForbidden\b/;

/**
 * Finds, in the browser: text that its box or the window cuts without saying so by an ellipsis or a bar to scroll it, and
 * texts that lie over each other. Texts in a layer above the page (flyouts, toasts) are compared among themselves.
 */
function findLayoutFaults(): string[] {
  interface Seen {
    readonly text: string;
    readonly parent: Element;
    readonly layer: Element | null;
    readonly box: { left: number; right: number; top: number; bottom: number };
  }
  const faults: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`The page is ${scrollWidth} wide in a window of ${clientWidth}`);
  const seen: Seen[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = (node.textContent ?? '').trim();
    const parent = node.parentElement;
    if (
      text === '' ||
      parent === null ||
      parent.closest('script, style, noscript, svg, [aria-hidden="true"]')
    )
      continue;
    if (parent.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }) === false) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rectangle of range.getClientRects()) {
      const box = {
        left: rectangle.left,
        right: rectangle.right,
        top: rectangle.top,
        bottom: rectangle.bottom,
      };
      if (box.right - box.left < 1) continue;
      let isShortened = false;
      let canScroll = false;
      let isHidden = false;
      for (let around: Element | null = parent; around !== null; around = around.parentElement) {
        const style = getComputedStyle(around);
        const bounds = around.getBoundingClientRect();
        // For screen readers alone; captions of tables keep their place in the flow in newer EUI.
        if (bounds.width <= 1 || bounds.height <= 1) {
          isHidden ||= style.position === 'absolute' || around.tagName === 'CAPTION';
        }
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        isShortened ||= style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
        canScroll ||= style.overflowX === 'auto' || style.overflowX === 'scroll';
        if (!isShortened && !canScroll && !isHidden && around !== document.documentElement) {
          if (box.right > bounds.right + 1.5 || box.left < bounds.left - 1.5) {
            faults.push(
              `Cut by its box: "${text.slice(0, 60)}" (${Math.round(box.right - bounds.right)} px)`,
            );
            isShortened = true;
          }
        }
        // Texts that are scrolled or cut away lie over nothing.
        box.top = Math.max(box.top, bounds.top);
        box.bottom = Math.min(box.bottom, bounds.bottom);
        box.left = Math.max(box.left, bounds.left);
        box.right = Math.min(box.right, bounds.right);
      }
      if (isHidden || box.right - box.left < 2 || box.bottom - box.top < 2) continue;
      const layer = parent.closest('.euiFlyout, .euiToast, .euiModal, .euiPopover__panel');
      seen.push({ text: text.slice(0, 50), parent, layer, box });
    }
  }
  for (const [place, one] of seen.entries()) {
    for (const other of seen.slice(place + 1)) {
      if (one.layer !== other.layer || one.parent === other.parent) continue;
      if (one.parent.contains(other.parent) || other.parent.contains(one.parent)) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (wide > 3 && high > 5) faults.push(`Over each other: "${one.text}" and "${other.text}"`);
    }
  }
  return [...new Set(faults)];
}

/** Returns what is wrong with the layout and the words of a page as it stands, one line each. */
export async function layoutFaults(page: Page): Promise<string[]> {
  const faults = await page.evaluate(findLayoutFaults);
  const text = await page.evaluate(() => document.body.innerText);
  const raw = RAW_TEXT.exec(text);
  if (raw === null) return faults;
  return [
    ...faults,
    `Raw text: "${text.slice(Math.max(0, raw.index - 40), raw.index + 40).replace(/\s+/g, ' ')}"`,
  ];
}
