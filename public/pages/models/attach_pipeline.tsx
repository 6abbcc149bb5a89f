import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiCheckbox,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { CollapsedRequest } from '../../shared/layout/collapsed_request';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';

type Planned = Answer<'planAttachment'>['component_template'];

/** The ways to send logs through the pipeline, each as the requests that it takes; the first can be had by a button. */
export function AttachPipeline(props: {
  detectorId: string;
  close: () => void;
  attach: (body: { component_template: boolean }) => Promise<boolean>;
}): ReactElement {
  const { detectorId, close, attach } = props;
  const { api } = useApp();
  const [withTemplate, setWithTemplate] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const request = useRequest(
    (signal) => api('planAttachment', { params: { id: detectorId } }, signal),
    [api, detectorId],
  );
  const indices = request.value?.indices ?? [];
  return (
    <EuiFlyout onClose={close} size="m" aria-labelledby="logAnomaliesAttachTitle" ownFocus>
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesAttachTitle">
            {i18n.translate('logAnomalies.attach.title', {
              defaultMessage: 'Ways to send logs through the pipeline',
            })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody data-test-subj="logAnomaliesAttachPlan">
        <RequestState request={request}>
          {(plan) => (
            <AttachmentPlan plan={plan} withTemplate={withTemplate} setWithTemplate={setWithTemplate} />
          )}
        </RequestState>
      </EuiFlyoutBody>
      <FlyoutFooter
        close={close}
        closeLabel={i18n.translate('logAnomalies.attach.close', { defaultMessage: 'Change nothing' })}
      >
        <EuiButton
          fill
          isLoading={isBusy}
          isDisabled={indices.length === 0}
          onClick={async () => {
            setIsBusy(true);
            await attach({ component_template: withTemplate });
            close();
          }}
          data-test-subj="logAnomaliesAttachNow"
        >
          {i18n.translate('logAnomalies.attach.now', {
            defaultMessage:
              '{count, plural, one {Make it the final pipeline of this index} other {Make it the final pipeline of # indices}}',
            values: { count: indices.length },
          })}
        </EuiButton>
      </FlyoutFooter>
    </EuiFlyout>
  );
}

const PlannedRequest = ({ planned: { method, path, body, why } }: { planned: Planned }): ReactElement => (
  <>
    <EuiSpacer size="s" />
    <EuiText size="xs" color="subdued">
      {why}
    </EuiText>
    <CollapsedRequest
      id={`logAnomaliesRequest-${path}`}
      label={i18n.translate('logAnomalies.attach.request', { defaultMessage: 'The request' })}
      text={`${method} ${path}\n${JSON.stringify(body, null, 2)}`}
    />
  </>
);

/** Shows the requests of each way, and the choice of a component template for indices to come. */
function AttachmentPlan({
  plan,
  withTemplate,
  setWithTemplate,
}: {
  plan: Answer<'planAttachment'>;
  withTemplate: boolean;
  setWithTemplate: (withTemplate: boolean) => void;
}): ReactElement {
  return (
    <>
      <EuiTitle size="xs">
        <h3>
          {i18n.translate('logAnomalies.attach.final', {
            defaultMessage: '1. As the final pipeline of indices that are there',
          })}
        </h3>
      </EuiTitle>
      <EuiText size="s">
        {i18n.translate('logAnomalies.attach.finalHelp', {
          defaultMessage:
            'Logs of {indices} are scored after every other pipeline. The button below makes these requests with your rights:',
          values: { indices: plan.indices.join(', ') },
        })}
      </EuiText>
      {plan.requests.map((planned) => (
        <PlannedRequest key={planned.path} planned={planned} />
      ))}
      <EuiSpacer size="m" />
      <EuiTitle size="xs">
        <h3>
          {i18n.translate('logAnomalies.attach.template', {
            defaultMessage: '… and of indices to come',
          })}
        </h3>
      </EuiTitle>
      <EuiText size="s">
        {i18n.translate('logAnomalies.attach.templateHelp', {
          defaultMessage:
            'This component template says the same. Name it in "composed_of" of the index template of your logs; index templates are never changed by us.',
        })}
      </EuiText>
      <PlannedRequest planned={plan.component_template} />
      <EuiSpacer size="s" />
      <EuiCheckbox
        id="logAnomaliesAttachTemplate"
        checked={withTemplate}
        onChange={(event) => setWithTemplate(event.target.checked)}
        label={i18n.translate('logAnomalies.attach.withTemplate', {
          defaultMessage: 'Write the component template as well',
        })}
      />
      <EuiSpacer size="m" />
      <EuiTitle size="xs">
        <h3>
          {i18n.translate('logAnomalies.attach.processor', {
            defaultMessage: '2. From a pipeline that the logs go through already',
          })}
        </h3>
      </EuiTitle>
      <EuiText size="s">
        {i18n.translate('logAnomalies.attach.processorHelp', {
          defaultMessage: 'Add this as its last processor; then nothing else is needed:',
        })}
      </EuiText>
      <CollapsedRequest
        id="logAnomaliesProcessor"
        label={i18n.translate('logAnomalies.attach.processorText', {
          defaultMessage: 'The processor',
        })}
        text={JSON.stringify(plan.processor, null, 2)}
      />
    </>
  );
}
