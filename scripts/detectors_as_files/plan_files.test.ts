import type { SuppressionBody } from '../../common/api';
import { createAlertingApi } from '../../test/integration/fixtures/alerting_api';
import type { KibanaConnection } from '../command_line/kibana';
import { quietTimeFileSchema, ruleFileSchema } from './file_kinds';
import { planFiles } from './plan_files';
import type { ReadFiles } from './read_files';
import type { Step } from './steps';

const UUID = '1a2b3c4d-0000-4000-8000-000000000000';
const TO_LOG = {
  group: 'incident',
  connector: 'Server log',
  params: { level: 'warn' },
  frequency: { summary: false, notify_when: 'onActionGroupChange', throttle: null },
};
const INCIDENTS = {
  kind: 'rule',
  name: 'Incidents',
  rule_type_id: 'logAnomalies.incident',
  schedule: { interval: '1m' },
  actions: [TO_LOG],
};
const ONCE = {
  type: 'once' as const,
  windows: [{ from: '2020-01-01T00:00:00.000Z', to: '2020-01-02T00:00:00.000Z' }],
};
const OVER = {
  kind: 'quiet_time',
  name: 'Move',
  schedule: ONCE,
  expires_at: '2020-01-03T00:00:00.000Z',
  labels: ['team'],
};

const filesOf = (...documents: readonly Readonly<Record<string, unknown>>[]): ReadFiles => ({
  detectors: [],
  quietTimes: documents
    .filter(({ kind }) => kind === 'quiet_time')
    .map((each, line) => ({ settings: quietTimeFileSchema.parse(each), place: `a.yml:${line}` })),
  rules: documents
    .filter(({ kind }) => kind === 'rule')
    .map((each, line) => ({ settings: ruleFileSchema.parse(each), place: `a.yml:${line}` })),
});

let ids = 0;
const quietTime = (given: Partial<SuppressionBody>): SuppressionBody => ({
  ...{ id: `q${++ids}`, detector_ids: [], name: 'Move', origin: 'calendar', exclude_from_training: true },
  ...{ at: '2026-01-01T00:00:00.000Z', expired: false, hidden: 0, next: [], ...given },
});

/** A space without detectors, that has rules and quiet times. */
function space({ quietTimes = [] as SuppressionBody[], isRefused = (_path: string): boolean => false } = {}) {
  const alerting = createAlertingApi([{ id: 'log-1', name: 'Server log', connector_type_id: '.server-log' }]);
  const paths: string[] = [];
  const connection: KibanaConnection = {
    kibana: 'http://kibana.test',
    ask: (path, { method = 'GET', body } = {}) => {
      paths.push(`${method} ${path}`);
      const given = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
      if (isRefused(path)) return Promise.resolve(Response.json({ message: 'Forbidden' }, { status: 403 }));
      if (path.includes('/suppressions')) return Promise.resolve(Response.json({ suppressions: quietTimes }));
      const reply = alerting.answer(method, path.split('?')[0], given);
      if (reply === undefined) return Promise.resolve(Response.json({ total: 0, detectors: [] }));
      const { status, body: answer } = reply;
      return Promise.resolve(
        status === 204 ? new Response(null, { status }) : Response.json(answer, { status }),
      );
    },
  };
  const plan = async (files: ReadFiles, options = {}): Promise<readonly Step[]> =>
    (await planFiles(connection, files, { label: undefined, prune: false, start: false, ...options })).steps;
  const apply = async (files: ReadFiles, options = {}): Promise<readonly Step[]> => {
    const steps = await plan(files, options);
    for (const step of steps) await step.carryOut([]);
    return steps;
  };
  return { alerting, connection, paths, plan, apply, rules: () => [...alerting.rules.values()] };
}

const actionsOf = (steps: readonly Step[]) =>
  steps.map(({ action, kind, name, id }) =>
    [action, kind, name, id].filter((each) => each !== undefined).join(' '),
  );
const TEAM = { label: 'team', prune: true };

