import { getField } from '..';

describe('getField', () => {
  const path = 'http.response.status_code';

  it.each([
    [{ http: { response: { status_code: 200 } } }],
    [{ 'http.response.status_code': 200 }],
    [{ 'http.response': { status_code: 200 } }],
    [{ http: { 'response.status_code': 200 } }],
    [{ http: [{ response: { status_code: 200 } }] }],
  ])('finds a nested, dotted or mixed field in %j', (document) => {
    expect(getField(document, path)).toBe(200);
  });

  it('goes on to another spelling where one leads nowhere', () => {
    expect(getField({ 'http.response': { other: 1 }, http: { response: { status_code: 404 } } }, path)).toBe(
      404,
    );
  });

  it('reads all objects of a list, whichever of them has the field', () => {
    expect(getField({ items: [{ x: 1 }, { code: 'c' }] }, 'items.code')).toBe('c');
    expect(getField({ items: [{ code: 'a' }, [{ code: ['b', 'c'] }], 7, null] }, 'items.code')).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(getField({ items: [{ x: 1 }, 7] }, 'items.code')).toBeUndefined();
  });

  it('prefers the longest dotted key', () => {
    expect(getField({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
  });

  it.each(['constructor', '__proto__', 'a.constructor.name', 'toString', '__proto__.x', 'a.length'])(
    'never reads %s from a prototype',
    (name) => {
      expect(getField({ a: {} }, name)).toBeUndefined();
      expect(getField(Object.create({ [name]: 1 }) as object, name)).toBeUndefined();
    },
  );

  it('reads own properties with names of a prototype', () => {
    expect(getField(JSON.parse('{"__proto__": {"x": 1}}'), '__proto__.x')).toBe(1);
  });

  it.each([null, undefined, 5, 'text', []])('gives undefined for the document %j', (document) => {
    expect(getField(document, 'a.b')).toBeUndefined();
  });

  it('reads very deep paths nested and dotted', () => {
    const parts = Array.from({ length: 200 }, () => 'a');
    const nested = parts.reduceRight<unknown>((child, part) => ({ [part]: child }), 7);
    expect(getField(nested, parts.join('.'))).toBe(7);
    expect(getField({ [parts.join('.')]: 8 }, parts.join('.'))).toBe(8);
  });
});
