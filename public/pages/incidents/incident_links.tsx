import React, { type ReactElement } from 'react';
import { EuiFlexGroup, EuiFlexItem, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import { entityKql } from '../../../common/detector/entity_fields';
import { MINUTE } from '../../../common/duration';
import { useApp } from '../../shared/app/app_context';
import { useRequest } from '../../shared/requests/use_request';
import { DiscoverButton } from '../../shared/results/discover_button';

/** Logs of so long before and after an incident are shown with it. */
const SURROUNDINGS_MILLISECONDS = 15 * MINUTE;

/** Ways on from an incident: the logs of its entity in Discover. */
export function IncidentLinks({ incident }: { incident: IncidentBody }): ReactElement | null {
  const { api } = useApp();
  const { scope, detectors, start, end } = incident;
  const detectorId = detectors[0]?.id;
  const record = useRequest(
    async (signal) =>
      detectorId === undefined ? undefined : api('getDetector', { params: { id: detectorId } }, signal),
    [api, detectorId],
  );
  if (record.value === undefined) return null;
  const { source } = record.value.detector;
  const query =
    scope.kind === 'entity'
      ? entityKql(record.value.detector, { entity: scope.value, entity_parts: scope.parts })
      : scope.kind === 'host'
        ? entityKql({ entity_field: 'host.name' }, scope.value)
        : '';
  const logs = {
    index: source.index,
    timestampField: source.timestamp_field,
    timeRange: {
      from: new Date(Date.parse(start) - SURROUNDINGS_MILLISECONDS).toISOString(),
      to: new Date(Date.parse(end) + SURROUNDINGS_MILLISECONDS).toISOString(),
    },
    query,
  };
  return (
    <>
      <EuiSpacer size="s" />
      <EuiFlexGroup gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <DiscoverButton
            logs={logs}
            subject="logAnomaliesIncidentDiscover"
            label={i18n.translate('logAnomalies.incident.discover', {
              defaultMessage: 'All logs of this time and place in Discover',
            })}
          />
        </EuiFlexItem>
      </EuiFlexGroup>
    </>
  );
}
