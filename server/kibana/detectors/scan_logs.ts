import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { durationToMilliseconds, parseDetector } from '../../../common/detector';
import { createWatchers } from '../../../common/scanning/watched_sources';
import { findSources, lookAtSource } from '../../elasticsearch/scanning';
import { createDetectorRepository } from '../records/detector_repository';
import type { RequestScope, Services } from '../contracts/services';

const windowOf = ({ clock }: Services, window: string): { from: number; to: number } => {
  const to = clock.now();
  return { from: to - durationToMilliseconds(window), to };
};

/** Finds sources of logs with the caller's rights, and says which of them detectors of the space read already. */
export async function scanLogs(
  services: Services,
  { elasticsearch, savedObjects }: Pick<RequestScope, 'elasticsearch' | 'savedObjects'>,
  window: string,
  signal: AbortSignal,
): Promise<ApiResponse<Endpoints['scanLogs']>> {
  const [{ sources, leftOut, isIncomplete }, { detectors }] = await Promise.all([
    findSources(elasticsearch, windowOf(services, window), { signal }),
    createDetectorRepository(savedObjects).list(),
  ]);
  const watchersOf = createWatchers(
    detectors.map(({ detector: { name, source } }) => ({ name, index: source.index })),
  );
  return {
    sources: sources.map(({ index, reachedAs, timestampField, logs, indices }) => ({
      index,
      reached_as: reachedAs,
      timestamp_field: timestampField,
      logs,
      indices: indices.length,
      detectors: watchersOf(index, indices),
    })),
    left_out: leftOut.map(({ reason, count, examples }) => ({ reason, count, examples: [...examples] })),
    incomplete: isIncomplete,
  };
}

/** @throws DetectionError `too_few_logs`, or `forbidden` and `invalid_input` as the logs of the source are read */
export async function proposeForSource(
  services: Services,
  { elasticsearch }: Pick<RequestScope, 'elasticsearch'>,
  { index, timestamp_field: timestampField, window }: ApiRequest<Endpoints['proposeDetectors']>['body'],
  signal: AbortSignal,
): Promise<ApiResponse<Endpoints['proposeDetectors']>> {
  const { logs, days, kind, proposals } = await lookAtSource(
    elasticsearch,
    { index, timestampField },
    windowOf(services, window),
    { signal },
  );
  return {
    logs,
    days,
    ...(kind !== undefined && { kind }),
    proposals: proposals.map(({ unit, detector, expectedAlertsPerDay, isReady, rows, rowsNeeded }) => ({
      unit,
      detector: parseDetector(detector),
      expected_alerts_per_day: expectedAlertsPerDay,
      ready: isReady,
      rows,
      rows_needed: rowsNeeded,
    })),
  };
}
