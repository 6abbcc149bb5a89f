import React, { type ReactElement } from 'react';
import { EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { incidentPath } from '../../shared/app/location';
import { IncidentsTable } from '../../shared/incidents/incidents_table';
import { AppLink } from '../../shared/layout/app_link';
import { formatCount } from '../../shared/values/format';

/** Incidents that the overview names. */
export const NAMED_INCIDENTS = 3;

/** The most severe incidents that go on, over all detectors. */
export function OpenIncidents({
  found,
}: {
  found: Answer<'listIncidents'> | undefined;
}): ReactElement | null {
  // Without the right to read incidents the detectors are shown all the same.
  if (found === undefined) return null;
  const { total, incidents } = found;
  return (
    <>
      <EuiPanel hasBorder hasShadow={false} paddingSize="s" data-test-subj="logAnomaliesOpenIncidents">
        <EuiTitle size="xs">
          <h2>
            {i18n.translate('logAnomalies.overview.incidents', {
              defaultMessage:
                '{total, plural, =0 {No incident goes on} one {{count} incident goes on} other {{count} incidents go on}}',
              values: { total, count: formatCount(total) },
            })}
          </h2>
        </EuiTitle>
        {incidents.length > 0 && (
          <IncidentsTable
            incidents={incidents}
            link={({ id }, text) => <AppLink to={incidentPath(id)}>{text}</AppLink>}
          />
        )}
        {total > incidents.length && (
          <EuiText size="xs" color="subdued">
            {i18n.translate('logAnomalies.overview.moreIncidents', {
              defaultMessage: 'The most severe stand here; each detector lists its own.',
            })}
          </EuiText>
        )}
      </EuiPanel>
      <EuiSpacer size="m" />
    </>
  );
}
