import { anomaliesText, scoredLabel } from './scored_label';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

it('calls the rows of a detector of buckets buckets', () => {
  expect([scoredLabel('bucket'), scoredLabel('log'), scoredLabel()]).toEqual([
    'Buckets scored',
    'Logs scored',
    'Logs scored',
  ]);
  expect(anomaliesText(5, '5', 'bucket')).toBe('5 anomalous buckets');
  expect(anomaliesText(1, '1', 'bucket')).toBe('1 anomalous bucket');
  expect(anomaliesText(1_200, '1,200', 'log')).toBe('1,200 anomalous logs');
});
