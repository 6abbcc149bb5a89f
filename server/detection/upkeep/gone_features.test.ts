import { gapsOfTraining, withGoneFeatures, withoutSeldomFeatures } from './gone_features';
import { readinessOf } from './readiness';

it('tells at once of features that the logs of a run lack, once, and of no handful', () => {
  const dirt = { took: { missing: 95 }, size: { wrong_type: 100 }, host: { missing: 60 } };
  const found = withGoneFeatures([], { dirt, logs: 100 });
  expect(found.map(({ kind, level, message }) => [kind, level, message])).toEqual([
    ['missing_feature', 'warning', 'The feature took is missing in 95% of the logs.'],
    ['missing_feature', 'warning', 'The feature size holds another type than its own in 100% of the logs.'],
  ]);
  expect(withGoneFeatures(found.slice(0, 1), { dirt, logs: 100 })).toEqual(found);
  // The training has seen some logs without it: what is so now counts.
  const [before] = readinessOf({ dirt: { report: { took: { missing: 6 } }, logs: 100 }, features: [] });
  expect(before).toMatchObject({ kind: 'missing_feature', level: 'hint' });
  expect(withGoneFeatures([before], { dirt, logs: 100 })).toEqual(found);
  expect(withGoneFeatures([before], { dirt: { took: { missing: 20 } }, logs: 20 })).toEqual([before]);
  expect(withGoneFeatures([before], undefined)).toEqual([before]);
  // Of a field that mostly was not there, thirty logs without it tell nothing.
  const [seldom] = readinessOf({ dirt: { report: { took: { missing: 88 } }, logs: 100 }, features: [] });
  expect(withGoneFeatures([seldom], { dirt: { took: { missing: 28 } }, logs: 30 })).toEqual([seldom]);
});

it('does not tell what training saw of a field that some logs have, nor of one that a handful lacks', () => {
  const known = readinessOf({
    dirt: { report: { seldom: { missing: 87 }, gone: { missing: 100 }, odd: { wrong_type: 20 } }, logs: 100 },
  });
  const told = withoutSeldomFeatures(withGoneFeatures(known, { dirt: { took: { missing: 42 } }, logs: 42 }));
  expect(told.map(({ said }) => [said?.code, said?.values?.feature])).toEqual([
    ['feature_missing', 'gone'],
    ['feature_mistyped', 'odd'],
  ]);
});

it('tells of a field of seldom logs once so many logs lack it that a hundred would have had it', () => {
  const known = readinessOf({ dirt: { report: { took: { missing: 86 } }, logs: 100 }, features: [] });
  const told = (missing: number, logs: number) =>
    withoutSeldomFeatures(withGoneFeatures(known, { dirt: { took: { missing } }, logs })).map(
      ({ level, message }) => [level, message],
    );
  expect(told(5_000, 5_000)).toEqual([['warning', 'The feature took is missing in 100% of the logs.']]);
  // As in training, and too few to tell.
  expect(told(4_600, 5_000)).toEqual([]);
  expect(told(700, 700)).toEqual([]);
});

it('takes more logs than a few to tell of a field that a part of the training lacked as well', () => {
  const known = readinessOf({
    dirt: { report: { referrer: { missing: 30 } }, logs: 100 },
    features: [{ name: 'referrer', columns: 1 }],
  });
  const told = (missing: number) =>
    withoutSeldomFeatures(withGoneFeatures(known, { dirt: { referrer: { missing } }, logs: missing })).map(
      ({ message }) => message,
    );
  expect(told(60)).toEqual([]);
  expect(told(140)).toEqual([]);
  expect(told(200)).toEqual(['The feature referrer is missing in 100% of the logs.']);
});

it('tells nothing more of a feature that the model does not look at', () => {
  const known = readinessOf({ features: [{ name: 'zone', columns: 0 }] });
  expect(withGoneFeatures(known, { dirt: { zone: { missing: 500 } }, logs: 500 })).toEqual(known);
});

it('compares with what the training lacked, whatever was measured since', () => {
  const features = [
    { name: 'query', columns: 2 },
    { name: 'absent', columns: 0 },
  ];
  const ofTraining = readinessOf({
    features,
    dirt: { report: { query: { missing: 87 }, absent: { missing: 100 } }, logs: 100 },
  });
  const measured = withGoneFeatures(
    [...readinessOf({ features }), ...gapsOfTraining(ofTraining, ['absent'])],
    { dirt: { query: { missing: 210 }, took: { missing: 210 }, absent: { missing: 210 } }, logs: 210 },
  );
  expect(withoutSeldomFeatures(measured).map(({ kind, message }) => [kind, message.split(':')[0]])).toEqual([
    ['constant_feature', 'The feature absent is constant'],
    ['missing_feature', 'The feature absent is missing in 100% of the logs.'],
    ['missing_feature', 'The feature took is missing in 100% of the logs.'],
  ]);
  // Told until the next measurement, and no part of the training.
  const kept = gapsOfTraining(measured, ['absent']).map(({ said }) => said?.values.feature);
  expect(kept.sort()).toEqual(['absent', 'query']);
});
