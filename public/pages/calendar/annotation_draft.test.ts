import { annotationBodyOf, emptyAnnotation } from './annotation_draft';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const NOW = Date.parse('2026-11-01T10:00:30.000Z');
const form = { ...emptyAnnotation(NOW), title: 'Release' };

test('a form becomes the request, and what is empty is left out', () => {
  expect(annotationBodyOf(form)).toEqual({
    body: { kind: 'deployment', title: 'Release', at: '2026-11-01T10:00:00.000Z', entities: [] },
    problems: {},
  });
  const whole = annotationBodyOf({
    ...form,
    endsAt: NOW + 60_000,
    entities: ['cart'],
    version: ' 1.42 ',
    url: 'https://ci.example/1',
  });
  expect(whole.body).toMatchObject({
    ends_at: '2026-11-01T10:01:30.000Z',
    entities: ['cart'],
    version: '1.42',
    url: 'https://ci.example/1',
  });
});

test('what is wrong is said at its field', () => {
  const problemsOf = (change: Partial<typeof form>) => annotationBodyOf({ ...form, ...change }).problems;
  expect(Object.keys(problemsOf({ title: ' ' }))).toEqual(['title']);
  expect(problemsOf({ url: 'javascript:alert(1)' })).toEqual({
    url: 'Must be an address that begins with http:// or https://',
  });
  expect(Object.keys(problemsOf({ endsAt: form.at }))).toEqual(['endsAt']);
  expect(Object.keys(problemsOf({ endsAt: form.at + 32 * 86_400_000 }))).toEqual(['endsAt']);
  expect(annotationBodyOf({ ...form, title: '' }).body).toBeUndefined();
});
