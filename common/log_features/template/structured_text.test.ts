import { isStructuredText } from './structured_text';

describe('isStructuredText', () => {
  it.each([
    '{"a": 1,\n "b": [2]}',
    '[\n  1,\n  2\n]\n',
    "{'a': 1,\n 'b': 2}",
    '{\n "a": "cut off',
    '[\n {"a": "}]"},\n',
    '[1,\n 2',
    '{"quoted": "\\"} ",\n "b": 2}',
  ])('is true for %j', (text) => expect(isStructuredText(text)).toBe(true));

  it.each([
    '[ERROR] request failed\n  at a.b.C',
    '["main"] request failed\n  at a.b.C',
    '[2026-01-01 10:00:00] request failed\n  at a.b.C',
    '{"level":"error"} request failed\n  at a.b.C',
    '[ERROR request failed\n  at a.b.C',
    '{curly\n  at a.b.C',
    'request failed [',
    '',
  ])('is false for %j', (text) => expect(isStructuredText(text)).toBe(false));
});
