import React, { type ReactElement } from 'react';
import { EuiCallOut, EuiCheckbox, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Draft } from './draft/draft';
import type { FieldOfNoLog } from './draft/fields_of_no_log';
import { settingLabel } from '../../shared/values/setting_label';

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

/** Lets people say that logs will have fields which none has now. */
export function WaitForFields(props: {
  unseen: readonly FieldOfNoLog[];
  isWaitedFor: boolean;
  change: (isWaitedFor: boolean) => void;
}): ReactElement | null {
  const { unseen, isWaitedFor, change } = props;
  if (unseen.length === 0) return null;
  return (
    <>
      <EuiCheckbox
        id="logAnomaliesWaitForFields"
        label={i18n.translate('logAnomalies.form.waitForFields', {
          defaultMessage: 'Logs that have {fields} will come',
          values: { fields: unseen.map(({ field }) => field).join(', ') },
        })}
        checked={isWaitedFor}
        onChange={(event) => change(event.target.checked)}
      />
      <EuiSpacer />
    </>
  );
}
