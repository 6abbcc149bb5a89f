import { importedText, leftOutText, outcomeText, previewText, problemLine } from './import_text';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const counts = { found: 1_205, left_out: 205, noted: 996, ended: 1, unchanged: 2, failed: 1 };

test('says what an import does, what it has done and what it did not read', () => {
  expect(previewText(counts)).toBe('New: 996. Get an end: 1. There already: 2. Cannot be noted: 1.');
  expect(importedText(counts)).toBe('Noted: 996. Given an end: 1. There already: 2. Cannot be noted: 1.');
  expect(leftOutText(counts)).toMatch(/^The newest 1,000 of 1,205 documents are read\./);
  expect(leftOutText({ ...counts, left_out: 0 })).toBeUndefined();
  const none = { found: 0, left_out: 0, noted: 0, ended: 0, unchanged: 0, failed: 0 };
  expect(previewText(none)).toBe('The index holds nothing of this time.');
  expect(previewText({ ...none, failed: 2 })).toContain('Cannot be noted: 2.');
});

test('names what cannot be noted, without characters that nobody sees, and what stays', () => {
  const examples = [{ index: 'deployments', id: 'a\u202eb', message: 'x' }];
  expect(problemLine({ field: 'ends_at', count: 2, examples })).toBe(
    'The end is not later than the start, or by more than 31 days: 2 documents, such as deployments/a\ufffdb',
  );
  const fields = ['at', 'title', 'entities', 'version', 'url', 'id'] as const;
  const lines = fields.map((field) => problemLine({ field, count: 1, examples }));
  expect(new Set(lines).size).toBe(fields.length);
  expect(outcomeText({ outcome: 'unchanged', differs: ['title', 'kind'] })).toBe(
    'There already, stays as it is: What was done, Kind',
  );
  expect(outcomeText({ outcome: 'unchanged', differs: [] })).toBe('There already');
});
