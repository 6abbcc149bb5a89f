import { durationToMilliseconds, HOUR } from '../../../common/duration';
import { parseWith } from '../../../common/validation';
import { PLUGIN_ID } from '../../../common/plugin';
import {
  ACTION_GROUPS,
  logAnomalyParamsSchema,
  lowestConfidence,
  queryOf,
  type LogAnomalyParams,
} from '../../../common/rules';
import { readResultsToAlert } from '../../elasticsearch';
import type { RuleExecutorOptions, RuleType } from '../contracts/alerting_contracts';
import { LOG_ANOMALY_RULE_TYPE } from '../contracts/identifiers';
import { ALERTS_AS_DATA } from './alert_documents';
import { logAnomalyAlert, LOG_ANOMALY_VARIABLES, recoveredContext } from './log_anomaly_context';
import type { DetectorsOf } from './detectors_of';
import type { LinkBase } from '../contracts/links';
import { recoveryReasons } from './recovery_reasons';
import { ResultGroups } from './result_groups';
import { countsBeforeIn, keptCounts, risen, shortfallOf } from './rise';
import { ruleLink } from './rule_link';
import type { StoredDetector } from '../records/detector_repository';

const ACTION_GROUP = ACTION_GROUPS['logAnomalies.logAnomaly'];

/**
 * A result carries the time when its page was scored and is seen some seconds later, once it is written and the index
 * has refreshed. A check stops so long before now, so that the next one begins where nothing can turn up any more.
 */
const SETTLING_MILLISECONDS = 10_000;
/** After a pause, of the rule or of Kibana, results are looked for so far back. */
const LONGEST_CATCH_UP_MILLISECONDS = 24 * 3_600_000;
/** Results looked at in one check; more are not counted, and the rule says so. */
const MOST_RESULTS = 20_000;

/** Returns the time that a check looks at, [from, to) by the time of writing: a window, or all since the last check and the window before that. Results from `newFrom` on were not seen by an earlier check. Epoch milliseconds. */
export function windowOf(startedAt: number, window: number, seenTo: unknown) {
  const to = startedAt - SETTLING_MILLISECONDS;
  const newFrom = typeof seenTo === 'number' && seenTo <= to ? seenTo : to - window;
  const isPause = newFrom < to - window;
  const from = Math.max(
    isPause ? newFrom - window : to - window,
    to - window - LONGEST_CATCH_UP_MILLISECONDS,
  );
  return { from, to, newFrom: Math.max(newFrom, from) };
}

interface Found {
  readonly groups: ResultGroups;
  readonly isCut: boolean;
}

async function collect(
  { services, spaceId, params }: RuleExecutorOptions<LogAnomalyParams>,
  range: ReturnType<typeof windowOf>,
  mayHoldSeveral: boolean,
): Promise<Found> {
  const window = durationToMilliseconds(params.window);
  // After a pause there are several windows to look at; `count` is asked for in one of them.
  const isLonger = mayHoldSeveral && range.to - range.from > window;
  const groups = new ResultGroups(params.group_by, range.newFrom, isLonger ? window : undefined);
  const pages = readResultsToAlert(services.scopedClusterClient.asCurrentUser, spaceId, {
    ...(params.detector_ids.length > 0 && { detectorIds: params.detector_ids }),
    writtenFrom: range.from,
    writtenTo: range.to,
    minimumConfidence: lowestConfidence(params),
    query: queryOf(params),
  });
  let seen = 0;
  for await (const { results, isLast } of pages) {
    for (const result of results) groups.add(result);
    seen += results.length;
    if (isLast || services.shouldStopExecution()) break;
    if (seen >= MOST_RESULTS) return { groups, isCut: true };
  }
  return { groups, isCut: false };
}

