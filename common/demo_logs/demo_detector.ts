import type { DetectorInput } from '../detector';
import { PRESETS } from '../log_features/suggesting/presets';

/** The web preset; these logs name the size of a request by its other ECS field. */
const FEATURES = PRESETS.find(({ name }) => name === 'web_access')!.definitions.map((feature) =>
  feature.field === 'http.request.body.bytes' ? { ...feature, field: 'http.request.bytes' } : feature,
);

/** A detector that suits {@link generateLogs}: what a newcomer sees first. */
export const demoDetector = (index: string): DetectorInput => ({
  name: 'Sample logs',
  description:
    'A small web shop, made up to try Log Anomalies on. The overview removes it with all that belongs to it.',
  source: { index },
  entity_field: 'service.name',
  features: FEATURES,
  threshold: { method: 'contamination', contamination: 0.01 },
});
