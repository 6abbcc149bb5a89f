import type { Client } from '@elastic/elasticsearch';
import { defaultBaseline } from '../../common/changes';
import type { ChangeExplanation } from '../../common/api';
import { explainChange } from '../../server/detection/changes/explain_change';
import { rangeOf } from '../../server/detection/ports/log_range';
import { createChangeSource } from '../../server/elasticsearch/logs/change_source';
import { plantChange, PLANTED_CAUSES, type PlantedChange } from '../fakes/change_logs';
import { run } from './fixtures/command_line_fixture';
import {
  addLogs,
  administrator,
  createLogs,
  uniqueName,
  userWith,
  QUICK,
} from './fixtures/elasticsearch_fixture';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(120_000);

const admin = administrator();
const made: string[] = [];
let folder: string;

const keyword = { type: 'keyword', ignore_above: 64 } as const;
const MAPPINGS = {
  properties: {
    '@timestamp': { type: 'date' },
    message: { type: 'text', fields: { keyword } },
    service: { properties: { name: { type: 'text', fields: { keyword } }, version: keyword } },
    host: { properties: { name: keyword, up: { type: 'boolean' } } },
    client: { properties: { ip: { type: 'ip' } } },
    url: { properties: { path: keyword } },
    log: { properties: { level: keyword } },
    error: { properties: { code: keyword, message: { type: 'text' } } },
    trace: { properties: { id: keyword } },
    http: { properties: { response: { properties: { status_code: { type: 'short' } } } } },
    event: { properties: { duration: { type: 'long' }, ingested: { type: 'date' } } },
    items: { type: 'nested', properties: { name: keyword } },
  },
} as const;

async function index(logs: PlantedChange['logs']): Promise<string> {
  const name = uniqueName('change');
  made.push(name);
  await createLogs(
    admin,
    name,
    logs.map((document) => ({ document })),
    { mappings: MAPPINGS },
  );
  return name;
}

