import React, { type ReactElement } from 'react';
import { AreaSeries, Axis, LineSeries, Position, ScaleType } from '@elastic/charts';
import { EuiFlexGroup, EuiFlexItem, EuiHealth, EuiText, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Annotation } from '../../../common/annotations';
import { SEVERITIES } from '../../../common/anomaly';
import { printable } from '../../../common/printable';
import type { Answer } from '../app/api_client';
import { AnnotationMarks } from '../charts/annotation_marks';
import { pointVisibility } from '../charts/chart_theme';
import { TimeChart } from '../charts/time_chart';
import { timeDomainOf } from '../charts/time_domain';
import { isLabelled, valueScaleOf } from '../charts/value_scale';
import { formatCount } from '../values/format';
import { severityName, useSeverityColors } from '../values/severity';
import type { Interval } from '../values/time_range';
import { subjectText, valueText } from './sentence_text';

const SHOWN_CHARACTERS = 60;

type Values = Answer<'getValueOverTime'>;

const dotOf = (color: string) => ({
  visible: pointVisibility(true),
  radius: 4,
  fill: color,
  stroke: color,
});

/** Number over time beside its usual range, with the anomalies; what the logs are of stands below. */
export function ValueChart(props: {
  values: Values;
  height: number | string;
  /** Changes of the calendar in this time. */
  annotations?: readonly Annotation[];
  /** A brush chooses a time. */
  choose?: (range: Interval) => void;
}): ReactElement {
  const { values, height, annotations = [], choose } = props;
  const { feature, field, unit, of, within, points, anomalies, interval_ms: interval } = values;
  const { euiTheme } = useEuiTheme();
  const marked = useMarks(anomalies);
  const text = (value: number): string => valueText(value, { field, unit });
  const subject = subjectText({ feature, field });
  if (points.every(({ median }) => median === null) && anomalies.length === 0) {
    return <NoValues field={field} />;
  }
  const { scale, drawn, largest, shown } = drawnOf(values);
  const scales = {
    xScaleType: ScaleType.Time,
    yScaleType: scale.kind === 'log' ? ScaleType.Log : ScaleType.Linear,
    xAccessor: 'time',
  } as const;
  const { usual, actual, greatest } = namesOf(of);
  const legend = [
    ...(shown.some(({ high }) => high !== null) ? [{ name: usual, color: euiTheme.colors.mediumShade }] : []),
    { name: actual, color: euiTheme.colors.primary },
    ...(of === 'logs' ? [{ name: greatest, color: euiTheme.colors.accent }] : []),
    ...marked,
  ];
  return (
    <div style={{ height, display: 'flex', flexDirection: 'column' }} data-test-subj="logAnomaliesValueChart">
      <Legend entries={legend} />
      <div style={{ flex: '1 1 0', minHeight: 0 }}>
        <TimeChart
          range={timeDomainOf([...points, ...anomalies], interval)}
          intervalMilliseconds={interval}
          label={labelOf(subject)}
          height="100%"
          choose={choose}
        >
          {valueAxis({ title: subject, text, scale, largest })}
          <AreaSeries
            id="usual"
            name={usual}
            {...scales}
            yAccessors={['high']}
            y0Accessors={['low']}
            color={euiTheme.colors.mediumShade}
            areaSeriesStyle={{
              area: { opacity: 0.4 },
              line: { visible: false },
              point: { visible: pointVisibility(false) },
            }}
            data={shown.filter(({ high }) => high !== null)}
          />
          {of === 'logs' && (
            <LineSeries
              id="largest"
              name={greatest}
              {...scales}
              yAccessors={['max']}
              color={euiTheme.colors.accent}
              lineSeriesStyle={{
                line: { strokeWidth: 1, opacity: 0.6 },
                point: { visible: pointVisibility(false) },
              }}
              data={shown.filter(({ max }) => max !== null)}
            />
          )}
          <LineSeries
            id="actual"
            name={actual}
            {...scales}
            yAccessors={['median']}
            color={euiTheme.colors.primary}
            data={shown.filter(({ median }) => median !== null)}
          />
          {marked.map(({ severity, name, color, own }) => (
            <LineSeries
              key={severity}
              id={`anomalies_${severity}`}
              name={name}
              {...scales}
              yAccessors={['value']}
              color={color}
              lineSeriesStyle={{ line: { visible: false }, point: dotOf(color), isolatedPoint: dotOf(color) }}
              data={own.map(({ time, value }) => ({ time: Date.parse(time), value: drawn(value) }))}
            />
          ))}
          <AnnotationMarks annotations={annotations} />
        </TimeChart>
      </div>
      <Note within={within} scale={scale} />
    </div>
  );
}

const NoValues = ({ field }: { field: string }): ReactElement => {
  return (
    <EuiText size="s" color="subdued">
      <p>
        {i18n.translate('logAnomalies.values.none', {
          defaultMessage: 'No log of this time holds {field}.',
          values: { field },
        })}
      </p>
    </EuiText>
  );
};

