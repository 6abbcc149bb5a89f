import React, { type ReactElement, type ReactNode } from 'react';
import {
  EuiBadge,
  EuiBasicTable,
  EuiButtonIcon,
  EuiText,
  EuiTextColor,
  type CriteriaWithPagination,
  type EuiTableSortingType,
  type Pagination,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { Answer } from '../app/api_client';
import { entityName } from '../values/entity_name';
import { FewLines } from './few_lines';
import { formatTime } from '../values/format';
import { fieldText } from './field_text';
import { logLine } from './log_line';
import { reasonText } from './sentence_text';
import { severityHelpText } from '../values/scale_help';
import { SEVERITY_WIDTH, SeverityLabel } from '../values/severity';
import { TableRoom } from './table_room';

export type Found = Answer<'searchResults'>['results'][number];

/** On narrow screens it keeps room for the button that opens a row. EUI of Kibana 8.19 on does that by itself. */
const EXPANDABLE_ROW = { className: 'euiTableRow-isExpandable' };

/** The server pages no further. */
export const DEEPEST = 10_000;
const LARGEST_PAGE = 500;

export interface ResultsPaging {
  /** From 0. */
  readonly page: number;
  readonly size: number;
  readonly total: number;
  change(page: number, size: number): void;
}

/** Pixels that the columns need, and each more that is chosen. */
const WIDTH = 800;
const COLUMN_WIDTH = 110;

/** Orders that the server knows. */
export type ResultSort = 'time' | 'severity' | 'entity';
export interface ResultsOrder {
  readonly sort: ResultSort;
  readonly direction: 'asc' | 'desc';
  change(sort: ResultSort, direction: 'asc' | 'desc'): void;
}

/** Anomalous logs with the reason for each; a row opens to show all about it. */
export function ResultsTable(props: {
  results: readonly Found[];
  isLoading?: boolean;
  paging?: ResultsPaging;
  order?: ResultsOrder;
  /** Fields of the logs that have a column of their own. */
  columns?: readonly string[];
  open?: string;
  toggle?: (id: string) => void;
  details?: (found: Found) => ReactNode;
}): ReactElement {
  const { results, isLoading, paging, order, columns = [], open, toggle, details } = props;
  const opened = details && results.find(({ id }) => id === open);
  /** A column by which the server can order. */
  const sortable = (field: ResultSort) => (order ? { field: field as keyof Found, sortable: true } : {});
  return (
    <TableRoom width={WIDTH + columns.length * COLUMN_WIDTH}>
      <EuiBasicTable<Found>
        data-test-subj="logAnomaliesResults"
        items={[...results]}
        itemId="id"
        loading={isLoading}
        tableCaption={i18n.translate('logAnomalies.results.caption', { defaultMessage: 'Anomalous logs' })}
        noItemsMessage={i18n.translate('logAnomalies.results.none', {
          defaultMessage: 'No anomaly here. Choose a longer time or fewer filters.',
        })}
        // The table takes both or neither.
        {...pagerOf(paging, order)}
        itemIdToExpandedRowMap={
          opened && details ? { [opened.id]: <div style={{ width: '100%' }}>{details(opened)}</div> } : {}
        }
        rowProps={details ? EXPANDABLE_ROW : undefined}
        columns={[
          ...(details && toggle
            ? [
                {
                  name: '',
                  width: '40px',
                  isExpander: true,
                  render: ({ id }: Found) => (
                    <EuiButtonIcon
                      iconType={id === open ? icon('arrowDown') : icon('arrowRight')}
                      aria-expanded={id === open}
                      aria-label={i18n.translate('logAnomalies.results.open', {
                        defaultMessage: 'Why it stands out',
                      })}
                      onClick={() => toggle(id)}
                      data-test-subj="logAnomaliesOpenResult"
                    />
                  ),
                },
              ]
            : []),
          {
            ...sortable('time'),
            name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
            width: '200px',
            render: cell(({ result }) => <EuiText size="xs">{formatTime(result['@timestamp'])}</EuiText>),
          },
          {
            ...sortable('severity'),
            name: i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' }),
            description: severityHelpText(),
            width: SEVERITY_WIDTH,
            render: cell(({ result }) => (
              <SeverityLabel severity={result.anomaly.severity} confidence={result.anomaly.confidence} />
            )),
          },
          {
            ...sortable('entity'),
            name: i18n.translate('logAnomalies.results.entity', { defaultMessage: 'Entity' }),
            width: '14%',
            render: cell(({ result: { anomaly } }) =>
              anomaly.entity === undefined ? (
                '–'
              ) : (
                <div className="eui-textBreakWord">
                  <FewLines lines={3} text={entityName(anomaly.entity)} />
                </div>
              ),
            ),
          },
          ...columns.map((field) => ({
            name: field,
            width: `${Math.max(6, Math.min(12, Math.floor(40 / columns.length)))}%`,
            render: ({ result }: Found) => (
              <EuiText size="xs" className="eui-textBreakWord">
                <FewLines lines={3} text={fieldText(result, field) ?? '–'} />
              </EuiText>
            ),
          })),
          {
            name: i18n.translate('logAnomalies.results.log', { defaultMessage: 'Log' }),
            render: ({ result }: Found) => <LogCell result={result} />,
          },
        ]}
      />
    </TableRoom>
  );
}

/** The table gives the value of a sortable field before the row. */
const cell =
  (render: (found: Found) => ReactNode) =>
  (...given: unknown[]): ReactNode =>
    render(given[given.length - 1] as Found);

/** Fields of a result that are ours, not the log's. */
const OWN_FIELDS = ['@timestamp', 'event', 'detector', 'model', 'anomaly', 'source', 'run', 'result'];

/** The log that a result tells of, without what we have added. */
export const logOf = (result: Found['result']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(result).filter(([field]) => !OWN_FIELDS.includes(field)));

/** One line that tells people what a result is about: the log, or the reason where it repeats nothing of the log. */
export function lineOf(result: Found['result']): string {
  const { message, ...others } = logOf(result);
  const line = logLine(result.anomaly.change === undefined ? { ...others, message } : { message });
  return line ?? reasonText(result.anomaly);
}

/** The reason below the line, unless the line says it already. */
export function ReasonBelow({
  result,
  lines,
}: {
  result: Found['result'];
  lines: number;
}): ReactElement | null {
  const reason = reasonText(result.anomaly);
  if (reason === lineOf(result)) return null;
  return (
    <FewLines lines={lines} text={reason}>
      <EuiTextColor color="subdued">{reason}</EuiTextColor>
    </FewLines>
  );
}

function pagerOf(paging: ResultsPaging | undefined, order: ResultsOrder | undefined) {
  return (paging && {
    pagination: {
      pageIndex: paging.page,
      pageSize: paging.size,
      totalItemCount: Math.min(paging.total, DEEPEST),
      pageSizeOptions: [10, 25, 50, 100, LARGEST_PAGE],
    },
    ...(order && { sorting: { sort: { field: order.sort as keyof Found, direction: order.direction } } }),
    onChange: ({ page, sort }: CriteriaWithPagination<Found>) => {
      const field = sort?.field as ResultSort | undefined;
      if (sort && field && (field !== order?.sort || sort.direction !== order.direction)) {
        order?.change(field, sort.direction);
      } else paging.change(page.index, page.size);
    },
  }) as {
    pagination: Pagination;
    sorting?: EuiTableSortingType<Found>;
    onChange: (criteria: CriteriaWithPagination<Found>) => void;
  };
}

/** The log, the reason why it stands out, and a badge when it is hidden. */
function LogCell({ result }: Pick<Found, 'result'>): ReactElement {
  return (
    <EuiText size="xs" className="eui-textBreakWord">
      <FewLines lines={4} text={lineOf(result)}>
        <code>{lineOf(result)}</code>
      </FewLines>
      <ReasonBelow result={result} lines={3} />
      {result.result.type !== 'log' && (
        <EuiBadge color="hollow" iconType={icon('eyeClosed')} data-test-subj="logAnomaliesHiddenRow">
          {result.result.type === 'withdrawn'
            ? i18n.translate('logAnomalies.results.withdrawn', {
                defaultMessage: 'no longer anomalous',
              })
            : (result.result.suppressed_because ??
              i18n.translate('logAnomalies.results.hidden', { defaultMessage: 'hidden' }))}
        </EuiBadge>
      )}
    </EuiText>
  );
}
