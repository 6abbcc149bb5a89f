import React, { type ReactElement } from 'react';
import { EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer, ApiClient } from '../../shared/app/api_client';
import { incidentPath, writeLocation } from '../../shared/app/location';
import { IncidentsTable } from '../../shared/incidents/incidents_table';
import { AppLink } from '../../shared/app/app_link';
import { formatCount } from '../../shared/values/format';
import type { Interval } from '../../shared/values/time_range';

/** Incidents that the overview names, and that it lists at once where all are asked for. */
const NAMED_INCIDENTS = 3;
const LISTED_INCIDENTS = 100;
/** Parameter of the address: absent, the value that asks for all, or a page of them. */
const INCIDENTS = 'incidents';
const ALL = 'all';
/** Elasticsearch gives the first 10,000. */
const LAST_PAGE = 100;

/** Returns the incidents that the overview at this address lists, as a request asks for them; pages begin at 1. */
export function incidentsAsked(query: Readonly<Record<string, string>>): { size: number; page: number } {
  const page = query[INCIDENTS] === ALL ? 1 : Math.min(LAST_PAGE, Math.floor(Number(query[INCIDENTS])));
  return page >= 1 ? { size: LISTED_INCIDENTS, page } : { size: NAMED_INCIDENTS, page: 1 };
}

/** Incidents of the overview: those that go on, or where none does the last ones. */
export interface NamedIncidents {
  readonly areOpen: boolean;
  /** From 1. */
  readonly page: number;
  readonly found: Answer<'listIncidents'>;
}

/** Loads the incidents that go on, or where none does the last ones; the first page where that which is asked for is empty by now. */
export async function namedIncidents(
  api: ApiClient,
  { size, page, ...range }: Interval & ReturnType<typeof incidentsAsked>,
  signal: AbortSignal,
): Promise<NamedIncidents> {
  const load = (wanted: number, query: Partial<Interval> & { state?: 'active' }) =>
    api('listIncidents', { query: { ...query, size, page: wanted } }, signal);
  const onPage = async (query: Partial<Interval> & { state?: 'active' }) => {
    const found = await load(page, query);
    const isPast = page > 1 && found.total > 0 && found.incidents.length === 0;
    return isPast ? { page: 1, found: await load(1, query) } : { page, found };
  };
  const open = await onPage({ state: 'active' });
  return open.found.total > 0 ? { areOpen: true, ...open } : { areOpen: false, ...(await onPage(range)) };
}

/** The most severe incidents over all detectors: of those that go on, or else of the last 24 hours. */
export function OpenIncidents({ named }: { named: NamedIncidents | undefined }): ReactElement | null {
  // Without the right to read incidents the detectors are shown all the same.
  if (named === undefined) return null;
  const { areOpen, page, found } = named;
  const { total, incidents } = found;
  return (
    <>
      <EuiPanel hasBorder hasShadow={false} paddingSize="s" data-test-subj="logAnomaliesOpenIncidents">
        <EuiTitle size="xs">
          <h2>
            {areOpen
              ? i18n.translate('logAnomalies.overview.incidents', {
                  defaultMessage:
                    '{total, plural, one {{count} open incident} other {{count} open incidents}}',
                  values: { total, count: formatCount(total) },
                })
              : i18n.translate('logAnomalies.overview.noOpenIncident', {
                  defaultMessage: 'No open incident. In the last 24 hours: {count}',
                  values: { count: formatCount(total) },
                })}
          </h2>
        </EuiTitle>
        {incidents.length > 0 && (
          <IncidentsTable
            incidents={incidents}
            link={({ id }, text) => <AppLink to={incidentPath(id)}>{text}</AppLink>}
          />
        )}
        {total > NAMED_INCIDENTS && <HowMany shown={incidents.length} page={page} total={total} />}
      </EuiPanel>
      <EuiSpacer size="m" />
    </>
  );
}

/** Says how many of them stand here, with links to more of the same time and back. */
function HowMany({ shown, page, total }: { shown: number; page: number; total: number }): ReactElement {
  const isList = shown > NAMED_INCIDENTS || page > 1;
  const before = (page - 1) * LISTED_INCIDENTS;
  const hasMore = shown > 0 && before + shown < total && page < LAST_PAGE;
  return (
    <EuiText size="xs" color="subdued" data-test-subj="logAnomaliesIncidentsOf">
      {before > 0 && shown > 0
        ? i18n.translate('logAnomalies.overview.incidentsOfPage', {
            defaultMessage: '{first} to {last} of {total}, the most severe first.',
            values: {
              first: formatCount(before + 1),
              last: formatCount(before + shown),
              total: formatCount(total),
            },
          })
        : i18n.translate('logAnomalies.overview.incidentsOf', {
            defaultMessage: '{shown} of {total}, the most severe first.',
            values: { shown: formatCount(shown), total: formatCount(total) },
          })}{' '}
      {hasMore && (
        <AppLink to={writeLocation('/', { [INCIDENTS]: isList ? String(page + 1) : ALL })}>
          {total > LISTED_INCIDENTS
            ? i18n.translate('logAnomalies.overview.moreIncidents', { defaultMessage: 'Show more' })
            : i18n.translate('logAnomalies.overview.allIncidents', { defaultMessage: 'Show all' })}
        </AppLink>
      )}
      {hasMore && isList && ' '}
      {isList && (
        <AppLink to={writeLocation('/', { [INCIDENTS]: undefined })}>
          {i18n.translate('logAnomalies.overview.fewerIncidents', { defaultMessage: 'Show fewer' })}
        </AppLink>
      )}
    </EuiText>
  );
}
