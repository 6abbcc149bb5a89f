import type { Annotation } from '../../../common/annotations';
import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import type { StoredAnnotation } from '../ports/annotations';
import { noteAnnotation, removeAnnotation } from './note_annotation';

const NOW = Date.parse('2026-11-01T12:00:00.000Z');

const annotation = (change: Partial<Annotation> = {}): Annotation => ({
  id: 'job-1',
  kind: 'maintenance',
  title: 'Move of the database',
  at: '2026-11-01T10:00:00.000Z',
  entities: [],
  by: 'olga',
  recorded_at: '2026-11-01T12:00:00.000Z',
  ...change,
});

/** @param failure of what is written into the calendar */
function storesOf(found?: StoredAnnotation, refusal?: DetectionError, failure?: DetectionError) {
  const entries: AuditEntry[] = [];
  const steps: string[] = [];
  return {
    entries,
    steps,
    clock: { now: () => NOW },
    annotations: {
      find: () => Promise.resolve(found),
      add: (given: Annotation) => {
        steps.push('add');
        if (failure !== undefined) return Promise.reject(failure);
        return Promise.resolve({ annotation: given, created: found === undefined, differs: [] });
      },
      remove: (id: string) => {
        steps.push(`remove ${id}`);
        if (failure !== undefined) return Promise.reject(failure);
        return found === undefined
          ? Promise.reject(new DetectionError('not_found', 'none'))
          : Promise.resolve();
      },
    },
    audit: {
      append: (given: readonly AuditEntry[]) => {
        steps.push('record');
        entries.push(...given);
        return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
      },
    },
  };
}

test('what is noted is on record before it is written, for all detectors of the space', async () => {
  const stores = storesOf();
  await noteAnnotation(stores, annotation({ ends_at: '2026-11-01T11:00:00.000Z', version: '2' }));
  expect(stores.steps).toEqual(['record', 'add']);
  expect(stores.entries).toEqual([
    {
      detectorId: '*',
      at: '2026-11-01T12:00:00.000Z',
      by: 'olga',
      action: 'annotation_added',
      reason:
        'Maintenance 2 “Move of the database” of all entities, 2026-11-01T10:00:00.000Z to 2026-11-01T11:00:00.000Z, is noted.',
      details: { annotation: annotation({ ends_at: '2026-11-01T11:00:00.000Z', version: '2' }) },
    },
  ]);
});

test('whoever may not be put on record notes and removes nothing', async () => {
  const refusal = new DetectionError('forbidden', 'create_doc');
  const noting = storesOf(undefined, refusal);
  await expect(noteAnnotation(noting, annotation())).rejects.toBe(refusal);
  expect(noting.steps).toEqual(['record']);
  const removing = storesOf({ annotation: annotation() }, refusal);
  await expect(removeAnnotation(removing, 'job-1', {})).rejects.toBe(refusal);
  expect(removing.steps).toEqual(['record']);
});

test('a call that is repeated is not on record, and an end that is given later is', async () => {
  const again = storesOf({ annotation: annotation() });
  await noteAnnotation(again, annotation());
  expect(again.steps).toEqual(['add']);
  const ended = storesOf({ annotation: annotation() });
  const end = '2026-11-01T11:00:00.000Z';
  await noteAnnotation(ended, annotation({ title: 'Another', ends_at: end, by: 'otto' }));
  expect(ended.entries).toMatchObject([
    {
      action: 'annotation_changed',
      by: 'otto',
      from: 'no end',
      to: end,
      reason: expect.stringMatching(/“Move of the database” .* is given an end\.$/),
    },
  ]);
  const twice = storesOf({ annotation: annotation({ ends_at: end }) });
  await noteAnnotation(twice, annotation({ ends_at: '2026-11-01T11:30:00.000Z' }));
  expect(twice.steps).toEqual(['add']);
});

test('an end that does not fit the start of the one that is there is refused, and not on record', async () => {
  const stores = storesOf({ annotation: annotation() });
  const given = annotation({ at: '2026-11-01T08:00:00.000Z', ends_at: '2026-11-01T09:00:00.000Z' });
  await expect(noteAnnotation(stores, given)).rejects.toMatchObject({ code: 'invalid_input' });
  expect(stores.steps).toEqual([]);
});

test('what is removed is on record with all that it said, and what is not there is not', async () => {
  const stores = storesOf({ annotation: annotation({ entities: ['a', 'b', 'c', 'd\u202e'] }) });
  await removeAnnotation(stores, 'job-1', { by: 'otto' });
  expect(stores.steps).toEqual(['record', 'remove job-1']);
  expect(stores.entries).toMatchObject([
    {
      action: 'annotation_removed',
      by: 'otto',
      reason: 'Maintenance “Move of the database” of a, b, c +1, 2026-11-01T10:00:00.000Z, is removed.',
      details: { annotation: { id: 'job-1', by: 'olga' } },
    },
  ]);
  const none = storesOf();
  await expect(removeAnnotation(none, 'job-1', {})).rejects.toMatchObject({ code: 'not_found' });
  expect(none.entries).toEqual([]);
  // A document that somebody has written otherwise can be removed, too.
  const other = storesOf({});
  await removeAnnotation(other, 'x', { by: 'otto' });
  expect(other.entries).toMatchObject([{ reason: 'The document "x" is removed.' }]);
});

test('of a change that is refused the record says that nothing has changed', async () => {
  const forbidden = new DetectionError('forbidden', 'index');
  const end = '2026-11-01T11:00:00.000Z';
  const ending = storesOf({ annotation: annotation() }, undefined, forbidden);
  await expect(noteAnnotation(ending, annotation({ ends_at: end, by: 'ci' }))).rejects.toBe(forbidden);
  expect(ending.steps).toEqual(['record', 'add', 'record']);
  expect(ending.entries[1]).toMatchObject({ action: 'annotation_changed', by: 'ci' });
  expect(ending.entries[1].to).toBeUndefined();
  expect(ending.entries[1].reason).toMatch(
    /^Maintenance “Move of the database” .* is not given an end\. It was refused, and nothing has changed\.$/,
  );
  const removing = storesOf({ annotation: annotation() }, undefined, forbidden);
  await expect(removeAnnotation(removing, 'job-1', { by: 'ci' })).rejects.toBe(forbidden);
  expect(removing.entries.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/ is removed\.$/),
    expect.stringMatching(/ is not removed\. It was refused, and nothing has changed\.$/),
  ]);
  // An answer that did not come proves nothing.
  const gone = new DetectionError('unavailable', 'No answer.');
  const adding = storesOf(undefined, undefined, gone);
  await expect(noteAnnotation(adding, annotation())).rejects.toBe(gone);
  expect(adding.entries[1].reason).toMatch(/ is not noted\. It failed, and the calendar shows what is so\.$/);
});

test('the one of two calls at once that came too late is on record as one that changed nothing', async () => {
  const stores = storesOf();
  const there = annotation({ recorded_at: '2026-11-01T11:59:59.000Z' });
  const late = {
    ...stores,
    annotations: {
      ...stores.annotations,
      add: () => Promise.resolve({ annotation: there, created: false, differs: [] }),
    },
  };
  await noteAnnotation(late, there);
  // The answer to a first try was lost: what is there is its own.
  expect(stores.entries.splice(0)).toHaveLength(1);
  await noteAnnotation(late, annotation());
  expect(stores.entries.map(({ action, reason }) => [action, reason])).toEqual([
    ['annotation_added', expect.stringMatching(/ is noted\.$/)],
    ['annotation_added', expect.stringMatching(/ is not noted\. Another with its id was noted meanwhile, /)],
  ]);
});
