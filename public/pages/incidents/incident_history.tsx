import React, { type ReactElement } from 'react';
import { EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import { stepText } from '../../shared/incidents/step_text';
import { formatTime } from '../../shared/values/format';

/** Comments on an incident, and its history: who did what, newest first. */
export function IncidentHistory({ incident }: { incident: IncidentBody }): ReactElement {
  const { comments, history } = incident;
  const detector = i18n.translate('logAnomalies.incident.byDetector', { defaultMessage: 'the detector' });
  return (
    <EuiPanel hasBorder hasShadow={false} data-test-subj="logAnomaliesIncidentHistory">
      {comments.length > 0 && (
        <>
          <EuiTitle size="xxs">
            <h3>{i18n.translate('logAnomalies.incident.comments', { defaultMessage: 'Comments' })}</h3>
          </EuiTitle>
          <EuiText size="s" className="eui-textBreakWord">
            {[...comments].reverse().map(({ at, by, text }) => (
              <p key={`${at} ${text}`}>
                {text}
                <br />
                <small>{[by, formatTime(at)].filter(Boolean).join(' · ')}</small>
              </p>
            ))}
          </EuiText>
          <EuiSpacer size="m" />
        </>
      )}
      <EuiTitle size="xxs">
        <h3>{i18n.translate('logAnomalies.incident.history', { defaultMessage: 'History' })}</h3>
      </EuiTitle>
      <EuiText size="xs" className="eui-textBreakWord">
        <ul>
          {[...history].reverse().map((step, place) => (
            <li key={`${step.at} ${place}`}>
              {[formatTime(step.at), step.by ?? detector, stepText(step)].join(' · ')}
            </li>
          ))}
        </ul>
      </EuiText>
    </EuiPanel>
  );
}
