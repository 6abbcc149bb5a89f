import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import type { AuditTrail, Clock, SnapshotStore } from '../ports';

/** Times that a pipeline is put again while others go on promoting. */
const MOST_PUT_AGAIN = 3;
/** Since a promotion, entries of which one may tell of it. */
const PROMOTIONS_LOOKED_AT = 100;

/** Parts that a promotion changes, with the rights of whoever promotes. */
export interface PromotionWork<Pipeline> {
  readonly models: Pick<SnapshotStore, 'promote' | 'active'>;
  readonly audit: Pick<AuditTrail, 'append' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Makes the ingest pipeline score with this version, after a trial; undefined where the detector has none. */
  readonly swapPipeline: (version: string) => Promise<Pipeline | undefined>;
  /** Makes the ingest pipeline score with the version that somebody else has made active at the same time. */
  readonly putAgain: (version: string) => Promise<unknown>;
}

export interface Promotion {
  readonly detectorId: string;
  readonly version: string;
  /** Is kept with the model. */
  readonly note?: string;
  /** Stands in the audit trail. */
  readonly reason: string;
  /** Name of the user; absent: the detector itself. */
  readonly by?: string;
  readonly action: Extract<AuditEntry['action'], 'model_promoted' | 'model_reverted'>;
  readonly details?: AuditEntry['details'];
}

export interface Promoted<Pipeline> {
  /** Version that was active before; the same as the promoted one where nothing has changed. */
  readonly previous?: string;
  readonly pipeline?: Pipeline;
}

/**
 * Makes a version the active model of its detector: every promotion and every way back goes through here. The pipeline
 * is swapped first, since its trial may refuse: what was active stays then. Of two promotions at the same time the later
 * one puts the pipeline of the other again. Each change of the active model leaves an entry in
 * the audit trail, also one that was made before by a promotion that was cut off.
 *
 * @throws DetectionError `refused` by the trial of the pipeline, `conflict` when somebody else promotes at the same time
 */
export async function promoteModel<Pipeline>(
  { models, audit, clock, swapPipeline, putAgain }: PromotionWork<Pipeline>,
  { detectorId, version, note, reason, by, action, details }: Promotion,
): Promise<Promoted<Pipeline>> {
  const over = await timeOfActive(models, detectorId);
  const pipeline = await swapPipeline(version);
  const how = { isBack: action === 'model_reverted', ...(over !== undefined && { over }) };
  const { previous } = await models.promote(detectorId, version, note, how).catch(async (error: unknown) => {
    const isConflict = error instanceof DetectionError && error.code === 'conflict';
    if (isConflict && pipeline !== undefined) await putActiveAgain({ models, putAgain }, detectorId);
    throw error;
  });
  const entry = (from: string | undefined): AuditEntry => ({
    detectorId,
    at: new Date(clock.now()).toISOString(),
    ...(by !== undefined && { by }),
    action,
    ...(from !== undefined && { from }),
    to: version,
    reason,
    ...(details && { details }),
  });
  if (previous !== version) await audit.append([entry(previous)]);
  else {
    const missing = await unrecorded({ models, audit }, detectorId, version);
    if (missing !== undefined) await audit.append([entry(missing.from)]);
  }
  return { ...(previous !== undefined && { previous }), ...(pipeline !== undefined && { pipeline }) };
}

/** @returns null where none is active; undefined where its document is gone, which another one may take the place of */
async function timeOfActive(
  models: Pick<SnapshotStore, 'active'>,
  detectorId: string,
): Promise<string | null | undefined> {
  try {
    return (await models.active(detectorId))?.promotedAt ?? null;
  } catch (error) {
    if (error instanceof DetectionError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Somebody else may have swapped the pipeline before us, and have promoted since. */
async function putActiveAgain(
  { models, putAgain }: Pick<PromotionWork<unknown>, 'models' | 'putAgain'>,
  detectorId: string,
): Promise<void> {
  let put: string | undefined;
  for (let times = 0; times < MOST_PUT_AGAIN; times++) {
    const active = (await models.active(detectorId))?.version;
    if (active === undefined || active === put) return;
    await putAgain(active);
    put = active;
  }
}

/**
 * The promotion of a version that is active already and of which the audit trail says nothing: it was cut off before.
 *
 * @returns the version that was active before it; undefined where the promotion is on record, or nobody can tell
 */
async function unrecorded(
  { models, audit }: Pick<PromotionWork<unknown>, 'models' | 'audit'>,
  detectorId: string,
  version: string,
): Promise<{ readonly from: string | undefined } | undefined> {
  const active = await models.active(detectorId);
  if (active?.version !== version || active.promotedAt === undefined) return undefined;
  const actions = ['model_promoted', 'model_reverted'] as const;
  const from = Date.parse(active.promotedAt);
  try {
    const { entries } = await audit.list(detectorId, { from, actions, size: PROMOTIONS_LOOKED_AT });
    return entries.some(({ to }) => to === version)
      ? undefined
      : { from: active.promotions?.at(-2)?.version };
  } catch (error) {
    // The right to write to the trail is none to read it.
    if (error instanceof DetectionError && error.code === 'forbidden') return undefined;
    throw error;
  }
}