function namesOf(of: Values['of']): Record<'usual' | 'actual' | 'greatest', string> {
  const usual = i18n.translate('logAnomalies.values.usual', { defaultMessage: 'Usual' });
  const actual =
    of === 'buckets'
      ? i18n.translate('logAnomalies.values.actual', { defaultMessage: 'Actual' })
      : i18n.translate('logAnomalies.values.median', { defaultMessage: 'Median' });
  const greatest = i18n.translate('logAnomalies.values.largest', { defaultMessage: 'Largest' });
  return { usual, actual, greatest };
}

/** Returns the anomalies by severity, with name and colour of each that there is. */
function useMarks(anomalies: Values['anomalies']) {
  const severityColors = useSeverityColors();
  return SEVERITIES.map(({ name: severity }) => ({
    severity,
    name: i18n.translate('logAnomalies.values.anomalies', {
      defaultMessage: 'Anomalies, {severity}',
      values: { severity: severityName(severity) },
    }),
    color: severityColors[severity],
    own: anomalies.filter((each) => each.severity === severity),
  })).filter(({ own }) => own.length > 0);
}

/** Text alternative of the chart. */
const labelOf = (field: string): string =>
  i18n.translate('logAnomalies.values.label', {
    defaultMessage: '{field} over time, the usual range and the anomalies',
    values: { field },
  });

/** The axis of the values; a logarithmic one has few labels. */
const valueAxis = (props: {
  title: string;
  text: (value: number) => string;
  scale: ReturnType<typeof valueScaleOf>;
  largest: number;
}): ReactElement => {
  const { title, text, scale, largest } = props;
  return (
    <Axis
      id="value_axis"
      position={Position.Left}
      title={title}
      ticks={5}
      tickFormat={text}
      {...(scale.kind === 'log' && {
        labelFormat: (value: number) => (isLabelled(value, largest / scale.smallest) ? text(value) : ''),
        // Room for the dot of the largest value.
        domain: { min: scale.smallest, max: 1.5 * largest, logMinLimit: scale.smallest },
      })}
    />
  );
};

/** Returns the numbers as the axis can show them, with the axis itself. */
function drawnOf({ points, anomalies }: Values) {
  const rows = points.map(({ time, median, max, usual }) => ({
    time: Date.parse(time),
    median,
    max,
    low: usual?.low ?? null,
    high: usual?.high ?? null,
  }));
  const scale = valueScaleOf(
    rows.flatMap(({ high, median }) => high ?? median ?? []),
    [
      ...rows.flatMap(({ low, high, median, max }) => [low, high, median, max].flatMap((each) => each ?? [])),
      ...anomalies.map(({ value }) => value),
    ],
  );
  // A value below a logarithmic axis, such as zero, is drawn at its edge.
  const drawn = <Value extends number | null>(value: Value): Value =>
    scale.kind === 'log' && value !== null && value < scale.smallest ? (scale.smallest as Value) : value;
  return {
    scale,
    drawn,
    largest: Math.max(
      ...rows.flatMap(({ max, high }) => [max ?? 0, high ?? 0]),
      ...anomalies.map(({ value }) => value),
    ),
    shown: rows.map(({ time, median, max, low, high }) => ({
      time,
      median: drawn(median),
      max: drawn(max),
      low: drawn(low),
      high: drawn(high),
    })),
  };
}

/** Names and colours; the legend of the chart itself names the usual range twice, and takes two rows for it. */
const Legend = ({
  entries,
}: {
  entries: readonly { readonly name: string; readonly color: string }[];
}): ReactElement => (
  <EuiFlexGroup gutterSize="s" responsive={false} wrap style={{ flexGrow: 0 }}>
    {entries.map(({ name, color }) => (
      <EuiFlexItem grow={false} key={name}>
        <EuiHealth color={color} textSize="xs">
          {name}
        </EuiHealth>
      </EuiFlexItem>
    ))}
  </EuiFlexGroup>
);

/** Names the logs that the numbers are of, and a logarithmic axis. */
function Note({
  within,
  scale,
}: Pick<Values, 'within'> & { scale: ReturnType<typeof valueScaleOf> }): ReactElement {
  return (
    <EuiText size="xs" color="subdued" className="eui-textBreakWord">
      <p>
        {within.length > 0 && (
          <span>
            {i18n.translate('logAnomalies.values.within', {
              defaultMessage: 'Logs with {values}',
              values: {
                values: within
                  .map((each) => `${each.field}: ${printable(each.value, SHOWN_CHARACTERS)}`)
                  .join(', '),
              },
            })}
          </span>
        )}
        {within.length > 0 && scale.kind === 'log' && ' · '}
        {scale.kind === 'log' && (
          <span data-test-subj="logAnomaliesLogAxis">
            {i18n.translate('logAnomalies.values.log', {
              defaultMessage: 'Logarithmic axis: the largest value is {times} times the usual ones',
              values: { times: formatCount(Math.round(scale.times)) },
            })}
          </span>
        )}
      </p>
    </EuiText>
  );
}
