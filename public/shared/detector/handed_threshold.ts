import { thresholdSchema, type Detector } from '../../../common/detector';
import { allowedShare } from '../../../common/scanning/propose_budget';

/** The query of the form's address that sets how much to flag: anomalies a day from 1 on, or a share of the logs. */
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
  { threshold, scoring }: Pick<Detector, 'threshold' | 'scoring'>,
): Detector['threshold'] | undefined {
  const wanted = Number(query.flag ?? Number.NaN);
  if (!(wanted > 0) || threshold.method === 'fixed') return undefined;
  // Pipelines keep to no number of anomalies.
  if (wanted >= 1 && scoring === 'ingest') return undefined;
  return thresholdSchema.safeParse(changed(threshold, wanted)).data;
}

function changed(threshold: Exclude<Detector['threshold'], { method: 'fixed' }>, wanted: number): object {
  const { contamination } = threshold;
  if (threshold.method === 'adaptive') {
    const share = allowedShare((contamination * wanted) / threshold.alerts_per_day);
    return { ...threshold, alerts_per_day: wanted, contamination: share };
  }
  // No share is that large: the address comes from a time when the detector kept to a number.
  if (wanted >= 1) return { method: 'adaptive', contamination, alerts_per_day: wanted };
  return { ...threshold, contamination: wanted };
}
