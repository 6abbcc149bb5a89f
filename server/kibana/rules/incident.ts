import { PLUGIN_ID } from '../../../common/plugin';
import {
  ACTION_GROUPS,
  incidentParamsSchema,
  lowestConfidence,
  queryOf,
  type IncidentParams,
} from '../../../common/rules';
import type { Incident } from '../../../common/incidents';
import { parseWith } from '../../../common/validation';
import { withPreceding } from '../../elasticsearch/annotations';
import {
  countMatchingResults,
  findIncidentsToAlert,
  MOST_INCIDENTS_TO_ALERT,
  readIncidents,
} from '../../elasticsearch/incidents';
import type { RuleExecutorOptions, RuleType } from '../contracts/alerting_contracts';
import { digest, INCIDENT_RULE_TYPE } from '../contracts/identifiers';
import type { LinkBase } from '../contracts/links';
import { ALERTS_AS_DATA } from './alert_documents';
import {
  goesOn,
  memoryOf,
  newlyDue,
  newsFrom,
  placesOf,
  stateAfter,
  type IncidentMemory,
} from './incident_alerts';
import { INCIDENT_VARIABLES, incidentAlert, recoveredIncidentContext } from './incident_context';
import { ruleLink } from './rule_link';

const ACTION_GROUP = ACTION_GROUPS['logAnomalies.incident'];

interface Due {
  readonly incidents: readonly Incident[];
  readonly isCut: boolean;
}

/** Returns the incidents that have an alert now: those that had one and go on, and those that begin to have one. */
async function findDue(
  { services, params, spaceId, startedAt }: RuleExecutorOptions<IncidentParams>,
  memory: IncidentMemory,
): Promise<Due> {
  const client = services.scopedClusterClient.asCurrentUser;
  const found = await findIncidentsToAlert(client, spaceId, {
    ...(params.detector_ids.length > 0 && { detectorIds: params.detector_ids }),
    minimumConfidence: lowestConfidence({ min_confidence: 0, min_severity: params.min_severity }),
    minimumResults: params.min_results,
    changedFrom: newsFrom(memory, startedAt.getTime()),
  });
  const going = (await readIncidents(client, spaceId, [...memory.active.keys()])).filter(goesOn);
  const candidates = newlyDue(found, params, memory);
  const counts = await countMatchingResults(client, spaceId, candidates, queryOf(params));
  const begun = candidates.filter(({ id }) => {
    const { count = 0, live = 0 } = counts.get(id) ?? {};
    // A backfill tells of the past: what it alone has found alerts nobody.
    return live > 0 && count >= params.min_results;
  });
  const areEnough = placesOf([...going, ...begun]) >= params.min_entities;
  return {
    incidents: areEnough ? [...going, ...begun] : going,
    isCut: found.length >= MOST_INCIDENTS_TO_ALERT,
  };
}

/** Raises one alert for each incident, for as long as it goes on. */
async function executeIncident(
  options: RuleExecutorOptions<IncidentParams>,
  links: Omit<LinkBase, 'space'>,
): Promise<{ state: Record<string, unknown> }> {
  const { services, params, state, spaceId, startedAt, rule, logger } = options;
  const { alertsClient } = services;
  if (alertsClient === null) throw new Error('Alerts as data are not available for this rule.');
  const base: LinkBase = { ...links, space: spaceId };
  const now = startedAt.getTime();
  const conditions = digest(JSON.stringify(params));
  const memory = memoryOf(state, conditions, now);
  const { incidents, isCut } = await findDue(options, memory);
  const limit = alertsClient.getAlertLimitValue();
  const raised = incidents.slice(0, limit);
  const client = services.scopedClusterClient.asCurrentUser;
  const warn = (text: string): void => {
    logger.warn(`Rule "${rule.name}": ${text}`);
    services.ruleResultService?.addLastRunWarning(text);
  };
  for (const incident of await withPreceding(client, spaceId, raised, { warn })) {
    alertsClient.report({
      id: incident.id,
      actionGroup: ACTION_GROUP,
      state: { start: incident.start },
      ...incidentAlert(incident, base),
    });
  }
  alertsClient.setAlertLimitReached(incidents.length > limit);
  if (incidents.length > limit) {
    warn(`${incidents.length} incidents go on, only ${limit} raise an alert. Ask for a higher severity.`);
  }
  if (isCut) warn(`Only the ${MOST_INCIDENTS_TO_ALERT} most confident incidents were looked at.`);
  const over = alertsClient.getRecoveredAlerts().map(({ alert }) => alert.getId());
  const recovered = await withPreceding(client, spaceId, await readIncidents(client, spaceId, over));
  const ended = new Map(recovered.map((each) => [each.id, each]));
  for (const id of over) {
    alertsClient.setAlertData({ id, context: recoveredIncidentContext(id, ended.get(id), base) });
  }
  return {
    state: stateAfter(
      memory,
      conditions,
      { active: raised.map(({ id }) => id), ended: [...ended.values()] },
      now,
    ),
  };
}

export function createIncidentRuleType(links: Omit<LinkBase, 'space'>): RuleType<IncidentParams> {
  return {
    id: INCIDENT_RULE_TYPE,
    name: 'Log incident',
    category: 'management',
    producer: PLUGIN_ID,
    solution: 'stack',
    actionGroups: [{ id: ACTION_GROUP, name: 'Incident' }],
    defaultActionGroupId: ACTION_GROUP,
    minimumLicenseRequired: 'basic',
    isExportable: true,
    doesSetRecoveryContext: true,
    getViewInAppRelativeUrl: ruleLink,
    defaultScheduleInterval: '1m',
    validate: {
      params: { validate: (given) => parseWith(incidentParamsSchema, given, 'The parameters of the rule') },
    },
    actionVariables: { context: INCIDENT_VARIABLES, params: [], state: [] },
    alerts: ALERTS_AS_DATA,
    executor: (options) => executeIncident(options, links),
  };
}
