import { formatScore } from './format';

jest.mock('@kbn/i18n', () => ({ i18n: { getLocale: () => 'fr-FR' } }), { virtual: true });

it('writes a score as the language writes numbers', () => {
  expect(formatScore(0.70123)).toBe('0,701');
  expect(formatScore(0.7)).toBe('0,700');
});
