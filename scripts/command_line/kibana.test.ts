import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRetryable } from '../../common/detection_error';
import type { Config } from './config';
import { connectToKibana, refusalOf } from './kibana';

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
    const config = { space: 'default', elasticsearch: {} } as unknown as Config;
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
