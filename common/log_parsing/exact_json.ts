/** An integer that a double may not hold, where a value can stand: in a text such places are rare. */
const MAY_HOLD_LARGE = /[\s:[,]-?[1-9]\d{15,}[\s,\]}]/;
const LARGE = /(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE])/g;
const SHORTEST_LARGE = 16;

const asText = (digits: string): string =>
  Number.isSafeInteger(Number(digits)) ? digits : JSON.stringify(digits);

/** @returns the place behind the quote that ends the text that begins at `quote` */
function endOfText(json: string, quote: number): number {
  for (let end = json.indexOf('"', quote + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return json.length;
}

/**
 * Parses JSON as `JSON.parse` does, but for integers beyond 2^53 - 1, which a double cannot hold: they come as text with all their
 * digits, as 64-bit ids and counters of logs have them. A feature of numbers reads such a text as the nearest double.
 *
 * @throws SyntaxError as `JSON.parse` does
 * @example parseExactJson('{"id":9007199254740993}') // { id: '9007199254740993' }
 */
export function parseExactJson(json: string): unknown {
  if (!MAY_HOLD_LARGE.test(json)) return JSON.parse(json);
  const parts: string[] = [];
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const between = json.slice(at, quote < 0 ? json.length : quote);
    parts.push(between.length < SHORTEST_LARGE ? between : between.replace(LARGE, asText));
    if (quote < 0) break;
    at = endOfText(json, quote);
    parts.push(json.slice(quote, at));
  }
  return JSON.parse(parts.join(''));
}
