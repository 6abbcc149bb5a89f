import { thresholdSchema } from '../../../common/detector';
import { flagQuery, handedThreshold } from './handed_threshold';

const scoring = 'job';
const adaptive = thresholdSchema.parse({ method: 'adaptive', contamination: 0.001, alerts_per_day: 10 });
const share = thresholdSchema.parse({ method: 'contamination', contamination: 0.01 });

it('sets the number of anomalies a day, and the share that it is, or the share of the logs', () => {
  expect(handedThreshold({ flag: '27' }, { threshold: adaptive, scoring })).toEqual({
    ...adaptive,
    alerts_per_day: 27,
    contamination: 0.0027,
  });
  expect(handedThreshold({ flag: '0.02' }, { threshold: share, scoring })).toEqual({
    ...share,
    contamination: 0.02,
  });
});

it('keeps to a number of anomalies a day where the address names one and the detector flags a share', () => {
  expect(handedThreshold({ flag: '27' }, { threshold: share, scoring })).toMatchObject({
    ...{ method: 'adaptive', contamination: 0.01, alerts_per_day: 27 },
  });
  expect(handedThreshold({ flag: '27' }, { threshold: share, scoring: 'ingest' })).toBeUndefined();
});

it('leaves alone what the threshold may not be, whoever wrote the address', () => {
  for (const flag of [undefined, '', '0', '-3', 'NaN', 'Infinity', '1e99', '<b>']) {
    expect(handedThreshold({ flag }, { threshold: adaptive, scoring })).toBeUndefined();
  }
  expect(handedThreshold({ flag: '0.9' }, { threshold: share, scoring })).toBeUndefined();
  expect(
    handedThreshold({ flag: '3' }, { threshold: { method: 'fixed', score: 0.7 }, scoring }),
  ).toBeUndefined();
});

it('writes nothing into an address where nothing is known', () => {
  expect(flagQuery(27)).toEqual({ flag: '27' });
  expect(flagQuery(undefined)).toEqual({ flag: undefined });
});
