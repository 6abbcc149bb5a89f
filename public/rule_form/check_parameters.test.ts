import { detectorHealthParamsSchema, incidentParamsSchema, logAnomalyParamsSchema } from '../../common/rules';
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: { translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage },
  }),
  { virtual: true },
);

import {
  checkHealthParameters,
  checkIncidentParameters,
  checkLogAnomalyParameters,
} from './check_parameters';

const wrong = (errors: Record<string, string[]>): string[] =>
  Object.keys(errors)
    .filter((name) => errors[name].length > 0)
    .sort();

it('takes what the schemas take by default', () => {
  expect(wrong(checkLogAnomalyParameters({}))).toEqual([]);
  expect(wrong(checkLogAnomalyParameters(logAnomalyParamsSchema.parse({})))).toEqual([]);
  expect(wrong(checkIncidentParameters({}))).toEqual([]);
  expect(wrong(checkIncidentParameters(incidentParamsSchema.parse({})))).toEqual([]);
  expect(wrong(checkHealthParameters({}))).toEqual([]);
  expect(wrong(checkHealthParameters(detectorHealthParamsSchema.parse({})))).toEqual([]);
});

it('names each parameter that the schema refuses', () => {
  const anomaly = { min_confidence: 1.1, count: 0, window: '5', min_entities: 0, times_before: 0.5 };
  expect(wrong(checkLogAnomalyParameters(anomaly))).toEqual([
    'count',
    'min_confidence',
    'min_entities',
    'times_before',
    'window',
  ]);
  expect(
    logAnomalyParamsSchema
      .safeParse(anomaly)
      .error!.issues.map(({ path }) => path[0])
      .sort(),
  ).toEqual(['count', 'min_confidence', 'min_entities', 'times_before', 'window']);
  const incident = { min_duration: 'x', min_results: 0, min_entities: 1_001, kql: 'a : (b' };
  expect(wrong(checkIncidentParameters(incident))).toEqual([
    'kql',
    'min_duration',
    'min_entities',
    'min_results',
  ]);
  // Refused by its own check, which follows once all others are passed.
  const { kql, ...others } = incident;
  const pathsOf = (given: object): unknown[] =>
    incidentParamsSchema
      .safeParse(given)
      .error!.issues.map(({ path }) => path[0])
      .sort();
  expect(pathsOf(others)).toEqual(['min_duration', 'min_entities', 'min_results']);
  expect(pathsOf({ kql })).toEqual(['kql']);
  const health = { max_lag: 'x', max_failures: 1.5, max_silence: null };
  expect(wrong(checkHealthParameters(health))).toEqual(['max_failures', 'max_lag']);
});
