import React, { type ReactElement } from 'react';
import { AreaSeries, Axis, LineSeries, Position, ScaleType } from '@elastic/charts';
import { EuiText, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SEVERITIES, type Attribution } from '../../../common/anomaly';
import { printable } from '../../../common/printable';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { TimeChart } from '../../shared/charts/time_chart';
import { valueScaleOf } from '../../shared/charts/value_scale';
import { Section } from '../../shared/layout/section';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { valueText } from '../../shared/results/sentence_text';
import { formatCount } from '../../shared/values/format';
import { severityName, useSeverityColors } from '../../shared/values/severity';
import type { Interval } from '../../shared/values/time_range';

type Values = Answer<'getValueOverTime'>;

const HEIGHT = 240;
const SHOWN_CHARACTERS = 60;

/** A result whose number is shown over time. */
interface Shown {
  readonly resultId: string;
  readonly attribution: readonly Attribution[];
  /** Time that is shown; default: some hours around the result. */
  readonly range?: Interval;
}

/** Actual value against the usual one over time, of the numeric feature that stands out most; nothing where there is none. */
export function ValueSection({ resultId, attribution, range }: Shown): ReactElement | null {
  const [feature] = attribution
    .filter(({ comparison }) => comparison?.kind === 'number')
    .sort((one, other) => other.share - one.share);
  if (feature === undefined) return null;
  return (
    <Section
      id={`logAnomaliesValues-${resultId}`}
      title={i18n.translate('logAnomalies.values.title', {
        defaultMessage: '{feature} over time, beside what is usual',
        values: { feature: printable(feature.feature, SHOWN_CHARACTERS) },
      })}
    >
      <ValueOverTime resultId={resultId} feature={feature.feature} range={range} />
    </Section>
  );
}

function ValueOverTime(props: {
  resultId: string;
  feature: string;
  range: Interval | undefined;
}): ReactElement {
  const { resultId, feature, range } = props;
  const { api } = useApp();
  const request = useRequest(
    (signal) =>
      api(
        'getValueOverTime',
        {
          params: { result_id: resultId },
          query: { feature, ...(range && { from: range.from, to: range.to }) },
        },
        signal,
      ),
    [api, resultId, feature, range?.from, range?.to],
  );
  return <RequestState request={request}>{(values) => <ValueChart values={values} />}</RequestState>;
}

function ValueChart({ values }: { values: Values }): ReactElement {
  const { field, unit, of, within, points, anomalies, interval_ms: interval } = values;
  const { euiTheme } = useEuiTheme();
  const severityColors = useSeverityColors();
  const text = (value: number): string => valueText(value, { field, unit });
  const rows = points.map(({ time, median, max, usual }) => ({
    time: Date.parse(time),
    median,
    max,
    low: usual?.low ?? null,
    high: usual?.high ?? null,
  }));
  const label = i18n.translate('logAnomalies.values.label', {
    defaultMessage: '{field} over time, the usual range and the anomalies',
    values: { field },
  });
  if (rows.every(({ median }) => median === null) && anomalies.length === 0) {
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
  }
  const first = Math.min(...rows.map(({ time }) => time));
  const last = Math.max(...rows.map(({ time }) => time)) + interval;
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
  const shown = rows.map(({ time, median, max, low, high }) => ({
    time,
    median: drawn(median),
    max: drawn(max),
    low: drawn(low),
    high: drawn(high),
  }));
  const scales = {
    xScaleType: ScaleType.Time,
    yScaleType: scale.kind === 'log' ? ScaleType.Log : ScaleType.Linear,
    xAccessor: 'time',
  } as const;
  const usual = i18n.translate('logAnomalies.values.usual', { defaultMessage: 'Usual' });
  const actual =
    of === 'buckets'
      ? i18n.translate('logAnomalies.values.actual', { defaultMessage: 'Actual' })
      : i18n.translate('logAnomalies.values.median', { defaultMessage: 'Median' });
  return (
    <div data-test-subj="logAnomaliesValueChart">
      <TimeChart
        range={{ from: first, to: last }}
        intervalMilliseconds={interval}
        label={label}
        height={HEIGHT}
        legend={Position.Top}
      >
        <Axis
          id="value_axis"
          position={Position.Left}
          title={field}
          ticks={5}
          tickFormat={text}
          {...(scale.kind === 'log' && {
            domain: { min: scale.smallest, max: NaN, logMinLimit: scale.smallest },
          })}
        />
        <AreaSeries
          id="usual"
          name={usual}
          {...scales}
          yAccessors={['high']}
          y0Accessors={['low']}
          color={euiTheme.colors.mediumShade}
          areaSeriesStyle={{ area: { opacity: 0.4 }, line: { visible: false }, point: { visible: false } }}
          data={shown.filter(({ high }) => high !== null)}
        />
        {of === 'logs' && (
          <LineSeries
            id="largest"
            name={i18n.translate('logAnomalies.values.largest', { defaultMessage: 'Largest' })}
            {...scales}
            yAccessors={['max']}
            color={euiTheme.colors.accent}
            lineSeriesStyle={{ line: { strokeWidth: 1, opacity: 0.6 }, point: { visible: false } }}
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
        {SEVERITIES.map(({ name }) => {
          const own = anomalies.filter(({ severity }) => severity === name);
          return own.length === 0 ? null : (
            <LineSeries
              key={name}
              id={`anomalies_${name}`}
              name={i18n.translate('logAnomalies.values.anomalies', {
                defaultMessage: 'Anomalies, {severity}',
                values: { severity: severityName(name) },
              })}
              {...scales}
              yAccessors={['value']}
              color={severityColors[name]}
              lineSeriesStyle={{
                line: { visible: false },
                point: { visible: true, radius: 4, fill: severityColors[name] },
              }}
              data={own.map(({ time, value }) => ({ time: Date.parse(time), value: drawn(value) }))}
            />
          );
        })}
      </TimeChart>
      {scale.kind === 'log' && (
        <EuiText size="xs" color="subdued" data-test-subj="logAnomaliesLogAxis">
          <p>
            {i18n.translate('logAnomalies.values.log', {
              defaultMessage: 'Logarithmic axis: the largest value is {times} times the usual ones',
              values: { times: formatCount(Math.round(scale.times)) },
            })}
          </p>
        </EuiText>
      )}
      {within.length > 0 && (
        <EuiText size="xs" color="subdued" className="eui-textBreakWord">
          <p>
            {i18n.translate('logAnomalies.values.within', {
              defaultMessage: 'Logs with {values}',
              values: {
                values: within
                  .map((each) => `${each.field}: ${printable(each.value, SHOWN_CHARACTERS)}`)
                  .join(', '),
              },
            })}
          </p>
        </EuiText>
      )}
    </div>
  );
}
