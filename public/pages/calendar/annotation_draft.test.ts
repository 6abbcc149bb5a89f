import { annotationBodyOf, emptyAnnotation, endingOf } from './annotation_draft';

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

test('an annotation without an end is given one under its id, at most 31 days after its start', () => {
  const open = { id: 'inc', kind: 'incident' as const, title: 'Disk', entities: ['cart'], recorded_at: '' };
  const endOf = (at: string) => annotationBodyOf(endingOf({ ...open, at }, NOW)).body;
  expect(endOf('2026-11-01T09:00:00.000Z')).toEqual({
    id: 'inc',
    kind: 'incident',
    title: 'Disk',
    at: '2026-11-01T09:00:00.000Z',
    ends_at: '2026-11-01T10:00:00.000Z',
    entities: ['cart'],
  });
  expect(endOf('2026-11-01T10:00:10.000Z')?.ends_at).toBe('2026-11-01T10:01:10.000Z');
  expect(endOf('2026-08-01T10:00:00.000Z')?.ends_at).toBe('2026-09-01T10:00:00.000Z');
});
