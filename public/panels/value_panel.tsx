import React, { type ReactElement } from 'react';
import { EuiFlexGroup, EuiFlexItem, EuiLink, EuiText } from '@elastic/eui';
import { DAY } from '../../common/duration';
import type { Answer } from '../shared/app/api_client';
import { useRequest } from '../shared/requests/use_request';
import { FewLines } from '../shared/results/few_lines';
import type { Found } from '../shared/results/results_table';
import { reasonText } from '../shared/results/sentence_text';
import { ValueChart } from '../shared/results/value_chart';
import { formatTime } from '../shared/values/format';
import { SeverityLabel } from '../shared/values/severity';
import { PanelFrame } from './panel_frame';
import { scopeOf, type PanelProps } from './panel_scope';

/** Results that are looked through for one with a number. */
const MOST_RESULTS = 100;
/** A time without an anomaly is shown by the model of the last one before, not older than this. */
const LOOKED_BACK_MILLISECONDS = 30 * DAY;

interface Shown {
  readonly found: Found;
  readonly values: Answer<'getValueOverTime'>;
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
      const find = async (range: { from: number; to: number }, sort: 'score' | 'time') => {
        const query = {
          ...scope,
          ...range,
          ...(entity && { entity }),
          ...(feature && { feature }),
          sort,
          size: MOST_RESULTS,
        };
        const { results } = await api('searchResults', { query }, signal);
        return results.find((found) => numberOf(found, feature) !== undefined);
      };
      const found =
        (await find({ from, to }, 'score')) ??
        (await find({ from: from - LOOKED_BACK_MILLISECONDS, to: from }, 'time'));
      if (found === undefined) return null;
      const query = { feature: numberOf(found, feature), from, to };
      const values = await api('getValueOverTime', { params: { result_id: found.id }, query }, signal);
      return { found, values };
    },
    [api, JSON.stringify(config), drawing],
  );
  return (
    <PanelFrame request={request} drawn={drawn} isEmpty={(shown) => shown === null}>
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
              <ValueChart values={shown.values} height="100%" choose={(range) => choose({ range })} />
            </div>
          </div>
        )
      }
    </PanelFrame>
  );
}

/** Returns the name of the feature with a number: the wanted one, or the one with the largest share. */
function numberOf({ result: { anomaly } }: Found, wanted: string): string | undefined {
  const [largest] = anomaly.attribution
    .filter(({ comparison, feature }) => comparison?.kind === 'number' && (!wanted || feature === wanted))
    .sort((one, other) => other.share - one.share);
  return largest?.feature;
}

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
