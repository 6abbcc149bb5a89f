import React, { type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Draft } from './draft/draft';
import { settingLabel } from './draft/setting_label';

/** All problems of a draft where it is saved: that of a setting may stand far above, or in a part that is folded away. */
export function ProblemList(props: {
  problems: ReadonlyMap<string, string>;
  draft: Draft;
}): ReactElement | null {
  const { problems, draft } = props;
  if (problems.size === 0) return null;
  return (
    <>
      <EuiCallOut
        color="danger"
        iconType="warning"
        data-test-subj="logAnomaliesFormProblems"
        title={i18n.translate('logAnomalies.form.problems', {
          defaultMessage: 'Some settings need another look',
        })}
      >
        <ul>
          {[...problems].map(([path, text]) => (
            <li key={path}>
              <strong>{settingLabel(path, draft)}:</strong> {text}
            </li>
          ))}
        </ul>
      </EuiCallOut>
      <EuiSpacer />
    </>
  );
}
