import { i18n } from '@kbn/i18n';
import { formatCount, formatShare } from '../../shared/format';

const NAMES: Readonly<Record<string, () => string>> = {
  precision: () => i18n.translate('logAnomalies.evaluation.precision', { defaultMessage: 'precision' }),
  recall: () => i18n.translate('logAnomalies.evaluation.recall', { defaultMessage: 'recall' }),
  alert_share: () => i18n.translate('logAnomalies.evaluation.alertShare', { defaultMessage: 'flagged' }),
  alerts_per_day: () =>
    i18n.translate('logAnomalies.evaluation.alertsPerDay', { defaultMessage: 'anomalies a day' }),
  false_alarms_per_day: () =>
    i18n.translate('logAnomalies.evaluation.falseAlarms', { defaultMessage: 'false alarms a day' }),
};
const SHARES = new Set(['precision', 'recall', 'alert_share']);

/** The few figures of an evaluation that a table has room for, in words. */
export function evaluationFigures(evaluation: unknown): string[] {
  if (evaluation === null || typeof evaluation !== 'object') return [];
  const found = new Map<string, number>();
  const visit = (node: object, depth: number): void => {
    for (const [key, value] of Object.entries(node)) {
      if (key in NAMES && typeof value === 'number' && !found.has(key)) found.set(key, value);
      else if (value !== null && typeof value === 'object' && !Array.isArray(value) && depth < 3) {
        visit(value, depth + 1);
      }
    }
  };
  visit(evaluation, 0);
  return [...found].map(
    ([key, value]) => `${NAMES[key]()} ${SHARES.has(key) ? formatShare(value) : formatCount(value)}`,
  );
}
