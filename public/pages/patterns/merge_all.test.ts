import { mergeAll } from './merge_all';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const patterns = ['Paid', 'Closed', 'x'.repeat(80)].map((text, place) => ({ id: `${place}`, text }));

test('patterns after one that fails are merged, and the message says which were', async () => {
  const asked: string[] = [];
  const merge = async (id: string): Promise<void> => {
    asked.push(id);
    if (id === '1') throw new Error('It is merged already');
  };
  await expect(mergeAll(patterns, merge)).rejects.toThrow(
    `Not merged: “Closed” (It is merged already). Merged: “Paid”, “${'x'.repeat(60)}…”.`,
  );
  expect(asked).toEqual(['0', '1', '2']);
});

test('where none was merged, none is named as merged', async () => {
  const merge = async (): Promise<void> => Promise.reject(new Error('No right'));
  await expect(mergeAll(patterns.slice(0, 1), merge)).rejects.toThrow(/^Not merged: “Paid” \(No right\)\.$/);
  await expect(mergeAll(patterns, async () => undefined)).resolves.toBeUndefined();
});
