import type { ElasticsearchClient } from '../transport/client';
import { createElasticsearchJournal } from './announcement_journal';

const MINUTE = 60_000;
const TOLD = 'slack:incident:i1:opened';

/** Keeps documents with their revisions, and refuses a write on top of another revision, as Elasticsearch does. */
function startStore() {
  const documents = new Map<string, { _seq_no: number; _source: unknown }>();
  let writes = 0;
  const write = ([header, body]: readonly string[]) => {
    const [[action, { _id: id, if_seq_no: known }]] = Object.entries(
      JSON.parse(header) as Record<string, { _id: string; if_seq_no?: number }>,
    );
    const before = documents.get(id);
    const isTaken =
      action === 'create' ? before === undefined : known === undefined || known === before?._seq_no;
    if (!isTaken)
      return { [action]: { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'x' } } };
    const document = { _seq_no: ++writes, _source: JSON.parse(body) as unknown };
    documents.set(id, document);
    return { [action]: { status: before ? 200 : 201, _seq_no: document._seq_no, _primary_term: 1 } };
  };
  const client = {
    indices: {
      getMapping: () => Promise.reject(Object.assign(new Error('none'), { meta: { statusCode: 404 } })),
      create: async () => ({}),
    },
    deleteByQuery: async () => ({}),
    mget: async ({ ids }: { ids: string[] }) => ({
      docs: ids.map((_id) => {
        const found = documents.get(_id);
        return found ? { _id, found: true, _primary_term: 1, ...found } : { _id, found: false };
      }),
    }),
    bulk: async ({ operations }: { operations: string[] }) => ({
      items: [write(operations[0].trimEnd().split('\n'))],
    }),
  } as unknown as ElasticsearchClient;
  /** The journal of a detector on a Kibana whose clock is `ahead`, milliseconds, of the test's. */
  const clock = { time: Date.UTC(2026, 0, 5, 12) };
  const journalOf = (detectorId: string, ahead = 0) =>
    createElasticsearchJournal(client, { space: 'default', detectorId }, () => clock.time + ahead);
  return { clock, journalOf };
}

describe('tries of a message that several detectors may send', () => {
  it('are waited for as long as the attempts of one can take', async () => {
    const { clock, journalOf } = startStore();
    const [a, b] = [journalOf('a'), journalOf('b')];
    expect(await a.noteSharedTry!(TOLD)).toBe(0);
    // Four attempts of 12 seconds and three pauses of 30.
    clock.time += 138_000;
    expect(await b.noteSharedTry!(TOLD)).toBeUndefined();
    clock.time += MINUTE;
    expect(await b.noteSharedTry!(TOLD)).toBe(1);
  });

  it('are taken back, but not over the try that another detector noted meanwhile', async () => {
    const { clock, journalOf } = startStore();
    const [a, b, c] = [journalOf('a'), journalOf('b'), journalOf('c')];
    await a.noteSharedTry!(TOLD);
    await a.takeBackSharedTry!(TOLD, 0);
    expect(await b.noteSharedTry!(TOLD)).toBe(0);
    clock.time += 4 * MINUTE;
    expect(await c.noteSharedTry!(TOLD)).toBe(1);
    await b.takeBackSharedTry!(TOLD, 0);
    expect(await a.noteSharedTry!(TOLD)).toBeUndefined();
    clock.time += 4 * MINUTE;
    expect(await a.noteSharedTry!(TOLD)).toBe(2);
  });

  it('of a clock that is a little ahead hold, of one that is far ahead do not', async () => {
    const { journalOf } = startStore();
    const b = journalOf('b');
    await journalOf('near', 2 * MINUTE).noteSharedTry!(TOLD);
    expect(await b.noteSharedTry!(TOLD)).toBeUndefined();
    await journalOf('far', 60 * MINUTE).noteSharedTry!(`${TOLD}:2`);
    expect(await b.noteSharedTry!(`${TOLD}:2`)).toBe(1);
  });
});
