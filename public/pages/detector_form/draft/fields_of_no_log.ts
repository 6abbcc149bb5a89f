import { i18n } from '@kbn/i18n';
import type { Detector } from '../../../../common/detector';
import type { Distribution } from '../../../../common/log_features/suggesting/distribution';
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
 * Returns a problem for each feature of a field that no sampled log has, by the path of the setting.
 *
 * @param saved the detector that is edited: its own fields may be those of seldom logs
 */
export function fieldsOfNoLog(
  { features, unit }: Pick<Draft, 'features' | 'unit'>,
  distributions: readonly Pick<Distribution, 'field' | 'logs' | 'missing'>[],
  saved?: Pick<Detector, 'features'>,
): FieldOfNoLog[] {
  // Those of buckets are numbers of rows, which no log has.
  if (unit === 'bucket') return [];
  const unseen = new Set(
    distributions.filter(({ logs, missing }) => logs > 0 && missing === logs).map(({ field }) => field),
  );
  return features.flatMap(({ field }, place) => {
    if (!field || !unseen.has(field) || saved?.features.some((feature) => feature.field === field)) return [];
    const problem = i18n.translate('logAnomalies.form.fieldOfNoLog', {
      defaultMessage: 'no log has the field {field}; take one that logs have',
      values: { field },
    });
    return [{ path: `features.${place}.field`, field, problem }];
  });
}
