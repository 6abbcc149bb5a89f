import { resultsOf, scopeKey, type Incident } from '../../../common/incidents';
import type { KeptIncident } from '../../detection/ports/incidents';

/** A document of `log-anomalies-incidents.<space>`: the incident, what it is searched by, and what only its job reads. */
export interface IncidentDocument extends Omit<Incident, 'id'> {
  readonly place: string;
  /** Span of all that ever belonged to it with the quiet time on both sides, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly results: number;
  readonly detector_count: number;
  readonly kept: Omit<KeptIncident, 'incident'>;
}

export function documentOf({ incident, group, ...more }: KeptIncident): IncidentDocument {
  const { opened, reopenings, isUntold } = more;
  const { id: _id, ...body } = incident;
  return {
    ...body,
    place: scopeKey(group.scope),
    from: group.from - group.quiet,
    to: group.to + group.quiet,
    results: resultsOf(incident),
    detector_count: incident.detectors.length,
    kept: {
      ...{ group, opened },
      ...(reopenings !== undefined && { reopenings }),
      ...(isUntold === true && { isUntold }),
    },
  };
}

export function keptOf(id: string, document: IncidentDocument): KeptIncident {
  const {
    place: _place,
    from: _from,
    to: _to,
    results: _results,
    detector_count: _count,
    kept,
    ...body
  } = document;
  return { incident: { id, ...body }, ...kept };
}
