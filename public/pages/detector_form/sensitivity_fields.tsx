import React, { type ReactElement } from 'react';
import {
  EuiButton,
  EuiCallOut,
  EuiFieldNumber,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiIconTip,
  EuiRange,
  EuiSpacer,
  EuiSwitch,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { formatCount, formatScore, formatShare } from '../../shared/values/format';
import {
  alertsPerDay,
  contaminationOf,
  CONTAMINATIONS,
  DEFAULT_CONTAMINATION,
  DEFAULT_WINDOW,
  rowsPerDay,
  type Draft,
  type DraftFieldsProps,
} from './draft/draft';

/** Logs in the training window, or rows, and the days that they came in. */
interface LogsInWindow {
  readonly logs: number;
  readonly days: number;
}

/** Fields for the number of anomalies, in anomalies a day. */
export function SensitivityFields(
  props: DraftFieldsProps & {
    /** Logs in the training window, or rows of buckets; undefined where they are not counted. */
    inWindow: LogsInWindow | undefined | false;
  },
): ReactElement {
  const { draft, change, problem, inWindow } = props;
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
  return (
    <EuiFormRow
      fullWidth
      label={
        <span>
          {i18n.translate('logAnomalies.form.sensitivity', { defaultMessage: 'How much to flag' })}{' '}
          <EuiIconTip
            content={
              draft.unit === 'bucket'
                ? i18n.translate('logAnomalies.form.contaminationOfRows', {
                    defaultMessage:
                      'Called contamination: the share of the rows learned from that count as anomalous. It sets the threshold. A row is what the logs of one {entity} are together in one span of time.',
                    values: { entity: draft.entity_field || '–' },
                  })
                : i18n.translate('logAnomalies.form.contamination', {
                    defaultMessage:
                      'Called contamination: the share of the logs learned from that count as anomalous. It sets the threshold.',
                  })
            }
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
            {perDayText(draft, contamination, inWindow)}
          </strong>
        </EuiText>
        <EuiSpacer size="m" />
        <AdaptiveFields draft={draft} change={change} problem={problem} contamination={contamination} />
      </>
    </EuiFormRow>
  );
}

/** Returns the expected number of anomalies for a share of logs. */
function perDayText(draft: Draft, contamination: number, inWindow: LogsInWindow | undefined | false): string {
  const share = formatShare(contamination);
  const window = draft.training?.window ?? DEFAULT_WINDOW;
  const counted = (perDay: number) => ({
    count: Number(perDay.toFixed(perDay < 10 ? 1 : 0)),
    alerts: formatCount(perDay),
    share,
  });
  if (draft.unit === 'bucket') {
    if (inWindow) {
      return i18n.translate('logAnomalies.form.rowsPerDay', {
        defaultMessage:
          'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day on your data ({share} of the {rows} rows in {window})',
        values: {
          ...counted(alertsPerDay(inWindow, contamination)),
          rows: formatCount(inWindow.logs),
          window,
        },
      });
    }
    const rows = rowsPerDay(draft);
    if (rows === undefined || !draft.entity_field) {
      return i18n.translate('logAnomalies.form.shareOfRows', {
        defaultMessage: '{share} of the rows; a preview says how many that are a day',
        values: { share },
      });
    }
    return i18n.translate('logAnomalies.form.rowsOfEntity', {
      defaultMessage:
        'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day for each {entity} that is always there ({share} of its {rows} rows a day); a preview counts them all',
      values: {
        ...counted(rows * contamination),
        rows: formatCount(rows),
        entity: draft.entity_field,
      },
    });
  }
  return !inWindow
    ? i18n.translate('logAnomalies.form.shareOnly', {
        defaultMessage: '{share} of the logs; choose the logs to see how many that are a day',
        values: { share },
      })
    : i18n.translate('logAnomalies.form.alertsPerDay', {
        defaultMessage:
          'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day on your data ({share} of the logs)',
        values: counted(alertsPerDay(inWindow, contamination)),
      });
}

const DEFAULT_BUDGET = 10;

/** Fields of an adaptive threshold, which follows slow change and keeps to a number of anomalies a day. */
function AdaptiveFields(props: DraftFieldsProps & { contamination: number }): ReactElement {
  const { draft, change, problem, contamination } = props;
  const { threshold } = draft;
  const isAdaptive = threshold?.method === 'adaptive';
  return (
    <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiSwitch
          label={
            <span>
              {i18n.translate('logAnomalies.form.adaptive', {
                defaultMessage: 'Let it follow slow change and the rhythm of the week',
              })}{' '}
              <EuiIconTip
                content={i18n.translate('logAnomalies.form.adaptiveHelp', {
                  defaultMessage:
                    'Called an adaptive threshold: it starts from the share above and keeps to a number of anomalies a day, in small steps; it stands still during an incident.',
                })}
              />
            </span>
          }
          checked={isAdaptive}
          onChange={(event) =>
            change({
              threshold: event.target.checked
                ? { method: 'adaptive', contamination, alerts_per_day: DEFAULT_BUDGET }
                : { method: 'contamination', contamination },
            })
          }
          data-test-subj="logAnomaliesAdaptive"
        />
      </EuiFlexItem>
      {isAdaptive && (
        <EuiFlexItem grow={false}>
          <EuiFormRow
            display="columnCompressed"
            label={i18n.translate('logAnomalies.form.budget', { defaultMessage: 'Anomalies a day' })}
            isInvalid={problem('threshold.alerts_per_day') !== undefined}
            error={problem('threshold.alerts_per_day')}
          >
            <EuiFieldNumber
              compressed
              min={1}
              value={threshold.alerts_per_day ?? DEFAULT_BUDGET}
              onChange={({ target: { valueAsNumber: budget } }) => {
                if (budget > 0) change({ threshold: { ...threshold, alerts_per_day: budget } });
              }}
              data-test-subj="logAnomaliesBudget"
            />
          </EuiFormRow>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
