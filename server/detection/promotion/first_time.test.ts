import { HOUR } from '../../../common/duration';
import { firstTimeOf } from './first_time';

it('finds the time of the first log of a sample, whatever the form of its time', () => {
  const documents = [{ '@timestamp': new Date(3 * HOUR).toISOString() }, { '@timestamp': 2 * HOUR }];
  expect(firstTimeOf(documents, '@timestamp')).toBe(2 * HOUR);
  expect(firstTimeOf([{ '@timestamp': ['1970-01-01T01:00:00Z'] }, {}], '@timestamp')).toBe(HOUR);
  expect(firstTimeOf([{ '@timestamp': String(2 * HOUR) }], '@timestamp')).toBe(2 * HOUR);
  expect(firstTimeOf([{ '@timestamp': '1970-01-01T01:00:00' }], '@timestamp')).toBe(HOUR);
  expect(firstTimeOf([{ message: 'a' }], '@timestamp')).toBeUndefined();
});
