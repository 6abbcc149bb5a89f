import React, { useState, type ReactElement } from 'react';
import {
  EuiBadge,
  EuiBadgeGroup,
  EuiBasicTable,
  EuiButton,
  EuiCallOut,
  EuiSelect,
  EuiSpacer,
  EuiSwitch,
  EuiText,
  EuiTitle,
  EuiToolTip,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { FeatureDefinition } from '../../../../common/detector';
import type { FeatureType } from '../../../../common/detector';
import {
  groupingOf,
  usualFeatures,
  withNamedFeatures,
  type Draft,
  type DraftFieldsProps,
} from '../draft/draft';
import { typeName } from './feature_fields';
import { withType } from '../draft/feature_parts';
import { editedFeatures } from './edited_features';
import { FeatureActions } from './feature_actions';
import { comparedWithText, rowFeaturesTitle, rowFieldName } from './row_texts';

/** Feature types for a number of a row; an imported feature may have another type. */
const TYPES: readonly FeatureType[] = ['deviation', 'number', 'category', 'hour_of_day', 'day_of_week'];

interface Row {
  readonly place: number;
  readonly feature: Partial<FeatureDefinition>;
}

/** Fields for the features of a row: all of its numbers, or features chosen one by one. */
export function BucketFeatures(props: DraftFieldsProps & { replace: (draft: Draft) => void }): ReactElement {
  const { draft, change, problem, replace } = props;
  const { features } = draft;
  const areNamed = features.length > 0;
  const { usual, otherFields } = choicesOf(draft);
  const [open, setOpen] = useState<number>();
  return (
    <>
      <EuiTitle size="xxs">
        <h3>{rowFeaturesTitle(draft)}</h3>
      </EuiTitle>
      <EuiSpacer size="s" />
      {problem('features') && (
        <>
          <EuiCallOut size="s" color="danger" title={problem('features')} />
          <EuiSpacer size="s" />
        </>
      )}
      {!areNamed && <UsualNumbers draft={draft} />}
      {areNamed && (
        <RowFeatures draft={draft} change={change} problem={problem} open={open} setOpen={setOpen} />
      )}
      <EuiSpacer size="m" />
      {areNamed && (
        <>
          <EuiButton
            size="s"
            color="text"
            iconType="plus"
            onClick={() => {
              const left = usual.find(({ field }) => !features.some((feature) => feature.field === field));
              change({ features: [...features, left ?? { type: 'hour_of_day', field: otherFields[0] }] });
            }}
          >
            {i18n.translate('logAnomalies.form.addFeature', { defaultMessage: 'Add a field' })}
          </EuiButton>
          <EuiSpacer size="m" />
        </>
      )}
      <EuiSwitch
        label={i18n.translate('logAnomalies.bucket.nameFeatures', {
          defaultMessage: 'Choose which of these numbers count, and how they are read',
        })}
        checked={areNamed}
        onChange={(event) => replace(withNamedFeatures(draft, event.target.checked))}
        data-test-subj="logAnomaliesNameFeatures"
      />
    </>
  );
}

/** Settings that are reset when a feature changes its field. */
const UNNAMED = { name: undefined, weight: undefined, tolerance: undefined, unit: undefined };

/** Settings whose problems are shown at the row. */
const SETTINGS = [
  'field',
  'type',
  'by',
  'name',
  'weight',
  'tolerance',
  'direction',
  'unit',
  'ignore_below',
  'ignore_within_percent',
];

/** The numbers that are looked at while nobody has chosen any. */
function UsualNumbers({ draft }: { draft: Draft }): ReactElement {
  const usual = usualFeatures(draft);
  const compared = comparedWithText(draft);
  return (
    <>
      <EuiBadgeGroup gutterSize="s" data-test-subj="logAnomaliesLooksAt">
        {usual.map(({ field = '' }) => (
          <EuiBadge key={field} color="hollow" title={field}>
            {rowFieldName(field)}
          </EuiBadge>
        ))}
      </EuiBadgeGroup>
      {compared !== undefined && (
        <>
          <EuiSpacer size="s" />
          <EuiText size="xs" color="subdued">
            {compared}
          </EuiText>
        </>
      )}
    </>
  );
}

/** Returns what a feature of a row can read: its usual numbers, the entity and the time. */
function choicesOf(draft: Draft) {
  const usual = usualFeatures(draft);
  const session = draft.bucket?.session;
  // A session is its own entity, and has no earlier rows that it could deviate from.
  const entityFields = session === undefined ? groupingOf(draft) : [session.field].filter(Boolean);
  const types = session === undefined ? TYPES : TYPES.filter((type) => type !== 'deviation');
  const otherFields = [draft.source.timestamp_field ?? '@timestamp', ...entityFields].filter(Boolean);
  return { usual, entityFields, types, otherFields };
}

/** Table of the chosen features, each with its settings below it when it is open. */
function RowFeatures(
  props: DraftFieldsProps & { open: number | undefined; setOpen: (open: number | undefined) => void },
): ReactElement {
  const { draft, change, open, setOpen } = props;
  const { features } = draft;
  const { usual, entityFields, types, otherFields } = choicesOf(draft);
  const { put, problemOf, settingsOf } = editedFeatures(props);
  const takeField = (place: number, field: string) =>
    put(place, {
      ...features[place],
      ...UNNAMED,
      type: entityFields.includes(field) ? 'category' : 'hour_of_day',
      ...usual.find((feature) => feature.field === field),
      field,
    });
  return (
    <EuiBasicTable<Row>
      items={features.map((feature, place) => ({ place, feature }))}
      itemId={({ place }: Row) => String(place)}
      itemIdToExpandedRowMap={settingsOf(open, { fields: [], isOfBuckets: true })}
      tableLayout="fixed"
      tableCaption={rowFeaturesTitle(draft)}
      columns={[
        {
          name: i18n.translate('logAnomalies.form.field', { defaultMessage: 'Field' }),
          render: ({ place, feature }: Row) => (
            <FieldOfRow
              own={feature.field}
              inRow={[...usual.map(({ field }) => field ?? ''), ...otherFields]}
              problem={problemOf(place, SETTINGS)}
              take={(field) => takeField(place, field)}
            />
          ),
        },
        {
          name: i18n.translate('logAnomalies.form.readAs', { defaultMessage: 'Read as' }),
          width: '40%',
          render: ({ place, feature }: Row) => (
            <EuiSelect
              compressed
              fullWidth
              aria-label={i18n.translate('logAnomalies.form.readAs', { defaultMessage: 'Read as' })}
              value={feature.type}
              options={[...new Set([...types, feature.type ?? types[0]])].map((type) => ({
                value: type,
                text: typeName(type),
              }))}
              onChange={(event) => put(place, withType(feature, event.target.value as FeatureType))}
            />
          ),
        },
        {
          name: '',
          width: '72px',
          align: 'right',
          render: ({ place, feature }: Row) => (
            <FeatureActions
              field={feature.field ?? ''}
              isOpen={open === place}
              toggle={() => setOpen(open === place ? undefined : place)}
              leaveOut={() => {
                setOpen(undefined);
                change({ features: features.filter((_feature, index) => index !== place) });
              }}
            />
          ),
        },
      ]}
    />
  );
}

function FieldOfRow(props: {
  own: string | undefined;
  inRow: readonly string[];
  problem: string | undefined;
  take: (field: string) => void;
}): ReactElement {
  const { own, inRow, problem, take } = props;
  const options = [
    ...inRow.map((value) => ({ value, text: rowFieldName(value) })),
    ...(own === undefined || inRow.includes(own) ? [] : [{ value: own, text: own }]),
  ];
  return (
    <EuiToolTip content={problem} display="block" anchorProps={{ style: { width: '100%' } }}>
      <EuiSelect
        compressed
        fullWidth
        aria-label={i18n.translate('logAnomalies.form.field', { defaultMessage: 'Field' })}
        value={own}
        options={options}
        isInvalid={problem !== undefined}
        onChange={(event) => take(event.target.value)}
      />
    </EuiToolTip>
  );
}
