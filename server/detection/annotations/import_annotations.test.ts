import type { Annotation, ImportOrder } from '../../../common/annotations';
import { DetectionError } from '../../../common/detection_error';
import type { LogDocument } from '../../../common/log_document';
import { importAnnotations } from './import_annotations';

const NOW = Date.parse('2026-11-01T12:00:00.000Z');
const at = '2026-11-01T10:00:00.000Z';
const end = '2026-11-01T11:00:00.000Z';
const order: ImportOrder = { index: 'deployments-*', fields: {} };

/** A calendar in memory, and documents as they are found: the newest first. */
function world(documents: readonly { id: string; document: LogDocument }[], total = documents.length) {
  const calendar = new Map<string, Annotation>();
  const asked: object[] = [];
  let records = 0;
  return {
    calendar,
    asked,
    recorded: () => records,
    clock: { now: () => NOW },
    audit: {
      append: () => {
        records++;
        return Promise.resolve();
      },
    },
    documents: {
      read: (given: object) => {
        asked.push(given);
        return Promise.resolve({
          documents: documents.map((each) => ({ index: 'd', annotationId: `imported-${each.id}`, ...each })),
          total,
          withoutTime: { count: 7, examples: [{ index: 'd', id: 'timeless' }] },
        });
      },
    },
    annotations: {
      find: (id: string) => {
        const annotation = calendar.get(id);
        return Promise.resolve(annotation && { annotation });
      },
      findAll: (ids: readonly string[]) =>
        Promise.resolve([...calendar.values()].filter(({ id }) => ids.includes(id))),
      add: (annotation: Annotation) => {
        if (annotation.id === 'imported-taken') throw new DetectionError('conflict', 'It is no annotation.');
        const stored = calendar.get(annotation.id);
        const after =
          stored === undefined ? annotation : { ...stored, ends_at: stored.ends_at ?? annotation.ends_at };
        calendar.set(annotation.id, after);
        return Promise.resolve({ annotation: after, created: stored === undefined, differs: [] });
      },
      remove: () => Promise.resolve(),
    },
  };
}

const release = (id: string, more: object = {}) => ({
  id,
  document: { '@timestamp': at, message: 'Release', ...more } as LogDocument,
});

test('a dry run says what the import does then, once only', async () => {
  const given = world([release('b', { 'event.end': '2026-10-01' }), release('a'), release('taken')], 5);
  const trial = await importAnnotations(given, order, { isDryRun: true });
  expect(trial).toMatchObject({ found: 5, left_out: 2, noted: 2, ended: 0, unchanged: 0, failed: 8 });
  expect([given.calendar.size, given.recorded()]).toEqual([0, 0]);
  const done = await importAnnotations(given, order, { isDryRun: false, by: 'olga' });
  expect(done.problems).toEqual([
    { field: 'at', count: 7, examples: [{ index: 'd', id: 'timeless', message: expect.any(String) }] },
    { field: 'id', count: 1, examples: [{ index: 'd', id: 'taken', message: 'It is no annotation.' }] },
    { field: 'ends_at', count: 1, examples: [{ index: 'd', id: 'b', message: expect.any(String) }] },
  ]);
  expect(done).toMatchObject({
    noted: 1,
    failed: 9,
    rows: [{ annotation: { id: 'imported-a', by: 'olga' } }],
  });
  const before = given.recorded();
  const again = await importAnnotations(given, order, { isDryRun: false });
  expect(again).toMatchObject({ noted: 0, unchanged: 1, rows: [{ outcome: 'unchanged', differs: [] }] });
  // That of the document that is taken is tried again.
  expect(given.recorded() - before).toBe(2);
  expect(given.asked[0]).toMatchObject({ from: NOW - 7 * 86_400_000 });
});

test('an end that came later is added, also where the documents are written one after the other', async () => {
  const given = world([release('a', { 'event.end': end, message: 'Later' }), release('a')]);
  const trial = await importAnnotations(given, order, { isDryRun: true });
  const done = await importAnnotations(given, order, { isDryRun: false });
  for (const report of [trial, done])
    expect(report.rows.map(({ outcome }) => outcome)).toEqual(['ended', 'noted']);
  expect(given.calendar.get('imported-a')).toMatchObject({ title: 'Release', ends_at: end });
  const again = await importAnnotations(given, order, { isDryRun: false });
  expect(again.rows.map(({ outcome, differs }) => [outcome, differs])).toEqual([
    ['unchanged', ['title']],
    ['unchanged', []],
  ]);
  const early = world([
    release('a', { 'event.end': '2026-11-01T09:30:00Z', '@timestamp': '2026-11-01T09:00:00Z' }),
  ]);
  early.calendar.set('imported-a', {
    id: 'imported-a',
    kind: 'change',
    title: 'x',
    at,
    entities: [],
    recorded_at: at,
  });
  expect(await importAnnotations(early, order, { isDryRun: false })).toMatchObject({
    ended: 0,
    problems: [{ field: 'at' }, { field: 'ends_at', count: 1 }],
  });
});

test('what has become of an import that is interrupted is said', async () => {
  const given = world([release('a')]);
  await expect(
    importAnnotations(given, order, { isDryRun: false, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'interrupted' });
  expect(given.calendar.size).toBe(0);
});

test('a kind that is given is that of all, unless the field of the kind is given, too', async () => {
  const typed = () => world([release('a', { 'annotation.type': 'change' })]);
  const kindOf = async (change: Partial<ImportOrder>) =>
    (await importAnnotations(typed(), { ...order, ...change }, { isDryRun: true })).rows[0].annotation.kind;
  expect(await kindOf({})).toBe('change');
  expect(await kindOf({ kind: 'incident' })).toBe('incident');
  expect(await kindOf({ kind: 'incident', fields: { kind: ['annotation.type'] } })).toBe('change');
});
