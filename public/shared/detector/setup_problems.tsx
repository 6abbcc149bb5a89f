import React, { type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../app/app_context';
import { CollapsedRequest } from '../layout/collapsed_request';
import { useRequest } from '../requests/use_request';

/** Shows problems that keep detectors from being saved or run here, such as a missing encryption key, and their solution. */
export function SetupProblems(): ReactElement | null {
  const { api } = useApp();
  const { value } = useRequest((signal) => api('checkSetup', {}, signal), [api]);
  if (value === undefined || value.problems.length === 0) return null;
  return (
    <>
      <EuiCallOut
        color="warning"
        iconType="warning"
        data-test-subj="logAnomaliesSetupProblems"
        title={i18n.translate('logAnomalies.setup.title', {
          defaultMessage: 'Something is missing before detectors can run here',
        })}
      >
        <ul>
          {value.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
        {value.needed_role && (
          <CollapsedRequest
            id="logAnomaliesNeededRole"
            label={i18n.translate('logAnomalies.setup.role', {
              defaultMessage: 'The role as an administrator can enter it',
            })}
            text={JSON.stringify(value.needed_role, null, 2)}
          />
        )}
      </EuiCallOut>
      <EuiSpacer />
    </>
  );
}
