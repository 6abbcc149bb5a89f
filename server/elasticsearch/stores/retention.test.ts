import { DEFAULT_RETRY_POLICY } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { createAuditTrail } from './audit_trail';
import { deleteResultMonths, type ResultMonth } from './retention';

jest.mock('./audit_trail');

const monthOf = (name: string, end: number): ResultMonth => ({
  index: `log-anomalies-results.${name}`,
  end,
  results: 1,
  judged: 0,
  summaries: 0,
});
const JANUARY = Date.UTC(2026, 0, 1);
const FEBRUARY = Date.UTC(2026, 1, 1);

/** Deletes two months; calls on what begins with a key of `failing` are answered with its status. */
function deletion(failing: Readonly<Record<string, number>>, months = ['a', 'b']) {
  const calls: string[] = [];
  const ends = new Set<number>();
  jest.mocked(createAuditTrail).mockReturnValue({
    append: async () => void calls.push('record'),
    list: () => Promise.reject(new Error('Nobody lists it')),
  });
  const done = (index: string): void => {
    const found = Object.entries(failing).find(([name]) => index.startsWith(`log-anomalies-${name}`));
    if (found !== undefined) throw Object.assign(new Error(`failed ${found[0]}`), { statusCode: found[1] });
    calls.push(index);
  };
  const client = {
    deleteByQuery: async ({ index, query }: { index: string; query: unknown }) => {
      const [, end] = /"lt":(\d+)/.exec(JSON.stringify(query))!;
      ends.add(Number(end));
      done(index);
    },
    indices: { delete: async ({ index }: { index: string }) => done(index) },
  } as unknown as ElasticsearchClient;
  const remove = (before?: number): Promise<void> =>
    deleteResultMonths(
      client,
      months.map((name, place) => monthOf(name, [JANUARY, FEBRUARY][place])),
      { at: new Date(0).toISOString() },
      { policy: { ...DEFAULT_RETRY_POLICY, attempts: 1 }, before },
    );
  return { calls, ends, remove };
}

const INCIDENTS = 'log-anomalies-incidents.default';
const PATTERNS = 'log-anomalies-patterns.default';
const [A, B] = ['log-anomalies-results.a', 'log-anomalies-results.b'];

it('deletes the results although incidents and patterns cannot be deleted on a full disk, and says so', async () => {
  const { calls, remove } = deletion({ incidents: 429 });
  await expect(remove()).rejects.toThrow('incidents');
  expect(calls).toEqual([A, B, 'record', PATTERNS]);
});

it('deletes no incidents and patterns of results that stay', async () => {
  const none = deletion({ results: 403 });
  await expect(none.remove(FEBRUARY)).rejects.toThrow('delete_index');
  expect(none.calls).toEqual([]);
  const some = deletion({ 'results.b': 400 });
  await expect(some.remove(FEBRUARY)).rejects.toThrow('results.b');
  expect(some.calls).toEqual([A, 'record', INCIDENTS, PATTERNS]);
  expect([...some.ends]).toEqual([JANUARY]);
});

it('deletes incidents and patterns that an earlier call has left, though no month of results is left', async () => {
  const { calls, ends, remove } = deletion({}, []);
  await remove(FEBRUARY + 20 * 86_400_000);
  expect(calls).toEqual([INCIDENTS, PATTERNS]);
  expect([...ends]).toEqual([FEBRUARY]);
});
