import { i18n } from '@kbn/i18n';
import type { FeedbackScope } from '../../../common/suppressions/feedback_scope';

/** Returns the translated name of the scope of a verdict. */
export function scopeName(scope: FeedbackScope): string {
  switch (scope) {
    case 'one':
      return i18n.translate('logAnomalies.scope.one', { defaultMessage: 'Only this log' });
    case 'pattern':
      return i18n.translate('logAnomalies.scope.pattern', { defaultMessage: 'Every log like this' });
    case 'entity':
      return i18n.translate('logAnomalies.scope.entity', { defaultMessage: 'Everything of this entity' });
    case 'combination':
      return i18n.translate('logAnomalies.scope.combination', {
        defaultMessage: 'This pattern, entity and feature together',
      });
  }
}
