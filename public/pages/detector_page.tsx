import React, { lazy, Suspense, useEffect, useState, type ReactElement } from 'react';
import { EuiButtonEmpty, EuiFlexGroup, EuiFlexItem, EuiPageTemplate, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../shared/app/app_context';
import { DETECTOR_TABS, detectorPath, type DetectorTab } from '../shared/app/location';
import { CreateRuleButton } from '../rule_form/create_rule_button';
import { DetectorStateBadge } from '../shared/detector/detector_state';
import { formatSpan } from '../shared/values/format';
import { FailingCallout } from '../shared/detector/failing_callout';
import { ReadinessCallouts } from '../shared/detector/readiness_callouts';
import { FailurePrompt, LoadingPrompt, RequestState } from '../shared/requests/request_state';
import { useAction } from '../shared/requests/use_action';
import { useRequest } from '../shared/requests/use_request';
import { useRecentlyViewed } from '../shared/detector/recently_viewed';
import type { DetectorView } from '../shared/detector/detector_view';
import { useBreadcrumbs } from '../shared/layout/use_breadcrumbs';
import { LEAST_TITLE } from '../shared/layout/page_title';

const AnomaliesTab = lazy(() => import('./anomalies/anomalies_tab'));
const PatternsTab = lazy(() => import('./patterns/patterns_tab'));
const FeedbackTab = lazy(() => import('./feedback/feedback_tab'));
const WhatIfTab = lazy(() => import('./what_if/what_if_tab'));
const ModelsTab = lazy(() => import('./models/models_tab'));
const SettingsTab = lazy(() => import('./settings/settings_tab'));
const JobsTab = lazy(() => import('./jobs/jobs_tab'));

const POLL_MILLISECONDS = 5_000;
/** While people wait for a model, or for what it finds in the past. */
const POLL_WORK_MILLISECONDS = 2_000;

const isUnderWay = ({ training, backfill }: DetectorView['status']): boolean =>
  [training?.state, backfill?.state].some((state) => state === 'queued' || state === 'running');

function tabName(tab: DetectorTab): string {
  switch (tab) {
    case 'anomalies':
      return i18n.translate('logAnomalies.tab.anomalies', { defaultMessage: 'Anomalies' });
    case 'patterns':
      return i18n.translate('logAnomalies.tab.patterns', { defaultMessage: 'Patterns' });
    case 'feedback':
      return i18n.translate('logAnomalies.tab.feedback', { defaultMessage: 'Feedback & quiet times' });
    case 'what_if':
      return i18n.translate('logAnomalies.tab.whatIf', { defaultMessage: 'What would have alerted?' });
    case 'models':
      return i18n.translate('logAnomalies.tab.models', { defaultMessage: 'Models' });
    case 'jobs':
      return i18n.translate('logAnomalies.tab.jobs', { defaultMessage: 'Jobs' });
    case 'settings':
      return i18n.translate('logAnomalies.tab.settings', { defaultMessage: 'Settings' });
  }
}

/** One detector: what it found, its models, its work. */
export default function DetectorPage({ id, tab }: { id: string; tab: DetectorTab }): ReactElement {
  const { api, go, hrefOf } = useApp();
  const [isAtWork, setIsAtWork] = useState(false);
  const request = useRequest(
    async (signal) => {
      const params = { params: { id } };
      const [record, status] = await Promise.all([
        api('getDetector', params, signal),
        api('getStatus', params, signal),
      ]);
      return { record, status };
    },
    [api, id],
    isAtWork ? POLL_WORK_MILLISECONDS : POLL_MILLISECONDS,
  );

  const view = request.value;
  useEffect(() => setIsAtWork(view !== undefined && isUnderWay(view.status)), [view]);
  const isGone = request.failure?.status === 404;
  const name = isGone
    ? i18n.translate('logAnomalies.detector.gone', { defaultMessage: 'This detector is not here' })
    : (view?.record.detector.name ??
      i18n.translate('logAnomalies.overview.name', { defaultMessage: 'Detector' }));
  useBreadcrumbs(name, tabName(tab));
  useRecentlyViewed(id, isGone ? undefined : view?.record.detector.name);
  const buttons = useDetectorButtons(isGone ? undefined : view, { id, name, reload: request.reload });
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesDetector">
      <EuiPageTemplate.Header
        // Else the tabs would share a row with the buttons.
        alignItems="top"
        pageTitle={<span style={LEAST_TITLE}>{name}</span>}
        description={view && !isGone && <HeaderLine record={view.record} status={view.status} />}
        rightSideItems={buttons}
        tabs={(isGone ? [] : DETECTOR_TABS).map((each) => ({
          label: tabName(each),
          isSelected: each === tab,
          href: hrefOf(detectorPath(id, each)),
          onClick: (event: React.MouseEvent) => {
            event.preventDefault();
            go(detectorPath(id, each));
          },
          // Kibana's header would break long names into two lines.
          className: 'eui-textNoWrap',
          'data-test-subj': `logAnomaliesTab-${each}`,
        }))}
      />
      <EuiPageTemplate.Section>
        {isGone && request.failure ? (
          <FailurePrompt failure={request.failure} home={() => go('/')} />
        ) : (
          <RequestState request={request}>
            {({ record, status }) => (
              <Suspense fallback={<LoadingPrompt />}>
                <FailingCallout status={status} />
                <ReadinessCallouts findings={status.readiness ?? []} />
                <CurrentTab tab={tab} view={{ record, status, reload: request.reload }} />
              </Suspense>
            )}
          </RequestState>
        )}
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}

function CurrentTab({ tab, view }: { tab: DetectorTab; view: DetectorView }): ReactElement {
  switch (tab) {
    case 'anomalies':
      return <AnomaliesTab {...view} />;
    case 'patterns':
      return <PatternsTab {...view} />;
    case 'feedback':
      return <FeedbackTab {...view} />;
    case 'what_if':
      return <WhatIfTab {...view} />;
    case 'models':
      return <ModelsTab {...view} />;
    case 'settings':
      return <SettingsTab {...view} />;
    case 'jobs':
      return <JobsTab {...view} />;
  }
}

/** State, logs and lag of the detector. */
function HeaderLine({ record, status }: Pick<DetectorView, 'record' | 'status'>): ReactElement {
  return (
    <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <DetectorStateBadge status={status} />
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiText size="s" color="subdued">
          {record.detector.source.index}
        </EuiText>
      </EuiFlexItem>
      {status.lag_ms !== undefined && (
        <EuiFlexItem grow={false}>
          <EuiText size="s" color="subdued">
            {i18n.translate('logAnomalies.detector.lag', {
              defaultMessage: '{lag} behind now',
              values: { lag: formatSpan(status.lag_ms) },
            })}
          </EuiText>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

/** Returns what can be done with the detector; nothing for those who may only look. */
function useDetectorButtons(
  view: Pick<DetectorView, 'record'> | undefined,
  { id, name, reload }: { id: string; name: string; reload: () => void },
): ReactElement[] {
  const { api, go, canWrite } = useApp();
  const { run, isBusy } = useAction(reload);
  const params = { params: { id } };
  if (view === undefined || !canWrite) return [];
  return [
    <CreateRuleButton key="rule" detectorId={id} detectorName={name} />,
    <EuiButtonEmpty key="edit" iconType="pencil" onClick={() => go(detectorPath(id, 'edit'))}>
      {i18n.translate('logAnomalies.action.edit', { defaultMessage: 'Edit' })}
    </EuiButtonEmpty>,
    <EuiButtonEmpty
      key="train"
      iconType="refresh"
      isLoading={isBusy}
      onClick={() =>
        run(
          () => api('trainDetector', params),
          i18n.translate('logAnomalies.action.trained', {
            defaultMessage: '{name} is being trained',
            values: { name },
          }),
        )
      }
    >
      {i18n.translate('logAnomalies.action.train', { defaultMessage: 'Train' })}
    </EuiButtonEmpty>,
    <EuiButtonEmpty
      key="run"
      iconType={view.record.enabled ? 'stop' : 'play'}
      isLoading={isBusy}
      onClick={() => run(() => api(view.record.enabled ? 'stopDetector' : 'startDetector', params))}
    >
      {view.record.enabled
        ? i18n.translate('logAnomalies.action.stop', { defaultMessage: 'Stop' })
        : i18n.translate('logAnomalies.action.start', { defaultMessage: 'Start' })}
    </EuiButtonEmpty>,
  ];
}