describe('pruning', () => {
  it('leaves kinds alone that the files do not have', async () => {
    const { plan, apply } = space({ quietTimes: [quietTime({ labels: ['team'] })] });
    await apply(filesOf(INCIDENTS), { label: 'team' });
    expect(await plan(filesOf(), TEAM)).toEqual([]);
    expect(
      actionsOf(
        await plan(filesOf({ ...OVER, name: 'Other', expires_at: '2099-01-01T00:00:00.000Z' }), TEAM),
      ),
    ).toEqual(['create quiet_time Other', expect.stringMatching(/^delete quiet_time Move/)]);
  });

  it('deletes only rules that apply has saved with the label', async () => {
    const { apply, plan, rules, alerting } = space();
    await apply(filesOf(INCIDENTS, { ...INCIDENTS, name: 'Old' }), { label: 'team' });
    const [first] = rules();
    alerting.rules.set('hand', { ...first, id: 'hand', name: 'By hand', tags: ['team'] });
    expect(first.tags).toEqual(['team', 'log-anomalies:team']);
    expect(
      actionsOf(await plan(filesOf(INCIDENTS), TEAM)).map((each) => each.split(' ').slice(0, 3).join(' ')),
    ).toEqual(['leave rule Incidents', 'delete rule Old']);
    // Without a label, and with another, the mark stays.
    await apply(filesOf({ ...INCIDENTS, tags: ['team'] }));
    expect(rules()[0].tags).toEqual(['team', 'log-anomalies:team']);
  });
});

describe('a rule that is changed', () => {
  const linked = { investigation_guide: { blob: '# Guide' }, dashboards: [{ id: 'd1' }] };

  it('keeps its guide and dashboards, and what a newer Kibana knows of its actions', async () => {
    const { apply, rules, alerting } = space();
    const throttled = { ...TO_LOG, frequency: { ...TO_LOG.frequency, advanced_throttle: { per: 'host' } } };
    await apply(filesOf({ ...INCIDENTS, actions: [throttled] }));
    const [rule] = rules();
    expect(rule.actions[0].frequency).toMatchObject({ advanced_throttle: { per: 'host' } });
    alerting.rules.set(rule.id, { ...rule, artifacts: linked });
    const changed = { ...INCIDENTS, actions: [throttled], schedule: { interval: '5m' } };
    const [step] = await apply(filesOf(changed));
    expect(await step.warnings?.()).toEqual([]);
    expect(rules()).toMatchObject([
      { schedule: { interval: '5m' }, artifacts: linked, actions: [{ uuid: rule.actions[0].uuid }] },
    ]);
  });

  it('says beforehand that they are lost where Kibana does not show them', async () => {
    const { apply, plan } = space({ isRefused: (path) => path.startsWith('/internal/') });
    await apply(filesOf(INCIDENTS));
    const [step] = await plan(filesOf({ ...INCIDENTS, schedule: { interval: '5m' } }));
    expect(await step.warnings?.()).toEqual([expect.stringContaining('guide and linked dashboards')]);
    const [same] = await plan(filesOf(INCIDENTS));
    expect(await same.warnings?.()).toEqual([]);
  });

  it('stays enabled or not where the file does not say', async () => {
    const { apply, rules, alerting } = space();
    await apply(filesOf(INCIDENTS));
    const [rule] = rules();
    expect(rule.enabled).toBe(true);
    alerting.rules.set(rule.id, { ...rule, enabled: false });
    expect(actionsOf(await apply(filesOf(INCIDENTS)))).toEqual([`leave rule Incidents ${rule.id}`]);
    await apply(filesOf({ ...INCIDENTS, schedule: { interval: '5m' } }));
    expect(rules()).toMatchObject([{ enabled: false, schedule: { interval: '5m' } }]);
  });

  it('has two actions that are alike, each with its own id', async () => {
    const { apply, rules } = space();
    await apply(filesOf({ ...INCIDENTS, actions: [TO_LOG, TO_LOG] }));
    const before = rules()[0].actions.map(({ uuid }) => uuid);
    await apply(filesOf({ ...INCIDENTS, actions: [TO_LOG, TO_LOG], schedule: { interval: '5m' } }));
    expect(rules()[0].actions.map(({ uuid }) => uuid)).toEqual(before);
  });

  it('is the same in each way of writing it', async () => {
    const { apply, plan } = space();
    const written = { ...TO_LOG, use_alert_data_for_template: false, alerts_filter: {} };
    await apply(filesOf({ ...INCIDENTS, actions: [written] }));
    const [step] = await plan(filesOf({ ...INCIDENTS, actions: [written] }));
    expect([step.action, step.changes]).toEqual(['leave', []]);
  });
});

