import type { AuditEntry } from '../../../common/audit';
import type { AuditTrail, Clock, SnapshotStore } from '../ports';

/** Parts that a promotion changes, with the rights of whoever promotes. */
export interface PromotionWork<Pipeline> {
  readonly models: Pick<SnapshotStore, 'promote'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Makes the ingest pipeline score with this version, after a trial; undefined where the detector has none. */
  readonly swapPipeline: (version: string) => Promise<Pipeline | undefined>;
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
 * is swapped first, since its trial may refuse: what was active stays then. Each change of the active model leaves an entry in
 * the audit trail.
 *
 * @throws DetectionError `refused` by the trial of the pipeline, `conflict` when somebody else promotes at the same time
 */
export async function promoteModel<Pipeline>(
  { models, audit, clock, swapPipeline }: PromotionWork<Pipeline>,
  { detectorId, version, note, reason, by, action, details }: Promotion,
): Promise<Promoted<Pipeline>> {
  const pipeline = await swapPipeline(version);
  const { previous } = await models.promote(detectorId, version, note, action === 'model_reverted');
  if (previous !== version) {
    await audit.append([
      {
        detectorId,
        at: new Date(clock.now()).toISOString(),
        ...(by !== undefined && { by }),
        action,
        ...(previous !== undefined && { from: previous }),
        to: version,
        reason,
        ...(details && { details }),
      },
    ]);
  }
  return { ...(previous !== undefined && { previous }), ...(pipeline !== undefined && { pipeline }) };
}
