import {
  defaultSettings,
  PANEL_KINDS,
  panelTypeOf,
  searchOf,
  settingsOf,
  settingsOfVisualization,
  stateOf,
  stateOfVisualizationPanel,
  valueStateOf,
} from './index';

it.each(PANEL_KINDS)('the settings of a %s come back from its state', (kind) => {
  expect(panelTypeOf(kind)).toMatch(/^[a-z_]+$/);
  expect(stateOf(defaultSettings(kind))).toEqual({});
  expect(settingsOf(kind, {})).toEqual(defaultSettings(kind));
  const chosen = {
    kind,
    detectorId: 'd',
    minSeverity: 'major',
    laneBy: 'detector',
    limit: 7,
    entity: 'shop',
    feature: 'took',
  } as const;
  expect(stateOf(chosen)).toEqual({
    detector_id: 'd',
    min_severity: 'major',
    lane_by: 'detector',
    limit: 7,
    entity: 'shop',
    feature: 'took',
  });
  expect(settingsOf(kind, stateOf(chosen))).toEqual(chosen);
  expect(valueStateOf({ title: 'T', limit: undefined, ...stateOf(chosen) })).toEqual(stateOf(chosen));
});

/** As 0.1.0 saved it in a dashboard. */
const SAVED = {
  savedVis: {
    title: '',
    description: '',
    type: 'log_anomalies_table',
    params: { kind: 'table', detectorId: 'd-1', minSeverity: 'critical', laneBy: 'entity', limit: 5 },
  },
  hidePanelTitles: true,
  timeRange: { from: 'now-1h', to: 'now', mode: 'relative' },
  enhancements: {},
};

it('takes over a visualization of a dashboard', () => {
  expect(stateOfVisualizationPanel('table', SAVED)).toEqual({
    detector_id: 'd-1',
    min_severity: 'critical',
    limit: 5,
    hide_title: true,
    time_range: { from: 'now-1h', to: 'now' },
  });
});

it.each([
  ['a query', { query: { query: 'anomaly.entity : "cart"', language: 'kuery' }, filter: [] }],
  ['filters', { query: { query: ' ', language: 'kuery' }, filter: [{ query: { term: { a: 1 } } }] }],
])(
  'leaves a visualization with %s of its own what it is: a panel would show more than it did',
  (_of, searchSource) => {
    const withSearch = (source: object) => ({
      ...SAVED,
      savedVis: { ...SAVED.savedVis, data: { aggs: [], searchSource: source } },
    });
    expect(stateOfVisualizationPanel('table', withSearch(searchSource))).toBeUndefined();
    const empty = { query: { query: '', language: 'kuery' }, filter: [] };
    expect(stateOfVisualizationPanel('table', withSearch(empty))).toMatchObject({ detector_id: 'd-1' });
  },
);

it('reads the query and the filters of a visualization, as far as there are any', () => {
  const query = { query: 'a : 1', language: 'kuery' };
  expect(searchOf({ query, filter: [{ f: 1 }], indexRefName: 'i' })).toEqual({ query, filters: [{ f: 1 }] });
  expect(searchOf({ filter: { f: 1 } })).toEqual({ filters: [{ f: 1 }] });
  for (const empty of [undefined, {}, { query: { query: '', language: 'lucene' }, filter: [] }]) {
    expect(searchOf(empty)).toEqual({});
  }
});

it('takes a field of entities of several for the subject of lanes', () => {
  const params = { laneBy: 'host.name' };
  expect(settingsOfVisualization({ type: 'log_anomalies_swim_lane', params })?.laneBy).toBe('host.name');
});

it('leaves panels of others, and of another kind, as they are', () => {
  expect(stateOfVisualizationPanel('timeline', SAVED)).toBeUndefined();
  expect(stateOfVisualizationPanel('table', { savedVis: { type: 'metric' } })).toBeUndefined();
  expect(stateOfVisualizationPanel('table', { ref_id: 'a' })).toBeUndefined();
  expect(settingsOfVisualization(undefined)).toBeUndefined();
});

it('believes no parameter that a panel may not have', () => {
  const params = {
    detectorId: 7,
    minSeverity: 'awful',
    limit: 1e9,
    entity: 'e'.repeat(257),
    feature: 'f'.repeat(201),
  };
  for (const laneBy of ['', '*', '_id', 'a\nb', 'x'.repeat(257), 7]) {
    expect(settingsOfVisualization({ type: 'log_anomalies_table', params: { ...params, laneBy } })).toEqual(
      defaultSettings('table'),
    );
  }
  expect(settingsOfVisualization({ type: 'log_anomalies_table' })).toEqual(defaultSettings('table'));
});
