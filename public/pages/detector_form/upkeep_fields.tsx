import React, { type ReactElement } from 'react';
import {
  EuiFieldText,
  EuiFlexGrid,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
  EuiSpacer,
  EuiSwitch,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import {
  driftSettingsSchema,
  olderLogsSchema,
  promotionSettingsSchema,
  type PromotionMode,
} from '../../../common/detector/upkeep_settings';
import { NumberField } from '../../shared/values/number_field';
import type { DraftFieldsProps } from './draft/draft';

const OLDER = olderLogsSchema.parse({});
const DRIFT = driftSettingsSchema.parse({});
const PROMOTION = promotionSettingsSchema.parse({});

/** Fields for retraining and for the checks that a new model must pass before it becomes active. */
export function UpkeepFields({ draft, change, problem }: DraftFieldsProps): ReactElement {
  const promotion = { ...PROMOTION, ...draft.promotion };

  return (
    <>
      <EuiTitle size="xs">
        <h2>{i18n.translate('logAnomalies.upkeep.title', { defaultMessage: 'Model maintenance' })}</h2>
      </EuiTitle>
      <EuiSpacer size="m" />
      <EuiFlexGrid columns={2}>
        <DriftFields draft={draft} change={change} problem={problem} />
        <LearnedFrom draft={draft} change={change} />
        <EuiFlexItem>
          <EuiFormRow
            fullWidth
            label={i18n.translate('logAnomalies.upkeep.mode', {
              defaultMessage: 'A newly trained model takes over',
            })}
          >
            <EuiSelect
              fullWidth
              value={promotion.mode}
              options={modes()}
              onChange={(event) =>
                change({ promotion: { ...draft.promotion, mode: event.target.value as PromotionMode } })
              }
              data-test-subj="logAnomaliesPromotionMode"
            />
          </EuiFormRow>
        </EuiFlexItem>
        <EuiFlexItem>
          <EuiFormRow
            fullWidth
            label={i18n.translate('logAnomalies.upkeep.watch', {
              defaultMessage: 'It is watched after that for',
            })}
            helpText={i18n.translate('logAnomalies.upkeep.watchHelp', {
              defaultMessage:
                'For example 1d, or off. The model is reverted automatically when it exceeds its limits.',
            })}
            isInvalid={problem('promotion.watch') !== undefined}
            error={problem('promotion.watch')}
          >
            <EuiFieldText
              fullWidth
              value={promotion.watch}
              onChange={(event) => change({ promotion: { ...draft.promotion, watch: event.target.value } })}
            />
          </EuiFormRow>
        </EuiFlexItem>
      </EuiFlexGrid>
    </>
  );
}

const modes = (): { value: PromotionMode; text: string }[] => [
  {
    value: 'automatic',
    text: i18n.translate('logAnomalies.upkeep.automatic', {
      defaultMessage: 'by itself, after its checks',
    }),
  },
  {
    value: 'ask',
    text: i18n.translate('logAnomalies.upkeep.ask', {
      defaultMessage: 'when it passes its checks and somebody says so',
    }),
  },
  {
    value: 'manual',
    text: i18n.translate('logAnomalies.upkeep.manual', { defaultMessage: 'only when somebody promotes it' }),
  },
];

/** Fields for the measuring of drift, and for a training that follows it. */
function DriftFields({ draft, change, problem }: DraftFieldsProps): ReactElement {
  const drift = { ...DRIFT, ...draft.drift };
  const changeDrift = (changes: Partial<NonNullable<typeof draft.drift>>) =>
    change({ drift: { ...draft.drift, ...changes } });
  return (
    <>
      <EuiFlexItem>
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.upkeep.every', {
            defaultMessage: 'Look whether logs have changed every',
          })}
          helpText={i18n.translate('logAnomalies.upkeep.everyHelp', {
            defaultMessage: 'Such as 1h, or off. Called drift: recent logs against those learned from.',
          })}
          isInvalid={problem('drift.every') !== undefined}
          error={problem('drift.every')}
        >
          <EuiFieldText
            fullWidth
            value={drift.every}
            onChange={(event) => changeDrift({ every: event.target.value })}
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.upkeep.limit', {
            defaultMessage: 'They count as changed from a drift of',
          })}
          helpText={i18n.translate('logAnomalies.upkeep.limitHelp', {
            defaultMessage: 'Below 0.1 little has moved; 0.25 is the usual alarm.',
          })}
          isInvalid={problem('drift.limit') !== undefined}
          error={problem('drift.limit')}
        >
          <NumberField
            fullWidth
            value={drift.limit}
            set={(limit) => changeDrift({ limit })}
            isInvalid={problem('drift.limit') !== undefined}
            data-test-subj="logAnomaliesDriftLimit"
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiFormRow fullWidth hasChildLabel={false}>
          <EuiSwitch
            label={i18n.translate('logAnomalies.upkeep.retrain', {
              defaultMessage: 'Learn anew when they have changed, at most once a day',
            })}
            checked={drift.retrain}
            onChange={(event) => changeDrift({ retrain: event.target.checked })}
            data-test-subj="logAnomaliesRetrainOnDrift"
          />
        </EuiFormRow>
      </EuiFlexItem>
    </>
  );
}

/** Switches for what a training takes beside the recent logs: older ones and verdicts. */
function LearnedFrom({ draft, change }: Pick<DraftFieldsProps, 'draft' | 'change'>): ReactElement {
  const training = draft.training ?? {};
  return (
    <>
      <EuiFlexItem>
        <EuiFormRow
          fullWidth
          hasChildLabel={false}
          helpText={i18n.translate('logAnomalies.upkeep.olderHelp', {
            defaultMessage: 'So that one bad week, or a slow poisoning, does not become normal.',
          })}
        >
          <EuiSwitch
            label={i18n.translate('logAnomalies.upkeep.older', {
              defaultMessage: 'Mix in {share} of logs from the {weeks} weeks before',
              values: {
                share: `${Math.round((training.older?.share ?? OLDER.share) * 100)}%`,
                weeks: training.older?.weeks ?? OLDER.weeks,
              },
            })}
            checked={training.older !== undefined}
            onChange={(event) =>
              change({ training: { ...training, older: event.target.checked ? OLDER : undefined } })
            }
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiFormRow
          fullWidth
          hasChildLabel={false}
          helpText={i18n.translate('logAnomalies.upkeep.feedbackHelp', {
            defaultMessage: 'From ten verdicts on; used by the next training.',
          })}
        >
          <EuiSwitch
            label={i18n.translate('logAnomalies.upkeep.feedback', {
              defaultMessage: 'Learn from what people say of anomalies',
            })}
            checked={training.learn_from_feedback ?? true}
            onChange={(event) =>
              change({ training: { ...training, learn_from_feedback: event.target.checked } })
            }
            data-test-subj="logAnomaliesLearnFromFeedback"
          />
        </EuiFormRow>
      </EuiFlexItem>
    </>
  );
}
