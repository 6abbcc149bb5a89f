import { isNestedTooDeeply, textOfJson, wellFormedJson } from './json_values';

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

describe('isNestedTooDeeply', () => {
  it('takes any depth', () => {
    expect(isNestedTooDeeply(nested(64))).toBe(false);
    expect(isNestedTooDeeply(nested(65))).toBe(true);
    expect(isNestedTooDeeply(nested(1_000_000))).toBe(true);
    expect(isNestedTooDeeply({ a: [{ b: 1 }] }, 3)).toBe(false);
    expect(isNestedTooDeeply({ a: [{ b: {} }] }, 3)).toBe(true);
    for (const flat of [1, 'a', null, undefined]) expect(isNestedTooDeeply(flat, 0)).toBe(false);
  });

  it('looks at a part that is shared once a level, and comes to an end for a value within itself', () => {
    let bomb: unknown = [1];
    for (let level = 0; level < 60; level++) bomb = [bomb, bomb, bomb];
    expect(isNestedTooDeeply(bomb)).toBe(false);
    const ring: unknown[] = [];
    ring.push(ring);
    expect(isNestedTooDeeply(ring)).toBe(true);
  });
});

it('makes a text of whatever a log holds', () => {
  expect(textOfJson('a')).toBe('a');
  expect(textOfJson(undefined)).toBe('');
  expect(textOfJson(JSON.parse('{"toString":1,"valueOf":2}'))).toBe('{"toString":1,"valueOf":2}');
  expect(textOfJson(nested(100_000))).toBe('(nested too deeply)');
});

it('mends texts anywhere in a value, and copies none that holds no half of a surrogate pair', () => {
  const value = { a: [{ b: 'x 😀' }, 1, null], c: undefined };
  expect(wellFormedJson(value)).toBe(value);
  const odd: unknown = JSON.parse(`${'{"a":['.repeat(30)}"\ud83d"${']}'.repeat(30)}`);
  expect(JSON.stringify(wellFormedJson(odd))).toBe(JSON.stringify(odd).replace('\\ud83d', '\ufffd'));
  expect(JSON.stringify(wellFormedJson(JSON.parse('{"__proto__":"\ud83d","b":1}')))).toBe(
    '{"__proto__":"\ufffd","b":1}',
  );
});
