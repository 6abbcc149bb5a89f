import { i18n } from '@kbn/i18n';
import type { PatternState } from '../../../common/patterns';

export function patternStateName(state: PatternState): string {
  switch (state) {
    case 'new':
      return i18n.translate('logAnomalies.patternState.new', { defaultMessage: 'new' });
    case 'surging':
      return i18n.translate('logAnomalies.patternState.surging', { defaultMessage: 'surging' });
    case 'dropping':
      return i18n.translate('logAnomalies.patternState.dropping', { defaultMessage: 'dropping' });
    case 'vanished':
      return i18n.translate('logAnomalies.patternState.vanished', { defaultMessage: 'vanished' });
    case 'returned':
      return i18n.translate('logAnomalies.patternState.returned', { defaultMessage: 'returned' });
    case 'usual':
      return i18n.translate('logAnomalies.patternState.usual', { defaultMessage: 'usual' });
  }
}
