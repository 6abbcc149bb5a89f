import type { HttpSetup } from '../../kibana/contracts';
import { createApiClient } from './api_client';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

/** Kibana that refuses each request with a status and the message of its body. */
const refusing = (status: number, message: string) =>
  createApiClient({
    fetch: () =>
      Promise.reject(Object.assign(new Error('fetch'), { response: { status }, body: { message } })),
  } as unknown as HttpSetup);

describe('a failed request', () => {
  it.each([
    [403, 'Forbidden', 'You may not see this', 'You may not do this'],
    [
      403,
      'API [GET /api/log_anomalies/detectors] is unauthorized for user, this action is granted by the Kibana privileges [log_anomalies_read]',
      'You may not see this',
      'You may not do this',
    ],
    [401, 'Unauthorized', 'You may not see this', 'You may not do this'],
    [502, 'Bad Gateway', 'This could not be loaded', 'This could not be done'],
    [429, 'Too Many Requests', 'Kibana is busy', 'Kibana is busy'],
    [404, 'Not Found', 'This is not here', 'This is not here'],
  ])(
    'with status %i and nothing but its name, %s, says what that means',
    async (status, name, read, changed) => {
      const call = refusing(status, name);
      await expect(call('listDetectors')).rejects.toMatchObject({ status, message: read });
      await expect(call('trainDetector', { params: { id: 'x' } })).rejects.toMatchObject({
        message: changed,
      });
    },
  );

  it('keeps the words of whoever refused it', async () => {
    const call = refusing(403, 'You lack: read on "logs-*".');
    await expect(call('listDetectors')).rejects.toMatchObject({ message: 'You lack: read on "logs-*".' });
  });
});
