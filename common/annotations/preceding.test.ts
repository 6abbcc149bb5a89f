import { annotationDraftSchema, problemOfTimes, storedAnnotationSchema, type Annotation } from './annotation';
import { precedenceText, precedingOf, type Occurrence } from './preceding';

const annotation = (change: Partial<Annotation> = {}): Annotation => ({
  id: 'job-1',
  kind: 'deployment',
  title: 'Release',
  at: '2026-11-01T10:00:00.000Z',
  entities: ['cart'],
  version: '1.42',
  recorded_at: '2026-11-01T10:00:01.000Z',
  ...change,
});

const incident = (start: string, change: Partial<Occurrence> = {}): Occurrence => ({
  start,
  entity: 'cart',
  scope: { kind: 'entity', value: 'cart' },
  ...change,
});

describe('the change that an incident began after', () => {
  const at = (time: string, ...given: Annotation[]) =>
    precedingOf(incident(`2026-11-01T${time}.000Z`), given)?.id;

  it('began at most 30 minutes before it, and never after', () => {
    expect(at('10:00:00', annotation())).toBe('job-1');
    expect(at('10:30:00', annotation())).toBe('job-1');
    expect(at('10:30:01', annotation())).toBeUndefined();
    expect(at('09:59:59', annotation())).toBeUndefined();
  });

  it('is one that goes on still, however long ago it began', () => {
    const long = annotation({ ends_at: '2026-11-01T14:00:00.000Z' });
    expect(at('14:00:00', long)).toBe('job-1');
    expect(at('14:00:01', long)).toBeUndefined();
  });

  it('is one within the bucket that it began in, too', () => {
    const inBucket = (at: string, change: Partial<Annotation> = {}) =>
      precedingOf(incident('2026-11-01T10:00:00.000Z', { began_by: '2026-11-01T11:00:00.000Z' }), [
        annotation({ at: `2026-11-01T${at}.000Z`, ...change }),
      ])?.id;
    expect(inBucket('10:20:00')).toBe('job-1');
    expect(inBucket('10:59:59')).toBe('job-1');
    expect(inBucket('11:00:00')).toBeUndefined();
    expect(inBucket('09:30:00')).toBe('job-1');
    expect(inBucket('09:29:59')).toBeUndefined();
    expect(inBucket('10:20:00', { entities: ['shop'] })).toBeUndefined();
  });

  it('is the latest of several', () => {
    const later = annotation({ id: 'job-2', at: '2026-11-01T10:05:00.000Z' });
    expect(at('10:10:00', later, annotation())).toBe('job-2');
    expect(at('10:10:00', annotation(), later)).toBe('job-2');
    expect(at('10:04:00', annotation(), later)).toBe('job-1');
  });

  it('concerns the entity, a part of it, its host, or all', () => {
    const [start, given] = ['2026-11-01T10:01:00.000Z', [annotation()]];
    const isNamed = (change: Partial<Occurrence>, all = given) =>
      precedingOf(incident(start, change), all) !== undefined;
    const pair = { kind: 'entity', value: 'cart / eu', parts: { 'service.name': 'cart', region: 'eu' } };
    expect(isNamed({ entity: 'cart / eu', scope: pair })).toBe(true);
    expect(isNamed({ entity: undefined, scope: { kind: 'host', value: 'cart' } })).toBe(true);
    expect(isNamed({ entity: 'shop', scope: { kind: 'entity', value: 'shop' } })).toBe(false);
    // The id of a detector is no name of a service.
    expect(isNamed({ entity: undefined, scope: { kind: 'detector', value: 'cart' } })).toBe(false);
    const ofAll = [annotation({ entities: [] })];
    expect(isNamed({ entity: 'shop', scope: { kind: 'entity', value: 'shop' } }, ofAll)).toBe(true);
  });
});

it('says so in a sentence', () => {
  const text = (start: string, change: Partial<Annotation> = {}) =>
    precedenceText(annotation(change), { start: `2026-11-01T${start}.000Z` });
  expect(text('10:02:05')).toBe('Began 2 min after deployment 1.42 of cart.');
  expect(text('10:00:20')).toBe('Began 20 s after deployment 1.42 of cart.');
  expect(precedenceText(annotation(), { start: '2026-11-01T10:00:59.700Z' })).toContain('1 min after');
  expect(text('10:02:00', { version: undefined, entities: [], kind: 'change' })).toBe(
    'Began 2 min after change “Release”.',
  );
  const entities = ['a', 'b', 'c', 'd', 'e'];
  const ends_at = '2026-11-01T12:00:00.000Z';
  expect(text('11:00:00', { kind: 'maintenance', entities, version: undefined, ends_at })).toBe(
    'Began during maintenance “Release” of a, b, c +2.',
  );
});

