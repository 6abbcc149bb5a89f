import { i18n } from '@kbn/i18n';
import type { ModelRecordBody } from '../../../common/api';
import { formatCount, formatShare } from '../../shared/values/format';

const NAMES: Readonly<Record<string, () => string>> = {
  precision: () => i18n.translate('logAnomalies.evaluation.precision', { defaultMessage: 'precision' }),
  recall: () => i18n.translate('logAnomalies.evaluation.recall', { defaultMessage: 'recall' }),
  alert_share: () => i18n.translate('logAnomalies.evaluation.alertShare', { defaultMessage: 'flagged' }),
};

/**
 * The few figures that a table has room for, in words: shares as the evaluation on logs of the training sample tells them,
 * and how many a day as its gate does, which knows how many logs there are.
 */
export function evaluationFigures({
  evaluation,
  gate,
}: Pick<ModelRecordBody, 'evaluation' | 'gate'>): string[] {
  const found = new Map<string, number>();
  const visit = (node: object, depth: number): void => {
    for (const [key, value] of Object.entries(node)) {
      if (key in NAMES && typeof value === 'number' && !found.has(key)) found.set(key, value);
      else if (value !== null && typeof value === 'object' && !Array.isArray(value) && depth < 3) {
        visit(value, depth + 1);
      }
    }
  };
  if (evaluation !== null && typeof evaluation === 'object') visit(evaluation, 0);
  return [
    ...[...found].map(([key, value]) => `${NAMES[key]()} ${formatShare(value)}`),
    ...(gate
      ? [
          `${i18n.translate('logAnomalies.evaluation.alertsPerDay', { defaultMessage: 'anomalies a day' })} ${formatCount(gate.candidate.alerts_per_day)}`,
          `${i18n.translate('logAnomalies.evaluation.falseAlarms', { defaultMessage: 'false alarms a day' })} ${formatCount(gate.candidate.false_alarms_per_day)}`,
        ]
      : []),
  ];
}
