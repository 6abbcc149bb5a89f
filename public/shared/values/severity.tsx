import React, { type ReactElement } from 'react';
import { EuiHealth, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SEVERITIES, severityOf, shownConfidence, type Severity } from '../../../common/anomaly';
import { SEVERITY_COLORS } from '../../../common/anomaly/severity_colors';

/** Colours of severities in EUI from Kibana 9.1 on. */
interface ThemedColors {
  readonly severity?: Readonly<Record<'neutral' | 'warning' | 'risk' | 'danger', string>>;
}

/** The colours of Kibana's theme, light or dark; the name of the severity stands beside its colour everywhere. */
export function useSeverityColors(): Readonly<Record<Severity, string>> {
  const { euiTheme } = useEuiTheme();
  const { severity } = euiTheme.colors as ThemedColors;
  if (severity === undefined) return SEVERITY_COLORS;
  return {
    warning: severity.neutral,
    minor: severity.warning,
    major: severity.risk,
    critical: severity.danger,
  };
}

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

/** @param confidence in [0, 1] */
export const severityText = (confidence: number): string =>
  `${severityName(severityOf(confidence))} ${shownConfidence(confidence)}`;

export const SeverityLabel = ({
  severity,
  confidence,
  size = 'xs',
}: {
  severity: Severity;
  confidence: number;
  /** Of the text that it stands in. */
  size?: 'xs' | 's';
}): ReactElement => (
  <EuiHealth color={useSeverityColors()[severity]} textSize={size} style={{ verticalAlign: 'bottom' }}>
    {`${severityName(severity)} ${shownConfidence(confidence)}`}
  </EuiHealth>
);

/** Width of a column of severities: the longest name, in any language, on one line. */
export const SEVERITY_WIDTH = '145px';

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
