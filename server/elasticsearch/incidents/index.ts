export { bodyOf, getIncident, listIncidents, queryOfIncident } from './incident_search';
export { createIncidentStore } from './incident_store';
export {
  countMatchingResults,
  findIncidentsToAlert,
  MOST_INCIDENTS_TO_ALERT,
  readIncidents,
  type MatchingResults,
} from './incidents_to_alert';
