import { fillEditor } from './fill_editor';

interface Element {
  readonly name: string;
  readonly style: { width: string };
  parentElement: Element | null;
  closest(selector: string): Element | null;
}

/** Elements one in the other, the outermost first, as far as the function looks at them. */
function nested(...classes: string[]): Element[] {
  const elements = classes.map((name): Element => ({
    name,
    style: { width: '' },
    parentElement: null,
    closest: () => null,
  }));
  elements.forEach((element, depth) => {
    element.parentElement = elements[depth - 1] ?? null;
    element.closest = (selector) =>
      elements
        .slice(0, depth + 1)
        .reverse()
        .find(({ name }) => `.${name}` === selector) ?? null;
  });
  return elements;
}
const widthsOf = (elements: readonly Element[]): string[] => elements.map(({ style }) => style.width);

it('gives the panel and all around it the width of the canvas, and leaves the canvas alone', () => {
  const elements = nested('page', 'visEditor__canvas', 'visualize', 'expression', 'panel');
  fillEditor(elements[4] as unknown as HTMLElement);
  expect(widthsOf(elements)).toEqual(['', '', '100%', '100%', '100%']);
});

it('changes nothing in a dashboard', () => {
  const elements = nested('dashboard', 'expression', 'panel');
  fillEditor(elements[2] as unknown as HTMLElement);
  expect(widthsOf(elements)).toEqual(['', '', '']);
});
