import React, { type ReactElement } from 'react';
import { EuiButton, EuiCallOut, EuiFormRow, EuiIconTip, EuiRange, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { formatCount, formatScore, formatShare } from '../../shared/format';
import {
  alertsPerDay,
  contaminationOf,
  CONTAMINATIONS,
  DEFAULT_CONTAMINATION,
  DEFAULT_WINDOW,
} from './draft';
import type { DraftFieldsProps } from './source_fields';

/** How many logs to flag, said in alerts a day once the logs were counted by a preview. */
export function SensitivityFields(
  props: DraftFieldsProps & { logsInWindow: number | undefined },
): ReactElement {
  const { draft, change, logsInWindow } = props;
  const contamination = contaminationOf(draft);
  const { threshold } = draft;
  if (contamination === undefined) {
    return (
      <EuiCallOut
        size="s"
        title={i18n.translate('logAnomalies.form.fixedThreshold', {
          defaultMessage:
            'This detector has a fixed threshold, {score}. The preview has a slider for it; a share of logs to flag suits most logs better.',
          values: { score: formatScore(threshold?.method === 'fixed' ? threshold.score : 0) },
        })}
      >
        <EuiButton
          size="s"
          onClick={() =>
            change({ threshold: { method: 'contamination', contamination: DEFAULT_CONTAMINATION } })
          }
        >
          {i18n.translate('logAnomalies.form.useShare', {
            defaultMessage: 'Flag a share of the logs instead',
          })}
        </EuiButton>
      </EuiCallOut>
    );
  }
  const nearest = CONTAMINATIONS.reduce(
    (best, each, place) =>
      Math.abs(Math.log(each / contamination)) < Math.abs(Math.log(CONTAMINATIONS[best] / contamination))
        ? place
        : best,
    0,
  );
  const window = draft.training?.window ?? DEFAULT_WINDOW;
  const perDay = alertsPerDay(logsInWindow ?? 0, window, contamination);
  return (
    <EuiFormRow
      fullWidth
      label={
        <span>
          {i18n.translate('logAnomalies.form.sensitivity', { defaultMessage: 'How much to flag' })}{' '}
          <EuiIconTip
            content={i18n.translate('logAnomalies.form.contamination', {
              defaultMessage:
                'Called contamination: the share of the logs learned from that count as anomalous. It sets the threshold.',
            })}
          />
        </span>
      }
    >
      <>
        <EuiRange
          fullWidth
          min={0}
          max={CONTAMINATIONS.length - 1}
          step={1}
          value={nearest}
          aria-label={i18n.translate('logAnomalies.form.sensitivity', { defaultMessage: 'How much to flag' })}
          ticks={CONTAMINATIONS.map((share, value) => ({ value, label: formatShare(share) }))}
          showTicks
          onChange={(event) => {
            const share = CONTAMINATIONS[Number(event.currentTarget.value)];
            change({
              threshold:
                draft.threshold?.method === 'adaptive'
                  ? { ...draft.threshold, contamination: share }
                  : { method: 'contamination', contamination: share },
            });
          }}
          data-test-subj="logAnomaliesContamination"
        />
        <EuiSpacer size="s" />
        <EuiText size="s">
          <strong data-test-subj="logAnomaliesAlertsPerDay">
            {logsInWindow === undefined
              ? i18n.translate('logAnomalies.form.shareOnly', {
                  defaultMessage: '{share} of the logs; choose the logs to see how many that are a day',
                  values: { share: formatShare(contamination) },
                })
              : i18n.translate('logAnomalies.form.alertsPerDay', {
                  defaultMessage:
                    'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day on your data ({share} of the logs)',
                  values: {
                    count: Number(perDay.toFixed(perDay < 10 ? 1 : 0)),
                    alerts: formatCount(perDay),
                    share: formatShare(contamination),
                  },
                })}
          </strong>
        </EuiText>
      </>
    </EuiFormRow>
  );
}
