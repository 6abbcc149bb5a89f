import React, { type ReactElement } from 'react';
import {
  EuiAccordion,
  EuiFieldText,
  EuiFlexGrid,
  EuiFlexItem,
  EuiFormRow,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { detectorSchema } from '../../../common/detector';
import { driftSettingsSchema } from '../../../common/detector/upkeep_settings';
import { NumberField } from '../../shared/values/number_field';
import { EditableFields } from './editable_fields';
import { BUCKET_DEFAULTS, type Draft, type DraftFieldsProps } from './draft/draft';

const DRIFT = driftSettingsSchema.parse({});
/** Whatever its logs are, the other defaults are the same. */
const DEFAULTS = detectorSchema.parse({
  name: '-',
  source: { index: '-' },
  features: [{ type: 'category', field: 'message' }],
});

interface SettingField {
  readonly path: string;
  readonly label: string;
  readonly help?: string;
  readonly value: string | number;
  readonly set: (value: string) => void;
}

/** Settings that almost nobody changes, so that every page of the detector is true to its document. */
export function RareFields({ draft, change, problem }: DraftFieldsProps): ReactElement {
  const schedule = { ...DEFAULTS.schedule, ...draft.schedule };

  const drift = { ...DRIFT, ...draft.drift };

  const fields: SettingField[] = [
    ...(draft.unit === 'bucket' ? bucketRareFields(draft, change) : []),
    ...trainingFields(draft, change),
    ...forestFields(draft, change),
    {
      path: 'schedule.idle_interval',
      label: i18n.translate('logAnomalies.rare.idle', {
        defaultMessage: 'While no log comes, look at least every',
      }),
      value: schedule.idle_interval,
      set: (value) => change({ schedule: { ...draft.schedule, idle_interval: value } }),
    },
    {
      path: 'schedule.late_window',
      label: i18n.translate('logAnomalies.rare.late', { defaultMessage: 'Logs may come late by' }),
      help: i18n.translate('logAnomalies.rare.lateHelp', {
        defaultMessage: 'Such as 24h; what comes later is not scored.',
      }),
      value: schedule.late_window,
      set: (value) => change({ schedule: { ...draft.schedule, late_window: value } }),
    },
    {
      path: 'source.ingested_field',
      label: i18n.translate('logAnomalies.rare.ingested', {
        defaultMessage: 'Field with the time of indexing',
      }),
      help: i18n.translate('logAnomalies.rare.ingestedHelp', {
        defaultMessage: 'Late logs are found by it, where they have it.',
      }),
      value: draft.source.ingested_field ?? DEFAULTS.source.ingested_field,
      set: (value) => change({ source: { ...draft.source, ingested_field: value } }),
    },
    {
      path: 'drift.window',
      label: i18n.translate('logAnomalies.rare.driftWindow', {
        defaultMessage: 'Time range for measuring drift',
      }),
      value: drift.window,
      set: (value) => change({ drift: { ...draft.drift, window: value } }),
    },
    {
      path: 'promotion.shadow',
      label: i18n.translate('logAnomalies.rare.shadow', {
        defaultMessage: 'Try a new model in shadow, beside the active one, for',
      }),
      help: i18n.translate('logAnomalies.rare.shadowHelp', {
        defaultMessage: 'Such as 1d; empty: it is checked at once, on recent logs.',
      }),
      value: draft.promotion?.shadow ?? '',
      set: (value) => change({ promotion: { ...draft.promotion, shadow: value || undefined } }),
    },
    {
      path: 'copy_fields',
      label: i18n.translate('logAnomalies.rare.copyFields', {
        defaultMessage: 'Fields copied from logs to results (all, chosen or none)',
      }),
      help: i18n.translate('logAnomalies.rare.copyFieldsHelp', {
        defaultMessage:
          'Whoever may read results sees it: all, also the fields of the features; chosen, the fields below alone; none, only time, entity and place.',
      }),
      value: draft.copy_fields ?? 'all',
      set: (value) => change({ copy_fields: value as Draft['copy_fields'] }),
    },
    {
      path: 'context_fields',
      label: i18n.translate('logAnomalies.rare.context', {
        defaultMessage: 'Other fields that a result carries along',
      }),
      help: i18n.translate('logAnomalies.rare.contextHelp', {
        defaultMessage: 'Names with commas between them.',
      }),
      value: (draft.context_fields ?? DEFAULTS.context_fields).join(', '),
      set: (value) => change({ context_fields: value.split(',').map((field) => field.trim()) }),
    },
  ];
  return (
    <EuiAccordion
      id="logAnomaliesRare"
      data-test-subj="logAnomaliesRare"
      buttonContent={i18n.translate('logAnomalies.rare.title', { defaultMessage: 'Rarely changed' })}
    >
      <EuiSpacer size="m" />
      <EditableFields>
        <SettingsGrid fields={fields} problem={problem} />
      </EditableFields>
      <EuiSpacer size="m" />
      <EuiText size="xs" color="subdued">
        {i18n.translate('logAnomalies.rare.rest', {
          defaultMessage:
            'Settings that are not on this page, such as promotion limits or feature weights, are in the YAML file: export it from the form, edit it, and import it.',
        })}
      </EuiText>
    </EuiAccordion>
  );
}

/** Those of buckets alone. */
export function bucketRareFields(draft: Draft, change: DraftFieldsProps['change']): SettingField[] {
  const { bucket } = draft;
  return [
    {
      path: 'bucket.look_back',
      label: i18n.translate('logAnomalies.rare.lookBack', {
        defaultMessage: 'After its last log, remember who logged for',
      }),
      help: i18n.translate('logAnomalies.rare.lookBackHelp', {
        defaultMessage: 'Such as 1d: silence counts for so long; rare values are learned again as often.',
      }),
      value: bucket?.look_back ?? BUCKET_DEFAULTS.look_back,
      set: (value) => change({ bucket: { ...bucket, look_back: value } }),
    },
    {
      path: 'bucket.max_entities',
      label: i18n.translate('logAnomalies.rare.maxEntities', {
        defaultMessage: 'Different values to group by, at most',
      }),
      help: i18n.translate('logAnomalies.rare.maxEntitiesHelp', {
        defaultMessage: 'A run that finds more is refused; 10,000 can be allowed.',
      }),
      value: bucket?.max_entities ?? BUCKET_DEFAULTS.max_entities,
      set: (value) => change({ bucket: { ...bucket, max_entities: Number(value) } }),
    },
  ];
}

/** Settings side by side, each with what is wrong with it. */
export const SettingsGrid = (props: {
  fields: readonly SettingField[];
  problem: DraftFieldsProps['problem'];
}): ReactElement => (
  <EuiFlexGrid columns={2}>
    {props.fields.map((field) => (
      <EuiFlexItem key={field.path}>
        <EuiFormRow
          fullWidth
          label={field.label}
          helpText={field.help}
          isInvalid={props.problem(field.path) !== undefined}
          error={props.problem(field.path)}
        >
          <RareField {...field} isInvalid={props.problem(field.path) !== undefined} />
        </EuiFormRow>
      </EuiFlexItem>
    ))}
  </EuiFlexGrid>
);

/** A form row gives its input an id, hence a component of its own. */
function RareField({
  value,
  set,
  isInvalid,
  id,
}: SettingField & { isInvalid: boolean; id?: string }): ReactElement {
  const common = { id, fullWidth: true, isInvalid };
  return typeof value === 'number' ? (
    <NumberField {...common} value={value} set={(wanted) => set(String(wanted))} />
  ) : (
    <EuiFieldText {...common} value={value} onChange={(event) => set(event.target.value)} />
  );
}

function trainingFields(draft: Draft, change: DraftFieldsProps['change']): SettingField[] {
  const training = { ...DEFAULTS.training, ...draft.training };
  const inTraining = (changes: Partial<typeof training>) =>
    change({ training: { ...draft.training, ...changes } });
  return [
    {
      path: 'training.max_rows',
      label: i18n.translate('logAnomalies.rare.maxRows', {
        defaultMessage: 'Maximum number of logs for training',
      }),
      value: training.max_rows,
      set: (value) => inTraining({ max_rows: Number(value) }),
    },
    {
      path: 'training.min_rows',
      label: i18n.translate('logAnomalies.rare.minRows', { defaultMessage: 'Do not learn from fewer than' }),
      value: training.min_rows,
      set: (value) => inTraining({ min_rows: Number(value) }),
    },
    {
      path: 'training.holdout',
      label: i18n.translate('logAnomalies.rare.holdout', { defaultMessage: 'Keep back to check a model on' }),
      help: i18n.translate('logAnomalies.rare.holdoutHelp', {
        defaultMessage: 'A share of these logs, from 0 to 0.5.',
      }),
      value: training.holdout,
      set: (value) => inTraining({ holdout: Number(value) }),
    },
  ];
}

function forestFields(draft: Draft, change: DraftFieldsProps['change']): SettingField[] {
  const forest = { ...DEFAULTS.forest, ...draft.forest };
  const inForest = (changes: Partial<typeof forest>) => change({ forest: { ...draft.forest, ...changes } });
  return [
    {
      path: 'forest.tree_count',
      label: i18n.translate('logAnomalies.rare.trees', { defaultMessage: 'Trees of the forest' }),
      help: i18n.translate('logAnomalies.rare.treesHelp', {
        defaultMessage: 'More make scores steadier and scoring slower.',
      }),
      value: forest.tree_count,
      set: (value) => inForest({ tree_count: Number(value) }),
    },
    {
      path: 'forest.subsample_size',
      label: i18n.translate('logAnomalies.rare.subsample', { defaultMessage: 'Logs that each tree sees' }),
      help: i18n.translate('logAnomalies.rare.subsampleHelp', {
        defaultMessage:
          'A number, or auto: the more logs there are to learn from, the rarer what is told apart.',
      }),
      // Always a text: what is typed on the way to a number or to auto is kept, and the check of the form says what it is.
      value: String(forest.subsample_size),
      set: (value) => inForest({ subsample_size: /^\d+$/.test(value) ? Number(value) : (value as 'auto') }),
    },
    {
      path: 'forest.max_depth',
      label: i18n.translate('logAnomalies.rare.depth', {
        defaultMessage: 'Questions that a tree asks at most',
      }),
      help: i18n.translate('logAnomalies.rare.depthHelp', {
        defaultMessage: 'Its depth, 1 to 14; empty: 8, or what a number of logs above asks for.',
      }),
      value: draft.forest?.max_depth?.toString() ?? '',
      set: (value) => inForest({ max_depth: value === '' ? undefined : Number(value) }),
    },
    {
      path: 'forest.seed',
      label: i18n.translate('logAnomalies.rare.seed', { defaultMessage: 'Seed of chance' }),
      help: i18n.translate('logAnomalies.rare.seedHelp', {
        defaultMessage: 'The same seed and logs give the same model.',
      }),
      value: forest.seed,
      set: (value) => inForest({ seed: Number(value) }),
    },
  ];
}
