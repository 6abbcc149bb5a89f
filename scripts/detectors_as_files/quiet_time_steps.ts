import { ENDPOINTS, type SuppressionBody } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import { DAY } from '../../common/duration';
import { checkLimits, isExpired, windowsOf, type Suppression } from '../../common/suppressions';
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

/**
 * Plans nothing for those that are over and that the space does not have: they would hide nothing, and nobody takes them.
 *
 * @param all those of the space, whether expired or not
 */
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
  { now = Date.now(), ...options }: Omit<PlanOptions, 'kind'> & { readonly now?: number },
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
  const over = new Set<Planned<Settings>>();
  const planned = planByName(wanted, found, { ...options, kind: 'quiet time' }).map((each) => {
    if (each.action !== 'create' || each.wanted === undefined || !isOver(each.wanted, now)) return each;
    const left: Planned<Settings> = { ...each, action: 'leave' };
    over.add(left);
    return left;
  });
  return [...planned, ...leftOver].map((each) => {
    const accept = consent.get(each.name) ?? [];
    return {
      ...stepOf('quiet_time', each),
      ...(over.has(each) && {
        warnings: async () => [
          `it ended at ${each.wanted?.expires_at}, so it is not made: take it out of the files`,
        ],
      }),
      problems: () => problemsOf(connection, each, { detectors, accept, now }),
      carryOut: (byNow) => carryOut(connection, each, { detectors: byNow, accept }),
    };
  });
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

/** @returns detectors of the space alone, where others are not there yet */
function suppressionOf(
  { kind: _kind, detectors: named = [], ...settings }: Settings,
  detectors: readonly Named[],
) {
  const ids = named.flatMap((each) => idOf(detectors, each) ?? []);
  return { ...settings, origin: 'calendar' as const, detector_ids: ids };
}

const isOver = ({ expires_at: expires }: Settings, now: number): boolean =>
  expires !== undefined && isExpired({ expires_at: expires } as Suppression, now);

/** Time for which a calendar is followed ahead, as Kibana does it. */
const CHECKED_AHEAD = 2 * 365 * DAY;

/** @returns why Kibana would refuse a quiet time whatever its detectors have found; undefined where it would not */
function refusalOf(suppression: ReturnType<typeof suppressionOf>, now: number): string | undefined {
  try {
    const at = new Date(now).toISOString();
    const whole = { exclude_from_training: false, ...suppression, id: '', at };
    if (whole.schedule !== undefined) windowsOf(whole.schedule, { from: now, to: now + CHECKED_AHEAD });
    checkLimits(whole, [], 0, now);
    return undefined;
  } catch (error) {
    if (error instanceof DetectionError) return error.message;
    throw error;
  }
}

/**
 * Asks about limits and consequences: of the detectors that are there. Those that are not there yet have found nothing, so that there are no
 * consequences where none is.
 */
async function problemsOf(
  connection: KibanaConnection,
  { action, wanted }: Planned<Settings>,
  { detectors, accept, now }: Context & { readonly now: number },
): Promise<string[]> {
  if (wanted === undefined || (action !== 'create' && action !== 'change')) return [];
  const suppression = suppressionOf(wanted, detectors);
  const refusal = refusalOf(suppression, now);
  if (refusal !== undefined) return [refusal];
  const { refused, consequences } = await askEndpoint(
    connection,
    ENDPOINTS.previewSuppression,
    '/suppressions/_preview',
    { suppression },
  );
  if (wanted.detectors !== undefined && suppression.detector_ids.length === 0) return [];
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