it('says that it came within the bucket that an incident began in, and claims no order', () => {
  const text = (began_by: string, change: Partial<Annotation> = {}) =>
    precedenceText(annotation({ at: '2026-11-01T10:20:00.000Z', ...change }), {
      start: '2026-11-01T10:00:00.000Z',
      began_by,
    });
  expect(text('2026-11-01T11:00:00.000Z')).toBe('Began in the same 60 min as deployment 1.42 of cart.');
  expect(text('2026-11-01T11:00:00.000Z', { ends_at: '2026-11-01T13:00:00.000Z' })).toBe(
    'Began in the same 60 min as deployment 1.42 of cart.',
  );
  expect(text('2026-11-01T16:00:00.000Z')).toBe('Began in the same 6 h as deployment 1.42 of cart.');
  expect(text('2026-11-01T11:00:00.000Z', { at: '2026-11-01T09:50:00.000Z' })).toBe(
    'Began 10 min after deployment 1.42 of cart.',
  );
});

it('reads no stored document that could not have been noted', () => {
  const isRead = (change: object): boolean =>
    storedAnnotationSchema.safeParse({ ...annotation(), ...change }).success;
  expect(isRead({})).toBe(true);
  expect(isRead({ ends_at: '2026-11-01T11:00:00.000Z', by: 'olga' })).toBe(true);
  for (const at of ['1764288000000', 1_764_288_000_000, '2026-11-01T10:00:00', '2026-11-01', 'now', '']) {
    expect([at, isRead({ at })]).toEqual([at, false]);
    expect([at, isRead({ ends_at: at })]).toEqual([at, false]);
  }
  expect(isRead({ ends_at: '2026-11-01T09:00:00.000Z' })).toBe(false);
  expect(isRead({ ends_at: '2027-11-01T09:00:00.000Z' })).toBe(false);
  expect(isRead({ title: 'x'.repeat(201) })).toBe(false);
  expect(isRead({ entities: Array.from({ length: 51 }, String) })).toBe(false);
  expect(isRead({ entities: ['x'.repeat(257)] })).toBe(false);
  // Times of a zone are those of Elasticsearch, and what is not known is dropped.
  const read = storedAnnotationSchema.parse({ ...annotation(), at: '2026-11-01T11:00:00+01:00', more: 'x' });
  expect(read).toEqual(annotation());
});

it('checks what is said of a change, field by field', () => {
  const issuesOf = (change: object): string[] =>
    annotationDraftSchema
      .safeParse({ kind: 'deployment', title: 'Release', ...change })
      .error?.issues.map(({ path, code }) => `${path.join('.')} ${code}`) ?? [];
  expect(issuesOf({})).toEqual([]);
  expect(issuesOf({ id: 'gitlab:1234.5', at: 1_762_000_000_000, url: 'https://ci.example/1' })).toEqual([]);
  expect(issuesOf({ kind: 'party' })).toEqual(['kind invalid_value']);
  expect(issuesOf({ title: ' ' })).toEqual(['title too_small']);
  expect(issuesOf({ id: '../1' })).toEqual(['id invalid_format']);
  // Seconds that were taken for milliseconds, and a time that is another in each zone.
  for (const at of ['yesterday', '1764288000', 1_764_288_000, '2026-11-01T10:00:00', '2026-11-01']) {
    expect([at, issuesOf({ at })]).toEqual([at, ['at custom']]);
  }
  expect(issuesOf({ url: 'javascript:alert(1)' })).toEqual(['url invalid_format']);
  expect(issuesOf({ entities: [''] })).toEqual(['entities.0 too_small']);
  expect(issuesOf({ service: 'cart' })).toEqual([' unrecognized_keys']);
  expect(annotationDraftSchema.parse({ kind: 'change', title: 'x', at: '2026-11-01T01:00+01:00' }).at).toBe(
    '2026-11-01T00:00:00.000Z',
  );
});

it('refuses an end that lies before the start or a month after it', () => {
  const at = '2026-11-01T10:00:00.000Z';
  expect(problemOfTimes(at, undefined)).toBeUndefined();
  expect(problemOfTimes(at, '2026-12-02T10:00:00.000Z')).toBeUndefined();
  expect(problemOfTimes(at, at)).toMatch(/ends_at is 2026-11-01.* must be later than the start, 2026-11-01/);
  expect(problemOfTimes(at, '2026-12-02T10:00:01.000Z')).toMatch(/at most 31 days/);
});
