import { joinedNames, sourcesOfIndices, type CountedIndex, type ResolvedNames } from './sources_of_indices';

const counted = (index: string, logs = 100, timestampField = '@timestamp'): CountedIndex => ({
  index,
  logs,
  timestampField,
});
const named = (names: Partial<ResolvedNames>): ResolvedNames => ({
  indices: [],
  aliases: [],
  data_streams: [],
  ...names,
});
const open = (...names: string[]): ResolvedNames['indices'] =>
  names.map((name) => ({ name, attributes: ['open'] }));
const found = (...given: Parameters<typeof sourcesOfIndices>): string[] =>
  sourcesOfIndices(...given).sources.map(({ index, reachedAs, logs }) => `${reachedAs} ${index} ${logs}`);

describe('sourcesOfIndices', () => {
  it('is one source for a data stream, also where its name is not listed', () => {
    const backing = [
      '.ds-logs-nginx.access-default-2026.11.20-000001',
      '.ds-logs-nginx.access-default-2026.11.27-000002',
    ];
    const names = named({
      data_streams: [{ name: 'logs-nginx.access-default', backing_indices: backing }],
    });
    const counts = [
      ...backing.map((name) => counted(name)),
      counted('partial-.ds-logs-a-b-2026.01.01-000001', 7),
    ];
    expect(found(counts, names, 10)).toEqual([
      'data_stream logs-nginx.access-default 200',
      'data_stream logs-a-b 7',
    ]);
  });

  it.each([
    [['weblogs-2026.11.26', 'weblogs-2026.11.27'], 'weblogs-*'],
    [['filebeat-8.12.2-2026.11.26-000001', 'filebeat-8.13.0-2026.11.27-000002'], 'filebeat-*'],
    [['app_20261126', 'app_20261127'], 'app_*'],
    [['orders-000001', 'orders-000002'], 'orders-*'],
    [['syslog-2026.w47', 'syslog-2026.w48'], 'syslog-*'],
    [['audit-2026.11'], 'audit-*'],
  ])('%j rotates under one pattern', (indices, pattern) => {
    const sources = found(
      indices.map((name) => counted(name)),
      named({ indices: open(...indices) }),
      10,
    );
    expect(sources).toEqual([`pattern ${pattern} ${100 * indices.length}`]);
  });

  it('takes no pattern that matches other logs: a narrower one, or the names themselves', () => {
    const indices = ['app-2026.11.26', 'app-2026.11.27', 'app-web-2026.11.27', 'app-20-errors'];
    expect(
      found(
        indices.map((name) => counted(name)),
        named({ indices: open(...indices) }),
        10,
      ),
    ).toEqual([
      'index app-2026.11.26,app-2026.11.27 200',
      'index app-20-errors 100',
      'pattern app-web-* 100',
    ]);
    expect(
      found([counted('app-2026.11.26')], named({ indices: open('app-2026.11.26', 'app-web') }), 10),
    ).toEqual(['pattern app-20* 100']);
  });

  it.each([
    [['filebeat-7.17.0-2026.11.26-000001', 'filebeat-7.17.0-2026.11.27-000002'], 'filebeat-8.11.0'],
    [['app-000001', 'app-2026.11'], 'app-web'],
  ])('takes no pattern that misses some of %j', (indices, other) => {
    const names = named({
      indices: open(...indices),
      data_streams: [{ name: other, backing_indices: [`.ds-${other}-2026.11.27-000001`] }],
    });
    expect(
      found(
        indices.map((name) => counted(name)),
        names,
        10,
      ),
    ).toEqual([`index ${indices.join(',')} 200`]);
  });

  it('reads by its alias what can only be read by that, and lists no alias beside its index', () => {
    const names = named({
      indices: open('seen'),
      aliases: [
        { name: 'team', indices: ['behind'] },
        { name: 'other-name', indices: ['seen'] },
      ],
    });
    expect(found([counted('behind', 5), counted('seen', 9)], names, 10)).toEqual([
      'index seen 9',
      'alias team 5',
    ]);
  });

  it('says what it leaves out, and why', () => {
    const names = named({
      indices: [
        ...open('logs-a', 'old', 'log-anomalies-models.default', 'metricbeat-8', 'a:b', '.kibana_1', 'b'),
        { name: 'secret', attributes: ['open', 'hidden'] },
      ],
      data_streams: [
        {
          name: 'metrics-system.cpu-default',
          backing_indices: '.ds-metrics-system.cpu-default-2026.11.27-000001',
        },
        { name: 'logs-quiet-default', backing_indices: ['.ds-logs-quiet-default-2026.01.01-000001'] },
      ],
    });
    const counts = [
      counted('logs-a', 9),
      counted('b', 1),
      counted('log-anomalies-models.default'),
      counted('a:b'),
      counted('secret'),
      counted('.kibana_1'),
      counted('.ds-metrics-system.cpu-default-2026.11.27-000001'),
    ];
    const { sources, leftOut } = sourcesOfIndices(counts, names, 1);
    expect(sources.map(({ index }) => index)).toEqual(['logs-a']);
    expect(leftOut).toEqual([
      { reason: 'hidden', count: 2, examples: ['.kibana_1', 'secret'] },
      { reason: 'own', count: 1, examples: ['log-anomalies-models.default'] },
      { reason: 'no_logs_by_name', count: 2, examples: ['metricbeat-8', 'metrics-system.cpu-default'] },
      { reason: 'no_recent_logs', count: 2, examples: ['logs-quiet-default', 'old'] },
      { reason: 'odd_name', count: 1, examples: ['a:b'] },
      { reason: 'too_many', count: 1, examples: ['b'] },
    ]);
  });

  it('takes the field of time that most logs have', () => {
    const [source] = sourcesOfIndices(
      [counted('a-2026.11.26', 1, 'time'), counted('a-2026.11.27', 9, 'timestamp')],
      named({ indices: open('a-2026.11.26', 'a-2026.11.27') }),
      10,
    ).sources;
    expect(source.timestampField).toBe('timestamp');
  });
});

describe('joinedNames', () => {
  it('names the newest indices, no more than a detector may read by name', () => {
    const many = Array.from(
      { length: 60 },
      (_none, place) => `${'x'.repeat(99)}-${String(place).padStart(2, '0')}`,
    );
    const joined = joinedNames(many);
    expect(joined.length).toBeLessThanOrEqual(1_024);
    expect(joined.split(',').at(-1)).toBe(many.at(-1));
  });
});
