import React, { type ReactElement } from 'react';
import { EuiBadge, EuiFlexGroup, EuiFlexItem, EuiIcon, EuiText, EuiToolTip } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { DetectorState, DetectorStatus } from '../../../common/api';
import { failureSentence } from '../app/failure_sentence';
import { nextStepText } from '../requests/failure_text';
import { FewLines } from '../results/few_lines';
import { readinessText } from './readiness_text';
import { withSettingLabels } from '../values/setting_label';

function stateName(state: DetectorState): string {
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

/** The state in a word and a sign. */
export function DetectorStateBadge({ status }: { status: DetectorStatus }): ReactElement {
  const { color, icon } = LOOKS[status.state];
  return (
    <EuiBadge color={color} iconType={icon}>
      {stateName(status.state)}
    </EuiBadge>
  );
}

const SIGNS = {
  blocking: { color: 'danger', type: 'error' },
  warning: { color: 'warning', type: 'warning' },
  hint: { color: 'primary', type: icon('iInCircle') },
} as const;

/** The one thing that most stands in a detector's way, in two lines; what to do about it shows when pointed at or focused. */
export function WhatStandsInTheWay({ status }: { status: DetectorStatus }): ReactElement | null {
  const failure = status.last_error ?? status.training?.failure;
  const [finding] = status.readiness ?? [];
  const isFailing = failure !== undefined && status.state === 'failing';
  if (!isFailing && finding === undefined) return null;
  const told = isFailing
    ? { message: failureSentence(failure), nextStep: nextStepText(failure) }
    : readinessText(finding);
  const [message, nextStep] = [told.message, told.nextStep].map(withSettingLabels);
  return (
    <EuiToolTip content={`${message} ${nextStep}`} display="block">
      <EuiText size="xs" className="eui-textBreakWord" tabIndex={0} data-test-subj="logAnomaliesInTheWay">
        <EuiFlexGroup gutterSize="xs" responsive={false}>
          <EuiFlexItem grow={false}>
            <EuiIcon {...SIGNS[isFailing ? 'blocking' : finding.level]} size="s" aria-hidden />
          </EuiFlexItem>
          <EuiFlexItem>
            <FewLines lines={2} text={message} hasTitle={false} />
          </EuiFlexItem>
        </EuiFlexGroup>
      </EuiText>
    </EuiToolTip>
  );
}
