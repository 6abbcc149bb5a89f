import { defaultBaseline, type ComparedField } from '../../../common/changes';
import type { ChangeExplanation } from '../../../common/api';
import type { LogDocument } from '../../../common/log_document';
import { memoryChangeSource, plantChange, PLANTED_CAUSES } from '../../../test/fakes/change_logs';
import { explainChange } from './explain_change';
import type { ChangeSource } from '../ports/changes';

const range = {
  index: 'logs',
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: 0,
  to: 0,
};
const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 2);
const window = { from: START, to: START + 10 * MINUTE };

const explain = (source: ChangeSource, asked = window): Promise<ChangeExplanation> =>
  explainChange(source, { window: asked, baseline: defaultBaseline(asked), range });

/** Logs at even steps over 50 minutes, the last ten of which are the window. @param of fields by time within the window, or before */
const logsOf = (count: number, of: (isInWindow: boolean, place: number) => LogDocument): LogDocument[] =>
  Array.from({ length: count }, (_, place) => {
    const time = START - 40 * MINUTE + Math.floor((50 * MINUTE * place) / count);
    return { '@timestamp': new Date(time).toISOString(), ...of(time >= START, place) };
  });

const valueField = (field: string): ComparedField => ({ field, kind: 'value' });

jest.setTimeout(30_000);

test.each(PLANTED_CAUSES)('a change with the cause "%s" stands first', async (cause) => {
  const planted = plantChange(cause, 3, 6_000);
  const { groups } = await explain(memoryChangeSource(planted.logs), planted.window);
  expect(groups[0]?.values.some(({ field, value }) => planted.isCause(field, value))).toBe(true);
  expect(groups.length).toBeLessThan(4);
});

test('a bad version stands with its errors, its new message, its hosts and its slowness', async () => {
  const planted = plantChange('version', 5, 8_000);
  const { groups, numbers } = await explain(memoryChangeSource(planted.logs), planted.window);
  const [{ values, found_in: foundIn, direction }] = groups;
  expect(direction).toBe('more');
  expect(values[0]).toMatchObject({
    field: 'service.version',
    value: '9.9.1',
    is_new: true,
    estimated: false,
    baseline: { logs: 0, share: 0 },
    lift: null,
  });
  expect(values).toContainEqual(
    expect.objectContaining({ kind: 'pattern', example: expect.stringContaining('cannot parse price') }),
  );
  expect(values).toContainEqual(expect.objectContaining({ field: 'http.response.status_code', value: 500 }));
  expect([...values, ...foundIn].filter(({ field }) => field === 'host.name')).toHaveLength(2);
  expect(numbers).toEqual([
    expect.objectContaining({ field: 'event.duration', unit: 'ns', direction: 'higher', group: 0 }),
  ]);
});

test('labels that say which logs are anomalous, and what stands beside them, are no cause', async () => {
  const logs = logsOf(4_000, (isInWindow, place) => {
    const isOdd = isInWindow && place % 3 === 0;
    return {
      service: { name: isOdd ? 'checkout' : 'web' },
      labels: { anomaly: String(isOdd), ...(isOdd && { kind: 'server_error' }) },
    };
  });
  const fields = ['service.name', 'labels.anomaly', 'labels.kind'].map(valueField);
  const { groups, compared } = await explain(memoryChangeSource(logs, fields));
  expect(groups[0].values[0]).toMatchObject({ field: 'service.name', value: 'checkout' });
  expect(JSON.stringify([groups, compared])).not.toContain('labels');
});

test('nothing is said of times that differ by chance', async () => {
  for (const seed of [1, 2]) {
    const { logs, window: last } = plantChange('rare_value', seed, 5_000);
    const usual = logs.filter((log) => log['error.code'] === undefined);
    const { groups, numbers } = await explain(memoryChangeSource(usual), last);
    expect([groups, numbers]).toEqual([[], []]);
  }
});

