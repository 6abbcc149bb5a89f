import { DirtCounter, numberOf, scalarOf, textOf } from './field_value';

const orders = <Value>(list: readonly Value[]): Value[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((value, place) =>
        orders([...list.slice(0, place), ...list.slice(place + 1)]).map((rest) => [value, ...rest]),
      );

it.each([
  [[5, '900', 7, 'x'], 900, 5, '5'],
  [['b', 'a', '-', ''], undefined, 'a', 'a'],
  [[true, 'zebra', 12, 12], 12, 12, '12'],
  [['9007199254740993', 7], 9007199254740992, 7, '7'],
  [['18446744073709551615'], 18446744073709552000, '18446744073709551615', '18446744073709551615'],
])('reads the list %j in any order, as a number %p and as a text %p', (list, number, scalar, text) => {
  for (const order of [...orders<unknown>(list), [list], [[list]]]) {
    const dirt = new DirtCounter();
    expect(numberOf(order, dirt)).toBe(number);
    expect(String(scalarOf(order, dirt))).toBe(String(scalar));
    expect(textOf(order, 100, dirt)).toBe(text);
  }
});
