import type { ModelRecord } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { getMany } from '../transport/get_many';
import {
  createModelDocuments,
  type ModelDocumentsOptions,
  type StoredModel,
  type StoredPromotion,
} from './model_documents';
import { recordOf, WITHOUT_DETAILS } from './snapshot_store';

/**
 * Reads the active models of many detectors at once, however many others there are.
 *
 * @returns by the id of a detector; one without an active model has none
 */
export async function readActiveModels(
  client: ElasticsearchClient,
  detectorIds: readonly string[],
  options: ModelDocumentsOptions = {},
): Promise<Map<string, ModelRecord>> {
  const { index, ids, request } = createModelDocuments(client, options);
  const what = 'read the active models';
  const promotions = await getMany<StoredPromotion>(client, {
    ...{ index, what, ...request },
    ids: detectorIds.map((id) => ids.active(id)),
  });
  const byDetector = new Map(promotions.map((promotion) => [promotion.detector_id, promotion]));
  const models = await getMany<StoredModel>(client, {
    ...{ index, what, ...request },
    ids: promotions.map(({ detector_id: id, version }) => ids.model(id, version)),
    includes: WITHOUT_DETAILS,
  });
  return new Map(
    models.map((model) => [model.detector_id, recordOf(model, byDetector.get(model.detector_id))]),
  );
}
