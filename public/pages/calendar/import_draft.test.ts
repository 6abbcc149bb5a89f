import { emptyImport, importBodyOf } from './import_draft';

jest.mock('@kbn/datemath', () => jest.requireActual('@elastic/datemath'), { virtual: true });
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const range = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
const form = { ...emptyImport(range), index: ' observability-annotations ' };

test('a form becomes the request, and what is empty is left to the defaults', () => {
  const times = { from: Date.parse(range.from), to: Date.parse(range.to) };
  expect(importBodyOf({ ...form, fields: { title: ' ' } })).toEqual({
    body: { index: 'observability-annotations', ...times },
    problems: {},
  });
  const whole = {
    kind: 'incident' as const,
    query: ' service.name:cart ',
    fields: { at: 'started , @timestamp,' },
  };
  expect(importBodyOf({ ...form, ...whole }).body).toEqual({
    ...{ index: 'observability-annotations', kind: 'incident', query: 'service.name:cart', ...times },
    fields: { at: ['started', '@timestamp'] },
  });
});

test('what is wrong is said at its field', () => {
  const problemsOf = (change: Partial<typeof form>) => importBodyOf({ ...form, ...change }).problems;
  expect(Object.keys(problemsOf({ index: '' }))).toEqual(['index']);
  expect(problemsOf({ index: '.kibana' }).index).toMatch(/must not begin with a dot/);
  expect(Object.keys(problemsOf({ fields: { entities: 'service.*' } }))).toEqual(['entities']);
  expect(importBodyOf({ ...form, index: '' }).body).toBeUndefined();
});
