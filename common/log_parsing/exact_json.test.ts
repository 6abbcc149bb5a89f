import { parseExactJson } from './exact_json';

describe('parseExactJson', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['1234567890123456', 1234567890123456],
    ['12345678901234567.5', Number('12345678901234567.5')],
    ['1.2345678901234567890', Number('1.2345678901234567890')],
    ['9007199254740993e2', Number('9007199254740993e2')],
    ['1E+9007', Infinity],
    ['1e-9007199254740993', 0],
  ])('reads %s as %p', (digits, value) => {
    const places = [
      `{"a":${digits}}`,
      `{"a": ${digits} ,"b":1}`,
      `{"a":[1,${digits}]}`,
      `{"a":[\n${digits}\n]}`,
    ];
    const seen = places.map((json) => [(parseExactJson(json) as { a: unknown }).a].flat().pop());
    expect(seen).toEqual(places.map(() => value));
  });

  it('leaves texts, names and their escapes alone', () => {
    const document = {
      'id:9007199254740993,': 'a "9007199254740993" \\',
      '\\': ',9007199254740993]',
      'é\\"': ':[9007199254740993,',
    };
    const json = JSON.stringify(document).replace(/}$/, ',"n":9007199254740993}');
    expect(parseExactJson(json)).toEqual({ ...document, n: '9007199254740993' });
  });

  it.each([
    '',
    '{"a":00009007199254740993}',
    '{"a":9007199254740993',
    '["9007199254740993',
    '{a:9007199254740993}',
  ])('refuses %s', (json) => expect(() => parseExactJson(json)).toThrow(SyntaxError));

  it('takes time in proportion to the text', () => {
    const json = `{"text":${JSON.stringify('\\"'.repeat(2_000_000))},"n":9007199254740993}`;
    expect(parseExactJson(json)).toMatchObject({ n: '9007199254740993' });
  });
});
