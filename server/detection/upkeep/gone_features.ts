import type { ReadinessFinding } from '../../../common/api/status';
import type { DirtReport } from '../../../common/log_features/columns/types';
import { missingFeatures } from './readiness';

/** Share of the logs of one run from which a feature counts as gone, and the fewest logs that say so. */
const GONE_SHARE = 0.9;
/** Share of the logs of training without a feature from which a run without it is no news: a few logs say either by chance. */
const SELDOM_SHARE = 0.1;
const GONE_LOGS = 50;
/** Logs that would have a feature of seldom logs, from which none of them having it is news. */
const SELDOM_LOGS = 100;

/**
 * Adds findings of features that recent logs lack, or hold in another type: a field was renamed, or its mapping was.
 *
 * @param known findings of the training and of later measurements: those of a tenth of the logs and more stay, unless so many logs would
 * have had the feature that recent ones tell more; those that say less of the same feature go
 * @param run recent logs, of the last run or of a measurement
 */
export function withGoneFeatures(
  known: readonly ReadinessFinding[],
  run: { readonly dirt: DirtReport; readonly logs: number } | undefined,
): ReadinessFinding[] {
  if (run === undefined || run.logs < GONE_LOGS) return [...known];
  const gone = Object.entries(run.dirt).filter(([, { missing = 0, wrong_type: mistyped = 0 }]) =>
    [missing, mistyped].some((logs) => logs >= GONE_SHARE * run.logs),
  );
  const isOf = (told: ReadinessFinding, finding: ReadinessFinding): boolean =>
    told.kind === 'missing_feature' && featureOf(told) === featureOf(finding);
  const shareOf = (finding: ReadinessFinding): number => Number(finding.said?.values?.share);
  /** A feature of seldom logs is gone where a hundred logs would have it and next to none has. */
  const saysAll = (told: ReadinessFinding, finding: ReadinessFinding): boolean => {
    const usual = 1 - shareOf(told);
    const isGone = usual * run.logs >= SELDOM_LOGS && 1 - shareOf(finding) <= (1 - GONE_SHARE) * usual;
    return shareOf(told) >= SELDOM_SHARE && !isGone;
  };
  const news = missingFeatures({ dirt: { report: Object.fromEntries(gone), logs: run.logs } })
    .filter((finding) => !known.some((told) => isOf(told, finding) && saysAll(told, finding)))
    .filter(
      (finding) =>
        !known.some((told) => told.kind === 'constant_feature' && featureOf(told) === featureOf(finding)),
    )
    .map((finding): ReadinessFinding => ({ ...finding, level: 'warning' }));
  return [...known.filter((told) => !news.some((finding) => isOf(told, finding))), ...news];
}

const featureOf = ({ said }: ReadinessFinding) => said?.values.feature;

/**
 * Returns what the last training said of features that its logs lack, in whole or in part: recent logs are compared with that, and do not replace it.
 *
 * @param constant names of features that were alike in all logs of the training, also where all lacked them
 */
export const gapsOfTraining = (
  findings: readonly ReadinessFinding[],
  constant: readonly string[] = [],
): ReadinessFinding[] =>
  findings.filter(
    (finding) =>
      finding.said?.code === 'feature_missing' &&
      (finding.level === 'hint' || constant.includes(String(featureOf(finding)))),
  );

/** Leaves out features that only some logs of the training lack: the name of their field is right, and the model knows of it. */
export const withoutSeldomFeatures = (findings: readonly ReadinessFinding[]): ReadinessFinding[] =>
  findings.filter(({ level, said: sentence }) => level !== 'hint' || sentence?.code !== 'feature_missing');
