import { thresholdSchema, type Detector } from '../../../common/detector';
import { allowedShare } from '../../../common/scanning/propose_budget';

/** The query of the form's address that sets how much to flag: anomalies a day, or a share of the logs. */
export const flagQuery = (more: number | undefined): Record<string, string | undefined> => ({
  flag: more?.toString(),
});

/**
 * Reads how much to flag from an address. Anybody may have written it, so that it is checked as the API does.
 *
 * @returns undefined where the address says nothing, or nothing that the threshold may be
 */
export function handedThreshold(
  query: Readonly<Record<string, string | undefined>>,
  threshold: Detector['threshold'],
): Detector['threshold'] | undefined {
  const wanted = Number(query.flag ?? Number.NaN);
  if (!(wanted > 0) || threshold.method === 'fixed') return undefined;
  return thresholdSchema.safeParse(
    threshold.method === 'adaptive'
      ? {
          ...threshold,
          alerts_per_day: wanted,
          contamination: allowedShare((threshold.contamination * wanted) / threshold.alerts_per_day),
        }
      : { ...threshold, contamination: wanted },
  ).data;
}
