import { i18n } from '@kbn/i18n';
import type { GateVerdict } from '../../../common/api/gate';

export const VERDICT_COLORS = { pass: 'success', ask: 'warning', fail: 'danger' } as const;

export function verdictName(verdict: GateVerdict): string {
  switch (verdict) {
    case 'pass':
      return i18n.translate('logAnomalies.gate.pass', { defaultMessage: 'passed' });
    case 'ask':
      return i18n.translate('logAnomalies.gate.ask', { defaultMessage: 'look at it' });
    case 'fail':
      return i18n.translate('logAnomalies.gate.fail', { defaultMessage: 'failed' });
  }
}
