import React, { type ReactElement } from 'react';
import { EuiHealth } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SEVERITIES, type Severity } from '../../../common/anomaly';

/** From pale to strong; the name stands beside the colour everywhere. */
export const SEVERITY_COLORS: Readonly<Record<Severity, string>> = {
  warning: '#8BC8FB',
  minor: '#F5D13B',
  major: '#FB9D3F',
  critical: '#E7503D',
};

export function severityName(severity: Severity): string {
  switch (severity) {
    case 'critical':
      return i18n.translate('logAnomalies.severity.critical', { defaultMessage: 'critical' });
    case 'major':
      return i18n.translate('logAnomalies.severity.major', { defaultMessage: 'major' });
    case 'minor':
      return i18n.translate('logAnomalies.severity.minor', { defaultMessage: 'minor' });
    case 'warning':
      return i18n.translate('logAnomalies.severity.warning', { defaultMessage: 'warning' });
  }
}

export const SeverityLabel = ({
  severity,
  confidence,
}: {
  severity: Severity;
  confidence: number;
}): ReactElement => (
  <EuiHealth color={SEVERITY_COLORS[severity]} textSize="xs">
    {`${severityName(severity)} ${Math.round(confidence * 100)}`}
  </EuiHealth>
);

/** For choices, the mildest first. */
export const severityOptions = () =>
  [...SEVERITIES].reverse().map(({ name }) => ({ value: name, text: severityName(name) }));

/** A severity as the least that is shown. */
export const atLeastText = (severity: Severity): string =>
  severity === SEVERITIES[0].name
    ? severityName(severity)
    : i18n.translate('logAnomalies.severity.atLeast', {
        defaultMessage: '{severity} or worse',
        values: { severity: severityName(severity) },
      });

/** For choices of the least severity that is shown, the mildest first. */
export const leastSeverityOptions = () =>
  [...SEVERITIES]
    .reverse()
    .slice(1)
    .map(({ name }) => ({ value: name, text: atLeastText(name) }));
