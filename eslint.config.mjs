import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import plainOpenings from './scripts/lint/plain_openings.js';

export default tseslint.config(
  { ignores: ['build/', 'node_modules/', '.cache/', 'coverage/', '**/*.wasm.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  { languageOptions: { globals: { ...globals.node } } },
  {
    plugins: { house: { rules: { 'plain-openings': plainOpenings } } },
    rules: { 'house/plain-openings': 'error' },
  },
  {
    files: ['**/*.{ts,tsx}'],
    // The kernel is AssemblyScript; the stand-ins for newer modules have a project of their own.
    ignores: ['common/isolation_forest/kernel/**', 'test/browser/kibana_9/**'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-undef': 'off',
    },
  },
  {
    // Tables of tests hand their columns over one by one, and a suite is one function.
    files: ['{common,public,scripts,server}/**/*.{ts,tsx}'],
    ignores: ['**/*.test.{ts,tsx}'],
    rules: { 'max-params': ['error', 4], 'max-lines-per-function': ['error', 100] },
  },
  {
    // The kernel has no objects, and in the loops beside it one for each node costs time.
    files: ['common/isolation_forest/{kernel,scoring}/**'],
    rules: { 'max-params': 'off' },
  },
  {
    files: ['public/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    files: ['public/**/*.tsx'],
    ...jsxA11y.flatConfigs.recommended,
    rules: {
      ...jsxA11y.flatConfigs.recommended.rules,
      // Elements with a tooltip, and regions that scroll, are reached with the keyboard.
      'jsx-a11y/no-noninteractive-tabindex': 'off',
    },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
