/** Place of the visualization in Kibana's editor of visualizations, in 8.12 and 9.x alike. */
const CANVAS = '.visEditor__canvas';

/**
 * Gives a panel the whole width of the editor that it is drawn in. The editor lays its canvas out in a row, in which an element is as
 * wide as what it holds; from 9.2 on nothing between the canvas and the panel has a width of its own. A dashboard stays as it is.
 *
 * Source: src/platform/plugins/private/vis_default_editor/public/default_editor.tsx (commit 34131ee8); other plugins met the same.
 */
export function fillEditor(element: HTMLElement): void {
  const canvas = element.closest(CANVAS);
  if (canvas === null) return;
  for (
    let inner: HTMLElement | null = element;
    inner !== null && inner !== canvas;
    inner = inner.parentElement
  ) {
    inner.style.width = '100%';
  }
}
