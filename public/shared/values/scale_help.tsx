import React, { type ReactElement } from 'react';
import { EuiIconTip } from '@elastic/eui';
import { i18n } from '@kbn/i18n';

/** Explains the number beside a severity, which is the confidence of a result. */
export const severityHelpText = (): string =>
  i18n.translate('logAnomalies.scale.severity', {
    defaultMessage:
      'The number is the confidence that a log is an anomaly, from 0 to 100: 50 is the threshold of the detector, at 75 half as many logs score as high, at 90 a fifth, at 100 none. From 75 on it is minor, from 90 major, from 97.5 critical. It means the same in every detector: begin with critical and major.',
  });

/** Explains the score of a result beside its confidence. */
export const scoreHelpText = (): string =>
  i18n.translate('logAnomalies.scale.score', {
    defaultMessage:
      'The score says how easily a log is told from all others, from 0 to 1: about 0.5 is everyday. It is on the scale of one model, which its threshold belongs to; to compare and to act, take the confidence.',
  });

/** The heading of a column of severities, with what its numbers mean. */
export const severityHeading = (): ReactElement => (
  <span>
    {i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' })}{' '}
    <EuiIconTip content={severityHelpText()} />
  </span>
);
