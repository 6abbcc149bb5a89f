import React, { type ReactElement } from 'react';
import { EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { incidentPath, writeLocation } from '../../shared/app/location';
import { IncidentsTable } from '../../shared/incidents/incidents_table';
import { AppLink } from '../../shared/app/app_link';
import { formatCount } from '../../shared/values/format';

/** Incidents that the overview names, and that it lists where all are asked for. */
const NAMED_INCIDENTS = 3;
const LISTED_INCIDENTS = 100;
/** Parameter of the address, and its value that asks for all. */
const INCIDENTS = 'incidents';
const ALL = 'all';

/** Incidents that the overview at this address lists. */
export const incidentsAsked = (query: Readonly<Record<string, string>>): number =>
  query[INCIDENTS] === ALL ? LISTED_INCIDENTS : NAMED_INCIDENTS;

/** Incidents of the overview: those that go on, or where none does the last ones. */
export interface NamedIncidents {
  readonly areOpen: boolean;
  readonly found: Answer<'listIncidents'>;
}

/** The most severe incidents over all detectors: of those that go on, or else of the last 24 hours. */
export function OpenIncidents({ named }: { named: NamedIncidents | undefined }): ReactElement | null {
  // Without the right to read incidents the detectors are shown all the same.
  if (named === undefined) return null;
  const { areOpen, found } = named;
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
        {total > NAMED_INCIDENTS && <HowMany shown={incidents.length} total={total} />}
      </EuiPanel>
      <EuiSpacer size="m" />
    </>
  );
}

/** Says how many of them stand here, with a link to all of the same time. */
function HowMany({ shown, total }: { shown: number; total: number }): ReactElement {
  const isMore = shown > NAMED_INCIDENTS;
  return (
    <EuiText size="xs" color="subdued" data-test-subj="logAnomaliesIncidentsOf">
      {i18n.translate('logAnomalies.overview.incidentsOf', {
        defaultMessage: '{shown} of {total}, the most severe first.',
        values: { shown: formatCount(shown), total: formatCount(total) },
      })}{' '}
      <AppLink to={writeLocation('/', { [INCIDENTS]: isMore ? undefined : ALL })}>
        {isMore
          ? i18n.translate('logAnomalies.overview.fewerIncidents', { defaultMessage: 'Show fewer' })
          : i18n.translate('logAnomalies.overview.allIncidents', { defaultMessage: 'Show all' })}
      </AppLink>
    </EuiText>
  );
}
