export { bodyOf, getIncident, listIncidents, queryOfIncident } from './incident_search';
export { createIncidentStore } from './incident_store';
