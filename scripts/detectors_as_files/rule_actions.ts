import { durationToMilliseconds } from '../../common/duration';
import { ACTION_GROUPS, type RuleTypeId } from '../../common/rules';

/** Something wrong with a setting of a rule. */
export interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

interface Frequency {
  readonly notify_when?: string;
  readonly throttle?: string | null;
}

interface RuleWithActions extends Frequency {
  readonly rule_type_id: RuleTypeId;
  readonly schedule: { readonly interval: string };
  readonly actions: readonly {
    readonly group?: string;
    readonly connector: string;
    readonly frequency?: Frequency;
  }[];
}

const RECOVERED = 'recovered';

/** Connectors of Kibana itself, such as that of cases: they are in no list and have neither group nor frequency. */
export const isSystemConnector = (id: string): boolean => id.startsWith('system-connector-');

/** Returns why Kibana would refuse to save the actions of a rule, which it says no sooner than that. */
export function issuesOfActions(rule: RuleWithActions): Issue[] {
  const ofAll = rule.notify_when !== undefined || rule.throttle !== undefined;
  const groups: readonly string[] = [ACTION_GROUPS[rule.rule_type_id], RECOVERED];
  return rule.actions.flatMap(({ group, connector, frequency }, place): Issue[] => {
    if (isSystemConnector(connector)) return [];
    const path = ['actions', place];
    const message = frequencyIssue(frequency, ofAll);
    return [
      ...(group !== undefined && groups.includes(group)
        ? []
        : [{ message: `must be ${groups.join(' or ')}`, path: [...path, 'group'] }]),
      ...(message === undefined ? [] : [{ message, path: [...path, 'frequency'] }]),
      ...throttleIssues(frequency, rule.schedule.interval, [...path, 'frequency']),
    ];
  });
}

function frequencyIssue(frequency: Frequency | undefined, ofAll: boolean): string | undefined {
  if (frequency !== undefined) {
    return ofAll ? 'must be absent where the rule has notify_when or throttle' : undefined;
  }
  return ofAll ? undefined : 'must be there where the rule has no notify_when';
}

function throttleIssues(
  frequency: Frequency | undefined,
  interval: string,
  path: readonly PropertyKey[],
): Issue[] {
  if (frequency?.notify_when !== 'onThrottleInterval') return [];
  const { throttle } = frequency;
  if (throttle != null && durationToMilliseconds(throttle) >= durationToMilliseconds(interval)) return [];
  return [
    {
      message: `must be a duration not shorter than schedule.interval (${interval})`,
      path: [...path, 'throttle'],
    },
  ];
}
