import type { Answer } from '../../shared/app/api_client';

type Verdict = Pick<Answer<'listFeedback'>['feedback'][number], 'scope' | 'suppression_id'>;
type Listed = Pick<Answer<'listSuppressions'>['suppressions'][number], 'id' | 'hidden'>;

/** Returns the suppressions that are no row of the verdicts. */
export const withoutVerdicts = <Row extends Listed>(
  suppressions: readonly Row[],
  verdicts: readonly Verdict[],
): Row[] => {
  const ids = new Set(verdicts.map(({ suppression_id: id }) => id));
  return suppressions.filter(({ id }) => !ids.has(id));
};

/** Returns the number of results that a verdict hides; undefined for one that hides nothing. */
export const hiddenByVerdict = (
  { scope, suppression_id: own }: Verdict,
  suppressions: readonly Listed[],
): number | undefined =>
  // A single log is hidden without a suppression.
  scope === 'one' ? 1 : suppressions.find(({ id }) => id === own)?.hidden;
