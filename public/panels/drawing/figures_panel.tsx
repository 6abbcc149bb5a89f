import React, { type ReactElement } from 'react';
import { EuiFlexGroup, EuiFlexItem, EuiStat, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useRequest } from '../../shared/requests/use_request';
import { formatCount } from '../../shared/values/format';
import { severityText } from '../../shared/values/severity';
import { PanelFrame } from './panel_frame';
import { BUCKETS, incidentScopeOf, scopeOf, type PanelProps } from './panel_scope';
import { scoredLabel } from '../../shared/values/scored_label';

interface Figures {
  readonly openIncidents: number;
  readonly anomalies: number;
  readonly logs: number;
  /** In [0, 1]; null without an anomaly. */
  readonly confidence: number | null;
}

const NONE: Figures = { openIncidents: 0, anomalies: 0, logs: 0, confidence: null };

/**
 * The beginning of a dashboard: how many incidents are open, how many logs are anomalous and how many were scored, and how sure the
 * worst of them is. Logs that a live run and a backfill both scored count once, as on the page of a detector.
 */
export function FiguresPanel({ api, config, drawing, drawn }: PanelProps): ReactElement {
  const { scope: incidentScope, isNarrower } = incidentScopeOf(config);
  const request = useRequest<Figures>(
    async (signal) => {
      if (incidentScope === undefined) return NONE;
      const scope = incidentScope();
      const { detector_id, entity } = scope;
      const [{ total }, summary] = await Promise.all([
        api('listIncidents', { query: { ...scope, state: 'active', size: 0 } }, signal),
        api(
          'summarizeResults',
          { query: { ...scopeOf(config), detector_id, entity, by: 'all', buckets: BUCKETS } },
          signal,
        ),
      ]);
      return { openIncidents: total, ...sumOf(summary.groups) };
    },
    [api, JSON.stringify(config)],
    undefined,
    drawing,
  );
  return (
    <PanelFrame request={request} drawn={drawn} isEmpty={() => false}>
      {(figures) => (
        <div data-test-subj="logAnomaliesFigures" style={{ padding: 8 }}>
          <EuiFlexGroup gutterSize="m" responsive={false} wrap>
            {statsOf(figures).map(({ name, value }) => (
              <EuiFlexItem key={name} style={{ minWidth: 120 }}>
                <EuiStat
                  titleSize="m"
                  titleElement="p"
                  descriptionElement="p"
                  title={value}
                  description={name}
                />
              </EuiFlexItem>
            ))}
          </EuiFlexGroup>
          {isNarrower && <OfAllLogs />}
        </div>
      )}
    </PanelFrame>
  );
}

/** Highest confidence of anomalies alone: that of other logs lies below every severity. */
function sumOf(
  groups: readonly {
    readonly logs: number;
    readonly anomalies: number;
    readonly buckets: readonly { readonly max_confidence: number | null }[];
  }[],
): Omit<Figures, 'openIncidents'> {
  const anomalies = groups.reduce((sum, group) => sum + group.anomalies, 0);
  const confidences = groups.flatMap(({ buckets }) => buckets.map(({ max_confidence: most }) => most ?? 0));
  return {
    anomalies,
    logs: groups.reduce((sum, group) => sum + group.logs, 0),
    confidence: anomalies === 0 ? null : Math.max(0, ...confidences),
  };
}

const statsOf = ({ openIncidents, anomalies, logs, confidence }: Figures) => [
  {
    name: i18n.translate('logAnomalies.panel.openIncidents', { defaultMessage: 'Open incidents' }),
    value: formatCount(openIncidents),
  },
  {
    name: i18n.translate('logAnomalies.panel.anomalousLogs', { defaultMessage: 'Anomalous logs' }),
    value: formatCount(anomalies),
  },
  {
    name: scoredLabel(),
    value: formatCount(logs),
  },
  {
    name: i18n.translate('logAnomalies.panel.highestConfidence', { defaultMessage: 'Highest confidence' }),
    value: confidence === null ? '–' : severityText(confidence),
  },
];

const OfAllLogs = (): ReactElement => (
  <EuiText size="xs" color="subdued" data-test-subj="logAnomaliesPanelNotFiltered">
    <p>
      {i18n.translate('logAnomalies.panel.figuresOfAllLogs', {
        defaultMessage:
          'Incidents and logs scored are of all logs: the query and filters other than of a detector and an entity choose among single anomalies.',
      })}
    </p>
  </EuiText>
);
