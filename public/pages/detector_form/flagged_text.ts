import { i18n } from '@kbn/i18n';
import type { Detector } from '../../../common/detector';
import { DAY } from '../../../common/duration';
import type { LogsInWindow } from '../../../common/scanning/propose_budget';
import { formatAbout, formatCount } from '../../shared/values/format';

/** Number of logs that a threshold flags. */
interface Flagged {
  readonly flagged: number;
  /** False where they were counted. */
  readonly isEstimate: boolean;
  /** The budget allows so many, whatever the logs are. */
  readonly isMost?: boolean;
  /** Logs that were looked at, where these are a sample of those in the window. */
  readonly sampled?: number;
  /** Anomalies a day to expect among new logs, which the model has not learned from. */
  readonly expectedADay?: number;
  /** Anomalies a day that an adaptive threshold keeps to. */
  readonly budget?: number;
}

/**
 * Says how many of the logs are flagged, and in how long or of what sample. A rate per day is told of a day or more: of less it would
 * be a guess, which the budget alone bounds.
 *
 * @example "1 of 3,200 logs in 4 h; at most 10 a day by the budget"
 */
export function flaggedText(
  unit: Detector['unit'] | undefined,
  inWindow: LogsInWindow,
  { flagged, isEstimate, isMost, sampled, expectedADay, budget }: Flagged,
): string {
  const { logs, days } = inWindow;
  const values = {
    count: isMost
      ? formatCount(Math.max(1, Math.ceil(flagged)))
      : isEstimate && flagged > 0 && flagged < 0.5
        ? '<1'
        : formatCount(Math.round(flagged)),
    logs: formatCount(sampled ?? logs),
    span: formatAbout(days * DAY),
  };
  const parts = [
    sampled === undefined
      ? countedText(unit, values, isMost ? 'most' : isEstimate && flagged >= 0.5 ? 'about' : 'exact')
      : sampleText(unit, values),
  ];
  if (days >= 1 && expectedADay !== undefined) {
    parts.push(
      i18n.translate('logAnomalies.flagged.aDay', {
        defaultMessage: 'about {count} a day to expect',
        values: { count: formatCount(expectedADay) },
      }),
    );
  }
  if (budget !== undefined) {
    parts.push(
      i18n.translate('logAnomalies.flagged.budget', {
        defaultMessage: 'at most {count} a day by the budget',
        values: { count: formatCount(budget) },
      }),
    );
  }
  return parts.join('; ');
}

interface Counted {
  readonly count: string;
  readonly logs: string;
  readonly span: string;
}

const sampleText = (unit: Detector['unit'] | undefined, values: Counted): string =>
  unit === 'bucket'
    ? i18n.translate('logAnomalies.flagged.sampledRows', {
        defaultMessage: '{count} of the {logs} rows in the sample',
        values: { count: values.count, logs: values.logs },
      })
    : i18n.translate('logAnomalies.flagged.sampledLogs', {
        defaultMessage: '{count} of the {logs} logs in the sample',
        values: { count: values.count, logs: values.logs },
      });

function countedText(
  unit: Detector['unit'] | undefined,
  values: Counted,
  how: 'exact' | 'about' | 'most',
): string {
  const isOfRows = unit === 'bucket';
  switch (how) {
    case 'exact':
      return isOfRows
        ? i18n.translate('logAnomalies.flagged.rows', {
            defaultMessage: '{count} of {logs} rows in {span}',
            values: { ...values },
          })
        : i18n.translate('logAnomalies.flagged.logs', {
            defaultMessage: '{count} of {logs} logs in {span}',
            values: { ...values },
          });
    case 'about':
      return isOfRows
        ? i18n.translate('logAnomalies.flagged.aboutRows', {
            defaultMessage: 'about {count} of {logs} rows in {span}',
            values: { ...values },
          })
        : i18n.translate('logAnomalies.flagged.aboutLogs', {
            defaultMessage: 'about {count} of {logs} logs in {span}',
            values: { ...values },
          });
    case 'most':
      return isOfRows
        ? i18n.translate('logAnomalies.flagged.mostRows', {
            defaultMessage: 'at most {count} of {logs} rows in {span}',
            values: { ...values },
          })
        : i18n.translate('logAnomalies.flagged.mostLogs', {
            defaultMessage: 'at most {count} of {logs} logs in {span}',
            values: { ...values },
          });
  }
}
