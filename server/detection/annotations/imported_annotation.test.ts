import { DEFAULT_IMPORTED_FIELDS as fields } from '../../../common/annotations';
import { importedAnnotation, type ImportSettings } from './imported_annotation';

const NOW = Date.parse('2026-11-01T12:00:00.000Z');
const settings: ImportSettings = { kind: 'deployment', fields, by: 'olga', now: NOW };
const at = '2026-11-01T10:00:00.000Z';
const read = (document: object, change: Partial<ImportSettings> = {}) =>
  importedAnnotation(document as Record<string, unknown>, 'imported-1', { ...settings, ...change });
const problemOf = (document: object) => {
  const found = read({ '@timestamp': at, message: 'x', ...document });
  return 'problem' in found ? found.problem : undefined;
};

test('a document of observability-annotations and one of ECS are read, nested, dotted or both', () => {
  const annotation = {
    id: 'imported-1',
    kind: 'maintenance',
    title: 'Move of cart',
    at,
    ends_at: '2026-11-01T11:00:00.000Z',
    entities: ['blog', 'cart'],
    version: '1.42',
    url: 'https://ci.example/1',
    by: 'olga',
    recorded_at: '2026-11-01T12:00:00.000Z',
  };
  expect(
    read({
      '@timestamp': '2026-11-01T11:30:00.000Z',
      'event.start': '2026-11-01T10:00:00.000000001Z',
      event: { end: Date.parse(annotation.ends_at) },
      annotation: { title: ' Move\n of cart ', type: 'Maintenance' },
      message: 'More of it',
      service: { name: ['cart', 'blog', 'cart'], version: '1.42' },
      url: { full: 'https://ci.example/1' },
    }),
  ).toEqual({ annotation });
  const plain = { '@timestamp': at, message: 'Release', 'event.url': 'https://ci.example/1' };
  expect(read(plain)).toEqual({
    annotation: {
      ...{ id: 'imported-1', kind: 'deployment', title: 'Release', at, entities: [] },
      ...{ url: annotation.url, by: 'olga', recorded_at: annotation.recorded_at },
    },
  });
});

test('a title is cut between characters, * is all entities, and an end that is the start is none', () => {
  const long = read({ '@timestamp': at, message: `${'x'.repeat(199)}😀 more` });
  expect(long).toMatchObject({ annotation: { title: 'x'.repeat(199) } });
  const all = read({ '@timestamp': at, message: 'x', 'service.name': '*', 'event.end': at });
  expect(all).toMatchObject({ annotation: { entities: [] } });
  expect(all).not.toHaveProperty('annotation.ends_at');
});

test('a kind that is none of ours is the one that is given', () => {
  const document = { '@timestamp': at, message: 'x', annotation: { type: 'slo' } };
  expect(read(document, { kind: 'incident' })).toMatchObject({ annotation: { kind: 'incident' } });
});

test.each([
  ['title', { message: ' ' }, /annotation\.title, message: must hold a text/],
  ['at', { '@timestamp': undefined }, /event\.start, @timestamp: must hold a time/],
  ['at', { '@timestamp': '2028-11-01T10:00:00.000Z' }, /at most a year ahead/],
  ['at', { '@timestamp': '1970-01-20T10:00:00.000Z' }, /must be 2000 or later/],
  ['ends_at', { 'event.end': '2026-11-01T09:00:00.000Z' }, /must be later than the start/],
  ['ends_at', { 'event.end': '2026-12-31T09:00:00.000Z' }, /at most 31 days after/],
  ['ends_at', { 'event.end': 'soon' }, /must be ISO 8601/],
  ['url', { 'url.full': 'javascript:alert(1)' }, /http/],
  ['version', { 'service.version': 'x'.repeat(101) }, /version/],
  ['entities', { 'service.name': Array.from({ length: 51 }, (_each, place) => `s${place}`) }, /50/],
])('what has no right %s is named (%j)', (field, document, message) => {
  expect(problemOf(document)).toEqual({ field, message: expect.stringMatching(message) });
});
