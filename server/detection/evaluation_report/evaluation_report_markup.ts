/** A piece of HTML or SVG in which everything that came from outside is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | string | number | undefined | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  // Controls, and characters that turn the reading direction, make a page lie about a log.
  return String(value)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * Tag of a template: all values are escaped, for text and for quoted attributes, except pieces of markup and lists of
 * them. Numbers are rounded by whoever draws.
 */
export function markup(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(strings.map((piece, i) => (i === 0 ? '' : render(values[i - 1])) + piece).join(''));
}
