import { cached } from './cached';

/** Reads texts, and tells how often. */
function counting(options?: Parameters<typeof cached>[1]) {
  let reads = 0;
  const read = cached((text) => {
    reads++;
    return text === 'none' ? undefined : text.length;
  }, options);
  return { read, reads: () => reads };
}

const texts = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, place) => `text ${from + place}`);

test('texts of a page are read once, however many pages were before', () => {
  const { read, reads } = counting({ size: 10 });
  for (let page = 0; page < 7; page++) {
    const ofPage = texts(10 * page, 10);
    ofPage.forEach(read);
    expect(ofPage.map(read)).toEqual(ofPage.map(({ length }) => length));
    expect(reads()).toBe(10 * (page + 1));
  }
});

test('a text that comes again and again is read once, and others are forgotten', () => {
  const { read, reads } = counting({ size: 10 });
  for (const text of texts(0, 100)) {
    read(text);
    read('often');
  }
  expect(reads()).toBe(101);
  read('text 0');
  expect(reads()).toBe(102);
});

test('undefined is an outcome as well, and long texts are read each time', () => {
  const { read, reads } = counting({ size: 10, longest: 5 });
  expect([read('none'), read('none')]).toEqual([undefined, undefined]);
  expect(reads()).toBe(1);
  read('longer');
  read('longer');
  expect(reads()).toBe(3);
});
