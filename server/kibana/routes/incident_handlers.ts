import type { incidentEndpoints } from '../../../common/api/incidents';
import { changeIncident } from '../../detection/incidents/change_incident';
import { createAuditTrail } from '../../elasticsearch';
import { withPreceding } from '../../elasticsearch/annotations';
import { bodyOf, createIncidentStore, getIncident, listIncidents } from '../../elasticsearch/incidents';
import { authorOf } from '../detectors/suppression_service';
import type { Handlers } from './handler';

export const incidentHandlers: Handlers<keyof typeof incidentEndpoints> = {
  listIncidents: ({ query }, { scope }) => listIncidents(scope.elasticsearch, scope.space, query),
  getIncident: ({ params, query }, { scope }) =>
    getIncident(scope.elasticsearch, scope.space, params.incident_id, query.buckets),
  updateIncident: async ({ params, body }, { services, scope }) => {
    const { elasticsearch, space } = scope;
    const stores = {
      incidents: createIncidentStore(elasticsearch, { space }),
      audit: createAuditTrail(elasticsearch, { space }),
      clock: services.clock,
    };
    const changed = await changeIncident(stores, params.incident_id, body, authorOf(scope));
    const [incident] = await withPreceding(elasticsearch, space, [changed]);
    return { incident: bodyOf(incident) };
  },
};
