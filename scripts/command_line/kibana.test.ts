import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRetryable } from '../../common/detection_error';
import type { Config } from './config';
import { connectToKibana, refusalOf } from './kibana';

describe('the user of an address', () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{}');
  });
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => new Promise((done) => server.close(done)));
  const basic = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`;
  const connection = (elasticsearch: object, kibana: string) =>
    connectToKibana(
      {
        config: { space: 'default', elasticsearch: { url: 'http://es:9200', ...elasticsearch } } as Config,
        signal: new AbortController().signal,
      },
      kibana.replace('KIBANA', `127.0.0.1:${(server.address() as AddressInfo).port}`),
    );

  it.each([
    [{}, 'http://KIBANA', undefined],
    [{}, 'http://ann:se%40cret@KIBANA/', basic('ann:se@cret')],
    [{}, 'http://:secret@KIBANA', basic(':secret')],
    [{ url: 'http://ben:other@es:9200' }, 'http://KIBANA', basic('ben:other')],
    [{ url: 'http://ben:other@es:9200' }, 'http://ann:secret@KIBANA', basic('ann:secret')],
    [{ url: 'http://ben:other@es:9200', api_key: 'k' }, 'http://KIBANA', 'ApiKey k'],
    [{ username: 'cat', password: 'third' }, 'http://KIBANA', basic('cat:third')],
  ])('with %j signs in at %s as %j', async (elasticsearch, kibana, authorization) => {
    const { ask, kibana: shown } = connection(elasticsearch, kibana);
    expect((await ask('/api/status')).status).toBe(200);
    expect(seen.pop()).toBe(authorization);
    expect(shown).toBe(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  it.each(['http://ann:sec/ret@host', 'ftp://ann:secret@host', 'ann:secret@host'])(
    'is not repeated where the address is refused: %s',
    (kibana) => {
      expect(() => connection({}, kibana)).toThrow(
        '--kibana-url is "…@host"; it must be an address such as http://localhost:5601.',
      );
    },
  );
});

describe('a Kibana that has too much to do', () => {
  let asked = 0;
  let busy = 0;
  const server = createServer((_request, response) => {
    response.writeHead(++asked <= busy ? 429 : 200, { 'retry-after': '0' });
    response.end('{}');
  });
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => new Promise((done) => server.close(done)));

  it.each([
    [2, 200, 3],
    [99, 429, 5],
  ])('answers 429 %i times: in the end %i, after %i requests', async (times, status, requests) => {
    [asked, busy] = [0, times];
    const config = { space: 'default', elasticsearch: { url: 'http://es:9200' } } as unknown as Config;
    const { signal } = new AbortController();
    const { port } = server.address() as AddressInfo;
    const { ask } = connectToKibana({ config, signal }, `http://127.0.0.1:${port}`);
    expect((await ask('/api/alerting/rule', { method: 'POST', body: '{}' })).status).toBe(status);
    expect(asked).toBe(requests);
  });

  it('is a failure that passes', () => {
    const { code } = refusalOf(429, '{"message":"Too Many Requests"}');
    expect([code, isRetryable(code)]).toEqual(['busy', true]);
  });
});
