import type { PatternModel } from '../../../common/patterns';
import { ALL_ENTITIES, emptyProfile, newSeries, patternIdOf } from '../../../common/patterns';
import type { ElasticsearchClient } from '../transport/client';
import { createPatternStore } from './pattern_store';
import { countsDocumentId, documentOf, patternDocumentId } from './stored_pattern';

const START = Date.UTC(2026, 0, 5);
const patternOf = (word: string): PatternModel => ({
  ...{ id: patternIdOf([word]), tokens: [word], firstSeen: START, lastSeen: START, since: START },
  ...{ example: word, members: [] },
  profile: emptyProfile(START),
  series: new Map([[ALL_ENTITIES, newSeries(START)]]),
});

interface Line {
  readonly action: string;
  readonly id: string;
  readonly body?: { readonly script?: { readonly params: Record<string, unknown> } };
}

/** A store whose documents answer to terms of one field; @returns what it writes beside it. */
function world(documents: readonly object[], missing: readonly string[] = []) {
  const lines: Line[] = [];
  const client = {
    search: async ({ query }: { query: { bool: { filter: { terms?: Record<string, string[]> }[] } } }) => {
      const terms = query.bool.filter.flatMap((each) => Object.entries(each.terms ?? {}));
      const isFound = (document: object): boolean =>
        terms.every(([field, values]) => values.includes((document as Record<string, string>)[field] ?? ''));
      return { hits: { hits: documents.filter(isFound).map((_source) => ({ _source, sort: [0] })) } };
    },
    bulk: async ({ operations: [text] }: { operations: [string] }) => {
      const items: object[] = [];
      const rows = text.trim().split('\n');
      while (rows.length > 0) {
        const [[action, { _id: id }]] = Object.entries(
          JSON.parse(rows.shift()!) as Record<string, { _id: string }>,
        );
        const body = action === 'delete' ? undefined : (JSON.parse(rows.shift()!) as Line['body']);
        lines.push({ action, id, ...(body && { body }) });
        items.push({
          [action]: missing.includes(id) ? { status: 404 } : { status: 200, _seq_no: 1, _primary_term: 1 },
        });
      }
      return { items };
    },
    indices: {
      exists: async () => true,
      getMapping: async () => ({}),
      create: async () => ({}),
      putMapping: async () => ({}),
    },
  };
  return { lines, store: createPatternStore(client as unknown as ElasticsearchClient, 'till') };
}

test('with a pattern all is forgotten that became a part of it, so that it can come back', async () => {
  const [general, part, partOfPart, other, joining] = ['a', 'b', 'c', 'd', 'e'].map(patternOf);
  const stored = (pattern: PatternModel, change: object): object => ({
    ...documentOf('till', pattern),
    ...change,
  });
  const { lines, store } = world([
    stored(part, { merged_into: general.id }),
    stored(partOfPart, { merged_into: part.id }),
    stored(joining, { merged_into: general.id, is_joining: true }),
    stored(other, {}),
  ]);
  await store.remove([general.id]);
  expect(lines.map(({ action }) => action)).toEqual(['delete', 'delete', 'delete']);
  expect(new Set(lines.map(({ id }) => id))).toEqual(
    new Set([general, part, partOfPart].map(({ id }) => patternDocumentId('till', id))),
  );
});

test('counts of parts that a pattern has no room to name become its own, before these are merged', async () => {
  const [general, named, unnamed] = ['a', 'b', 'c'].map(patternOf);
  const cells = { 'e:till-1': { 5: 3 } };
  const counts = {
    kind: 'counts',
    detector_id: 'till',
    pattern_id: unnamed.id,
    day: START,
    until: START,
    cells,
  };
  const { lines, store } = world([counts]);
  await store.merge({ ...general, members: [named.id] }, [named, unnamed], [unnamed.id]);
  expect(lines.map(({ action, id }) => [action, id])).toEqual([
    ['update', countsDocumentId('till', general.id, START)],
    ['delete', countsDocumentId('till', unnamed.id, START)],
    ['index', patternDocumentId('till', general.id)],
    ['update', patternDocumentId('till', named.id)],
    ['update', patternDocumentId('till', unnamed.id)],
  ]);
  expect(lines[0].body?.script?.params).toMatchObject({ part: unnamed.id, cells });
});

test('patterns that somebody has deleted are told, of those that messages were matched with', async () => {
  const [there, gone, fresh] = ['a', 'b', 'c'].map(patternOf);
  const { store } = world(
    [],
    [gone, fresh].map(({ id }) => patternDocumentId('till', id)),
  );
  const seen = { first: START, last: START, example: 'x' };
  const counts = {
    seen: [
      [there.id, seen],
      [gone.id, seen],
      [fresh.id, { ...seen, tokens: fresh.tokens }],
    ] as const,
    cells: [],
  };
  expect(await store.add(counts, 1, START)).toEqual([gone.id]);
});
