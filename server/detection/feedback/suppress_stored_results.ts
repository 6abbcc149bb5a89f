import { randomUUID } from 'node:crypto';
import { ALL_DETECTORS, type AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import {
  appliesTo,
  becauseOf,
  checkLimits,
  isOfOneLog,
  SUPPRESSION_LIMITS,
  windowsOf,
  type Consequence,
  type Suppression,
  type SuppressionDraft,
} from '../../../common/suppressions';
import { withWindows } from './expand_calendar';
import type {
  AuditTrail,
  ChangeNote,
  Clock,
  Feedback,
  FeedbackStore,
  Replay,
  ResultMarks,
  SuppressionStore,
} from '../ports';
import { DAY } from '../../../common/duration';

/** Stores that hiding results needs: suppressions, verdicts, the results themselves, and the audit trail. */
export interface HidingStores {
  readonly suppressions: SuppressionStore;
  readonly feedback: FeedbackStore;
  readonly results: ResultMarks;
  readonly audit: AuditTrail;
  readonly clock: Pick<Clock, 'now'>;
}

/** Caller of a change; empty where nobody is signed in. */
export interface Author {
  readonly by?: string;
}

/** A schedule must be readable so far ahead, so that no run stumbles over it. */
const CHECKED_AHEAD = 2 * 365 * DAY;
/** Clocks of logs may be ahead of ours. */
export const CLOCK_SKEW = DAY;

export const suppressionOf = (draft: SuppressionDraft, author: Author, now: number): Suppression => ({
  ...draft,
  id: randomUUID(),
  exclude_from_training: draft.exclude_from_training ?? draft.schedule !== undefined,
  ...author,
  at: new Date(now).toISOString(),
});

/** A pattern that a suppression would hide something of, and its earlier verdicts by their number. */
export interface Contradiction {
  readonly pattern: string;
  readonly real: number;
  readonly not_an_anomaly: number;
}

/** Preview of a suppression: its limits and its effect, counted without any change. */
export interface Preview {
  readonly replay: Replay;
  readonly contradictions: readonly Contradiction[];
  readonly consequences: readonly Consequence[];
  /** A limit that no consent lifts. */
  readonly refusal?: DetectionError;
}

/**
 * @param own source of the result that a verdict is about: what was said of it before does not count
 * @throws DetectionError `invalid_input` for a calendar or a time zone that cannot be read
 */
export async function previewSuppression(
  stores: HidingStores,
  suppression: Suppression,
  own?: { index: string; id: string },
): Promise<Preview> {
  const now = stores.clock.now();
  const [ahead] = await withWindows([suppression], { from: now, to: now + CHECKED_AHEAD });
  if (ahead.schedule !== undefined) windowsOf(ahead.schedule, { from: now, to: now + CHECKED_AHEAD });
  const limit = await refusalOf(stores, ahead, now);
  const from = now - SUPPRESSION_LIMITS.replayDays * DAY;
  const counted = await stores.results.replay(suppression, { from, to: now });
  const others = counted.confirmed.results.filter(
    ({ result: { source } }) => source.index !== own?.index || source.id !== own?.id,
  );
  const total = counted.confirmed.total - (counted.confirmed.results.length - others.length);
  const { before, after } = counted.results;
  const refusal = limit ?? tooMany(before - after);
  const isMost =
    !isOfOneLog(suppression) && before > 0 && before - after > before * SUPPRESSION_LIMITS.hiddenShare;
  return {
    replay: { ...counted, confirmed: { total, results: others } },
    contradictions: await contradictionsWith(stores, suppression),
    consequences: [
      ...(total > 0 ? (['hides_confirmed_anomalies'] as const) : []),
      ...(isMost ? (['hides_most_results'] as const) : []),
    ],
    ...(refusal && { refusal }),
  };
}

function tooMany(hidden: number): DetectionError | undefined {
  const { marked } = SUPPRESSION_LIMITS;
  if (hidden <= marked) return undefined;
  return new DetectionError(
    'refused',
    `It would hide ${hidden} stored results; allowed: ${marked}. Narrow it.`,
  );
}

async function refusalOf(
  { suppressions, audit }: HidingStores,
  suppression: Suppression,
  now: number,
): Promise<DetectionError | undefined> {
  if (isOfOneLog(suppression)) return undefined;
  const standing = await suppressions.list();
  const { detector_ids: ids } = suppression;
  // One for all of the space counts for each of its detectors.
  const detectors = new Set(ids.length > 0 ? ids : standing.flatMap((each) => each.detector_ids));
  const addedFor = async (detectorId: string): Promise<number> =>
    (await audit.list(detectorId, { from: now - DAY, actions: ['suppression_added'], size: 1 })).total;
  try {
    const forAll = ids.length > 0 ? undefined : await addedFor(ALL_DETECTORS);
    for (const detector of detectors.size > 0 ? detectors : [ALL_DETECTORS]) {
      const others = standing.filter((other) => appliesTo(other, detector));
      checkLimits(suppression, others, forAll ?? (await addedFor(detector)), now);
    }
    return undefined;
  } catch (error) {
    if (error instanceof DetectionError && (error.code === 'refused' || error.code === 'invalid_input'))
      return error;
    throw error;
  }
}

/** Returns earlier verdicts on the patterns that a suppression hides, where somebody called one real. */
async function contradictionsWith(
  { feedback }: HidingStores,
  { detector_ids: ids, match }: Suppression,
): Promise<Contradiction[]> {
  if (match === undefined || match.source !== undefined) return [];
  const said: Feedback[][] = [];
  for (const id of ids) said.push(await feedback.list(id));
  const hidden = said
    .flat()
    .filter(
      ({ judged }) =>
        judged !== undefined &&
        (match.pattern === undefined || match.pattern === judged.pattern) &&
        (match.entity === undefined || match.entity === judged.entity) &&
        (match.top_feature === undefined || match.top_feature === judged.top_feature),
    );
  const patterns = new Set(
    hidden.flatMap(({ verdict, judged }) => (verdict === 'real' ? [judged?.pattern] : [])),
  );
  return [...patterns].flatMap((pattern) => {
    if (pattern === undefined) return [];
    const alike = hidden.filter(({ judged }) => judged?.pattern === pattern);
    const real = alike.filter(({ verdict }) => verdict === 'real').length;
    return [{ pattern, real, not_an_anomaly: alike.length - real }];
  });
}

const CONSEQUENCE_TEXTS: Record<Consequence, (preview: Preview) => string> = {
  hides_confirmed_anomalies: ({ replay }) =>
    `it would hide ${replay.confirmed.total} results that somebody called real`,
  hides_most_results: ({ replay: { results } }) =>
    `it would hide ${results.before - results.after} of the ${results.before} results of the last ${SUPPRESSION_LIMITS.replayDays} days`,
};

/**
 * Previews a suppression and lets it pass.
 *
 * @throws DetectionError `refused` for a limit, or with what has to be accepted in `details.consequences`
 */
export async function refuseUnlessAllowed(
  stores: HidingStores,
  suppression: Suppression,
  accept: readonly Consequence[],
  own?: { index: string; id: string },
): Promise<Preview> {
  const preview = await previewSuppression(stores, suppression, own);
  const missing = preview.consequences.filter((consequence) => !accept.includes(consequence));
  const problem =
    preview.refusal ??
    (missing.length === 0
      ? undefined
      : new DetectionError(
          'refused',
          `Not applied: ${missing.map((name) => CONSEQUENCE_TEXTS[name](preview)).join(', and ')}. Whoever wants that says so: accept ${missing.join(', ')}.`,
          { details: { consequences: missing } },
        ));
  if (problem === undefined) return preview;
  const { by, at } = suppression;
  await auditSuppression(stores, suppression, {
    ...(by !== undefined && { by }),
    at,
    action: 'suppression_refused',
    reason: problem.message,
  });
  throw problem;
}

/** Puts on record what was done with a suppression: one entry for each detector that it is about. */
export async function auditSuppression(
  { audit }: HidingStores,
  { id, detector_ids: ids, origin, match, schedule, expires_at }: Suppression,
  { details, ...entry }: Omit<AuditEntry, 'detectorId'>,
): Promise<void> {
  await audit.append(
    (ids.length > 0 ? ids : [ALL_DETECTORS]).map((detectorId): AuditEntry => ({
      detectorId,
      ...entry,
      details: { suppression_id: id, origin, match, schedule: schedule?.type, expires_at, ...details },
    })),
  );
}

/** Saves it, then marks what is stored; where that fails nothing is left behind. @returns results hidden now */
export async function applySuppression(
  { suppressions, results, clock }: HidingStores,
  suppression: Suppression,
  isStored: boolean,
): Promise<number> {
  const now = clock.now();
  const { id, by, at } = suppression;
  const note: ChangeNote = { at, ...(by !== undefined && { by }), because: becauseOf(suppression) };
  if (isStored) await suppressions.save(suppression);
  try {
    // One log is hidden however old it is.
    const from = isOfOneLog(suppression) ? 0 : now - SUPPRESSION_LIMITS.replayDays * DAY;
    return await results.hide(suppression, { from, to: now + CLOCK_SKEW }, note);
  } catch (error) {
    if (isStored) await suppressions.remove(id);
    await results
      .show(id, [], { ...note, because: 'It could not be hidden everywhere' })
      .catch(() => undefined);
    throw error;
  }
}

/**
 * Adds a mute or a quiet time: what it would do is counted first, then results of the last 30 days are hidden, and later
 * ones as they are found.
 *
 * @throws DetectionError `refused` for a limit or a consequence that is not accepted
 */
export async function addSuppression(
  stores: HidingStores,
  draft: SuppressionDraft,
  author: Author,
  accept: readonly Consequence[],
): Promise<{ suppression: Suppression; hidden: number }> {
  const suppression = suppressionOf(draft, author, stores.clock.now());
  await refuseUnlessAllowed(stores, suppression, accept);
  const hidden = await applySuppression(stores, suppression, true);
  const { by, at, name } = suppression;
  await auditSuppression(stores, suppression, {
    ...(by !== undefined && { by }),
    at,
    action: 'suppression_added',
    reason: `"${name}" hides ${hidden} stored results.`,
    details: { hidden, accepted: accept },
  });
  return { suppression, hidden };
}

/**
 * Takes one back: results that it alone hides are shown again as they were.
 *
 * @throws DetectionError `not_found` where there is none and nothing is hidden by it
 */
export async function removeSuppression(
  stores: HidingStores,
  id: string,
  author: Author,
): Promise<{ shown: number }> {
  const { suppressions, feedback, results, clock } = stores;
  const suppression = await suppressions.find(id);
  if (suppression === undefined && ((await results.hiddenBy([id])).get(id) ?? 0) === 0) {
    throw sentenceError('not_found', 'suppression_missing', { id });
  }
  const at = new Date(clock.now()).toISOString();
  if (suppression !== undefined) await suppressions.remove(id);
  const name = suppression?.name ?? id;
  const because = `"${name}" was taken back`;
  const shown = await results.show(id, await suppressions.list(), { at, ...author, because });
  if (suppression === undefined) return { shown };
  if (suppression.origin === 'feedback') await keepLabel(feedback, suppression);
  await auditSuppression(stores, suppression, {
    ...author,
    at,
    action: 'suppression_removed',
    reason: `"${name}" was taken back; ${shown} results are shown again.`,
    details: { shown },
  });
  return { shown };
}

/** Keeps the verdict of a removed suppression as a label that hides nothing. */
async function keepLabel(store: FeedbackStore, { id, detector_ids: ids }: Suppression): Promise<void> {
  for (const detectorId of ids) {
    const said = (await store.list(detectorId)).find(({ suppressionId }) => suppressionId === id);
    if (said === undefined) continue;
    const { scope: _scope, suppressionId: _id, expiresAt: _end, ...label } = said;
    await store.save(label);
  }
}