test('all logs are compared where the entity has next to none in the time before', async () => {
  const attackers = (before: number) =>
    logsOf(2_000, (isInWindow, place) => ({
      'client.ip':
        (isInWindow && place % 8 === 0) || (!isInWindow && place < before * 80 && place % 80 === 0)
          ? 'new'
          : `old-${place % 9}`,
    }));
  const ask = (before: number, asked: { from: number; to: number } = window) => {
    const source = memoryChangeSource(attackers(before), [valueField('client.ip')]);
    const ofEntity = source.holding(range, [{ kind: 'value', field: 'client.ip', value: 'new' }]);
    const question = { window: asked, baseline: defaultBaseline(asked), range: ofEntity };
    return explainChange(source, { ...question, allLogs: range });
  };
  for (const before of [0, 19]) {
    const { remarks, window: of, groups } = await ask(before);
    expect([remarks, of.logs]).toEqual([['entity_without_past'], 400]);
    expect(groups[0].values[0]).toMatchObject({ field: 'client.ip', value: 'new', window: { logs: 50 } });
  }
  expect(await ask(20)).toMatchObject({
    remarks: ['few_logs'],
    window: { logs: 50 },
    baseline: { logs: 20 },
  });
  // Nothing of it is to be explained.
  const later = { from: START - 20 * MINUTE, to: START };
  expect(await ask(0, later)).toMatchObject({
    remarks: expect.arrayContaining(['empty_window']),
    window: { logs: 0 },
  });
});

test('times without logs, and with few', async () => {
  const logs = logsOf(500, (isInWindow) => ({ 'host.name': isInWindow ? 'a' : 'b' }));
  const fields = [valueField('host.name')];
  const before = logs.filter((log) => Date.parse(String(log['@timestamp'])) < START);
  const within = logs.filter((log) => Date.parse(String(log['@timestamp'])) >= START);
  expect(await explain(memoryChangeSource(before, fields))).toMatchObject({
    window: { logs: 0 },
    groups: [],
    remarks: ['empty_window'],
    rate_ratio: 0,
  });
  expect(await explain(memoryChangeSource(within, fields))).toMatchObject({
    baseline: { logs: 0 },
    groups: [],
    remarks: ['empty_baseline'],
    rate_ratio: null,
  });
  expect(await explain(memoryChangeSource([], fields))).toMatchObject({
    remarks: ['empty_window', 'empty_baseline'],
    rate_ratio: null,
  });
  const few = logs.filter((_, place) => place % 10 === 0);
  const { remarks, groups } = await explain(memoryChangeSource(few, fields));
  expect(remarks).toEqual(['few_logs']);
  expect(groups.map(({ direction, values }) => [direction, values[0].value])).toEqual([
    ['more', 'a'],
    ['fewer', 'b'],
  ]);
});

test('what has come stands before what it takes the place of; in a fall what is gone stands first', async () => {
  const order = async (after: number): Promise<string[]> => {
    // Of what was usual 80 % are gone; the failures are fewer than these, and spread over hosts.
    const logs = logsOf(2_000, (isInWindow, place) =>
      !isInWindow || place % 5 === 0
        ? { status: 200 }
        : place % 10 < after
          ? { status: place % 2 === 0 ? 500 : 503 }
          : { status: 0 },
    ).filter(({ status }) => status !== 0);
    const { groups } = await explain(memoryChangeSource(logs, [valueField('status')]));
    return groups.map(({ direction, values }) => `${direction} ${String(values[0].value)}`);
  };
  const risen = await order(10);
  expect(risen).toEqual(['more 500', 'more 503', 'fewer 200']);
  expect((await order(3))[0]).toBe('fewer 200');
});

