import React, { useEffect, useRef, useState, type ReactElement } from 'react';
import {
  EuiBasicTable,
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiIconTip,
  EuiSelect,
  EuiSpacer,
  EuiText,
  EuiToolTip,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { FEATURE_TYPES, type FeatureType } from '../../../../common/detector';
import type { FeatureDefinition } from '../../../../common/detector';
import type { LogField } from '../../../../common/log_features/fields/log_fields';
import type { Answer } from '../../../shared/app/api_client';
import { icon } from '../../../kibana/icons';
import { useApp } from '../../../shared/app/app_context';
import { useAction } from '../../../shared/requests/use_action';
import type { Distribution } from '../../../../common/log_features/suggesting/distribution';
import { DistributionChart } from './distribution_chart';
import { DEFAULT_WINDOW, type Draft, type Suggestion, type DraftFieldsProps } from '../draft/draft';
import { valueText } from '../../../shared/results/sentence_text';
import { partLabel, settingsText, withType, type DraftFeature } from '../draft/feature_parts';
import { FeatureActions } from './feature_actions';
import { editedFeatures } from './edited_features';

type LabelField = Answer<'suggestFeatures'>['label_fields'][number];

export function typeName(type: FeatureType): string {
  switch (type) {
    case 'number':
      return i18n.translate('logAnomalies.feature.number', { defaultMessage: 'Number' });
    case 'category':
      return i18n.translate('logAnomalies.feature.category', { defaultMessage: 'Category' });
    case 'hour_of_day':
      return i18n.translate('logAnomalies.feature.hourOfDay', { defaultMessage: 'Hour of the day' });
    case 'day_of_week':
      return i18n.translate('logAnomalies.feature.dayOfWeek', { defaultMessage: 'Day of the week' });
    case 'text':
      return i18n.translate('logAnomalies.feature.text', {
        defaultMessage: 'Text',
      });
    case 'template':
      return i18n.translate('logAnomalies.feature.template', { defaultMessage: 'Message' });
    case 'deviation':
      return i18n.translate('logAnomalies.feature.deviation', { defaultMessage: 'Compared with itself' });
    case 'message_numbers':
      return i18n.translate('logAnomalies.feature.messageNumbers', {
        defaultMessage: 'Numbers in a message',
      });
    case 'severity':
      return i18n.translate('logAnomalies.feature.severity', { defaultMessage: 'Severity of a status' });
    case 'route':
      return i18n.translate('logAnomalies.feature.route', { defaultMessage: 'Route of a URL' });
    case 'attack_signs':
      return i18n.translate('logAnomalies.feature.attackSigns', { defaultMessage: 'Signs of attacks' });
    case 'combination':
      return i18n.translate('logAnomalies.feature.combination', { defaultMessage: 'Values together' });
    case 'event_counts':
      return i18n.translate('logAnomalies.feature.eventCounts', { defaultMessage: 'Messages of a row' });
  }
}

interface Row {
  readonly place: number;
  readonly feature: Partial<FeatureDefinition>;
  readonly suggestion: Suggestion | undefined;
  readonly distribution: Distribution | undefined;
}

/** Fields for the features of a detector, suggested from the logs themselves. */
export function FeatureFields(
  props: DraftFieldsProps & {
    source: Draft['source'] | undefined;
    distributions: readonly Distribution[];
    /** Of the logs; undefined until they are known. */
    fields: readonly LogField[] | undefined;
  },
): ReactElement {
  const { draft, change, problem, source, distributions } = props;
  const { api } = useApp();
  const { run, isBusy } = useAction();
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>([]);
  const [labels, setLabels] = useState<readonly LabelField[]>([]);
  const [open, setOpen] = useState<number>();
  const { features } = draft;
  const asked = source ?? draft.source;
  const input = JSON.stringify([asked, features]);
  const isLatest = useLatest(input);

  const suggest = () =>
    run(async () => {
      const answer = await api('suggestFeatures', {
        body: { source: asked, window: draft.training?.window ?? DEFAULT_WINDOW },
      });
      // Of other logs by now, or in place of features that were written since.
      if (!isLatest(input)) return;
      const found = answer.suggestions as unknown as Suggestion[];
      setSuggestions(found);
      setLabels(answer.label_fields);
      setOpen(undefined);
      change({ features: found.map(({ definition }) => definition) });
    });

  const rows: Row[] = features.map((feature, place) => ({
    place,
    feature,
    suggestion: suggestions.find(
      ({ definition }) => definition.field === feature.field && definition.type === feature.type,
    ),
    distribution: distributions.find(({ field, type }) => field === feature.field && type === feature.type),
  }));
  return (
    <>
      <FeatureButtons
        isBusy={isBusy}
        isDisabled={!source?.index}
        suggest={suggest}
        add={() => change({ features: [...features, { type: 'category', field: '' }] })}
      />
      {labels
        .filter(({ field }) => !features.some((feature) => feature.field === field))
        .map((label) => (
          <LabelQuestion
            key={label.field}
            label={label}
            take={() => {
              setLabels(labels.filter((each) => each !== label));
              change({ features: [...features, { type: 'category', field: label.field }] });
            }}
            leave={() => setLabels(labels.filter((each) => each !== label))}
          />
        ))}
      <EuiSpacer size="m" />
      {problem('features') && (
        <>
          <EuiCallOut
            size="s"
            color="danger"
            title={
              features.length === 0
                ? i18n.translate('logAnomalies.form.noFeatures', {
                    defaultMessage: 'At least one field is needed: let some be suggested, or add one.',
                  })
                : problem('features')
            }
          />
          <EuiSpacer size="s" />
        </>
      )}
      {rows.length > 0 && <FeaturesTable {...props} rows={rows} open={open} setOpen={setOpen} />}
    </>
  );
}

/** Returns a function that tells whether an input is still what the form holds; none is once the fields are gone. */
function useLatest(input: string): (earlier: string) => boolean {
  const latest = useRef<string>();
  latest.current = input;
  useEffect(() => () => void (latest.current = undefined), []);
  return (earlier) => latest.current === earlier;
}

/** Settings whose problems are shown at the row. */
const SETTINGS = [
  'field',
  'type',
  'fields',
  'by',
  'method',
  'direction',
  'ignore_below',
  'ignore_within_percent',
  'unit',
  'codes',
  'tolerance',
  'time_zone',
  'masks',
  'patterns',
  'name',
  'weight',
];

/** The field, of a combination its fields, and below in a few words what else was set. */
function FieldOfFeature(props: {
  feature: DraftFeature;
  isInvalid: boolean;
  set: (field: string) => void;
}): ReactElement {
  const { feature, isInvalid, set } = props;
  const settings = settingsText(feature);
  return (
    <div style={{ width: '100%' }}>
      {feature.type === 'combination' ? (
        <EuiText size="s" className="eui-textBreakWord" color={isInvalid ? 'danger' : undefined}>
          {(feature.fields ?? []).map(partLabel).join(' + ') || '–'}
        </EuiText>
      ) : (
        <EuiFieldText
          compressed
          fullWidth
          value={feature.field ?? ''}
          aria-label={i18n.translate('logAnomalies.form.field', { defaultMessage: 'Field' })}
          isInvalid={isInvalid}
          onChange={(event) => set(event.target.value)}
        />
      )}
      {settings !== '' && (
        <EuiText size="xs" color="subdued" className="eui-textBreakWord">
          {settings}
        </EuiText>
      )}
    </div>
  );
}

/** Asks about a field that seems to hold the answer. */
function LabelQuestion(props: { label: LabelField; take: () => void; leave: () => void }): ReactElement {
  const { label, take, leave } = props;
  return (
    <>
      <EuiSpacer size="m" />
      <EuiCallOut
        size="s"
        iconType={icon('questionInCircle')}
        title={i18n.translate('logAnomalies.form.labelTitle', {
          defaultMessage: '{field} seems to say which logs are anomalous ({values})',
          values: { field: label.field, values: label.values.join(', ') },
        })}
        data-test-subj="logAnomaliesLabelQuestion"
      >
        <p>
          {i18n.translate('logAnomalies.form.labelText', {
            defaultMessage:
              'It is left out: a detector that reads the answer finds nothing by itself. If it is an ordinary field of your logs, take it.',
          })}
        </p>
        <EuiButton size="s" onClick={leave}>
          {i18n.translate('logAnomalies.form.labelLeave', { defaultMessage: 'Leave it out' })}
        </EuiButton>{' '}
        <EuiButtonEmpty size="s" onClick={take}>
          {i18n.translate('logAnomalies.form.labelTake', { defaultMessage: 'It is an ordinary field' })}
        </EuiButtonEmpty>
      </EuiCallOut>
    </>
  );
}

/** Shows the values of the field in a sample of the logs and the reason for the suggestion. */
function InYourLogs({ distribution, suggestion }: Pick<Row, 'distribution' | 'suggestion'>): ReactElement {
  const examples = suggestion?.examples.map((value) => exampleText(suggestion, value)).join(' · ');
  return (
    // a cell is a flex box: without a width a long example would widen the page
    <div style={{ width: '100%', minWidth: 0 }}>
      <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false}>
        {distribution && (
          <EuiFlexItem style={{ minWidth: 0, maxWidth: 150 }}>
            <DistributionChart distribution={distribution} />
          </EuiFlexItem>
        )}
        {suggestion && (
          <EuiFlexItem grow={false}>
            <EuiIconTip
              content={suggestion.reason}
              aria-label={i18n.translate('logAnomalies.form.why', { defaultMessage: 'Why' })}
            />
          </EuiFlexItem>
        )}
      </EuiFlexGroup>
      {examples && (
        <EuiText size="xs" color="subdued" title={examples}>
          <div className="eui-textTruncate">{examples}</div>
        </EuiText>
      )}
    </div>
  );
}

