import React, { useEffect, type ReactElement } from 'react';
import {
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageTemplate,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { detectorPath, incidentPath } from '../../shared/app/location';
import { AppLink } from '../../shared/app/app_link';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { IncidentActions } from '../../shared/incidents/incident_actions';
import { IncidentStateBadge } from '../../shared/incidents/incident_state';
import { IncidentSummary } from '../../shared/incidents/incident_summary';
import {
  closedBecauseText,
  incidentTime,
  incidentTitle,
  isGoingOn,
} from '../../shared/incidents/incident_text';
import { incidentFacts } from '../../shared/incidents/incidents_table';
import { FailurePrompt, RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { firstNumberOf } from '../../shared/results/numeric_results';
import { formatCount, formatTime } from '../../shared/values/format';
import { SeverityLabel } from '../../shared/values/severity';
import { laneNames } from '../../shared/detector/lane_names';
import type { IncidentBody } from '../../../common/api';
import { resultsOf } from '../../../common/incidents';
import { HOUR, MINUTE } from '../../../common/duration';
import { ValueSection } from '../anomalies/value_over_time';
import { ChangeSection } from '../changes/change_section';
import { IncidentHistory } from './incident_history';
import { IncidentLinks } from './incident_links';
import { IncidentLogs } from './incident_logs';
import { IncidentTimeline } from './incident_timeline';

const POLL_MILLISECONDS = 15_000;

/** One incident: how severe, since when, why, its logs over time and one by one, and what people did with it. */
export default function IncidentPage({ id }: { id: string }): ReactElement {
  const { api, go, redirect } = useApp();
  const request = useRequest(
    (signal) => api('getIncident', { params: { incident_id: id } }, signal),
    [api, id],
    POLL_MILLISECONDS,
  );
  const { value } = request;
  const mergedInto = value?.incident.merged_into;
  useEffect(() => {
    if (mergedInto !== undefined) redirect(incidentPath(mergedInto));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when it is known
  }, [mergedInto]);
  const isGone = request.failure?.status === 404;
  const title =
    value === undefined || isGone
      ? i18n.translate('logAnomalies.incident.page', { defaultMessage: 'Incident' })
      : incidentTitle(value.incident);
  useBreadcrumbs(title);
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesIncident">
      <EuiPageTemplate.Header
        alignItems="top"
        pageTitle={<span className="eui-textBreakWord">{title}</span>}
        description={value && !isGone && <Facts incident={value.incident} />}
      />
      <EuiPageTemplate.Section>
        {isGone && request.failure ? (
          <FailurePrompt failure={request.failure} home={() => go('/')} />
        ) : (
          <RequestState request={request} home={() => go('/')}>
            {({ incident, timeline, hidden }) => (
              <>
                <IncidentActions incident={incident} changed={request.reload} />
                <EuiSpacer size="m" />
                <IncidentTimeline incident={incident} timeline={timeline} />
                <EuiSpacer size="m" />
                <EuiFlexGroup alignItems="flexStart" wrap>
                  <EuiFlexItem grow={2} style={{ minWidth: 0, flexBasis: 480 }}>
                    <EuiPanel hasBorder hasShadow={false}>
                      <IncidentSummary incident={incident} />
                      <IncidentLinks incident={incident} />
                    </EuiPanel>
                  </EuiFlexItem>
                  <EuiFlexItem grow={1} style={{ minWidth: 0, flexBasis: 300 }}>
                    <IncidentHistory incident={incident} />
                  </EuiFlexItem>
                </EuiFlexGroup>
                <IncidentValues incident={incident} />
                <IncidentChange incident={incident} />
                <EuiSpacer size="m" />
                <EuiTitle size="xs">
                  <h2>
                    {i18n.translate('logAnomalies.incident.itsLogs', { defaultMessage: 'Its anomalies' })}
                  </h2>
                </EuiTitle>
                {hidden > 0 && (
                  <EuiText size="xs" color="subdued">
                    {i18n.translate('logAnomalies.incident.hidden', {
                      defaultMessage:
                        '{total, plural, one {{count}{isMore, select, yes { more} other {}} is} other {{count}{isMore, select, yes { more} other {}} are}} hidden or judged not to be anomalies.',
                      values: {
                        total: hidden,
                        count: formatCount(hidden),
                        isMore: resultsOf(incident) > 0 ? 'yes' : 'no',
                      },
                    })}
                  </EuiText>
                )}
                <IncidentLogs incident={incident} judged={request.reload} />
              </>
            )}
          </RequestState>
        )}
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}

/** Logs of so long before and after an incident are shown with its value. */
const AROUND_VALUES = 2 * HOUR;

/** Value over time of the first number among the reasons of an incident, those of its most severe anomaly first. */
function IncidentValues({ incident }: { incident: IncidentBody }): ReactElement | null {
  const { reasons, start, end } = incident;
  const number = firstNumberOf(reasons);
  if (number === undefined) return null;
  const range = { from: Date.parse(start) - AROUND_VALUES, to: Date.parse(end) + AROUND_VALUES };
  return (
    <ValueSection
      isOpenAtFirst
      resultId={number.reason.result_id}
      attribution={number.reason.attribution}
      feature={number.feature}
      range={range}
    />
  );
}

/** The time of an incident is at least so long when its logs are compared with those before. */
const LEAST_WINDOW = 5 * MINUTE;

/** Explanation of an incident: its time against the time before, in the logs of its leading detector. */
function IncidentChange({ incident }: { incident: IncidentBody }): ReactElement | null {
  const { detectors, scope } = incident;
  const [start, end] = [Date.parse(incident.start), Date.parse(incident.end)];
  const around = Math.max(0, LEAST_WINDOW - (end - start)) / 2;
  if (detectors.length === 0) return null;
  return (
    <ChangeSection
      detectorId={detectors[0].id}
      window={{ from: Math.floor(start - around), to: Math.ceil(end + around) + 1 }}
      entity={scope.kind === 'entity' ? scope.value : undefined}
    />
  );
}

/** The facts of an incident on one line: how severe, state, since when, how long, how many, who looks at it, who found it. */
function Facts({ incident }: { incident: IncidentBody }): ReactElement {
  const { severity, confidence, state, assignee, detectors, closes_at: closesAt } = incident;
  const names = laneNames(detectors.map(({ id, name }) => ({ id, detector: { name } })));
  const facts = [
    <SeverityLabel key="severity" severity={severity} confidence={confidence} size="s" />,
    <IncidentStateBadge key="state" state={state} />,
    incidentTime(incident),
    incidentFacts(incident),
    ...(assignee === undefined
      ? []
      : [
          i18n.translate('logAnomalies.incident.assignedTo', {
            defaultMessage: 'assigned to {name}',
            values: { name: assignee },
          }),
        ]),
    <span key="found">
      {i18n.translate('logAnomalies.incident.foundBy', { defaultMessage: 'found by' })}{' '}
      {[...names].map(([id, name], place) => (
        <React.Fragment key={id}>
          {place > 0 && ', '}
          <AppLink to={detectorPath(id)}>{name}</AppLink>
        </React.Fragment>
      ))}
    </span>,
    isGoingOn(incident)
      ? i18n.translate('logAnomalies.incident.closesAt', {
          defaultMessage: 'closes by itself at {time} if nothing comes',
          values: { time: formatTime(closesAt) },
        })
      : closedBecauseText(incident),
  ];
  return (
    <EuiText size="s">
      <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} wrap>
        {facts.map(
          (fact, place) =>
            fact !== undefined && (
              <EuiFlexItem grow={false} key={place}>
                {fact}
              </EuiFlexItem>
            ),
        )}
      </EuiFlexGroup>
    </EuiText>
  );
}
