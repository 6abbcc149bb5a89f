import type { AnomalyResult } from '../../../common/anomaly';
import type { Detector } from '../../../common/detector';
import { filtersOfSource, logsOfResult } from '../../../common/findings/logs_of_result';
import { PLUGIN_ID } from '../../../common/plugin';

export interface LinkBase {
  /** `server.publicBaseUrl`, which ends in `server.basePath` where there is one. */
  readonly publicBaseUrl: string | undefined;
  /** `server.basePath`: links without a public address begin with it. */
  readonly serverBasePath?: string;
  readonly space: string;
  readonly kibanaVersion: string;
}

const root = ({ publicBaseUrl, serverBasePath = '', space }: LinkBase): string =>
  `${(publicBaseUrl ?? serverBasePath).replace(/\/$/, '')}${space === 'default' ? '' : `/s/${encodeURIComponent(space)}`}`;

/** The first page. */
export const homeLink = (base: LinkBase): string => `${root(base)}/app/${PLUGIN_ID}`;

export const resultLink = (base: LinkBase, resultId: string): string =>
  `${root(base)}/app/${PLUGIN_ID}/results/${encodeURIComponent(resultId)}`;

export const detectorLink = (base: LinkBase, detectorId: string): string =>
  `${root(base)}/app/${PLUGIN_ID}/detectors/${encodeURIComponent(detectorId)}`;

export const incidentLink = (base: LinkBase, incidentId: string): string =>
  `${root(base)}/app/${PLUGIN_ID}/incidents/${encodeURIComponent(incidentId)}`;

/** The page that asks whether a result is real. */
export const feedbackLink = (base: LinkBase, detectorId: string, resultId: string): string =>
  `${detectorLink(base, detectorId)}/feedback?result=${encodeURIComponent(resultId)}`;

/**
 * The log itself, or the logs of a bucket, in Discover, by Kibana's own redirect for such links.
 *
 * @param source of its detector; absent where the detector is gone
 */
export function discoverLink(base: LinkBase, result: AnomalyResult, source?: Detector['source']): string {
  const { query, timeRange, isBucket } = logsOfResult(result);
  const parameters = {
    dataViewSpec: { title: result.source.index, timeFieldName: source?.timestamp_field ?? '@timestamp' },
    query: { language: 'kuery', query },
    timeRange,
    ...(isBucket && source !== undefined && { filters: filtersOfSource(source) }),
  };
  const search = new URLSearchParams({
    l: 'DISCOVER_APP_LOCATOR',
    v: base.kibanaVersion,
    p: JSON.stringify(parameters),
  });
  return `${root(base)}/app/r?${search.toString()}`;
}
