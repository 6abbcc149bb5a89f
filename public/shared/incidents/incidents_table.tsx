import React, { type ReactElement, type ReactNode } from 'react';
import {
  EuiBasicTable,
  EuiButtonIcon,
  EuiLink,
  EuiText,
  EuiTextColor,
  type CriteriaWithPagination,
  type EuiBasicTableColumn,
  type EuiTableSortingType,
  type Pagination,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { resultsOf } from '../../../common/incidents';
import type { IncidentBody } from '../../../common/api';
import { icon } from '../../kibana/icons';
import { TableRoom } from '../results/table_room';
import { FewLines } from '../results/few_lines';
import { reasonText } from '../results/sentence_text';
import { formatCount, formatTime } from '../values/format';
import { severityHelpText } from '../values/scale_help';
import { SEVERITY_WIDTH, SeverityLabel } from '../values/severity';
import { IncidentStateBadge } from './incident_state';
import {
  incidentCount,
  incidentLength,
  incidentPlace,
  incidentStateName,
  incidentWhat,
} from './incident_text';

export type IncidentSort = 'severity' | 'recent' | 'start' | 'count';

/** Fields of the columns by what the server sorts by. */
const FIELD_OF_SORT = { severity: 'confidence', start: 'start', recent: 'end', count: 'counts' } as const;

/** Pixels that the columns need, in a narrow place without those that are left out. */
const WIDTH = 960;
const COMPACT_WIDTH = 560;

/** Paging and order, which the server does. */
export interface IncidentsShown {
  /** From 0. */
  readonly page: number;
  readonly size: number;
  readonly total: number;
  readonly sort: IncidentSort;
  readonly order: 'asc' | 'desc';
  change(changes: { page: number; size: number; sort: IncidentSort; order: 'asc' | 'desc' }): void;
}

type Paged = {
  pagination: Pagination;
  sorting: EuiTableSortingType<IncidentBody>;
  onChange: (criteria: CriteriaWithPagination<IncidentBody>) => void;
};

const sortOfField = (field: string | undefined): IncidentSort =>
  (Object.keys(FIELD_OF_SORT) as IncidentSort[]).find((sort) => FIELD_OF_SORT[sort] === field) ?? 'severity';

/** Incidents, one row each: how severe, what, where, since when, how many anomalies, state. */
export function IncidentsTable(props: {
  incidents: readonly IncidentBody[];
  /** Draws the text of an incident as a link to its page. */
  link: (incident: IncidentBody, text: string) => ReactElement;
  isLoading?: boolean;
  shown?: IncidentsShown;
  /** Filters by an entity; absent where nothing is filtered. */
  choosePlace?: (entity: string) => void;
  /** Leaves out what a narrow place has no room for. */
  isCompact?: boolean;
  open?: string;
  toggle?: (id: string) => void;
  details?: (incident: IncidentBody) => ReactNode;
}): ReactElement {
  const { incidents, link, isLoading, shown, isCompact = false, open, toggle, details, choosePlace } = props;
  const opened = details && incidents.find(({ id }) => id === open);
  const sortable = shown !== undefined;
  const columns: EuiBasicTableColumn<IncidentBody>[] = [
    ...(toggle && details ? [expander(open, toggle)] : []),
    {
      field: 'confidence',
      name: i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' }),
      description: severityHelpText(),
      width: SEVERITY_WIDTH,
      sortable,
      render: (_confidence: number, { severity, confidence }: IncidentBody) => (
        <SeverityLabel severity={severity} confidence={confidence} />
      ),
    },
    {
      name: i18n.translate('logAnomalies.incident.what', { defaultMessage: 'What happens' }),
      render: (incident: IncidentBody) => <What incident={incident} link={link} />,
    },
    {
      name: i18n.translate('logAnomalies.incident.where', { defaultMessage: 'Where' }),
      width: isCompact ? '16%' : '13%',
      render: (incident: IncidentBody) => <Place incident={incident} choosePlace={choosePlace} />,
    },
    {
      field: 'start',
      name: i18n.translate('logAnomalies.incident.since', { defaultMessage: 'Since' }),
      width: isCompact ? '120px' : '200px',
      sortable,
      render: (_start: string, incident: IncidentBody) => <Since incident={incident} />,
    },
    {
      field: 'counts',
      name: i18n.translate('logAnomalies.chart.anomalies', { defaultMessage: 'Anomalies' }),
      width: isCompact ? '85px' : '110px',
      sortable,
      render: (_counts: unknown, incident: IncidentBody) => formatCount(resultsOf(incident)),
    },
    // A narrow place has the state below the time.
    ...(isCompact
      ? []
      : [
          {
            name: i18n.translate('logAnomalies.overview.state', { defaultMessage: 'State' }),
            width: '130px',
            render: ({ state }: IncidentBody) => <IncidentStateBadge state={state} />,
          },
          {
            name: i18n.translate('logAnomalies.incident.assignee', { defaultMessage: 'Assigned to' }),
            width: '110px',
            render: ({ assignee }: IncidentBody) => (
              <EuiText size="xs" className="eui-textBreakWord">
                <FewLines lines={2} text={assignee ?? '–'} />
              </EuiText>
            ),
          },
        ]),
  ];

  return (
    <TableRoom width={isCompact ? COMPACT_WIDTH : WIDTH}>
      <EuiBasicTable<IncidentBody>
        data-test-subj="logAnomaliesIncidents"
        items={[...incidents]}
        itemId="id"
        compressed={isCompact}
        loading={isLoading}
        tableCaption={i18n.translate('logAnomalies.incident.caption', {
          defaultMessage: 'Incidents: anomalies that belong together',
        })}
        noItemsMessage={i18n.translate('logAnomalies.incident.none', {
          defaultMessage: 'No incident here. Choose a longer time, another state or fewer filters.',
        })}
        {...(pagingOf(shown) as Paged)}
        itemIdToExpandedRowMap={
          opened && details ? { [opened.id]: <div style={{ width: '100%' }}>{details(opened)}</div> } : {}
        }
        rowProps={details ? { className: 'euiTableRow-isExpandable' } : undefined}
        columns={columns}
      />
    </TableRoom>
  );
}

const expander = (
  open: string | undefined,
  toggle: (id: string) => void,
): EuiBasicTableColumn<IncidentBody> => ({
  name: '',
  width: '40px',
  isExpander: true,
  render: (incident: IncidentBody) => (
    <EuiButtonIcon
      iconType={incident.id === open ? icon('arrowDown') : icon('arrowRight')}
      aria-expanded={incident.id === open}
      aria-label={i18n.translate('logAnomalies.incident.openRow', {
        defaultMessage: 'Reasons and actions: {what}',
        values: { what: incidentWhat(incident) },
      })}
      onClick={() => toggle(incident.id)}
      data-test-subj="logAnomaliesOpenIncident"
    />
  ),
});

function What(props: {
  incident: IncidentBody;
  link: (incident: IncidentBody, text: string) => ReactElement;
}): ReactElement {
  const { incident, link } = props;
  const what = incidentWhat(incident);
  const [leading] = incident.reasons;
  const reason = leading && reasonText(leading);
  return (
    <div className="eui-textBreakWord" style={{ minWidth: 0 }}>
      <EuiText size="s">
        <FewLines lines={2} text={what}>
          {link(incident, what)}
        </FewLines>
      </EuiText>
      {reason && (
        <EuiText size="xs">
          <FewLines lines={2} text={reason}>
            <EuiTextColor color="subdued">{reason}</EuiTextColor>
          </FewLines>
        </EuiText>
      )}
    </div>
  );
}

function Since({ incident }: { incident: IncidentBody }): ReactElement {
  return (
    <EuiText size="xs">
      {formatTime(incident.start)}
      <br />
      <EuiTextColor color="subdued">
        {i18n.translate('logAnomalies.incident.lasted', {
          defaultMessage: '{length}, {state}',
          values: {
            length: incidentLength(incident),
            state: incidentStateName(incident.state).toLowerCase(),
          },
        })}
      </EuiTextColor>
    </EuiText>
  );
}

/** Returns the number of anomalies and the length of an incident in one line. */
export const incidentFacts = (incident: IncidentBody): string =>
  [incidentCount(incident), incidentLength(incident)].join(' · ');

function Place({
  incident,
  choosePlace,
}: {
  incident: IncidentBody;
  choosePlace: ((entity: string) => void) | undefined;
}): ReactElement {
  return (
    <EuiText size="xs" className="eui-textBreakWord">
      <FewLines lines={3} text={incidentPlace(incident)}>
        {choosePlace && incident.scope.kind === 'entity' ? (
          <EuiLink color="text" onClick={() => choosePlace(incident.scope.value)}>
            {incidentPlace(incident)}
          </EuiLink>
        ) : undefined}
      </FewLines>
    </EuiText>
  );
}

function pagingOf(shown: IncidentsShown | undefined) {
  return (
    shown && {
      pagination: {
        pageIndex: shown.page,
        pageSize: shown.size,
        totalItemCount: shown.total,
        pageSizeOptions: [10, 25, 50],
      },
      sorting: { sort: { field: FIELD_OF_SORT[shown.sort] as keyof IncidentBody, direction: shown.order } },
      onChange: ({ page, sort }: CriteriaWithPagination<IncidentBody>) =>
        shown.change({
          page: page.index,
          size: page.size,
          sort: sortOfField(sort?.field),
          order: sort?.direction ?? 'desc',
        }),
    }
  );
}
