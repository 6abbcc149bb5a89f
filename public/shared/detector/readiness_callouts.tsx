import React, { type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { icon } from '../../kibana/icons';
import type { ReadinessFinding } from '../../../common/api';
import { readinessText } from './readiness_text';
import { withSettingLabels } from '../values/setting_label';

const LOOKS = {
  blocking: { color: 'danger', iconType: 'error' },
  warning: { color: 'warning', iconType: 'warning' },
  hint: { color: 'primary', iconType: icon('iInCircle') },
} as const;

/** Lists the findings on a detector, each with its next step. */
export const ReadinessCallouts = ({ findings }: { findings: readonly ReadinessFinding[] }): ReactElement => (
  <>
    {findings.map((finding) => {
      const { message, nextStep } = readinessText(finding);
      return (
        <React.Fragment key={`${finding.kind} ${finding.message}`}>
          <EuiCallOut
            size="s"
            {...LOOKS[finding.level]}
            title={withSettingLabels(message)}
            data-test-subj={`logAnomaliesReadiness logAnomaliesReadiness-${finding.kind}`}
          >
            {withSettingLabels(nextStep)}
          </EuiCallOut>
          <EuiSpacer size="s" />
        </React.Fragment>
      );
    })}
  </>
);
