import { ruleFileSchema } from './file_kinds';

const rule = (given: object) => ({
  kind: 'rule',
  name: 'Incidents',
  rule_type_id: 'logAnomalies.incident',
  schedule: { interval: '5m' },
  ...given,
});
const action = (given: object) => ({
  group: 'incident',
  connector: 'Server log',
  params: {},
  frequency: { summary: false, notify_when: 'onActionGroupChange' },
  ...given,
});
const issuesOf = (given: object): string[] =>
  ruleFileSchema.safeParse(rule(given)).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('the actions of a rule', () => {
  it.each<[string, object, string[]]>([
    ['a group of the type', { actions: [action({})] }, []],
    ['the end of an alert', { actions: [action({ group: 'recovered' })] }, []],
    ['no group', { actions: [action({ group: undefined })] }, ['actions.0.group']],
    ['the group of another type', { actions: [action({ group: 'anomaly' })] }, ['actions.0.group']],
    ['no frequency at all', { actions: [action({ frequency: undefined })] }, ['actions.0.frequency']],
    [
      'one frequency for all',
      { notify_when: 'onActiveAlert', actions: [action({ frequency: undefined })] },
      [],
    ],
    ['both frequencies', { notify_when: 'onActiveAlert', actions: [action({})] }, ['actions.0.frequency']],
    [
      'a throttle shorter than the interval',
      {
        actions: [
          action({ frequency: { summary: true, notify_when: 'onThrottleInterval', throttle: '299s' } }),
        ],
      },
      ['actions.0.frequency.throttle'],
    ],
    [
      'a throttle as long as the interval',
      {
        actions: [
          action({ frequency: { summary: true, notify_when: 'onThrottleInterval', throttle: '300s' } }),
        ],
      },
      [],
    ],
    [
      'no throttle where it decides',
      { actions: [action({ frequency: { summary: true, notify_when: 'onThrottleInterval' } })] },
      ['actions.0.frequency.throttle'],
    ],
    ['a connector of Kibana itself', { actions: [{ connector: 'system-connector-.cases', params: {} }] }, []],
  ])('%s', (_name, given, issues) => {
    expect(issuesOf(given)).toEqual(issues);
  });

  it('may have many tags and a long name', () => {
    expect(
      issuesOf({ name: 'n'.repeat(300), tags: Array.from({ length: 30 }, (_n, place) => `tag ${place}`) }),
    ).toEqual([]);
  });
});
