import React, { type ReactElement } from 'react';
import {
  EuiAccordion,
  EuiFieldText,
  EuiFlexGrid,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
  EuiSpacer,
  EuiTextArea,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogField } from '../../../common/log_features/fields/log_fields';
import { EntityField } from './entity_field';
import { withScoring, type DraftFieldsProps } from './draft/draft';

/** Settings that most people never change. */
export function MoreFields(
  props: DraftFieldsProps & {
    isOpen?: boolean;
    /** True when the entity field stands elsewhere on the page. */
    isGrouped?: boolean;
    /** Of the logs, as far as they are known. */
    fields?: readonly LogField[];
  },
): ReactElement {
  const { draft, change, problem, isOpen = false, isGrouped = false, fields } = props;
  const text = (
    path: string,
    value: string,
    { label, help, set }: { label: string; help: string; set: (value: string) => void },
  ) => (
    <EuiFlexItem>
      <EuiFormRow
        fullWidth
        label={label}
        helpText={help}
        isInvalid={problem(path) !== undefined}
        error={problem(path)}
      >
        <EuiFieldText
          fullWidth
          value={value}
          isInvalid={problem(path) !== undefined}
          onChange={(event) => set(event.target.value)}
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
  const { training = {}, schedule = {} } = draft;
  return (
    <EuiAccordion
      id="logAnomaliesMore"
      initialIsOpen={isOpen}
      buttonContent={
        isGrouped
          ? i18n.translate('logAnomalies.form.moreGrouped', { defaultMessage: 'Training and schedule' })
          : i18n.translate('logAnomalies.form.more', { defaultMessage: 'Grouping, training and schedule' })
      }
    >
      <EuiSpacer size="m" />
      <EuiFlexGrid columns={2}>
        {!isGrouped && (
          <EuiFlexItem>
            <EntityField draft={draft} change={change} problem={problem} fields={fields} isNew={false} />
          </EuiFlexItem>
        )}
        {text('training.window', training.window ?? '7d', {
          label: i18n.translate('logAnomalies.form.window', { defaultMessage: 'Learn from the last' }),
          help: i18n.translate('logAnomalies.form.windowHelp', { defaultMessage: 'Such as 7d or 12h' }),
          set: (value) => change({ training: { ...training, window: value } }),
        })}
        {text('training.retrain_every', training.retrain_every ?? '', {
          label: i18n.translate('logAnomalies.form.retrain', { defaultMessage: 'Learn again every' }),
          help: i18n.translate('logAnomalies.form.retrainHelp', {
            defaultMessage: 'Such as 7d; empty: only by hand',
          }),
          set: (value) => change({ training: { ...training, retrain_every: value || undefined } }),
        })}
        {text('schedule.interval', schedule.interval ?? '1m', {
          label: i18n.translate('logAnomalies.form.interval', { defaultMessage: 'Look for new logs every' }),
          help: i18n.translate('logAnomalies.form.intervalHelp', { defaultMessage: 'Such as 1m' }),
          set: (value) => change({ schedule: { ...schedule, interval: value } }),
        })}
        {text('schedule.query_delay', schedule.query_delay ?? '30s', {
          label: i18n.translate('logAnomalies.form.delay', { defaultMessage: 'Stay behind now by' }),
          help: i18n.translate('logAnomalies.form.delayHelp', {
            defaultMessage: 'Time that logs need to arrive, such as 30s',
          }),
          set: (value) => change({ schedule: { ...schedule, query_delay: value } }),
        })}
        {text('time_zone', draft.time_zone ?? '', {
          label: i18n.translate('logAnomalies.form.timeZone', {
            defaultMessage: 'Time zone of hours and days',
          }),
          help: i18n.translate('logAnomalies.form.timeZoneHelp', {
            defaultMessage: 'Such as Europe/Berlin; empty: UTC. Features learn it with the next training.',
          }),
          set: (value) => change({ time_zone: value.trim() || undefined }),
        })}
        {draft.unit !== 'bucket' && <ScoringField draft={draft} change={change} problem={problem} />}
      </EuiFlexGrid>
      <EuiSpacer size="m" />
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.form.description', { defaultMessage: 'Description' })}
      >
        <EuiTextArea
          fullWidth
          rows={2}
          value={draft.description ?? ''}
          onChange={(event) => change({ description: event.target.value })}
        />
      </EuiFormRow>
    </EuiAccordion>
  );
}

/** Choice of where logs are scored: in Kibana or in Elasticsearch. */
function ScoringField({ draft, change, problem }: DraftFieldsProps): ReactElement {
  return (
    <EuiFlexItem>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.form.scoring', { defaultMessage: 'Logs are scored by' })}
        helpText={i18n.translate('logAnomalies.form.scoringHelp', {
          defaultMessage:
            'Kibana suits most; Elasticsearch suits very many logs. See Models for how logs go through its pipeline.',
        })}
        isInvalid={problem('scoring') !== undefined}
        error={problem('scoring')}
      >
        <EuiSelect
          fullWidth
          value={draft.scoring ?? 'job'}
          options={[
            {
              value: 'job',
              text: i18n.translate('logAnomalies.form.scoringJob', {
                defaultMessage: 'Kibana, every so often',
              }),
            },
            {
              value: 'ingest',
              text: i18n.translate('logAnomalies.form.scoringIngest', {
                defaultMessage: 'Elasticsearch, as they arrive (ingest pipeline)',
              }),
            },
          ]}
          onChange={(event) => change(withScoring(draft, event.target.value as 'job' | 'ingest'))}
          data-test-subj="logAnomaliesScoring"
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
}