const NUMERIC = /^-?\d+(\.\d+)?$/;

/** An example with its unit, where it is a number of something. */
function exampleText({ definition }: Suggestion, value: string): string {
  const isMeasured = definition.type === 'number' || definition.type === 'deviation';
  return isMeasured && NUMERIC.test(value) ? valueText(Number(value), definition) : value;
}

function FeatureButtons(props: {
  isBusy: boolean;
  isDisabled: boolean;
  suggest: () => void;
  add: () => void;
}): ReactElement {
  const { isBusy, isDisabled, suggest, add } = props;
  return (
    <EuiFlexGroup gutterSize="s" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiButton
          iconType="inspect"
          isLoading={isBusy}
          isDisabled={isDisabled}
          onClick={suggest}
          data-test-subj="logAnomaliesSuggest"
        >
          {i18n.translate('logAnomalies.form.suggest', { defaultMessage: 'Suggest from the logs' })}
        </EuiButton>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButton color="text" iconType="plus" onClick={add} data-test-subj="logAnomaliesAddFeature">
          {i18n.translate('logAnomalies.form.addFeature', { defaultMessage: 'Add a field' })}
        </EuiButton>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

/** Table of the features, each with its settings below it when it is open. */
function FeaturesTable(
  props: DraftFieldsProps & {
    fields: readonly LogField[] | undefined;
    rows: Row[];
    open: number | undefined;
    setOpen: (open: number | undefined) => void;
  },
): ReactElement {
  const {
    draft: { features },
    change,
    fields,
    rows,
    open,
    setOpen,
  } = props;
  const { put, problemOf, settingsOf } = editedFeatures(props);
  return (
    <EuiBasicTable<Row>
      items={rows}
      itemId={({ place }: Row) => String(place)}
      itemIdToExpandedRowMap={settingsOf(open, { fields })}
      tableLayout="fixed"
      tableCaption={i18n.translate('logAnomalies.form.featuresCaption', {
        defaultMessage: 'Features of each log',
      })}
      columns={[
        {
          name: i18n.translate('logAnomalies.form.field', { defaultMessage: 'Field' }),
          width: '32%',
          render: ({ place, feature }: Row) => (
            <EuiToolTip
              content={problemOf(place, SETTINGS)}
              display="block"
              anchorProps={{ style: { width: '100%' } }}
            >
              <FieldOfFeature
                feature={feature}
                isInvalid={problemOf(place, SETTINGS) !== undefined}
                set={(field) => put(place, { ...feature, field })}
              />
            </EuiToolTip>
          ),
        },
        {
          name: <ReadAsTitle />,
          width: '33%',
          render: ({ place, feature }: Row) => (
            <TypeSelect
              type={feature.type}
              choose={(type) => {
                put(place, withType(feature, type));
                if (type === 'combination' || type === 'deviation') setOpen(place);
              }}
            />
          ),
        },
        {
          name: i18n.translate('logAnomalies.form.distribution', { defaultMessage: 'In your logs' }),
          render: ({ distribution, suggestion }: Row) => (
            <InYourLogs distribution={distribution} suggestion={suggestion} />
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

function ReadAsTitle(): ReactElement {
  return (
    <span>
      {i18n.translate('logAnomalies.form.readAs', { defaultMessage: 'Read as' })}{' '}
      <EuiIconTip
        content={i18n.translate('logAnomalies.form.readAsHelp', {
          defaultMessage:
            'What is looked at in the field, called a feature. Number: its size. Category: how rare the value is. Text: length, characters and signs of attacks. Message: how rare its wording is (template). Hour and day: when it comes.',
        })}
      />
    </span>
  );
}

function TypeSelect({
  type,
  choose,
}: {
  type: FeatureType | undefined;
  choose: (type: FeatureType) => void;
}): ReactElement {
  return (
    <EuiSelect
      compressed
      fullWidth
      aria-label={i18n.translate('logAnomalies.form.readAs', { defaultMessage: 'Read as' })}
      value={type}
      options={FEATURE_TYPES.filter((each) => each !== 'event_counts').map((each) => ({
        value: each,
        text: typeName(each),
      }))}
      onChange={(event) => choose(event.target.value as FeatureType)}
    />
  );
}
