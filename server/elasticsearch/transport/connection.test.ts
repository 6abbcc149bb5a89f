import { DetectionError } from '../../../common/detection_error';
import { connect, connectionFromEnvironment, credentialsOf } from './connection';

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(DetectionError);
    expect((error as DetectionError).code).toBe('invalid_input');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('connectionFromEnvironment', () => {
  test('reads what is set and leaves the rest to the defaults', () => {
    expect(connectionFromEnvironment({})).toEqual({});
    expect(
      connectionFromEnvironment(
        {
          ELASTICSEARCH_URL: 'https://a:9200, https://b:9200',
          ELASTICSEARCH_USERNAME: 'ann',
          ELASTICSEARCH_PASSWORD: 'p',
          ELASTICSEARCH_CA: 'ca.pem',
        },
        { url: 'http://elsewhere', request_timeout_ms: 5_000 },
      ),
    ).toEqual({
      url: ['https://a:9200', 'https://b:9200'],
      username: 'ann',
      password: 'p',
      ca: 'ca.pem',
      request_timeout_ms: 5_000,
    });
    expect(connectionFromEnvironment({ ELASTICSEARCH_API_KEY: 'k' })).toEqual({ api_key: 'k' });
  });

  const url = 'https://es:9200';
  const ofFile = { key: { url, api_key: 'old' }, user: { url, username: 'old', password: 'old' } };
  test.each([
    ['a user', { USERNAME: 'ann', PASSWORD: 'p' }, ofFile.key, { username: 'ann', password: 'p' }],
    [
      'a user in the address',
      { URL: 'https://ann:p@b:1, https://b:2' },
      ofFile.key,
      { username: 'ann', password: 'p' },
    ],
    ['a user in the address', { URL: 'https://ann:p@b:1' }, ofFile.user, { username: 'ann', password: 'p' }],
    ['a key', { API_KEY: 'k' }, ofFile.user, { apiKey: 'k' }],
    ['a password', { PASSWORD: 'p' }, ofFile.user, { username: 'old', password: 'p' }],
    ['another address', { URL: 'https://b:1' }, ofFile.key, { apiKey: 'old' }],
  ])(
    'lets %s of the environment sign in, whatever signs in by the file: %j',
    (_what, named, file, expected) => {
      const environment = Object.fromEntries(
        Object.entries(named).map(([name, value]) => [`ELASTICSEARCH_${name}`, value]),
      );
      const { url: address = '', ...config } = connectionFromEnvironment(environment, file);
      expect(credentialsOf({ ...config, url: address })).toEqual(expected);
      expect(config).not.toHaveProperty('apiKey' in expected ? 'password' : 'api_key');
    },
  );
});

describe('connect', () => {
  const urls = (url: string | string[]) =>
    connect({ url }).connectionPool.connections.map((connection) => connection.url.toString());

  test('takes one address or several and takes user and password out of them', () => {
    expect(urls('https://a:9200')).toEqual(['https://a:9200/']);
    expect(urls(['http://a:1', 'http://b:2/path'])).toEqual(['http://a:1/', 'http://b:2/path']);
    expect(urls('http://ann:secret@a:9200')).toEqual(['http://a:9200/']);
  });

  test('names the setting that is wrong and never its value', () => {
    expect(messageOf(() => connect({ url: 'not a secret-url' }))).toBe(
      'elasticsearch.url is not a URL; allowed: e.g. https://host:9200',
    );
    expect(messageOf(() => connect({ url: 'ftp://secret@host' }))).toMatch(
      /elasticsearch\.url must begin with http: or https:$/,
    );
    const half = messageOf(() => connect({ password: 'secret' }));
    expect(half).toContain('username and password belong together');
    expect(messageOf(() => connect({ api_key: '', pasword: 'secret' } as never))).not.toContain('"secret"');
    expect(messageOf(() => connect({ ca: 'nowhere.pem' }))).toMatch(/^elasticsearch\.ca: (?!.*nowhere)/);
  });
});
