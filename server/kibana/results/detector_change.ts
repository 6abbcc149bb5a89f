import type { ApiRequest, ChangeExplanation, Endpoints } from '../../../common/api';
import { defaultBaseline } from '../../../common/changes';
import { DetectionError } from '../../../common/detection_error';
import { entityFieldsOf, type Detector } from '../../../common/detector';
import { unitOf } from '../../../common/detector/value_units';
import { explainChange } from '../../detection/changes/explain_change';
import { rangeOf } from '../../detection/ports/log_range';
import { createChangeSource, narrowed } from '../../elasticsearch/logs/change_source';
import { queryOfEntity } from '../../elasticsearch/logs/entity_query';
import type { RequestScope } from '../contracts/services';
import { createDetectorRepository } from '../records/detector_repository';

/**
 * Compares the logs of a detector's source in one time with those of another, with the rights of the caller.
 *
 * @throws DetectionError `not_found` for a detector that is not in this space, `forbidden` for logs that the caller may not read,
 *   `invalid_input` for an entity of a detector that tells none apart
 */
export async function explainDetectorChange(
  { elasticsearch, savedObjects }: RequestScope,
  id: string,
  asked: ApiRequest<Endpoints['explainChange']>['query'],
  signal: AbortSignal,
): Promise<ChangeExplanation> {
  const { detector } = await createDetectorRepository(savedObjects).get(id);
  const { source } = detector;
  const { from, to, entity } = asked;
  if (entity !== undefined && entityFieldsOf(detector).length === 0) {
    throw new DetectionError(
      'invalid_input',
      'entity is given, but the detector has no entity_field or entity_fields; allowed: all logs, without entity',
    );
  }
  const window = { from, to };
  const baseline =
    asked.baseline_from === undefined
      ? defaultBaseline(window)
      : { from: asked.baseline_from, to: asked.baseline_to ?? from };
  const all = rangeOf(source, from, to);
  const inEntity =
    entity === undefined
      ? []
      : await queryOfEntity(elasticsearch, source.index, { settings: detector, entity, signal });
  const range = inEntity.reduce(narrowed, all);
  return explainChange(createChangeSource(elasticsearch, { signal, ...fieldsOf(detector) }), {
    window,
    baseline,
    range,
    ...(entity !== undefined && { allLogs: all }),
    signal,
    units: new Map(
      detector.features
        .filter(({ unit }) => unit !== undefined)
        .map((feature) => [feature.field, unitOf(feature)]),
    ),
  });
}

/** Fields that a detector names. Those of a bucket's row are in no log. */
function fieldsOf(detector: Detector): {
  preferred: string[];
  messages: string[];
} {
  const { features, context_fields: contextFields } = detector;
  return {
    preferred: [...entityFieldsOf(detector), ...features.map(({ field }) => field), ...contextFields].flatMap(
      (field) => [field, `${field}.keyword`],
    ),
    messages: features.filter(({ type }) => type === 'template').map(({ field }) => field),
  };
}
