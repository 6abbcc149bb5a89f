import { subjectText } from './sentence_text';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

it('names numbers of spans of time in words, and fields of logs as they are', () => {
  expect(subjectText({ feature: 'logs', field: 'bucket.count' })).toBe('number of logs');
  expect(subjectText({ feature: 'logs with rare agents', field: 'bucket.rare_agents' })).toBe(
    'logs with rare agents',
  );
  expect(subjectText({ feature: 'response_time', field: 'response_time' })).toBe('response_time');
});
