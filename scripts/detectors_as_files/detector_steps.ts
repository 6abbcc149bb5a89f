import { ENDPOINTS, type DetectorRecord } from '../../common/api';
import type { Detector } from '../../common/detector';
import { askEndpoint, type KibanaConnection } from '../command_line/kibana';
import {
  labelledWith,
  planByName,
  type Found,
  type Planned,
  type PlanOptions,
  type Wanted,
} from './plan_by_name';
import { stepOf, type Done, type Step } from './steps';

interface FoundDetector extends Found<Detector> {
  readonly record: DetectorRecord;
}

/** @param start true to start those of the files that do not run */
export function planDetectors(
  connection: KibanaConnection,
  { files, records }: { files: readonly Wanted<Detector>[]; records: readonly DetectorRecord[] },
  { start, ...options }: Omit<PlanOptions, 'kind'> & { readonly start: boolean },
): Step[] {
  const wanted = files.map(({ settings, place }) => {
    const labels = labelledWith(settings.labels, options.label);
    return { place, settings: { ...settings, ...(labels && { labels }) } };
  });
  const found = records.map((record): FoundDetector => ({
    id: record.id,
    settings: record.detector,
    labels: record.detector.labels ?? [],
    record,
  }));
  return planByName(wanted, found, { ...options, kind: 'detector' }).map((planned) => ({
    ...stepOf('detector', planned),
    problems: () => problemsOf(connection, planned),
    carryOut: () => carryOut(connection, planned, start),
  }));
}

/** Asks for rights as well; those that are missing say "you lack". */
async function problemsOf(
  connection: KibanaConnection,
  { action, wanted: detector }: Planned<Detector>,
): Promise<string[]> {
  if (action !== 'create' && action !== 'change') return [];
  const checked = await askEndpoint(connection, ENDPOINTS.validateDetector, '/detectors/_validate', {
    detector,
  });
  return [...checked.issues, ...checked.missing_privileges.map((missing) => `you lack ${missing}`)];
}

async function carryOut(
  connection: KibanaConnection,
  { action, wanted: detector, found }: Planned<Detector>,
  start: boolean,
): Promise<Done> {
  const record = (found as FoundDetector | undefined)?.record;
  const path = record === undefined ? '/detectors' : `/detectors/${encodeURIComponent(record.id)}`;
  if (action === 'delete') {
    await askEndpoint(connection, ENDPOINTS.deleteDetector, path);
    return {};
  }
  if (action === 'create') {
    const { id } = await askEndpoint(connection, ENDPOINTS.createDetector, path, { detector, start });
    return { id, ...(start && { started: true }) };
  }
  if (action === 'change') {
    await askEndpoint(connection, ENDPOINTS.updateDetector, path, { detector, version: record?.version });
  }
  if (!start || record?.enabled) return {};
  await askEndpoint(connection, ENDPOINTS.startDetector, `${path}/_start`);
  return { started: true };
}
