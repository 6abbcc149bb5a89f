import type { AnomalyResult } from '../../../common/anomaly';
import { ALL_DETECTORS, type AuditEntry } from '../../../common/audit';
import { becauseOf, createMatcher, withFacts, type Suppression } from '../../../common/suppressions';
import { withWindows } from './expand_calendar';
import type { AuditTrail, Clock, SuppressionStore } from '../ports';

/** Calendars are followed for whole weeks, so that pages of one time ask for the same. */
const SPAN = 7 * 86_400_000;
const earliest = (times: readonly number[]): number =>
  Math.floor(times.reduce((least, time) => Math.min(least, time), Infinity) / SPAN) * SPAN;

export interface SuppressorOptions {
  readonly suppressions: Pick<SuppressionStore, 'forResults' | 'noteExpired'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly detectorId: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** The result as it is stored where these hide it. @param hiding at least one */
export const hiddenResult = (result: AnomalyResult, hiding: readonly Suppression[]): AnomalyResult => ({
  ...result,
  result: {
    ...result.result,
    type: 'suppressed',
    suppressed_by: hiding.map(({ id }) => id),
    suppressed_because: becauseOf(hiding[hiding.length - 1]),
  },
});

/**
 * Marks the results of one page that somebody wants hidden. What hides is read again for each page, since it may have
 * changed; a run without anomalies asks for nothing.
 */
export function createSuppressor(
  options: SuppressorOptions,
): (results: readonly AnomalyResult[]) => Promise<AnomalyResult[]> {
  const { detectorId, suppressions: store } = options;
  return async (results) => {
    const { suppressions, unnoted } = await store.forResults(
      detectorId,
      results.map(({ source }) => source),
    );
    if (unnoted.length > 0) await auditExpired(options, unnoted);
    if (suppressions.length === 0) return [...results];
    const times = results.map((result) => Date.parse(result['@timestamp']));
    const range = { from: earliest(times), to: -earliest(times.map((time) => -time)) + SPAN };
    const hidingOf = createMatcher(await withWindows(suppressions, range));
    return results.map((each) => {
      const result = withFacts(each);
      const hiding = hidingOf(result);
      return hiding.length === 0 ? result : hiddenResult(result, hiding);
    });
  };
}

async function auditExpired(
  { suppressions: store, audit, clock }: SuppressorOptions,
  expired: readonly Suppression[],
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await audit.append(
    expired.flatMap(({ id, name, detector_ids: ids, expires_at: expiresAt }) =>
      (ids.length > 0 ? ids : [ALL_DETECTORS]).map((detectorId): AuditEntry => ({
        detectorId,
        at,
        action: 'suppression_expired',
        reason: `"${name}" has ended.`,
        details: { suppression_id: id, expires_at: expiresAt },
        once: JSON.stringify([id, expiresAt]),
      })),
    ),
  );
  await store.noteExpired(expired);
}
