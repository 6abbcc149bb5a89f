import { MessageShapes } from './message_shapes';

function known(...texts: string[]): MessageShapes<string> {
  const shapes = new MessageShapes<string>();
  for (const text of texts) shapes.set(text, text);
  return shapes;
}

test('finds messages that differ in digits alone', () => {
  const shapes = known('waited 10 ms', '');
  expect(shapes.get('waited 99 ms')).toBe('waited 10 ms');
  expect(shapes.get('')).toBe('');
  for (const other of ['waited 100 ms', 'waited 1x ms', 'waited 10 Ms', 'waited ٣٤ ms', 'waited 10 ms '])
    expect(shapes.get(other)).toBeUndefined();
});

test('compares a digit before an x, which says that a number is hexadecimal', () => {
  const shapes = known('at 0xff12', '0X1');
  expect(shapes.get('at 0xff99')).toBe('at 0xff12');
  expect(shapes.get('at 1xff12')).toBeUndefined();
  expect(shapes.get('1X1')).toBeUndefined();
});

test('holds a bounded number of them, those that were found or added last', () => {
  const shapes = known();
  const word = (place: number): string => [...String(place)].map((digit) => 'abcdefghij'[+digit]).join('');
  let missed = 0;
  for (let place = 0; place < 20_000; place++) {
    shapes.set(word(place), word(place));
    if (place % 10 === 0) shapes.set('often 1', 'often');
    if (shapes.get(word(place)) !== word(place) || shapes.get('often 2') !== 'often') missed++;
  }
  expect(missed).toBe(0);
  let held = 0;
  for (let place = 0; place < 20_000; place++) if (shapes.get(word(place)) !== undefined) held++;
  expect(held).toBeLessThanOrEqual(8_192);
  expect(held).toBeGreaterThan(6_000);
});

test('remembers no long messages', () => {
  const shapes = known('x'.repeat(513), 'y'.repeat(512));
  expect(shapes.get('x'.repeat(513))).toBeUndefined();
  expect(shapes.get('y'.repeat(512))).toBeDefined();
});
