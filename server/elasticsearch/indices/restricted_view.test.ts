import { canMeet, restrictedView, warningsOf } from './restricted_view';

/** As Elasticsearch 8.19.8 answers (with a trial licence) for a role with a query and excepted fields beside a plain one. */
const ANSWER = [
  {
    names: ['other', 'weblogs-*'],
    privileges: ['read'],
    field_security: [{ grant: ['*'], except: ['client.*'] }],
    query: ['{"term":{"team":"a"}}'],
    allow_restricted_indices: false,
  },
  { names: ['plain-*'], privileges: ['read'], allow_restricted_indices: false },
];
const NOTHING = { documents: [], fields: [] };

test.each([
  ['weblogs-*', 'weblogs-2026', true],
  ['weblogs-*', '*-2026', true],
  ['a*c', 'ab*', true],
  ['a*b', 'a*c', false],
  ['logs', 'logs', true],
  ['logs', 'log', false],
  ['*', '', true],
  ['', 'a', false],
  ['a?c', 'abc', true],
  ['weblogs-*', 'applogs-*', false],
])('%j and %j meet: %s', (one, other, expected) => {
  expect(canMeet(one, other)).toBe(expected);
  expect(canMeet(other, one)).toBe(expected);
});

test('a role that limits documents or fields of the logs is found', () => {
  expect(restrictedView(ANSWER, ['weblogs-2026-*'])).toEqual({
    documents: ['weblogs-2026-*'],
    fields: ['weblogs-2026-*'],
  });
  expect(restrictedView(ANSWER, ['*'])).toEqual({ documents: ['*'], fields: ['*'] });
  expect(restrictedView(ANSWER, ['plain-a', 'elsewhere'])).toEqual(NOTHING);
});

test('another role that grants all of it lifts the limit, one that grants a part does not', () => {
  const whole = { names: ['*'], privileges: ['all'] };
  expect(restrictedView([...ANSWER, whole], ['weblogs-*'])).toEqual(NOTHING);
  const part = { names: ['weblogs-2026'], privileges: ['read'] };
  expect(restrictedView([...ANSWER, part], ['weblogs-*']).documents).toEqual(['weblogs-*']);
  const noReading = { names: ['*'], privileges: ['monitor'] };
  expect(restrictedView([...ANSWER, noReading], ['weblogs-*']).documents).toEqual(['weblogs-*']);
  const onlyFields = { names: ['weblogs-*'], privileges: ['read'], field_security: [{ grant: ['a'] }] };
  expect(restrictedView([...ANSWER, onlyFields], ['weblogs-*'])).toEqual({
    documents: [],
    fields: ['weblogs-*'],
  });
});

test('a regular expression may match anything', () => {
  const entry = { names: '/web.*/', privileges: ['read'], query: '{}' };
  expect(restrictedView([entry], ['logs']).documents).toEqual(['logs']);
});

test('the warnings name the patterns and the setting', () => {
  expect(warningsOf(NOTHING)).toEqual([]);
  const [documents, fields] = warningsOf({ documents: ['a', 'b'], fields: ['a'] });
  expect(documents).toMatch(/only some documents of "a", "b".*copy_fields/);
  expect(fields).toMatch(/only some fields of "a"/);
});
