import { thresholdSchema } from '../../../common/detector';
import { flagQuery, handedThreshold } from './handed_threshold';

const adaptive = thresholdSchema.parse({ method: 'adaptive', contamination: 0.001, alerts_per_day: 10 });
const share = thresholdSchema.parse({ method: 'contamination', contamination: 0.01 });

it('sets the number of anomalies a day, and the share that it is, or the share of the logs', () => {
  expect(handedThreshold({ flag: '27' }, adaptive)).toEqual({
    ...adaptive,
    alerts_per_day: 27,
    contamination: 0.0027,
  });
  expect(handedThreshold({ flag: '0.02' }, share)).toEqual({ ...share, contamination: 0.02 });
});

it('leaves alone what the threshold may not be, whoever wrote the address', () => {
  for (const flag of [undefined, '', '0', '-3', 'NaN', 'Infinity', '1e99', '<b>']) {
    expect(handedThreshold({ flag }, adaptive)).toBeUndefined();
  }
  expect(handedThreshold({ flag: '0.9' }, share)).toBeUndefined();
  expect(handedThreshold({ flag: '3' }, { method: 'fixed', score: 0.7 })).toBeUndefined();
});

it('writes nothing into an address where nothing is known', () => {
  expect(flagQuery(27)).toEqual({ flag: '27' });
  expect(flagQuery(undefined)).toEqual({ flag: undefined });
});
