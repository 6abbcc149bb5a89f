import type { Detector } from './detector_schema';
import { hasSetting, type FeatureDefinition } from './feature_schema';

/** Default of features. */
const UTC = 'UTC';

/**
 * Returns the features as they are learned: those of hours and days in the zone of the detector, unless they name one other
 * than UTC. A model holds the zone with what it has learned, so that runs and ingest pipelines agree.
 */
export const featuresInZone = ({
  features,
  time_zone: zone = UTC,
}: Pick<Detector, 'features' | 'time_zone'>): FeatureDefinition[] =>
  features.map((feature) =>
    feature.time_zone === UTC && hasSetting(feature.type, 'time_zone')
      ? { ...feature, time_zone: zone }
      : feature,
  );
