import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import type { CoreStart } from '../../kibana/contracts';

/** Tells whoever has saved a detector that others will see in its results what only he sees of the logs. */
export function warnOfView(core: CoreStart, { warnings = [] }: Pick<DetectorRecord, 'warnings'>): void {
  if (warnings.length === 0) return;
  core.notifications.toasts.addWarning({
    title: i18n.translate('logAnomalies.form.restrictedView', {
      defaultMessage: 'Results will hold your view of the logs',
    }),
    text: warnings.join(' '),
  });
}
