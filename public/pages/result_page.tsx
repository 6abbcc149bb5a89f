import React, { useEffect, type ReactElement } from 'react';
import { EuiPageTemplate } from '@elastic/eui';
import { useApp } from '../shared/app/app_context';
import { detectorPath } from '../shared/app/location';
import { LoadingPrompt, RequestState } from '../shared/requests/request_state';
import { useRequest } from '../shared/requests/use_request';

/** Time shown before and after a result, in milliseconds. */
const SURROUNDINGS_MILLISECONDS = 15 * 60_000;

/** Target of the link in an alert: redirects to the anomalies around one result. */
export default function ResultPage({ id }: { id: string }): ReactElement {
  const { api, go, redirect } = useApp();
  const request = useRequest((signal) => api('getResult', { params: { result_id: id } }, signal), [api, id]);
  const result = request.value?.result;
  useEffect(() => {
    if (result === undefined) return;
    const time = Date.parse(result['@timestamp']);
    redirect(detectorPath(result.detector.id), {
      from: new Date(time - SURROUNDINGS_MILLISECONDS).toISOString(),
      to: new Date(time + SURROUNDINGS_MILLISECONDS).toISOString(),
      open: id,
      ...(result.result.type !== 'log' && { hidden: 'show' }),
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when it has come
  }, [result]);
  return (
    <EuiPageTemplate offset={0}>
      <RequestState request={request} home={() => go('/')}>
        {() => <LoadingPrompt />}
      </RequestState>
    </EuiPageTemplate>
  );
}
