import { errors } from '@elastic/elasticsearch';
import type { Occurrence } from '../../../common/annotations';
import type { ElasticsearchClient } from '../transport/client';
import { withPreceding } from './preceding_annotations';

const incident = (value: string): Occurrence => ({
  start: '2026-11-01T10:00:00.000Z',
  began_by: '2026-11-01T11:00:00.000Z',
  scope: { kind: 'entity', value },
});
const clientOf = (search: (request: { query: object }) => Promise<unknown>) =>
  ({ search }) as unknown as ElasticsearchClient;

it('gives incidents as they are where annotations cannot be read, and says so once', async () => {
  const failing = clientOf(() => Promise.reject(new errors.ConnectionError('gone')));
  const given = Array.from({ length: 150 }, (_, place) => incident(`service ${place}`));
  const warnings: string[] = [];
  const policy = { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, random: () => 0, sleep: async () => {} };
  const options = { policy, warn: (text: string) => void warnings.push(text) };
  expect(await withPreceding(failing, 'default', given, options)).toEqual(given);
  expect(warnings).toEqual([
    expect.stringMatching(/^Nothing is said of what was changed before incidents\. /),
  ]);
});

it('stops when it is told to', async () => {
  const client = clientOf(() => Promise.reject(new errors.ConnectionError('gone')));
  const signal = AbortSignal.abort();
  await expect(withPreceding(client, 'default', [incident('cart')], { signal })).rejects.toMatchObject({
    code: 'interrupted',
  });
});

it('asks for what concerns each incident, until the end of the bucket that it began in', async () => {
  const asked: string[] = [];
  const at = '2026-11-01T10:20:00.000Z';
  const source = { kind: 'deployment', title: 'Release', at, entities: ['cart'], recorded_at: at };
  const client = clientOf(({ query }) => {
    asked.push(JSON.stringify(query));
    return Promise.resolve({ hits: { hits: [{ _id: 'ci-1', _source: source }] } });
  });
  const [cart, shop] = await withPreceding(client, 'default', [incident('cart'), incident('shop')]);
  expect([cart.preceded_by?.id, shop.preceded_by]).toEqual(['ci-1', undefined]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('{"terms":{"entities":["cart"]}}');
  expect(asked[0]).toContain('{"terms":{"entities":["shop"]}}');
  expect(asked[0]).toContain(`"lte":${Date.parse('2026-11-01T11:00:00.000Z') - 1}`);
});
