import React, { type ReactElement } from 'react';
import {
  AreaSeries,
  Axis,
  Chart,
  CurveType,
  LineAnnotation,
  AnnotationDomainType,
  Position,
  ScaleType,
  Settings,
} from '@elastic/charts';
import { EuiBasicTable, EuiHealth, EuiIconTip, EuiText, EuiTitle, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useChartName } from '../../shared/charts/chart_name';
import { useChartTheme } from '../../shared/charts/chart_theme';
import { formatScore, formatShare } from '../../shared/values/format';

type Comparison = Answer<'compareModels'>;

/** From here on something has moved, and a lot has (Siddiqi 2006). */
const MOVED = 0.1;
const MOVED_A_LOT = 0.25;

/** Chart of the scores that both models give to the same recent logs, with their thresholds. */
export function ScoreDistribution(props: {
  comparison: Comparison;
  leftName: string;
  rightName: string;
}): ReactElement {
  const { comparison, leftName, rightName } = props;
  const { score_edges: edges, left, right } = comparison;
  const { euiTheme } = useEuiTheme();
  const baseTheme = useChartTheme();
  const rows = (shares: readonly number[]) =>
    shares.map((share, bin) => ({ score: (edges[bin] + edges[bin + 1]) / 2, share }));
  const sides = [
    { name: leftName, model: left, color: euiTheme.colors.primary },
    { name: rightName, model: right, color: euiTheme.colors.accent },
  ];
  const title = i18n.translate('logAnomalies.compare.scores', { defaultMessage: 'Scores of recent logs' });
  const name = useChartName(title);
  return (
    <>
      <EuiTitle size="xxs">
        <h3>{title}</h3>
      </EuiTitle>
      <div style={{ height: 220 }} data-test-subj="logAnomaliesScoreDistribution">
        {name.element}
        <Chart>
          <Settings
            baseTheme={baseTheme}
            showLegend
            legendPosition={Position.Bottom}
            ariaLabelledBy={name.id}
          />
          <Axis
            id="score"
            position={Position.Bottom}
            tickFormat={(score: number) => score.toFixed(2)}
            title={i18n.translate('logAnomalies.compare.scoreAxis', {
              defaultMessage: 'Anomaly score; dashed: the threshold',
            })}
          />
          <Axis id="share" position={Position.Left} ticks={4} tickFormat={formatShare} />
          {sides.map(({ name: series, model, color }) => (
            <AreaSeries
              // By version: two models may have one time as it is shown, and would be one curve.
              key={model.record.version}
              id={model.record.version}
              name={series}
              data={rows(model.score_shares)}
              xAccessor="score"
              yAccessors={['share']}
              xScaleType={ScaleType.Linear}
              yScaleType={ScaleType.Linear}
              curve={CurveType.CURVE_STEP}
              color={color}
            />
          ))}
          {sides.map(({ model, color }) => (
            <LineAnnotation
              key={model.record.version}
              id={`threshold of ${model.record.version}`}
              domainType={AnnotationDomainType.XDomain}
              dataValues={[
                { dataValue: model.record.threshold, details: formatScore(model.record.threshold) },
              ]}
              style={{ line: { stroke: color, strokeWidth: 2, dash: [4, 4], opacity: 1 } }}
            />
          ))}
        </Chart>
      </div>
    </>
  );
}

type Drift = Comparison['feature_drift'][number];

/** Chart of the features that have drifted from the training of each model. */
export function FeatureDrift(props: {
  comparison: Comparison;
  leftName: string;
  rightName: string;
}): ReactElement {
  const { comparison, leftName, rightName } = props;
  const title = i18n.translate('logAnomalies.compare.features', {
    defaultMessage: 'Feature drift since training',
  });
  return (
    <>
      <EuiTitle size="xxs">
        <h3>
          {title}{' '}
          <EuiIconTip
            content={i18n.translate('logAnomalies.compare.featuresHelp', {
              defaultMessage:
                'Population stability index of recent logs against those that the model has learned from: below 0.1 little has moved, from 0.25 on a lot has. A model whose features have moved a lot should be trained again.',
            })}
          />
        </h3>
      </EuiTitle>
      <EuiBasicTable<Drift>
        compressed
        items={comparison.feature_drift}
        itemId="feature"
        tableCaption={title}
        data-test-subj="logAnomaliesFeatureDrift"
        columns={[
          {
            field: 'feature',
            name: i18n.translate('logAnomalies.attribution.feature', { defaultMessage: 'Feature' }),
          },
          { field: 'left', name: leftName, render: (index: number | null) => <DriftBar index={index} /> },
          { field: 'right', name: rightName, render: (index: number | null) => <DriftBar index={index} /> },
        ]}
      />
    </>
  );
}

/** A population stability index, in words and as a bar. */
export function DriftBar({ index }: { index: number | null }): ReactElement {
  const { euiTheme } = useEuiTheme();
  if (index === null) {
    return (
      <EuiText size="xs" color="subdued">
        {i18n.translate('logAnomalies.compare.gone', { defaultMessage: 'its logs are gone' })}
      </EuiText>
    );
  }
  const { color, word } =
    index >= MOVED_A_LOT
      ? {
          color: euiTheme.colors.danger,
          word: i18n.translate('logAnomalies.compare.movedALot', { defaultMessage: 'moved a lot' }),
        }
      : index >= MOVED
        ? {
            color: euiTheme.colors.warning,
            word: i18n.translate('logAnomalies.compare.moved', { defaultMessage: 'moved' }),
          }
        : {
            color: euiTheme.colors.success,
            word: i18n.translate('logAnomalies.compare.stable', { defaultMessage: 'stable' }),
          };
  const width = Math.min(1, index / (2 * MOVED_A_LOT));
  return (
    <div style={{ width: '100%' }}>
      <div style={{ height: 6, width: `${Math.max(2, width * 100)}%`, background: color }} />
      <EuiHealth color={color} textSize="xs">{`${index.toFixed(2)} ${word}`}</EuiHealth>
    </div>
  );
}
