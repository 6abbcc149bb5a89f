import type { ElasticsearchClient } from './client';
import { isSecurityOff } from './security_state';

const answering = (statusCode: number, error: unknown): ElasticsearchClient =>
  ({
    security: {
      authenticate: () =>
        Promise.reject(
          Object.assign(new Error('refused'), { meta: { statusCode, body: { error, status: statusCode } } }),
        ),
    },
  }) as unknown as ElasticsearchClient;

it.each([
  [400, 'no handler found for uri [/_security/_authenticate] and method [GET]', true],
  // 8.19.8 with xpack.security.enabled: false
  [405, 'Incorrect HTTP method for uri [/_security/_authenticate] and method [GET], allowed: [POST]', true],
  [401, { type: 'security_exception' }, false],
  [403, { type: 'security_exception' }, false],
])('takes %d "%s" for its word on security', async (status, error, isOff) => {
  expect(await isSecurityOff(answering(status, error))).toBe(isOff);
});

it.each([
  [405, 'Method Not Allowed'],
  [400, 'bad request'],
])('takes %d "%s", as of a proxy, for nothing', async (status, error) => {
  await expect(isSecurityOff(answering(status, error))).rejects.toThrow();
});
