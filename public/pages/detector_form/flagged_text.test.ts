jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

import { flaggedText } from './flagged_text';

const FOUR_HOURS = { logs: 3_200, days: 4 / 24 };

it('says of less than a day what was counted and what the budget allows, and no rate', () => {
  expect(flaggedText('log', FOUR_HOURS, { flagged: 1, isEstimate: false, budget: 10 })).toBe(
    '1 of 3,200 logs in 4 h; at most 10 a day by the budget',
  );
  expect(flaggedText('log', FOUR_HOURS, { flagged: 0, isEstimate: false, budget: 10 })).toBe(
    '0 of 3,200 logs in 4 h; at most 10 a day by the budget',
  );
  expect(flaggedText('log', FOUR_HOURS, { flagged: 1.7, isEstimate: true, isMost: true, budget: 10 })).toBe(
    'at most 2 of 3,200 logs in 4 h; at most 10 a day by the budget',
  );
  const hour = { logs: 300, days: 1 / 24 };
  const ofHour = { flagged: 10 / 24, isEstimate: true, isMost: true, budget: 10 };
  expect(flaggedText('log', hour, ofHour)).toBe(
    'at most 1 of 300 logs in 60 min; at most 10 a day by the budget',
  );
  expect(flaggedText('log', FOUR_HOURS, { flagged: 1.2, isEstimate: true, isMost: true })).toBe(
    'at most 2 of 3,200 logs in 4 h',
  );
  expect(flaggedText('bucket', FOUR_HOURS, { flagged: 32, isEstimate: true })).toBe(
    'about 32 of 3,200 rows in 4 h',
  );
  expect(flaggedText('log', FOUR_HOURS, { flagged: 0.2, isEstimate: true })).toBe('<1 of 3,200 logs in 4 h');
});

it('tells a rate of a day or more, and of a sample what was found in it', () => {
  const week = { logs: 70_000, days: 7 };
  expect(flaggedText('log', week, { flagged: 63, isEstimate: false, expectedADay: 9, budget: 10 })).toBe(
    '63 of 70,000 logs in 7 days; about 9 a day to expect; at most 10 a day by the budget',
  );
  expect(flaggedText('log', week, { flagged: 0, isEstimate: false, sampled: 5_000, expectedADay: 9 })).toBe(
    '0 of the 5,000 logs in the sample; about 9 a day to expect',
  );
  expect(flaggedText('log', FOUR_HOURS, { flagged: 1, isEstimate: false, expectedADay: 9 })).not.toMatch(
    /a day/,
  );
});
