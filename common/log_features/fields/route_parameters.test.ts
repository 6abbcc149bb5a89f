import { learnParents } from './route_parameters';
import { routeOf } from './routes';

const repeat = (count: number, text: (i: number) => string): string[] =>
  Array.from({ length: count }, (_none, i) => text(i));
/** No two alike, and nothing in them looks like an id. */
const nameOf = (i: number): string =>
  ['oak', 'elm', 'ash', 'fir', 'yew'][i % 5] +
  '-' +
  'abcdefghij'[((i / 5) % 10) | 0] +
  'abcdefghij'[(i / 50) | 0];

describe('segments of routes that are parameters', () => {
  const shop = [
    ...repeat(200, (i) => `/products/${nameOf(i)}/reviews?page=${i}`),
    ...repeat(400, (i) => `https://shop.example/static/${['app.js', 'site.css', 'logo.png'][i % 3]}`),
    ...repeat(30, (i) => `/img/${nameOf(i)}.png`),
    ...repeat(100, (i) => `/${nameOf(i)}`),
  ];

  it('are those with many names, of which some were there once; never those at the root', () => {
    expect(learnParents(shop)).toEqual(['/products', '/img']);
  });

  it('make one route of names that training never held; of files the ending stays', () => {
    const parents = new Set(learnParents(shop));
    expect(routeOf('/products/never-seen/reviews?page=2', true, parents)).toBe('/products/{id}/reviews?page');
    expect(routeOf('/img/new.png', true, parents)).toBe('/img/{id}.png');
    expect(routeOf('/img/shell.php', true, parents)).toBe('/img/{id}.php');
    expect(routeOf('/static/new.js', true, parents)).toBe('/static/new.js');
    expect(routeOf('/oak-aa', true, parents)).toBe('/oak-aa');
  });

  it('are none among few names, nor among many that come again and again', () => {
    expect(learnParents(repeat(19, (i) => `/products/${nameOf(i)}`))).toEqual([]);
    expect(learnParents(repeat(400, (i) => `/products/${nameOf(i % 200)}`))).toEqual([]);
    expect(learnParents(repeat(400, (i) => `/products/${i}`))).toEqual([]);
  });

  it('are found behind another parameter', () => {
    const texts = repeat(200, (i) => `/shops/${nameOf(i)}/items/${nameOf(199 - i)}`);
    expect(learnParents(texts)).toEqual(['/shops', '/shops/{id}/items']);
    expect(routeOf('/shops/a/items/b', false, new Set(learnParents(texts)))).toBe('/shops/{id}/items/{id}');
  });

  it('do not depend on the order of the logs', () => {
    expect(learnParents([...shop].reverse())).toEqual(learnParents(shop));
  });
});
