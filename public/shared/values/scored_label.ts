import { i18n } from '@kbn/i18n';
import type { Detector } from '../../../common/detector';

/** Returns the name of a count of what detectors have scored; without a unit they may have different ones. */
export const scoredLabel = (unit?: Detector['unit']): string =>
  unit === 'bucket'
    ? i18n.translate('logAnomalies.chart.bucketsScored', { defaultMessage: 'Buckets scored' })
    : i18n.translate('logAnomalies.chart.logs', { defaultMessage: 'Logs scored' });

/** Returns the number of anomalies of a detector in words. @param count the total as it is shown */
export const anomaliesText = (total: number, count: string, unit: Detector['unit']): string =>
  unit === 'bucket'
    ? i18n.translate('logAnomalies.results.bucketsTitle', {
        defaultMessage: '{total, plural, one {{count} anomalous bucket} other {{count} anomalous buckets}}',
        values: { total, count },
      })
    : i18n.translate('logAnomalies.results.title', {
        defaultMessage: '{total, plural, one {{count} anomalous log} other {{count} anomalous logs}}',
        values: { total, count },
      });