describe('names in rules', () => {
  it('are refused where connectors cannot be seen, and ids are not', async () => {
    const { plan } = space({ isRefused: (path) => path === '/api/actions/connectors' });
    const problemsWith = async (connector: string) => {
      const rule = { ...INCIDENTS, actions: [{ ...TO_LOG, connector }] };
      const [step] = await plan(filesOf(rule));
      return step.problems?.();
    };
    expect(await problemsWith('Server log')).toEqual([
      expect.stringContaining('Actions and Connectors: Read'),
    ]);
    expect(await problemsWith(UUID)).toEqual([]);
    expect(await problemsWith('system-connector-.cases')).toEqual([]);
  });

  it('may be ids of detectors that are gone only in the rule that has them already', async () => {
    const { apply, plan, rules, alerting } = space();
    await apply(filesOf(INCIDENTS));
    const [rule] = rules();
    alerting.rules.set(rule.id, { ...rule, params: { ...rule.params, detector_ids: [UUID] } });
    const named = { ...INCIDENTS, detectors: [UUID] };
    expect(actionsOf(await plan(filesOf(named)))).toEqual([`leave rule Incidents ${rule.id}`]);
    await expect(plan(filesOf(INCIDENTS, { ...named, name: 'Other' }))).rejects.toThrow('is no detector');
  });
});

describe('rules of the space', () => {
  it('are asked for by our types, each once, and told apart from an answer that is wrong', async () => {
    const { connection, plan, apply, paths, rules } = space();
    await apply(filesOf(INCIDENTS));
    const [path] = paths.filter((each) => each.includes('_find'));
    expect(new URL(path.slice(4), 'http://kibana.test').searchParams.get('filter')).toBe(
      'alert.attributes.alertTypeId:(logAnomalies.incident or logAnomalies.logAnomaly or logAnomalies.detectorHealth)',
    );
    const answering = (data: object[], total: number): KibanaConnection => ({
      ...connection,
      ask: (asked, request) =>
        asked.includes('_find')
          ? Promise.resolve(Response.json({ total, data }))
          : connection.ask(asked, request),
    });
    const planOf = (data: object[], total: number) =>
      planFiles(answering(data, total), filesOf(INCIDENTS), { label: undefined, prune: false, start: false });
    const [rule] = rules();
    expect((await planOf([rule], 150)).steps).toHaveLength(1);
    await expect(planOf([rule], 10_001)).rejects.toThrow('10001 rules of our types');
    await expect(planOf([{ rule_type_id: 'logAnomalies.incident' }], 1)).rejects.toThrow(
      'not as its documentation',
    );
    expect(await plan(filesOf(INCIDENTS))).toHaveLength(1);
  });
});

describe('a quiet time that is over', () => {
  const over = (given: Partial<SuppressionBody> = {}) =>
    quietTime({ schedule: ONCE, expires_at: OVER.expires_at, labels: ['team'], expired: true, ...given });

  it('is never deleted, and stays beside a new one of its name', async () => {
    const past = over();
    const { plan } = space({ quietTimes: [past, over({ name: 'Past' })] });
    expect(actionsOf(await plan(filesOf({ ...OVER, expires_at: '2099-01-01T00:00:00.000Z' }), TEAM))).toEqual(
      ['create quiet_time Move'],
    );
    expect(actionsOf(await plan(filesOf(OVER), TEAM))).toEqual([`leave quiet_time Move ${past.id}`]);
  });

  it('is no conflict with another of its name', async () => {
    const { plan } = space({ quietTimes: [over(), over()] });
    const next = { ...OVER, expires_at: '2099-01-01T00:00:00.000Z' };
    expect(actionsOf(await plan(filesOf(next)))).toEqual(['create quiet_time Move']);
  });
});

describe('a quiet time whose change was interrupted', () => {
  const file = { ...OVER, expires_at: '2099-01-01T00:00:00.000Z' };
  const [older, newer] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'].map((at, place) =>
    quietTime({ schedule: ONCE, expires_at: file.expires_at, labels: place === 0 ? [] : ['team'], at }),
  );

  it('loses the one before by the next apply', async () => {
    const { plan } = space({ quietTimes: [older, newer] });
    expect(actionsOf(await plan(filesOf(file)))).toEqual([
      `leave quiet_time Move ${newer.id}`,
      `delete quiet_time Move ${older.id}`,
    ]);
  });

  it('is a conflict where none is as the file says', async () => {
    const { plan } = space({ quietTimes: [older, newer] });
    await expect(plan(filesOf({ ...file, comment: 'other' }))).rejects.toThrow('2 quiet times of the space');
  });
});
