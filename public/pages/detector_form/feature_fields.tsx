import React, { useState, type ReactElement } from 'react';
import {
  EuiBasicTable,
  EuiButton,
  EuiButtonIcon,
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
import { FEATURE_TYPES, type FeatureType } from '../../../common/log_features/types';
import type { FeatureDefinition } from '../../../common/detector';
import { useApp } from '../../app_context';
import { useAction } from '../../shared/use_action';
import type { Distribution } from '../../../common/log_features/distribution';
import { DistributionChart } from './distribution_chart';
import { DEFAULT_WINDOW, type Draft, type Suggestion } from './draft';
import type { DraftFieldsProps } from './source_fields';

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
    case 'severity':
      return i18n.translate('logAnomalies.feature.severity', { defaultMessage: 'Severity of a status' });
    case 'route':
      return i18n.translate('logAnomalies.feature.route', { defaultMessage: 'Route of a URL' });
    case 'attack_signs':
      return i18n.translate('logAnomalies.feature.attackSigns', { defaultMessage: 'Signs of attacks' });
    case 'combination':
      return i18n.translate('logAnomalies.feature.combination', { defaultMessage: 'Values together' });
  }
}

interface Row {
  readonly place: number;
  readonly feature: Partial<FeatureDefinition>;
  readonly suggestion: Suggestion | undefined;
  readonly distribution: Distribution | undefined;
}

/** What the detector looks at in a log, suggested from the logs themselves. */
export function FeatureFields(
  props: DraftFieldsProps & {
    source: Draft['source'] | undefined;
    distributions: readonly Distribution[];
  },
): ReactElement {
  const { draft, change, problem, source, distributions } = props;
  const { api } = useApp();
  const { run, isBusy } = useAction();
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>([]);
  const { features } = draft;

  const suggest = () =>
    run(async () => {
      const answer = await api('suggestFeatures', {
        body: { source: source ?? draft.source, window: draft.training?.window ?? DEFAULT_WINDOW },
      });
      const found = answer.suggestions as unknown as Suggestion[];
      setSuggestions(found);
      change({ features: found.map(({ definition }) => definition) });
    });
  const replace = (place: number, changes: Partial<FeatureDefinition>) =>
    change({
      features: features.map((feature, index) => (index === place ? { ...feature, ...changes } : feature)),
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
      <EuiFlexGroup gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiButton
            iconType="inspect"
            isLoading={isBusy}
            isDisabled={!source?.index}
            onClick={suggest}
            data-test-subj="logAnomaliesSuggest"
          >
            {i18n.translate('logAnomalies.form.suggest', { defaultMessage: 'Suggest from the logs' })}
          </EuiButton>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButton
            color="text"
            iconType="plus"
            onClick={() => change({ features: [...features, { type: 'category', field: '' }] })}
            data-test-subj="logAnomaliesAddFeature"
          >
            {i18n.translate('logAnomalies.form.addFeature', { defaultMessage: 'Add a field' })}
          </EuiButton>
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      {problem('features') && (
        <>
          <EuiCallOut
            size="s"
            color="danger"
            title={i18n.translate('logAnomalies.form.noFeatures', {
              defaultMessage: 'At least one field is needed: let some be suggested, or add one.',
            })}
          />
          <EuiSpacer size="s" />
        </>
      )}
      {rows.length > 0 && (
        <EuiBasicTable<Row>
          items={rows}
          itemId={({ place }: Row) => String(place)}
          tableLayout="fixed"
          tableCaption={i18n.translate('logAnomalies.form.featuresCaption', {
            defaultMessage: 'What the detector looks at in each log',
          })}
          columns={[
            {
              name: i18n.translate('logAnomalies.form.field', { defaultMessage: 'Field' }),
              width: '30%',
              render: ({ place, feature }: Row) => (
                <EuiToolTip
                  content={problem(`features.${place}.field`)}
                  display="block"
                  anchorProps={{ style: { width: '100%' } }}
                >
                  <EuiFieldText
                    compressed
                    fullWidth
                    value={feature.field ?? ''}
                    aria-label={i18n.translate('logAnomalies.form.field', { defaultMessage: 'Field' })}
                    isInvalid={problem(`features.${place}.field`) !== undefined}
                    onChange={(event) => replace(place, { field: event.target.value })}
                  />
                </EuiToolTip>
              ),
            },
            {
              name: (
                <span>
                  {i18n.translate('logAnomalies.form.readAs', { defaultMessage: 'Read as' })}{' '}
                  <EuiIconTip
                    content={i18n.translate('logAnomalies.form.readAsHelp', {
                      defaultMessage:
                        'What is looked at in the field, called a feature. Number: its size. Category: how rare the value is. Text: length, characters and signs of attacks. Message: how rare its wording is (template). Hour and day: when it comes.',
                    })}
                  />
                </span>
              ),
              width: '17%',
              render: ({ place, feature }: Row) => (
                <EuiSelect
                  compressed
                  fullWidth
                  aria-label={i18n.translate('logAnomalies.form.readAs', { defaultMessage: 'Read as' })}
                  value={feature.type}
                  options={FEATURE_TYPES.map((type) => ({ value: type, text: typeName(type) }))}
                  onChange={(event) => replace(place, { type: event.target.value as FeatureType })}
                />
              ),
            },
            {
              name: i18n.translate('logAnomalies.form.distribution', { defaultMessage: 'In your logs' }),
              width: '174px',
              render: ({ distribution }: Row) =>
                distribution && <DistributionChart distribution={distribution} />,
            },
            // What nothing was suggested for has no reason to show.
            ...(rows.some(({ suggestion }) => suggestion !== undefined) ? [whyColumn()] : []),
            {
              name: '',
              width: '48px',
              render: ({ place, feature }: Row) => (
                <EuiButtonIcon
                  iconType="cross"
                  color="danger"
                  aria-label={i18n.translate('logAnomalies.form.removeFeature', {
                    defaultMessage: 'Leave out {field}',
                    values: { field: feature.field ?? '' },
                  })}
                  onClick={() => change({ features: features.filter((_feature, index) => index !== place) })}
                />
              ),
            },
          ]}
        />
      )}
    </>
  );
}

const whyColumn = () => ({
  name: (
    <span>
      {i18n.translate('logAnomalies.form.why', { defaultMessage: 'Why' })}{' '}
      <EuiIconTip
        content={i18n.translate('logAnomalies.form.whyHelp', {
          defaultMessage: 'From a sample of the logs: what the field looks like, and frequent values.',
        })}
      />
    </span>
  ),
  render: ({ suggestion }: Row) =>
    suggestion && (
      <EuiText size="xs">
        <span>{suggestion.reason}</span>
        <EuiText
          size="xs"
          color="subdued"
          className="eui-textTruncate"
          title={suggestion.examples.join(' · ')}
        >
          {suggestion.examples.join(' · ')}
        </EuiText>
      </EuiText>
    ),
});
