import { DEFAULT_KIBANA_VERSION, parseKibanaVersion } from './kibana_version';

describe('parseKibanaVersion', () => {
  it.each([DEFAULT_KIBANA_VERSION, '8.0.0', '8.19.8', '9.4.3', '9.10.0-SNAPSHOT', '9.0.0-rc1'])(
    'accepts %s',
    (version) => {
      expect(parseKibanaVersion(version)).toBe(version);
    },
  );

  it.each(['', '8', '8.12', 'v8.12.2', '7.17.0', '10.0.0', '8.12.02', '8.12.2 ', '8.12.2-x', '../8.12.2'])(
    'refuses %j and says what is allowed',
    (version) => {
      expect(() => parseKibanaVersion(version)).toThrow(
        expect.objectContaining({
          code: 'invalid_input',
          message: expect.stringContaining(
            `full version of Kibana 8 or 9 such as 8.12.2 (got ${JSON.stringify(version)})`,
          ),
        }),
      );
    },
  );
});
