import { isKibanaAtLeast } from '../../../common/kibana_version';
import { CAPABILITIES, PLUGIN_CATEGORY, PLUGIN_ID, PLUGIN_NAME } from '../../../common/plugin';
import type { AlertingGrants, FeaturePrivileges, FeaturesSetup, KibanaFeature } from './contracts';
import {
  API_KEY_TYPE,
  API_PRIVILEGES,
  DETECTOR_HEALTH_RULE_TYPE,
  DETECTOR_TYPE,
  INCIDENT_RULE_TYPE,
  LOG_ANOMALY_RULE_TYPE,
} from './identifiers';

const RULE_TYPES = [LOG_ANOMALY_RULE_TYPE, INCIDENT_RULE_TYPE, DETECTOR_HEALTH_RULE_TYPE];

/** Kibana's management page for rules and connectors, which a user of our rule types needs to see. */
const MANAGEMENT = { insightsAndAlerting: ['triggersActions'] };

/** Consumers of rules of ours: our application, and Stack Management > Rules. */
const RULE_CONSUMERS = [PLUGIN_ID, 'alerts', 'stackAlerts'];

/**
 * The Kibana feature `Log Anomalies` as a Kibana version wants it: what a role may be given, and what it grants.
 *
 * @param kibanaVersion such as `8.12.2`
 */
export function createFeature(kibanaVersion: string): KibanaFeature {
  const namesConsumers = isKibanaAtLeast(kibanaVersion, 8, 18);
  const ruleTypes: AlertingGrants = namesConsumers
    ? RULE_TYPES.map((ruleTypeId) => ({ ruleTypeId, consumers: RULE_CONSUMERS }))
    : RULE_TYPES;
  const shared = {
    app: [PLUGIN_ID, 'kibana'],
    catalogue: [PLUGIN_ID],
    management: MANAGEMENT,
  };
  const all: FeaturePrivileges = {
    ...shared,
    api: [API_PRIVILEGES.read, API_PRIVILEGES.write],
    ui: CAPABILITIES.write,
    alerting: { rule: { all: ruleTypes }, alert: { all: ruleTypes } },
    savedObject: { all: [DETECTOR_TYPE, API_KEY_TYPE], read: ['index-pattern'] },
  };
  const read: FeaturePrivileges = {
    ...shared,
    api: [API_PRIVILEGES.read],
    ui: CAPABILITIES.read,
    alerting: { rule: { read: ruleTypes }, alert: { read: ruleTypes } },
    savedObject: { all: [], read: [DETECTOR_TYPE, 'index-pattern'] },
  };
  return {
    ...shared,
    id: PLUGIN_ID,
    name: PLUGIN_NAME,
    category: PLUGIN_CATEGORY,
    alerting: ruleTypes,
    privileges: { all, read },
  };
}

export function registerFeature(features: FeaturesSetup, kibanaVersion: string): void {
  features.registerKibanaFeature(createFeature(kibanaVersion));
}
