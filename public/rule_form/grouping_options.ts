import { i18n } from '@kbn/i18n';
import type { LogAnomalyParams } from '../../common/rules';

/** Returns the groupings of alerts as options of a select. */
export const groupingOptions = (): { value: LogAnomalyParams['group_by']; text: string }[] => [
  { value: 'entity', text: i18n.translate('logAnomalies.rule.byEntity', { defaultMessage: 'entity' }) },
  {
    value: 'feature',
    text: i18n.translate('logAnomalies.rule.byFeature', { defaultMessage: 'feature that stands out most' }),
  },
  { value: 'detector', text: i18n.translate('logAnomalies.rule.byDetector', { defaultMessage: 'detector' }) },
];
