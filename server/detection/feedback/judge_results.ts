import { DAY } from '../../../common/duration';
import {
  becauseOf,
  contradictionsOf,
  matchOfScope,
  SUPPRESSION_LIMITS,
  THIS_LOG,
  type Consequence,
  type Contradiction,
  type FeedbackScope,
  type JudgedFacts,
  type Suppression,
} from '../../../common/suppressions';
import type { AnomalyResult } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import {
  refuseUnlessAllowed,
  applySuppression,
  CLOCK_SKEW,
  previewSuppression,
  auditSuppression,
  type Author,
  type HidingStores,
  type Preview,
} from './suppress_stored_results';
import type { ChangeNote, Feedback, FeedbackVerdict } from '../ports';

/** Verdict of a person on a result. */
export interface Judgement {
  readonly detectorId: string;
  readonly source: { readonly index: string; readonly id: string };
  readonly verdict: FeedbackVerdict;
  readonly scope: FeedbackScope;
  /** ISO 8601. */
  readonly expiresAt?: string;
  readonly comment?: string;
}

export interface Judged {
  readonly feedback: Feedback;
  readonly hidden: number;
  readonly shown: number;
  /** Those that the verdict takes part in. */
  readonly contradictions: readonly Contradiction<Feedback>[];
}

const LONGEST_NAME = 200;

const factsOf = ({ '@timestamp': time, anomaly }: AnomalyResult): JudgedFacts => ({
  time,
  confidence: anomaly.confidence,
  ...(anomaly.pattern && { pattern: anomaly.pattern }),
  ...(anomaly.entity !== undefined && { entity: anomaly.entity }),
  ...(anomaly.top_feature !== undefined && { top_feature: anomaly.top_feature }),
});

async function factsOfResult(
  { results, feedback }: HidingStores,
  { detectorId, source }: Pick<Judgement, 'detectorId' | 'source'>,
): Promise<JudgedFacts | undefined> {
  const stored = await results.find(detectorId, source);
  // The result may be gone that was judged before.
  return stored ? factsOf(stored.result) : (await feedback.find(detectorId, source))?.judged;
}

/** @throws DetectionError `invalid_input` where the result lacks what the scope is about */
function suppressionFor(
  { feedback, clock }: HidingStores,
  { detectorId, source, scope, expiresAt, comment }: Omit<Judgement, 'verdict'>,
  facts: JudgedFacts | undefined,
  author: Author,
): Suppression {
  const match = matchOfScope(scope, source, facts ?? {});
  if (match === undefined) {
    throw new DetectionError(
      'invalid_input',
      facts === undefined
        ? `scope is ${scope}, but the detector has no result of log ${source.id} of "${source.index}"; allowed: one`
        : `scope is ${scope}, but the result has no ${scope === 'entity' ? 'entity' : 'pattern'}; allowed: one`,
    );
  }
  const named = [match.pattern, match.entity, match.top_feature].filter((part) => part !== undefined);
  return {
    id: feedback.idOf(detectorId, source),
    detector_ids: [detectorId],
    name: (named.length === 0 ? THIS_LOG : `${scope}: ${named.join(', ')}`).slice(0, LONGEST_NAME),
    origin: 'feedback',
    match,
    exclude_from_training: false,
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
    ...(comment !== undefined && { comment }),
    ...author,
    at: new Date(clock.now()).toISOString(),
  };
}

/** Counts the effect of "not an anomaly"; nothing is saved. */
export async function previewJudgement(
  stores: HidingStores,
  judgement: Omit<Judgement, 'verdict'>,
  author: Author,
): Promise<Preview & { suppression: Suppression }> {
  const suppression = suppressionFor(stores, judgement, await factsOfResult(stores, judgement), author);
  return { ...(await previewSuppression(stores, suppression, judgement.source)), suppression };
}

const isSame = (earlier: Feedback | undefined, { verdict, scope, expiresAt }: Judgement): boolean =>
  earlier?.verdict === verdict &&
  (verdict === 'real' || (earlier.scope === scope && earlier.expiresAt === expiresAt));

/**
 * Takes a verdict: it becomes a label, it is put on the result, and "not an anomaly" hides what its scope reaches. A verdict
 * that replaces another one first takes back what that one hides.
 *
 * @throws DetectionError `refused` for a limit or a consequence that is not accepted
 */
