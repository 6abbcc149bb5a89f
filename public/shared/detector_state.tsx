import React, { type ReactElement } from 'react';
import { EuiBadge, EuiToolTip } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorState, DetectorStatus } from '../../common/api';

export function stateName(state: DetectorState): string {
  switch (state) {
    case 'created':
      return i18n.translate('logAnomalies.state.created', { defaultMessage: 'Not trained' });
    case 'training':
      return i18n.translate('logAnomalies.state.training', { defaultMessage: 'Training' });
    case 'ready':
      return i18n.translate('logAnomalies.state.ready', { defaultMessage: 'Ready' });
    case 'running':
      return i18n.translate('logAnomalies.state.running', { defaultMessage: 'Running' });
    case 'stopped':
      return i18n.translate('logAnomalies.state.stopped', { defaultMessage: 'Stopped' });
    case 'failing':
      return i18n.translate('logAnomalies.state.failing', { defaultMessage: 'Failing' });
  }
}

const LOOKS: Readonly<Record<DetectorState, { color: string; icon: string }>> = {
  created: { color: 'hollow', icon: 'dot' },
  training: { color: 'primary', icon: 'clock' },
  ready: { color: 'default', icon: 'check' },
  running: { color: 'success', icon: 'play' },
  stopped: { color: 'hollow', icon: 'stop' },
  failing: { color: 'danger', icon: 'warning' },
};

/** The state in a word and a sign; what went wrong shows when pointed at or focused. */
export function DetectorStateBadge({ status }: { status: DetectorStatus }): ReactElement {
  const { color, icon } = LOOKS[status.state];
  const failure = status.last_error ?? status.training?.failure;
  const badge = (
    <EuiBadge color={color} iconType={icon} tabIndex={failure ? 0 : undefined}>
      {stateName(status.state)}
    </EuiBadge>
  );
  if (failure === undefined) return badge;
  return <EuiToolTip content={`${failure.message} ${failure.next_step}`}>{badge}</EuiToolTip>;
}