function explain(
  client: Client,
  name: string,
  window: PlantedChange['window'],
  change: { query?: string } = {},
): Promise<ChangeExplanation> {
  const source = { index: name, timestamp_field: '@timestamp', ingested_field: 'event.ingested', ...change };
  return explainChange(createChangeSource(client, { policy: QUICK }), {
    window,
    baseline: defaultBaseline(window),
    range: rangeOf(source, window.from, window.to),
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  for (const name of made) await admin.indices.delete({ index: name, ignore_unavailable: true });
  await admin.close();
});

test.each(PLANTED_CAUSES)('the planted cause "%s" stands first', async (cause) => {
  const planted = plantChange(cause, 11, 12_000);
  const found = await explain(admin, await index(planted.logs), planted.window);
  const [first] = found.groups;
  expect(first?.values.some(({ field, value }) => planted.isCause(field, value))).toBe(true);
  expect(found.compared.fields).toContain('service.name.keyword');
  expect(found.compared.fields).not.toContain('message.keyword');
  expect(found.remarks).toEqual([]);
  if (cause === 'version') {
    expect(first.values[0]).toMatchObject({ field: 'service.version', is_new: true, estimated: false });
    const held = planted.logs.filter((log) => log['service.version'] === '9.9.1').length;
    expect(first.values[0].window.logs).toBe(held);
    expect(found.numbers).toEqual([expect.objectContaining({ field: 'event.duration', group: 0 })]);
  }
});

test('values too rare for the sample are found by the cluster, with what they move with', async () => {
  const planted = plantChange('rare_value', 12, 60_000);
  const rare = {
    ...planted,
    logs: planted.logs.filter((log, place) => !log['error.code'] || place % 12 === 0),
  };
  const held = rare.logs.filter((log) => log['error.code']).length;
  const { groups } = await explain(admin, await index(rare.logs), rare.window);
  const found = groups.flatMap(({ values }) => values).find(({ field }) => field === 'error.code');
  expect(held).toBeLessThan(15);
  expect(found).toMatchObject({ value: 'E4711', window: { logs: held }, is_new: true, estimated: false });
});

test('a query narrows both times; times without logs are said', async () => {
  const planted = plantChange('version', 13, 4_000);
  const name = await index(planted.logs);
  const narrowed = await explain(admin, name, planted.window, { query: 'log.level: error' });
  const errors = planted.logs.filter((log) => log['log.level'] === 'error').length;
  expect(narrowed.window.logs + narrowed.baseline.logs).toBe(errors);
  const later = { from: planted.window.to + 1, to: planted.window.to + 60_000 };
  expect(await explain(admin, name, later)).toMatchObject({ window: { logs: 0 }, groups: [] });
  const much = { from: planted.window.to + 9e9, to: planted.window.to + 9e9 + 60_000 };
  expect(await explain(admin, name, much)).toMatchObject({
    remarks: ['empty_window', 'empty_baseline'],
    groups: [],
    rate_ratio: null,
  });
});

test('hostile and dirty logs: odd names, values that are not indexed, hundreds of fields', async () => {
  const planted = plantChange('version', 14, 4_000);
  const hostile = 'x"}],"y":{"query_string":{"query":"*"}} \u202e \\ * ?';
  const dirty = planted.logs.map((log, place) => {
    const isInWindow = Date.parse(String(log['@timestamp'])) >= planted.window.from;
    return {
      ...log,
      ...(place % 10 === 0 && { message: 17, items: [{ name: 'a' }] }),
      ...(isInWindow && place % 3 === 0 && { 'host.name': hostile }),
      ...(isInWindow && place % 5 === 0 && { 'log.level': 'z'.repeat(300) }),
      ...Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`wide.f${at}`, `v${place % 3}`])),
      ...(place % 7 === 0 && { labels: { odd: ['a', ['b', 'c']], __proto__2: true } }),
    };
  });
  const name = await index(dirty);
  const { groups, compared, remarks } = await explain(admin, name, planted.window);
  expect(compared.left_out).toBeGreaterThan(0);
  expect(remarks).toContain('fields_left_out');
  const values = groups.flatMap((group) => group.values);
  expect(values).toContainEqual(
    expect.objectContaining({ field: 'host.name', value: hostile, is_new: true }),
  );
});

test('one who may not read the logs is told so, and gets none of them', async () => {
  const planted = plantChange('client', 15, 1_000);
  const name = await index(planted.logs);
  const user = await userWith(admin, { cluster: [], indices: [{ names: ['other'], privileges: ['read'] }] });
  try {
    await expect(explain(user.client, name, planted.window)).rejects.toMatchObject({ code: 'forbidden' });
  } finally {
    await user.remove();
  }
  await expect(explain(admin, uniqueName('nothing'), planted.window)).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('the command says it in words and as JSON, and refuses times that make no sense', async () => {
  const planted = plantChange('version', 16, 6_000);
  const name = await index(planted.logs);
  await addLogs(admin, name, []);
  const [from, to] = [planted.window.from, planted.window.to].map((time) => new Date(time).toISOString());
  const explainCommand = (...more: string[]) =>
    run(folder, 'explain-change', '--index', name, '--from', from, '--to', to, ...more);
  const text = await explainCommand();
  expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('service.version: 9.9.1')]);
  expect(text.stdout).toMatch(/found in host\.name: host-\d+ \(\d+% of these logs/);
  const json = await explainCommand('--json', '--baseline-from', String(planted.window.from - 3_600_000));
  const body = JSON.parse(json.stdout) as ChangeExplanation;
  expect(body.groups[0].values[0].field).toBe('service.version');
  expect(body.baseline.to).toBe(from);
  const overlapping = await explainCommand('--baseline-from', from, '--baseline-to', to);
  expect([overlapping.code, overlapping.stderr]).toEqual([
    2,
    expect.stringContaining('baseline_to: must not overlap the window'),
  ]);
  const backwards = await run(folder, 'explain-change', '--index', name, '--from', to, '--to', from);
  expect([backwards.code, backwards.stderr]).toEqual([2, expect.stringContaining('to: must be after from')]);
});
