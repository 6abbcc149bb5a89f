import type { PromotionWork } from '../../server/detection/promotion/promote_model';
import { createAuditTrail, createSnapshotStore, type ElasticsearchClient } from '../../server/elasticsearch';
import type { PipelineDeployment } from '../../server/elasticsearch/ingest';
import type { Session } from './session';

/** Returns the parts that a promotion changes, in the space of the configuration. */
export function promotionWork(
  session: Session,
  client: ElasticsearchClient,
  swapPipeline: PromotionWork<PipelineDeployment>['swapPipeline'],
): PromotionWork<PipelineDeployment> {
  const { space } = session.config;
  return {
    models: createSnapshotStore(client, { space, now: () => session.clock.now() }),
    audit: createAuditTrail(client, { space }),
    clock: session.clock,
    swapPipeline,
  };
}
