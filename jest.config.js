/**
 * Unit tests lie beside the code; what crosses modules or needs a real Elasticsearch lies in test/. A unit test that
 * takes seconds, because it trains many models or measures over many seeds, has `.slow` in its name.
 */
const UNIT = [
  '<rootDir>/{common,server,public,scripts}/**/',
  '<rootDir>/test/{unit,kibana_versions}/**/',
  '<rootDir>/test/security/fuzz/**/',
];
const shared = {
  rootDir: __dirname,
  transform: {
    '\\.[jt]sx?$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: true } },
        module: { type: 'commonjs' },
      },
    ],
  },
  // A look-up of a global is slow in the sandbox of a test, and features and forests need these for each value. Not those that
  // fake timers replace, nor names that packages give to classes of their own (Map of apache-arrow).
  sandboxInjectedGlobals: [
    'Array',
    'Float32Array',
    'Float64Array',
    'Int32Array',
    'JSON',
    'Math',
    'Number',
    'Object',
    'String',
    'Uint16Array',
    'Uint32Array',
    'Uint8Array',
  ],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/build/', '/.cache/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '/.cache/'],
};
module.exports = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      setupFilesAfterEnv: ['<rootDir>/test/unit/patience.ts'],
      testMatch: UNIT.map((folder) => `${folder}*.test.{ts,tsx}`),
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.slow\\.test\\.'],
    },
    {
      ...shared,
      displayName: 'slow',
      setupFilesAfterEnv: ['<rootDir>/test/unit/patience.ts'],
      testMatch: UNIT.map((folder) => `${folder}*.slow.test.{ts,tsx}`),
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/{integration,security,faults}/**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '<rootDir>/test/security/fuzz/'],
      setupFiles: ['<rootDir>/test/integration/fixtures/own_node.ts'],
      globalSetup: '<rootDir>/test/integration/fixtures/global_setup.ts',
      globalTeardown: '<rootDir>/test/integration/fixtures/global_teardown.ts',
    },
    {
      ...shared,
      displayName: 'browser',
      testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
      setupFiles: ['<rootDir>/test/integration/fixtures/own_node.ts'],
      globalSetup: '<rootDir>/test/integration/fixtures/global_setup.ts',
      globalTeardown: '<rootDir>/test/integration/fixtures/global_teardown.ts',
    },
  ],
};
