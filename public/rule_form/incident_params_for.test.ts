import { logAnomalyParamsSchema } from '../../common/rules';
import { incidentParamsFor } from './incident_params_for';

const paramsFor = (params: object) => incidentParamsFor(logAnomalyParamsSchema.parse(params));

it.each([
  [{}, { min_severity: 'warning', min_results: 1 }],
  [{ min_confidence: 0.9 }, { min_severity: 'major', min_results: 1 }],
  [
    { min_confidence: 0.8, count: 3, window: '1h' },
    { min_severity: 'minor', min_results: 3 },
  ],
  [{ min_confidence: 0.6, min_severity: 'critical' }, { min_severity: 'critical' }],
])('tells of incidents as of anomalies from %j on', (anomalies, incidents) => {
  expect(paramsFor(anomalies)).toMatchObject(incidents);
});

it('keeps the detectors', () => {
  const detector_ids = ['0b1d0a1c-6b8f-4a6e-9f0e-0a1b2c3d4e5f'];
  expect(paramsFor({ detector_ids })).toMatchObject({ detector_ids });
});
