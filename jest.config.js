/** Unit tests lie beside the code; what crosses modules or needs a real Elasticsearch lies in test/. */
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
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/build/', '/.cache/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '/.cache/'],
};
module.exports = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{common,server,public,scripts}/**/*.test.{ts,tsx}',
        '<rootDir>/test/{unit,kibana_versions}/**/*.test.ts',
        '<rootDir>/test/security/fuzz/**/*.test.ts',
      ],
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
