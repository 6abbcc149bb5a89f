import type { PromotionWork } from '../../server/detection/promotion/promote_model';
import { createAuditTrail, createSnapshotStore, type ElasticsearchClient } from '../../server/elasticsearch';
import { decodeModelSnapshot } from '../../common/model_snapshot';
import { deployPipeline, type PipelineDeployment } from '../../server/elasticsearch/ingest';
import { trialOptions } from './ingest_pipeline';
import type { Session } from './session';

/**
 * Returns the parts that a promotion changes, in the space of the configuration.
 *
 * @param promoted `version`: absent where it is the version before of the pipeline that becomes active again
 */
export function promotionWork(
  session: Session,
  client: ElasticsearchClient,
  { detectorId, version: refused }: { readonly detectorId: string; readonly version?: string },
  swapPipeline: PromotionWork<PipelineDeployment>['swapPipeline'],
): PromotionWork<PipelineDeployment> {
  const { space } = session.config;
  const models = createSnapshotStore(client, { space, now: () => session.clock.now() });
  return {
    models,
    audit: createAuditTrail(client, { space }),
    clock: session.clock,
    swapPipeline,
    putAgain: async (version) => {
      const snapshot = decodeModelSnapshot(await models.load(detectorId, version), { stored: true });
      if (snapshot.detector.scoring !== 'ingest') return;
      const trial = await trialOptions(session, client, snapshot, { detectorId });
      await deployPipeline(client, snapshot, { ...trial, refused });
    },
  };
}
