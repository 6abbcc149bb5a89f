import { ENDPOINTS, type SuppressionBody } from '../../common/api';
import { askEndpoint, type KibanaConnection } from '../command_line/kibana';
import type { QuietTimeFile } from './file_kinds';
import {
  differencesOf,
  labelledWith,
  planByName,
  type Found,
  type Planned,
  type PlanOptions,
  type Wanted,
} from './plan_by_name';
import { idOf, referenceTo, sameReferences, type Named } from './references';
import { stepOf, type Step } from './steps';

/** Consent to consequences is no setting of a quiet time. */
type Settings = Omit<QuietTimeFile, 'accept' | 'detectors'> & { readonly detectors?: readonly string[] };

interface FoundQuietTime extends Found<Settings> {
  readonly quietTime: SuppressionBody;
}

/** Returns the quiet times of a space, with the whole text of calendars. */
export async function allQuietTimes(connection: KibanaConnection): Promise<SuppressionBody[]> {
  const path = '/suppressions?origin=calendar&calendars=whole';
  return (await askEndpoint(connection, ENDPOINTS.listSuppressions, path)).suppressions;
}

/** Returns a quiet time as a file has it. */
export function quietTimeAsFile(quietTime: SuppressionBody, detectors: readonly Named[]): Settings {
  const { detector_ids: ids, name, match, schedule, expires_at: expires, comment, labels } = quietTime;
  return {
    kind: 'quiet_time',
    name,
    ...(ids.length > 0 && { detectors: ids.map((id) => referenceTo(detectors, id)).sort() }),
    ...(match !== undefined && { match }),
    ...(schedule !== undefined && { schedule }),
    ...(expires !== undefined && { expires_at: expires }),
    ...(comment !== undefined && { comment }),
    ...(labels !== undefined && labels.length > 0 && { labels }),
    exclude_from_training: quietTime.exclude_from_training,
  };
}

/** @param all those of the space, whether expired or not */
export function planQuietTimes(
  connection: KibanaConnection,
  {
    files,
    all,
    detectors,
  }: {
    files: readonly Wanted<QuietTimeFile>[];
    all: readonly SuppressionBody[];
    detectors: readonly Named[];
  },
  options: Omit<PlanOptions, 'kind'>,
): Step[] {
  const consent = new Map(files.map(({ settings }) => [settings.name, settings.accept]));
  const wanted = files.map(({ settings, place }) => ({
    place,
    settings: settingsOf(settings, detectors, options.label),
  }));
  const foundOnes = all.map((each): FoundQuietTime => ({
    id: each.id,
    settings: quietTimeAsFile(each, detectors),
    labels: each.labels ?? [],
    quietTime: each,
  }));
  const { found, replaced } = standing(wanted, foundOnes);
  const leftOver = replaced.map((each): Planned<Settings> => ({
    name: each.settings.name,
    action: 'delete',
    found: each,
    differences: [],
  }));
  const steps = [...planByName(wanted, found, { ...options, kind: 'quiet time' }), ...leftOver];
  return steps.map((planned) => ({
    ...stepOf('quiet_time', planned),
    problems: () => problemsOf(connection, planned, { detectors, accept: consent.get(planned.name) ?? [] }),
    carryOut: (now) =>
      carryOut(connection, planned, { detectors: now, accept: consent.get(planned.name) ?? [] }),
  }));
}

/**
 * Chooses the quiet times that stand for their names. One that is over does so only where a file has it as it was: its results
 * stay hidden, and what is new comes beside it.
 *
 * @returns those, and apart those that an interrupted change has left beside the newer one, which is as the file says
 */
function standing(
  wanted: readonly Wanted<Settings>[],
  all: readonly FoundQuietTime[],
): { found: FoundQuietTime[]; replaced: FoundQuietTime[] } {
  const inEffect = all.filter(({ quietTime }) => !quietTime.expired);
  const replaced = new Set<FoundQuietTime>();
  const over = wanted.flatMap(({ settings }) => {
    const isAsInFile = (each: Found<Settings>): boolean =>
      differencesOf(each.settings, settings).length === 0;
    const same = inEffect.filter(({ settings: { name } }) => name === settings.name);
    if (same.length === 0) return all.find(isAsInFile) ?? [];
    const done = same.find(isAsInFile);
    const older = same.filter(({ quietTime: { at } }) => done !== undefined && at < done.quietTime.at);
    for (const each of older) replaced.add(each);
    return [];
  });
  return { found: [...inEffect.filter((each) => !replaced.has(each)), ...over], replaced: [...replaced] };
}

function settingsOf(
  { accept: _consent, detectors: named, labels: own, ...settings }: QuietTimeFile,
  detectors: readonly Named[],
  label: string | undefined,
): Settings {
  const labels = labelledWith(own, label);
  return {
    ...settings,
    ...(named && { detectors: sameReferences(detectors, named) }),
    ...(labels && labels.length > 0 && { labels }),
    exclude_from_training: settings.exclude_from_training ?? settings.schedule !== undefined,
  };
}

interface Context {
  /** Those of the space by now. */
  readonly detectors: readonly Named[];
  readonly accept: QuietTimeFile['accept'];
}

/** @returns undefined where one of the detectors is not there yet */
function suppressionOf(
  { kind: _kind, detectors: named = [], ...settings }: Settings,
  detectors: readonly Named[],
): object | undefined {
  const ids = named.flatMap((each) => idOf(detectors, each) ?? []);
  return ids.length < named.length ? undefined : { ...settings, origin: 'calendar', detector_ids: ids };
}

/** Asks about limits and consequences where all detectors are there already. */
async function problemsOf(
  connection: KibanaConnection,
  { action, wanted }: Planned<Settings>,
  { detectors, accept }: Context,
): Promise<string[]> {
  if (wanted === undefined || (action !== 'create' && action !== 'change')) return [];
  const suppression = suppressionOf(wanted, detectors);
  if (suppression === undefined) return [];
  const { refused, consequences } = await askEndpoint(
    connection,
    ENDPOINTS.previewSuppression,
    '/suppressions/_preview',
    { suppression },
  );
  const unwanted = consequences.filter((each) => !accept.includes(each));
  return [
    ...(refused === undefined ? [] : [refused]),
    ...unwanted.map(
      (each) => `it ${each.replaceAll('_', ' ')}; accept: [${each}] in the file says that it may`,
    ),
  ];
}

/** A changed one takes the place of the old one, which goes once the new one is there. */
async function carryOut(
  connection: KibanaConnection,
  { action, wanted, found }: Planned<Settings>,
  { detectors, accept }: Context,
): Promise<{ id?: string }> {
  let id = found?.id;
  if (wanted !== undefined && (action === 'create' || action === 'change')) {
    const added = await askEndpoint(connection, ENDPOINTS.addSuppression, '/suppressions', {
      suppression: suppressionOf(wanted, detectors),
      accept,
    });
    id = added.suppression.id;
  }
  if (found !== undefined && (action === 'delete' || action === 'change')) {
    const path = `/suppressions/${encodeURIComponent(found.id)}`;
    await askEndpoint(connection, ENDPOINTS.removeSuppression, path);
  }
  return id === undefined ? {} : { id };
}
