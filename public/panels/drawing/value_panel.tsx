import React, { type ReactElement } from 'react';
import { EuiFlexGroup, EuiFlexItem, EuiLink, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Annotation } from '../../../common/annotations';
import { entityText } from '../../../common/detector/entity_fields';
import { DAY } from '../../../common/duration';
import { printable } from '../../../common/printable';
import type { Answer } from '../../shared/app/api_client';
import { useRequest } from '../../shared/requests/use_request';
import { FewLines } from '../../shared/results/few_lines';
import { firstWithValues } from '../../shared/results/numeric_results';
import type { Found } from '../../shared/results/results_table';
import { reasonText } from '../../shared/results/sentence_text';
import { ValueChart } from '../../shared/results/value_chart';
import { formatTime } from '../../shared/values/format';
import { SeverityLabel } from '../../shared/values/severity';
import { PanelFrame } from './panel_frame';
import { marksOf, scopeOf, type PanelProps } from './panel_scope';

/** Results that are looked through for one with a number. */
const MOST_RESULTS = 100;
/** A time without an anomaly is shown by the model of the last one before, not older than this. */
const LOOKED_BACK_MILLISECONDS = 30 * DAY;
const SHOWN_CHARACTERS = 60;

interface Shown {
  readonly found: Found;
  readonly values: Answer<'getValueOverTime'>;
  readonly annotations: readonly Annotation[];
}

/**
 * A number over the time of the dashboard beside what is usual: of the chosen entity and feature, or of the most severe anomaly that
 * has a number. Time without an anomaly is drawn as well, by what the last anomaly before it says.
 */
export function ValuePanel({ core, api, config, drawing, drawn, choose }: PanelProps): ReactElement {
  const request = useRequest<Shown | null>(
    async (signal) => {
      const { from, to, ...scope } = scopeOf(config);
      const { entity, feature } = config;
      const find = async (range: { from: number; to: number }, sort: 'severity' | 'time') => {
        const query = {
          ...scope,
          ...range,
          ...(entity && { entity }),
          ...(feature && { feature }),
          sort,
          size: MOST_RESULTS,
        };
        return (await api('searchResults', { query }, signal)).results;
      };
      const shown = await firstWithValues<Found, Answer<'getValueOverTime'>>(
        [
          () => find({ from, to }, 'severity'),
          () => find({ from: from - LOOKED_BACK_MILLISECONDS, to: from }, 'time'),
        ],
        {
          wanted: feature,
          read: (found, numeric) =>
            api(
              'getValueOverTime',
              { params: { result_id: found.id }, query: { feature: numeric, from, to } },
              signal,
            ),
        },
      );
      if (shown === null) return null;
      const values = shown.values.within.map((each) => each.value);
      const whole = entityText(values);
      const names = whole === undefined ? [] : [whole, ...values];
      const annotations = await marksOf({ api, config }, { range: { from, to }, names }, signal);
      return { ...shown, annotations };
    },
    [api, JSON.stringify(config)],
    undefined,
    drawing,
  );
  return (
    <PanelFrame
      request={request}
      drawn={drawn}
      isEmpty={(shown) => shown === null}
      empty={config.feature === '' ? undefined : noNumberText(config.feature)}
    >
      {(shown) =>
        shown === null ? (
          <></>
        ) : (
          <div style={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
            <About
              found={shown.found}
              href={core.application.getUrlForApp('logAnomalies', { path: `/results/${shown.found.id}` })}
            />
            <div style={{ flex: '1 1 0', minHeight: 0 }}>
              <ValueChart
                values={shown.values}
                annotations={shown.annotations}
                height="100%"
                choose={(range) => choose({ range })}
              />
            </div>
          </div>
        )
      }
    </PanelFrame>
  );
}

/** Says what else may be wrong where a feature was chosen, which is one of all that had anomalies. */
const noNumberText = (feature: string): string =>
  i18n.translate('logAnomalies.panel.noNumber', {
    defaultMessage:
      'Nothing here. Choose a longer time or fewer filters, or another feature: "{feature}" may have no number, as a route or a template has none.',
    values: { feature: printable(feature, SHOWN_CHARACTERS) },
  });

/** The anomaly that the chart is drawn for, in one line. */
const About = ({ found: { result }, href }: { found: Found; href: string }): ReactElement => (
  <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} style={{ flexGrow: 0 }}>
    <EuiFlexItem grow={false}>
      <SeverityLabel severity={result.anomaly.severity} confidence={result.anomaly.confidence} />
    </EuiFlexItem>
    <EuiFlexItem grow={false}>
      <EuiText size="xs">
        <EuiLink href={href}>{formatTime(result['@timestamp'])}</EuiLink>
      </EuiText>
    </EuiFlexItem>
    <EuiFlexItem>
      <EuiText size="xs" color="subdued" className="eui-textBreakWord">
        <FewLines lines={1} text={reasonText(result.anomaly)} />
      </EuiText>
    </EuiFlexItem>
  </EuiFlexGroup>
);
