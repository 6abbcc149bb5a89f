import { i18n } from '@kbn/i18n';
import type { Detector } from '../../../../common/detector';
import { isOfNoLog, type Distribution } from '../../../../common/log_features/suggesting/distribution';
import type { Draft } from './draft';

export interface FieldOfNoLog {
  /** Of the setting, as in the document. */
  readonly path: string;
  readonly field: string;
  readonly problem: string;
}

/** Returns the problems by the path of their setting. */
export const problemsOf = (fields: readonly FieldOfNoLog[]): [string, string][] =>
  fields.map(({ path, problem }) => [path, problem]);

/**
 * Returns a problem for each feature of a field that no log has, by the path of the setting.
 *
 * @param saved the detector that is edited: its own fields may be those of seldom logs
 */
export function fieldsOfNoLog(
  {
    features,
    unit,
    source,
  }: Pick<Draft, 'features' | 'unit'> & {
    readonly source: Pick<Draft['source'], 'timestamp_field'>;
  },
  distributions: readonly Pick<Distribution, 'field' | 'logs' | 'distinct' | 'is_mapped'>[],
  saved?: Pick<Detector, 'features'>,
): FieldOfNoLog[] {
  // Those of buckets are numbers of rows, which no log has.
  if (unit === 'bucket') return [];
  const unseen = new Set(distributions.filter(isOfNoLog).map(({ field }) => field));
  // The logs were found by it.
  unseen.delete(source.timestamp_field ?? '@timestamp');
  return features.flatMap(({ field }, place) => {
    if (!field || !unseen.has(field) || saved?.features.some((feature) => feature.field === field)) return [];
    const problem = i18n.translate('logAnomalies.form.fieldOfNoLog', {
      defaultMessage: 'no log has the field {field}; take one that logs have',
      values: { field },
    });
    return [{ path: `features.${place}.field`, field, problem }];
  });
}