/** Raises one alert for each group that has enough results, and lets those recover that have not any more. */
async function executeLogAnomaly(
  options: RuleExecutorOptions<LogAnomalyParams>,
  links: Omit<LinkBase, 'space'>,
  detectorsOf: DetectorsOf,
): Promise<{ state: Record<string, unknown> }> {
  const { services, params, state, spaceId, startedAt, rule, logger } = options;
  const { alertsClient } = services;
  if (alertsClient === null) throw new Error('Alerts as data are not available for this rule.');
  const base: LinkBase = { ...links, space: spaceId };
  const window = durationToMilliseconds(params.window);
  const range = windowOf(startedAt.getTime(), window, state.seen_to);
  const { groups, isCut } = await collect(options, range, true);
  const { groups: reached, countsBefore } = await risen(
    groups.reaching(params.count, params.min_entities),
    { times: params.times_before, window, kept: countsBeforeIn(state.counts_before) },
    async () => {
      const hourBefore = { from: range.from - HOUR, to: range.from, newFrom: range.from };
      return (await collect(options, hourBefore, false)).groups;
    },
  );
  const limit = alertsClient.getAlertLimitValue();
  const warn = (text: string): void => {
    logger.warn(`Rule "${rule.name}": ${text}`);
    services.ruleResultService?.addLastRunWarning(text);
  };
  const detectors = lookedUpOnce(spaceId, detectorsOf);
  const sources =
    reached.length === 0
      ? undefined
      : new Map((await detectors()).map(({ id, detector }) => [id, detector.source]));
  const told = reached.slice(0, limit);
  for (const group of told) {
    alertsClient.report({
      id: group.id,
      actionGroup: ACTION_GROUP,
      state: { count: group.count },
      ...logAnomalyAlert(group, params.window, base, sources),
    });
  }
  alertsClient.setAlertLimitReached(reached.length > limit);
  if (reached.length > limit) {
    warn(
      `${reached.length} groups are anomalous, only the ${limit} most confident raise an alert. Ask for a higher count or confidence.`,
    );
  }
  if (isCut) warn(`Only the ${MOST_RESULTS} most confident results of the window were counted.`);
  const recovered = alertsClient.getRecoveredAlerts().map(({ alert }) => alert.getId());
  const reasons =
    recovered.length === 0
      ? new Map<string, string>()
      : await recoveryReasons(services.scopedClusterClient.asCurrentUser, spaceId, params, {
          from: range.newFrom - window,
          to: range.to,
        });
  const names =
    recovered.length === 0
      ? undefined
      : new Map((await detectors()).map(({ id, detector }) => [id, detector.name]));
  for (const id of recovered) {
    const reason = reasons.get(id) ?? shortfallOf(groups.found(id), params);
    const context = recoveredContext(id, params.window, base, { reason, names });
    alertsClient.setAlertData({ id, context });
  }
  return {
    state: {
      seen_to: range.to,
      ...(params.times_before !== null && {
        counts_before: keptCounts(
          countsBefore,
          told.map(({ id }) => id),
        ),
      }),
    },
  };
}

/** Detectors of a space, which are asked for when they are needed first. */
function lookedUpOnce(space: string, detectorsOf: DetectorsOf): () => Promise<readonly StoredDetector[]> {
  let found: Promise<readonly StoredDetector[]> | undefined;
  return () => (found ??= detectorsOf(space).then(async (all) => (await all.list()).detectors));
}

export function createLogAnomalyRuleType(
  links: Omit<LinkBase, 'space'>,
  detectorsOf: DetectorsOf,
): RuleType<LogAnomalyParams> {
  return {
    id: LOG_ANOMALY_RULE_TYPE,
    name: 'Log anomaly',
    category: 'management',
    producer: PLUGIN_ID,
    solution: 'stack',
    actionGroups: [{ id: ACTION_GROUP, name: 'Anomaly' }],
    defaultActionGroupId: ACTION_GROUP,
    minimumLicenseRequired: 'basic',
    isExportable: true,
    doesSetRecoveryContext: true,
    getViewInAppRelativeUrl: ruleLink,
    defaultScheduleInterval: '1m',
    validate: {
      params: {
        validate: (given) => parseWith(logAnomalyParamsSchema, given, 'The parameters of the rule'),
      },
    },
    actionVariables: { context: LOG_ANOMALY_VARIABLES, params: [], state: [] },
    alerts: ALERTS_AS_DATA,
    executor: (options) => executeLogAnomaly(options, links, detectorsOf),
  };
}
