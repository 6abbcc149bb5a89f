import React, { useEffect, type ReactElement } from 'react';
import {
  EuiButton,
  EuiCallOut,
  EuiFormRow,
  EuiIconTip,
  EuiRange,
  EuiSpacer,
  EuiSwitch,
  EuiText,
  useIsWithinMaxBreakpoint,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { entityFieldsText } from '../../../common/detector/entity_fields';
import { DEFAULT_BUDGET, shareOfBudget, type LogsInWindow } from '../../../common/scanning/propose_budget';
import { formatCount, formatDuration, formatScore, formatShare } from '../../shared/values/format';
import { flaggedText } from './flagged_text';
import { NumberField } from '../../shared/values/number_field';
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
import { followLogs, withChosenThreshold, withProposedBudget } from './draft/proposed_budget';

/** In a narrow window every third share has a label: 0.01 %, 0.1 %, 1 % and 10 %. */
const TICKS_IN_NARROW = 3;

/** Fields for the number of anomalies, in anomalies a day. */
export function SensitivityFields(
  props: DraftFieldsProps & {
    /** Logs in the training window, or rows of buckets; undefined where they are not counted. */
    inWindow: LogsInWindow | undefined | false;
    /** Logs, or rows of buckets, that the budget and its share follow; undefined where nothing tells them. */
    rows: LogsInWindow | undefined;
    /** The share that an adaptive threshold starts from follows the logs, as nobody relies on it yet. */
    isNew: boolean;
  },
): ReactElement {
  const { draft, change, problem, inWindow, rows, isNew } = props;
  const contamination = contaminationOf(draft);
  const { threshold } = draft;
  const isNarrow = useIsWithinMaxBreakpoint('m');
  useProposedBudget({ draft, change }, isNew && rows);
  if (contamination === undefined) {
    return <FixedThreshold draft={draft} change={change} />;
  }
  const nearest = CONTAMINATIONS.reduce(
    (best, each, place) =>
      Math.abs(Math.log(each / contamination)) < Math.abs(Math.log(CONTAMINATIONS[best] / contamination))
        ? place
        : best,
    0,
  );
  const isAdaptive = threshold?.method === 'adaptive';
  const label = i18n.translate('logAnomalies.form.sensitivity', { defaultMessage: 'How much to flag' });
  return (
    <EuiFormRow
      fullWidth
      isInvalid={problem('threshold.alerts_per_day') !== undefined}
      error={problem('threshold.alerts_per_day')}
      label={
        <span>
          {label} <EuiIconTip content={helpOf(draft)} />
        </span>
      }
    >
      <>
        {isAdaptive ? (
          <BudgetField draft={draft} change={change} problem={problem} rows={rows} label={label} />
        ) : (
          <EuiRange
            fullWidth
            min={0}
            max={CONTAMINATIONS.length - 1}
            step={1}
            value={nearest}
            aria-label={label}
            ticks={CONTAMINATIONS.map((share, value) => ({ value, label: formatShare(share) })).filter(
              ({ value }) => !isNarrow || value % TICKS_IN_NARROW === 0,
            )}
            showTicks
            onChange={(event) => {
              const share = CONTAMINATIONS[Number(event.currentTarget.value)];
              change({ threshold: { method: 'contamination', contamination: share } });
            }}
            data-test-subj="logAnomaliesContamination"
          />
        )}
        <EuiSpacer size="s" />
        <EuiText size="s">
          <strong data-test-subj="logAnomaliesAlertsPerDay">
            {perDayText(draft, contamination, inWindow)}
          </strong>
        </EuiText>
        <EuiSpacer size="m" />
        <AdaptiveSwitch draft={draft} change={change} contamination={contamination} rows={rows} />
      </>
    </EuiFormRow>
  );
}

/** Lets the threshold of a new detector follow the logs, or rows, as soon as these are others. */
function useProposedBudget(
  { draft, change }: Pick<DraftFieldsProps, 'draft' | 'change'>,
  rows: LogsInWindow | undefined | false,
): void {
  const counted = rows ? `${draft.unit} ${rows.logs} ${rows.days}` : '';
  useEffect(() => {
    const changes = rows && followLogs(draft, rows);
    if (changes) change(changes);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when the logs are others
  }, [counted]);
}

/** Anomalies a day that a threshold keeps to; undefined where it keeps to none, or what was typed is no number. */
function budgetOf({ threshold }: Draft): number | undefined {
  if (threshold?.method !== 'adaptive') return undefined;
  const { alerts_per_day: budget = DEFAULT_BUDGET } = threshold;
  return budget > 0 ? budget : undefined;
}

/** Returns the number of anomalies that is kept to, with the share of the logs that it is once these are counted. */
function budgetText(
  { unit }: Draft,
  budget: number | undefined,
  inWindow: LogsInWindow | undefined | false,
): string {
  if (budget === undefined) return '';
  const values = {
    count: Number(budget.toFixed(budget < 10 ? 1 : 0)),
    alerts: formatCount(budget),
    share: inWindow ? formatShare(shareOfBudget(inWindow, budget)) : '',
  };
  if (inWindow && inWindow.days < 1) {
    return flaggedText(unit, inWindow, {
      flagged: budget * inWindow.days,
      isEstimate: true,
      isMost: true,
      budget,
    });
  }
  if (!inWindow) {
    return i18n.translate('logAnomalies.form.budgetOnly', {
      defaultMessage:
        'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day, whatever the number of logs',
      values,
    });
  }
  return unit === 'bucket'
    ? i18n.translate('logAnomalies.form.budgetOfRows', {
        defaultMessage:
          'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day on your data ({share} of the rows)',
        values,
      })
    : i18n.translate('logAnomalies.form.alertsPerDay', {
        defaultMessage:
          'about {count, plural, one {{alerts} anomaly} other {{alerts} anomalies}} a day on your data ({share} of the logs)',
        values,
      });
}

/** Returns the expected number of anomalies for a share of logs. */
function perDayText(draft: Draft, contamination: number, inWindow: LogsInWindow | undefined | false): string {
  if (draft.threshold?.method === 'adaptive') return budgetText(draft, budgetOf(draft), inWindow);
  if (inWindow && inWindow.days < 1) {
    return flaggedText(draft.unit, inWindow, { flagged: inWindow.logs * contamination, isEstimate: true });
  }
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
          window: formatDuration(window),
        },
      });
    }
    const rows = rowsPerDay(draft);
    if (rows === undefined || entityFieldsText(draft) === '') {
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
        entity: entityFieldsText(draft),
      },
    });
  }
  if (!inWindow && draft.source?.index) {
    return i18n.translate('logAnomalies.form.shareOfLogs', {
      defaultMessage: '{share} of the logs',
      values: { share },
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

/** Choice between a number of anomalies a day that is kept to, and a share of the logs. */
function AdaptiveSwitch(props: {
  draft: Draft;
  change: DraftFieldsProps['change'];
  contamination: number;
  rows: LogsInWindow | undefined;
}): ReactElement {
  const { draft, change, contamination, rows } = props;
  const adaptive = { method: 'adaptive', contamination } as const;
  return (
    <EuiSwitch
      compressed
      label={
        <span>
          {i18n.translate('logAnomalies.form.adaptive', {
            defaultMessage: 'Keep to a number of anomalies a day',
          })}{' '}
          <EuiIconTip
            content={i18n.translate('logAnomalies.form.adaptiveHelp', {
              defaultMessage:
                'Called an adaptive threshold: it follows slow change and the rhythm of the week in small steps, and stands still during an incident.',
            })}
          />
        </span>
      }
      checked={draft.threshold?.method === 'adaptive'}
      disabled={draft.scoring === 'ingest'}
      onChange={(event) =>
        change(
          !event.target.checked
            ? { threshold: { method: 'contamination', contamination } }
            : rows
              ? withProposedBudget(draft, rows, adaptive)
              : { threshold: adaptive },
        )
      }
      data-test-subj="logAnomaliesAdaptive"
    />
  );
}

/** Field of the number of anomalies a day that an adaptive threshold keeps to. */
function BudgetField(
  props: DraftFieldsProps & { rows: LogsInWindow | undefined; label: string },
): ReactElement | null {
  const { draft, change, problem, rows, label } = props;
  const { threshold } = draft;
  if (threshold?.method !== 'adaptive') return null;
  const { alerts_per_day: budget = DEFAULT_BUDGET } = threshold;
  return (
    <NumberField
      compressed
      value={budget}
      append={i18n.translate('logAnomalies.form.budgetUnit', { defaultMessage: 'anomalies a day' })}
      aria-label={label}
      isInvalid={problem('threshold.alerts_per_day') !== undefined}
      set={(wanted = Number.NaN) =>
        change(
          withChosenThreshold(draft, {
            ...threshold,
            alerts_per_day: wanted,
            ...(rows && wanted > 0 && { contamination: shareOfBudget(rows, wanted) }),
          }),
        )
      }
      data-test-subj="logAnomaliesBudget"
    />
  );
}

/** Says that the threshold is fixed, and offers a share of the logs instead. */
function FixedThreshold({
  draft,
  change,
}: {
  draft: Draft;
  change: DraftFieldsProps['change'];
}): ReactElement {
  const { threshold } = draft;
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

function helpOf(draft: Draft): string {
  return draft.unit === 'bucket'
    ? i18n.translate('logAnomalies.form.contaminationOfRows', {
        defaultMessage:
          'Called contamination: the share of the rows learned from that count as anomalous. It sets the threshold. A row is what the logs of one {entity} are together in one span of time.',
        values: { entity: entityFieldsText(draft) || '–' },
      })
    : i18n.translate('logAnomalies.form.contamination', {
        defaultMessage:
          'Called contamination: the share of the logs learned from that count as anomalous. It sets the threshold.',
      });
}
