import { MINUTE } from '../../../common/duration';
import { timeDomainOf, wholeBuckets } from './time_domain';

const at = (minute: number) => ({ time: new Date(minute * MINUTE).toISOString() });

it('reaches to the end of the last value', () => {
  expect(timeDomainOf([at(5), at(10), at(15)], 5 * MINUTE)).toEqual({ from: 5 * MINUTE, to: 20 * MINUTE });
});

it('is finite where there are anomalies and no values', () => {
  expect(timeDomainOf([at(12), at(3)], 5 * MINUTE)).toEqual({ from: 3 * MINUTE, to: 17 * MINUTE });
});

it('draws whole buckets, so that bars, lanes and ticks of a short time stand below each other', () => {
  expect(wholeBuckets({ from: 14.9 * MINUTE, to: 44.9 * MINUTE }, 5 * MINUTE)).toEqual({
    from: 10 * MINUTE,
    to: 45 * MINUTE,
  });
  const whole = { from: 10 * MINUTE, to: 40 * MINUTE };
  expect(wholeBuckets(whole, 5 * MINUTE)).toEqual(whole);
});
