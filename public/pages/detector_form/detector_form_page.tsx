import React, { type ReactElement } from 'react';
import { EuiPageTemplate } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { handedSource } from '../../shared/detector/handed_source';
import { SetupProblems } from '../../shared/detector/setup_problems';
import { handedThreshold } from '../../shared/detector/handed_threshold';
import { DetectorForm } from './detector_form';
import { draftOf, emptyDraft, type Draft } from './draft/draft';

/** The draft of a new detector, over the logs that the address names. */
function newDraft(query: Readonly<Record<string, string>>): Draft {
  const handed = handedSource(query);
  if (handed === undefined) return emptyDraft();
  const { source, window } = handed;
  return { ...emptyDraft(), name: source.index, source, ...(window && { training: { window } }) };
}

/** @param id of the detector to edit; a new one without it */
export default function DetectorFormPage({ id }: { id?: string }): ReactElement {
  const { api, go, location } = useApp();
  const title =
    id === undefined
      ? i18n.translate('logAnomalies.form.createTitle', { defaultMessage: 'Create a detector' })
      : i18n.translate('logAnomalies.form.editTitle', { defaultMessage: 'Edit a detector' });
  useBreadcrumbs(title);
  const request = useRequest(
    async (signal) => (id === undefined ? undefined : api('getDetector', { params: { id } }, signal)),
    [api, id],
  );
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesForm">
      <EuiPageTemplate.Header pageTitle={title} />
      <EuiPageTemplate.Section>
        <SetupProblems />
        {id === undefined ? (
          <DetectorForm initial={newDraft(location.query)} />
        ) : (
          <RequestState
            request={request as typeof request & { value: NonNullable<typeof request.value> }}
            home={() => go('/')}
          >
            {(record) => {
              const draft = draftOf(record.detector);
              const threshold = handedThreshold(location.query, record.detector);
              return (
                <DetectorForm
                  initial={threshold === undefined ? draft : { ...draft, threshold }}
                  record={record}
                  isPreviewed={threshold !== undefined}
                />
              );
            }}
          </RequestState>
        )}
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}