test('a field that logs lose is told', async () => {
  const logs = logsOf(2_000, (isInWindow, place) =>
    isInWindow && place % 2 === 0 ? {} : { 'user.id': `u${place % 5}` },
  );
  const { groups } = await explain(memoryChangeSource(logs, [valueField('user.id')]));
  expect(groups[0].values[0]).toMatchObject({ kind: 'missing', field: 'user.id', is_new: true });
});

test('values of logs are values, whatever they look like', async () => {
  const hostile = ['__proto__', 'constructor', '"}], "x": [{', '\u202e\u0000<script>', 'a'.repeat(5_000)];
  const logs = logsOf(5_000, (isInWindow, place) => ({
    tag: isInWindow && place % 2 === 0 ? hostile[(place / 2) % hostile.length] : `usual ${place % 7}`,
    message: isInWindow ? '\ud800 broken \u202e text {{x}}' : 'fine',
    other: [null, { deep: [[[1]]] }, Number.NaN, `v${place % 3}`],
  }));
  const { groups } = await explain(
    memoryChangeSource(logs, [valueField('tag'), valueField('other'), { field: 'message', kind: 'message' }]),
  );
  const values = groups.flatMap((group) => group.values);
  expect(values.filter(({ field }) => field === 'tag').map(({ value }) => value)).toEqual(
    expect.arrayContaining(hostile.slice(0, 4)),
  );
  const pattern = values.find(({ kind, is_new: isNew }) => kind === 'pattern' && isNew);
  expect(String(pattern?.value)).not.toMatch(/[\u202e\ud800]/);
});

test('risen values that the sample does not hold are counted and told; a cluster that cannot say is told, too', async () => {
  const logs = logsOf(60_000, (isInWindow, place) => ({
    code: isInWindow && place % 1_500 === 0 ? 'E1' : `ok ${place % 20}`,
    host: isInWindow && place % 1_500 === 0 ? 'bad' : `host ${place % 30}`,
  }));
  const fields = [valueField('code'), valueField('host')];
  const asked: string[][] = [];
  const found = await explain(
    memoryChangeSource(logs, fields, {
      risenValues: async (_window, _baseline, names) => {
        asked.push([...names]);
        const values = [
          { field: 'code', value: 'E1' },
          { field: 'host', value: 'bad' },
        ];
        return { values, looked: 52 };
      },
    }),
  );
  expect(asked).toEqual([['code', 'host']]);
  expect(found.groups.map(({ values }) => values.map(({ value }) => value))).toEqual([['E1', 'bad']]);
  expect(found.groups[0].values[0].window.logs).toBe(8);

  const unable = await explain(
    memoryChangeSource(
      logs.map((log, place) => ({ ...log, host: place % 3 === 0 && log.host === 'x' ? '' : log.host })),
      fields,
      { risenValues: async () => undefined, count: async () => undefined },
    ),
  );
  expect(unable.remarks).toEqual(['rare_values_not_searched']);
});

test('what the cluster cannot count is estimated from the sample', async () => {
  const logs = logsOf(60_000, (isInWindow, place) => ({
    host: isInWindow && place % 4 === 0 ? 'bad' : `host ${place % 30}`,
  }));
  const { groups, remarks } = await explain(
    memoryChangeSource(logs, [valueField('host')], { count: async () => undefined }),
  );
  expect(remarks).toEqual(['counts_estimated']);
  const [value] = groups[0].values;
  expect(value).toMatchObject({ value: 'bad', estimated: true, is_new: false });
  expect(Math.abs(value.window.logs - 3_000)).toBeLessThan(300);
});

test('a counter and names with a date change all the time', async () => {
  const logs = logsOf(10_000, (_, place) => ({
    offset: place * 100,
    file: `app-${Math.floor(place / 500)}.log`,
  }));
  const { groups, numbers } = await explain(
    memoryChangeSource(logs, [valueField('file'), { field: 'offset', kind: 'integer' }]),
  );
  expect(groups.filter(({ direction }) => direction === 'more')).toEqual([]);
  expect(numbers).toEqual([]);
});
