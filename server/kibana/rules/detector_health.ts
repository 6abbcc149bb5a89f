import { parseWith } from '../../../common/validation';
import { PLUGIN_ID } from '../../../common/plugin';
import { ACTION_GROUPS, detectorHealthParamsSchema, type DetectorHealthParams } from '../../../common/rules';
import { readActiveModels, readCheckpoints } from '../../elasticsearch';
import type { ActionVariable, RuleExecutorOptions, RuleType } from '../contracts/alerting_contracts';
import { allowedSchedule, type UsageLimits } from '../limits/usage_limits';
import type { DetectorsOf } from './detectors_of';
import { DETECTOR_HEALTH_RULE_TYPE } from '../contracts/identifiers';
import { createStatusStore } from '../records/status_store';
import { ALERTS_AS_DATA } from './alert_documents';
import { checkHealth, type Finding } from './health_checks';
import { detectorLink, type LinkBase } from '../contracts/links';
import { clean } from './told';
import { ruleLink } from './rule_link';

const ACTION_GROUP = ACTION_GROUPS['logAnomalies.detectorHealth'];
const LONGEST_NAME = 200;

const VARIABLES: readonly ActionVariable[] = [
  { name: 'message', description: 'A sentence that says what is wrong and what to do' },
  { name: 'problem', description: 'no_model, no_run, lag, failing, no_data or old_model' },
  { name: 'detector', description: 'Name of the detector' },
  { name: 'detector_id', description: 'Id of the detector' },
  { name: 'detector_link', description: 'The detector in Log Anomalies', usesPublicBaseUrl: true },
];

interface Alert extends Finding {
  readonly id: string;
  readonly detectorId: string;
  readonly name: string;
}

/** Parts of the plugin that the rule takes beside its own services. */
export interface HealthContext {
  readonly links: Omit<LinkBase, 'space'>;
  readonly detectorsOf: DetectorsOf;
  readonly usage: UsageLimits;
}

interface Problems {
  readonly alerts: Alert[];
  /** Names of all detectors of the space, by id. */
  readonly names: ReadonlyMap<string, string>;
}

async function findProblems(
  options: RuleExecutorOptions<DetectorHealthParams>,
  { detectorsOf, usage }: HealthContext,
): Promise<Problems> {
  const { services, params, spaceId, startedAt, logger } = options;
  const client = services.scopedClusterClient.asCurrentUser;
  const { detectors, broken } = await (await detectorsOf(spaceId)).list();
  for (const { id, problem } of broken) logger.warn(`Detector ${id} cannot be read: ${problem}`);
  const chosen = detectors.filter(
    ({ id, enabled }) => enabled && (params.detector_ids.length === 0 || params.detector_ids.includes(id)),
  );
  const ids = chosen.map(({ id }) => id);
  const space = { space: spaceId };
  const statuses = await createStatusStore(client, space).read(ids);
  const checkpoints = await readCheckpoints(client, ids, space);
  const active = await readActiveModels(client, ids, space);
  const alerts: Alert[] = [];
  for (const stored of chosen) {
    if (services.shouldStopExecution()) break;
    const findings = checkHealth(
      {
        stored,
        status: statuses.get(stored.id),
        checkpoint: checkpoints.get(stored.id),
        model: active.get(stored.id),
        schedule: allowedSchedule(stored.detector.schedule, usage),
        now: startedAt.getTime(),
      },
      params,
    );
    for (const finding of findings) {
      alerts.push({
        ...finding,
        id: `${stored.id}:${finding.problem}`,
        detectorId: stored.id,
        name: stored.detector.name,
      });
    }
  }
  return { alerts, names: new Map(detectors.map(({ id, detector }) => [id, detector.name])) };
}

/** Raises one alert for each detector and problem. */
async function executeDetectorHealth(
  options: RuleExecutorOptions<DetectorHealthParams>,
  context: HealthContext,
): Promise<{ state: Record<string, unknown> }> {
  const { services, spaceId, rule, logger } = options;
  const { alertsClient } = services;
  if (alertsClient === null) throw new Error('Alerts as data are not available for this rule.');
  const base: LinkBase = { ...context.links, space: spaceId };
  const { alerts, names } = await findProblems(options, context);
  const limit = alertsClient.getAlertLimitValue();
  for (const { id, detectorId, name: given, problem, message: said } of alerts.slice(0, limit)) {
    const name = clean(given, LONGEST_NAME);
    const message = `${name}: ${clean(said)}`;
    alertsClient.report({
      id,
      actionGroup: ACTION_GROUP,
      state: {},
      context: {
        message,
        problem,
        detector: name,
        detector_id: detectorId,
        detector_link: detectorLink(base, detectorId),
      },
      payload: {
        'kibana.alert.reason': message.slice(0, 1_000),
        log_anomalies: { detector: { id: detectorId, name }, problem },
      },
    });
  }
  alertsClient.setAlertLimitReached(alerts.length > limit);
  if (alerts.length > limit) {
    const text = `${alerts.length} problems were found, only ${limit} raise an alert.`;
    logger.warn(`Rule "${rule.name}": ${text}`);
    services.ruleResultService?.addLastRunWarning(text);
  }
  for (const { alert } of alertsClient.getRecoveredAlerts()) {
    const id = alert.getId();
    const [detectorId, problem] = id.split(':');
    const name = clean(names.get(detectorId) ?? detectorId, LONGEST_NAME);
    alertsClient.setAlertData({
      id,
      context: {
        message: `${name}: the problem "${clean(problem)}" is over`,
        problem: clean(problem),
        detector: name,
        detector_id: detectorId,
        detector_link: detectorLink(base, detectorId),
      },
    });
  }
  return { state: {} };
}

export function createDetectorHealthRuleType(context: HealthContext): RuleType<DetectorHealthParams> {
  return {
    id: DETECTOR_HEALTH_RULE_TYPE,
    name: 'Log anomaly detector health',
    category: 'management',
    producer: PLUGIN_ID,
    solution: 'stack',
    actionGroups: [{ id: ACTION_GROUP, name: 'Unhealthy' }],
    defaultActionGroupId: ACTION_GROUP,
    minimumLicenseRequired: 'basic',
    isExportable: true,
    doesSetRecoveryContext: true,
    getViewInAppRelativeUrl: ruleLink,
    defaultScheduleInterval: '5m',
    validate: {
      params: {
        validate: (given) => parseWith(detectorHealthParamsSchema, given, 'The parameters of the rule'),
      },
    },
    actionVariables: { context: VARIABLES, params: [], state: [] },
    alerts: ALERTS_AS_DATA,
    executor: (options) => executeDetectorHealth(options, context),
  };
}
