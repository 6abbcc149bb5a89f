import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiLink, EuiProgress, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Attribution } from '../../../common/anomaly';
import { FewLines } from '../../shared/results/few_lines';
import { formatShare } from '../../shared/values/format';
import { sentenceText } from '../../shared/results/sentence_text';

/** Shows the share of each feature in a score and the usual value. A click on a feature filters by it. */
export function AttributionBars(props: {
  attribution: readonly Attribution[];
  choose?: (feature: string) => void;
}): ReactElement {
  const { attribution, choose } = props;
  return (
    <EuiBasicTable<Attribution>
      compressed
      items={[...attribution].sort((left, right) => right.share - left.share)}
      itemId="feature"
      tableCaption={i18n.translate('logAnomalies.attribution.caption', {
        defaultMessage: 'Share of each feature in the score',
      })}
      columns={[
        {
          field: 'feature',
          name: i18n.translate('logAnomalies.attribution.feature', { defaultMessage: 'Feature' }),
          width: '22%',
          render: (feature: string) =>
            choose === undefined ? (
              feature
            ) : (
              <EuiLink
                onClick={() => choose(feature)}
                title={i18n.translate('logAnomalies.attribution.choose', {
                  defaultMessage: 'Only anomalies that {feature} stands out in',
                  values: { feature },
                })}
                data-test-subj="logAnomaliesChooseFeature"
              >
                {feature}
              </EuiLink>
            ),
        },
        {
          field: 'share',
          name: i18n.translate('logAnomalies.attribution.share', { defaultMessage: 'Share in the score' }),
          width: '18%',
          render: (share: number, { feature }: Attribution) => (
            <div style={{ width: '100%', paddingRight: 16 }}>
              <EuiProgress
                size="m"
                color="danger"
                max={1}
                value={share}
                aria-label={feature}
                valueText={formatShare(share)}
                label=" "
              />
            </div>
          ),
        },
        {
          name: i18n.translate('logAnomalies.attribution.sentence', {
            defaultMessage: 'Value, and what is usual',
          }),
          render: (feature: Attribution) => (
            <EuiText size="xs" className="eui-textBreakWord">
              <FewLines lines={4} text={sentenceText(feature)} />
            </EuiText>
          ),
        },
      ]}
    />
  );
}
