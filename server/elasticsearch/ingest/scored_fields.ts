import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';

const keyword: estypes.MappingProperty = { type: 'keyword', ignore_above: 1_024 };
/** Sorted, aggregated and filtered by doc values: a tree of points would cost more than it serves. */
const number: estypes.MappingProperty = { type: 'double', index: false };

/**
 * Mapping of what the pipeline writes onto a log. Parts of `anomaly` and `model` that the log had before stay in
 * `_source` and are not mapped, so that they never are a reason to refuse it.
 */
export const SCORED_FIELDS: Readonly<Record<'anomaly' | 'model', estypes.MappingProperty>> = {
  anomaly: {
    dynamic: false,
    properties: {
      score: number,
      confidence: number,
      severity: keyword,
      is_anomaly: { type: 'boolean' },
      unscored: keyword,
      attribution: {
        dynamic: false,
        properties: { feature: keyword, field: keyword, share: number, actual: keyword, typical: keyword },
      },
    },
  },
  model: { dynamic: false, properties: { version: keyword, threshold: number } },
};

const typeOf = (property: estypes.MappingProperty | undefined): string =>
  property === undefined ? 'absent' : (property.type ?? 'object');

/** @throws DetectionError `conflict` when the index maps a field of ours as something else */
export function checkScoredFields(index: string, mappings: estypes.MappingTypeMapping): void {
  for (const [name, wanted] of Object.entries(SCORED_FIELDS)) {
    const present = mappings.properties?.[name];
    const refuse = (field: string, type: string, allowed: string): never => {
      throw new DetectionError(
        'conflict',
        `The index "${index}" maps "${field}" as ${type}; the pipeline needs ${allowed}. Score into a new index (backfill by reindex), or score this detector as a job.`,
      );
    };
    if (present === undefined) continue;
    if (typeOf(present) !== 'object') refuse(name, typeOf(present), 'an object');
    const properties = ('properties' in present && present.properties) || {};
    const parts = ('properties' in wanted && wanted.properties) || {};
    for (const [part, property] of Object.entries(parts)) {
      const type = typeOf(properties[part]);
      if (type !== 'absent' && type !== typeOf(property)) refuse(`${name}.${part}`, type, typeOf(property));
    }
  }
}
