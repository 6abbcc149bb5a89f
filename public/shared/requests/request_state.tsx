import React, { type ReactElement } from 'react';
import { EuiButton, EuiCallOut, EuiEmptyPrompt, EuiLoadingSpinner, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { ApiFailure } from '../app/api_client';
import { failureTitle } from '../app/failure_title';
import { withSettingLabels } from '../values/setting_label';
import type { Request } from './use_request';

/** The answer of a request once it is there; before that, or instead of it, what the user can do. */
export function RequestState<Value>(props: {
  request: Request<Value>;
  /** Target of the link shown when the requested object does not exist. */
  home?: () => void;
  children: (value: Value) => ReactElement;
}): ReactElement {
  const { request, home, children } = props;
  if (request.value === undefined) {
    if (request.failure)
      return <FailurePrompt failure={request.failure} retry={request.reload} home={home} />;
    return <LoadingPrompt />;
  }
  return (
    <>
      {request.failure && (
        <>
          <EuiCallOut
            size="s"
            color="warning"
            iconType="warning"
            title={i18n.translate('logAnomalies.request.stale', {
              defaultMessage: 'The data may be outdated because the refresh failed: {reason}',
              values: { reason: request.failure.message },
            })}
          />
          <EuiSpacer size="m" />
        </>
      )}
      {children(request.value)}
    </>
  );
}

export const LoadingPrompt = (): ReactElement => (
  <EuiEmptyPrompt
    icon={
      <EuiLoadingSpinner
        size="xl"
        aria-label={i18n.translate('logAnomalies.request.loading', { defaultMessage: 'Loading' })}
      />
    }
  />
);

/** Shows the message of a failure and the next step. */
export function FailurePrompt(props: {
  failure: ApiFailure;
  retry?: () => void;
  /** Target of the link shown when the requested object does not exist. */
  home?: () => void;
}): ReactElement {
  const { failure, retry, home } = props;
  const title = failureTitle(failure.status);
  const isForbidden = failure.status === 403 || failure.status === 401;
  const isBusy = failure.status === 429;
  const isGone = failure.status === 404 && home !== undefined;
  return (
    <EuiEmptyPrompt
      color={isForbidden || isGone ? 'subdued' : isBusy ? 'warning' : 'danger'}
      iconType={isForbidden ? 'lock' : isGone ? icon('questionInCircle') : isBusy ? 'clock' : 'warning'}
      titleSize="s"
      data-test-subj={isForbidden ? 'logAnomaliesForbidden' : 'logAnomaliesFailure'}
      title={<h2>{title}</h2>}
      body={
        <>
          {failure.message !== title && (
            <p className="eui-textBreakWord">{withSettingLabels(failure.message)}</p>
          )}
          {isForbidden && (
            <p>
              {i18n.translate('logAnomalies.request.forbiddenNextStep', {
                defaultMessage:
                  'Ask an administrator for the Kibana privilege "Log Anomalies" and for the right to read the indices log-anomalies-*.',
              })}
            </p>
          )}
        </>
      }
      actions={
        isGone ? (
          <EuiButton onClick={home}>
            {i18n.translate('logAnomalies.unknownPage.home', { defaultMessage: 'To the detectors' })}
          </EuiButton>
        ) : (
          retry && (
            <EuiButton iconType="refresh" onClick={retry}>
              {i18n.translate('logAnomalies.request.retry', { defaultMessage: 'Try again' })}
            </EuiButton>
          )
        )
      }
    />
  );
}