export async function judgeResult(
  stores: HidingStores,
  judgement: Judgement,
  author: Author,
  accept: readonly Consequence[],
): Promise<Judged> {
  const { feedback: labels, results, clock } = stores;
  const { detectorId, source, verdict, scope, expiresAt, comment } = judgement;
  const at = new Date(clock.now()).toISOString();
  const earlier = await labels.find(detectorId, source);
  const facts = await factsOfResult(stores, judgement);
  const hides = verdict === 'not_an_anomaly';
  const isWide = hides && scope !== 'one';
  const isRepeated = isSame(earlier, judgement);
  const suppression = hides ? suppressionFor(stores, judgement, facts, author) : undefined;
  if (suppression !== undefined && isWide && !isRepeated)
    await refuseUnlessAllowed(stores, suppression, accept, source);
  const feedback: Feedback = {
    detectorId,
    source,
    verdict,
    ...(hides && { scope }),
    ...(comment !== undefined && { comment }),
    ...(hides && expiresAt !== undefined && { expiresAt }),
    ...(facts && { judged: facts }),
    ...(isWide && suppression && { suppressionId: suppression.id }),
    ...author,
    at,
  };
  const said = verdict === 'real' ? 'real' : 'not an anomaly';
  const note: ChangeNote = { at, ...author, because: `${author.by ?? 'Somebody'} said: ${said}` };
  let [hidden, shown] = [0, 0];
  if (!isRepeated && earlier !== undefined) shown = await takeBack(stores, earlier, { ...note });
  await labels.save(feedback);
  try {
    await results.judge(detectorId, source, verdict, note);
    if (suppression !== undefined && !isRepeated) {
      hidden = await applySuppression(stores, suppression, isWide);
      // The result itself may be older than what a wider scope reaches back to.
      if (isWide) hidden += await applySuppression(stores, { ...suppression, match: { source } }, false);
    }
    if (suppression !== undefined && isRepeated)
      hidden = await hideAgain(stores, suppression, source, isWide);
  } catch (error) {
    // Said before, it stands: only what was new is taken back.
    if (isRepeated) throw error;
    if (earlier === undefined) await labels.remove(detectorId, source);
    else {
      const { scope: _scope, suppressionId: _id, ...label } = earlier;
      await labels.save(label);
    }
    throw error;
  }
  await stores.audit.append([
    {
      detectorId,
      at,
      ...author,
      action: 'feedback_given',
      ...(earlier && { from: earlier.verdict }),
      to: verdict,
      reason: `A result was called ${said}${isWide ? `, scope ${scope}` : ''}${comment === undefined ? '.' : `: ${comment}`}`,
      details: { source, scope: hides ? scope : undefined, hidden, shown },
    },
  ]);
  if (suppression !== undefined && isWide && !isRepeated) {
    await auditSuppression(stores, suppression, {
      ...author,
      at,
      action: 'suppression_added',
      reason: `"${suppression.name}" hides ${hidden} stored results.`,
      details: { hidden, accepted: accept },
    });
  }
  const contradictions = contradictionsOf(await labels.list(detectorId)).filter(
    ({ pattern }) => pattern === facts?.pattern,
  );
  return { feedback, hidden, shown, contradictions };
}

/**
 * Hides what a verdict should have hidden that is said again: the one before may have been cut off behind its label.
 *
 * @returns results hidden now, none where nothing was missing
 */
async function hideAgain(
  { suppressions, results, clock }: HidingStores,
  suppression: Suppression,
  source: Judgement['source'],
  isWide: boolean,
): Promise<number> {
  const now = clock.now();
  const { id, by, at, expires_at: end } = suppression;
  if (end !== undefined && Date.parse(end) <= now) return 0;
  const note: ChangeNote = { at, ...(by !== undefined && { by }), because: becauseOf(suppression) };
  if (isWide && (await suppressions.find(id)) === undefined) await suppressions.save(suppression);
  const to = now + CLOCK_SKEW;
  const ofLog = await results.hide({ ...suppression, match: { source } }, { from: 0, to }, note);
  if (!isWide) return ofLog;
  const from = now - SUPPRESSION_LIMITS.replayDays * DAY;
  return ofLog + (await results.hide(suppression, { from, to }, note));
}

/** @returns results that are shown again */
async function takeBack(stores: HidingStores, earlier: Feedback, note: ChangeNote): Promise<number> {
  const { suppressions, results, feedback } = stores;
  if (earlier.verdict !== 'not_an_anomaly') return 0;
  const id = earlier.suppressionId ?? feedback.idOf(earlier.detectorId, earlier.source);
  const suppression = await suppressions.find(id);
  if (suppression !== undefined) await suppressions.remove(id);
  const others = (await suppressions.list(earlier.detectorId)).filter((each) => each.id !== id);
  const shown = await results.show(id, others, note);
  if (suppression !== undefined) {
    const { by, at } = note;
    await auditSuppression(stores, suppression, {
      ...(by !== undefined && { by }),
      at,
      action: 'suppression_removed',
      reason: `"${suppression.name}" was taken back; ${shown} results are shown again.`,
      details: { shown },
    });
  }
  return shown;
}

/** Takes back what was said of a result and what that hides. Does nothing where nothing was said. */
export async function forgetJudgement(
  stores: HidingStores,
  detectorId: string,
  source: { readonly index: string; readonly id: string },
  author: Author,
): Promise<{ shown: number }> {
  const { feedback: labels, results, clock } = stores;
  const earlier = await labels.find(detectorId, source);
  if (earlier === undefined) return { shown: 0 };
  const at = new Date(clock.now()).toISOString();
  const note: ChangeNote = { at, ...author, because: 'What was said of it was taken back' };
  // The label goes last: it says that there is something to take back, also to whoever repeats what was cut off.
  const shown = await takeBack(stores, earlier, note);
  await results.judge(detectorId, source, undefined, note);
  await labels.remove(detectorId, source);
  await stores.audit.append([
    {
      detectorId,
      at,
      ...author,
      action: 'feedback_removed',
      from: earlier.verdict,
      reason: `What was said of a result was taken back; ${shown} results are shown again.`,
      details: { source, shown },
    },
  ]);
  return { shown };
}
