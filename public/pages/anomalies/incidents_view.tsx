import React, { type ReactElement } from 'react';
import {
  EuiButtonGroup,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiIconTip,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { incidentPath } from '../../shared/app/location';
import { IncidentActions } from '../../shared/incidents/incident_actions';
import { IncidentSummary } from '../../shared/incidents/incident_summary';
import { IncidentsTable } from '../../shared/incidents/incidents_table';
import { AppLink } from '../../shared/app/app_link';
import { RequestState } from '../../shared/requests/request_state';
import type { Request } from '../../shared/requests/use_request';
import { formatCount } from '../../shared/values/format';
import { severityHelpText } from '../../shared/values/scale_help';
import {
  INCIDENT_STATE_FILTERS,
  PAGE_SIZE,
  type ExplorerQuery,
  type IncidentStateFilter,
} from './explorer_query';

/** Incidents that a page of the explorer lists at first: few, so that the charts below them are seen. */
const INCIDENTS_SIZE = 10;

/** Incidents of a detector, the most severe first; a row opens for reasons and actions. */
export function IncidentsView(props: {
  chosen: ExplorerQuery;
  request: Request<Answer<'listIncidents'>>;
  changed: () => void;
}): ReactElement {
  const { chosen, request, changed } = props;
  const { setQuery } = useApp();
  const { page, size, open, incidentSort, order, state } = chosen;
  const narrows = chosen.query !== '' || chosen.feature !== undefined;
  return (
    <>
      {narrows && (
        <>
          <EuiCallOut
            size="s"
            title={i18n.translate('logAnomalies.incident.notNarrowed', {
              defaultMessage: 'The query and the feature choose among single anomalies, not among incidents',
            })}
          />
          <EuiSpacer size="s" />
        </>
      )}
      <RequestState request={request}>
        {({ total, incidents, states }) => (
          <>
            <EuiFlexGroup alignItems="center" responsive={false} gutterSize="m" wrap>
              <EuiFlexItem grow={false}>
                <EuiButtonGroup
                  buttonSize="compressed"
                  legend={i18n.translate('logAnomalies.overview.state', { defaultMessage: 'State' })}
                  idSelected={`state_${state}`}
                  options={INCIDENT_STATE_FILTERS.map((each) => ({
                    id: `state_${each}`,
                    label: filterText(each, states),
                  }))}
                  onChange={(id) =>
                    setQuery({
                      state: id === 'state_all' ? undefined : id.replace('state_', ''),
                      page: undefined,
                      open: undefined,
                    })
                  }
                />
              </EuiFlexItem>
              <EuiFlexItem grow={false}>
                <EuiText size="xs" color="subdued" data-test-subj="logAnomaliesIncidentsShown">
                  {i18n.translate('logAnomalies.incident.shown', {
                    defaultMessage: '{total, plural, one {{count} incident} other {{count} incidents}}',
                    values: { total, count: formatCount(total) },
                  })}{' '}
                  <EuiIconTip content={severityHelpText()} />
                </EuiText>
              </EuiFlexItem>
            </EuiFlexGroup>
            <IncidentsTable
              incidents={incidents}
              isLoading={request.isLoading}
              link={({ id }, text) => <AppLink to={incidentPath(id)}>{text}</AppLink>}
              shown={{
                page,
                size: sizeOf(size),
                total,
                sort: incidentSort,
                order,
                change: (wanted) =>
                  setQuery({
                    view: 'incidents',
                    page: wanted.page === 0 ? undefined : String(wanted.page + 1),
                    size: wanted.size === INCIDENTS_SIZE ? undefined : String(wanted.size),
                    by: wanted.sort === 'severity' ? undefined : wanted.sort,
                    order: wanted.order === 'desc' ? undefined : wanted.order,
                    open: undefined,
                  }),
              }}
              open={open}
              toggle={(id) => setQuery({ view: 'incidents', open: id === open ? undefined : id })}
              details={(incident) => (
                <>
                  <EuiSpacer size="s" />
                  <IncidentSummary incident={incident} />
                  <EuiSpacer size="s" />
                  <IncidentActions incident={incident} changed={changed} />
                  <EuiSpacer size="s" />
                </>
              )}
            />
          </>
        )}
      </RequestState>
      <EuiSpacer size="m" />
    </>
  );
}

/** The number of rows that the address asks for; that of single anomalies is too many here. */
export const sizeOf = (size: number): number => (size === PAGE_SIZE ? INCIDENTS_SIZE : size);

function filterText(filter: IncidentStateFilter, states: Answer<'listIncidents'>['states']): string {
  const { open, acknowledged, closed } = states;
  switch (filter) {
    case 'active':
      return i18n.translate('logAnomalies.incident.filterActive', {
        defaultMessage: 'Open: {count}',
        values: { count: formatCount(open + acknowledged) },
      });
    case 'closed':
      return i18n.translate('logAnomalies.incident.filterClosed', {
        defaultMessage: 'Closed: {count}',
        values: { count: formatCount(closed) },
      });
    case 'all':
      return i18n.translate('logAnomalies.incident.filterAll', {
        defaultMessage: 'All: {count}',
        values: { count: formatCount(open + acknowledged + closed) },
      });
  }
}
