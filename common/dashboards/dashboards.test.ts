import { SEVERITY_COLORS } from '../anomaly/severity_colors';
import { resultDashboards, toNdjson, type SavedObject } from './index';

interface Panel {
  readonly type: string;
  readonly panelIndex: string;
  readonly gridData: { x: number; y: number; w: number; h: number };
  readonly embeddableConfig: {
    savedVis?: { type: string; params: { kind: string } };
    hidePanelTitles?: boolean;
    attributes?: { title: string; state: { query: { query: string } } };
  };
}
const panelsOf = ({ attributes }: SavedObject): Panel[] =>
  JSON.parse(String(attributes.panelsJSON)) as Panel[];
const dashboardsOf = (hasPlugin: boolean): SavedObject[] =>
  resultDashboards('shop', { hasPlugin }).filter(({ type }) => type === 'dashboard');

const overlap = ({ gridData: left }: Panel, { gridData: right }: Panel): boolean =>
  left.x < right.x + right.w &&
  right.x < left.x + left.w &&
  left.y < right.y + right.h &&
  right.y < left.y + left.h;

it('are a data view, a search of its anomalies and two dashboards of the space, one object a line', () => {
  const objects = resultDashboards('shop', { hasPlugin: false });
  expect(objects.map(({ type, id }) => `${type} ${id}`)).toEqual([
    'index-pattern log-anomalies-results-shop',
    'search log-anomalies-anomalies-shop',
    'dashboard log-anomalies-overview-shop',
    'dashboard log-anomalies-http-shop',
  ]);
  const lines = toNdjson(objects).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as SavedObject)).toEqual(objects);
});

it.each([true, false])(
  'lay their panels side by side, each Lens panel on the data view (plugin: %s)',
  (has) => {
    for (const dashboard of dashboardsOf(has)) {
      const panels = panelsOf(dashboard);
      panels.forEach((panel, place) =>
        expect(panels.slice(place + 1).filter((other) => overlap(panel, other))).toEqual([]),
      );
      expect(panels.every(({ gridData: { x, w } }) => x >= 0 && x + w <= 48)).toBe(true);
      const lens = panels.filter(({ type }) => type === 'lens').map(({ panelIndex }) => panelIndex);
      expect(dashboard.references).toEqual(
        lens.map((index) => ({
          name: `${index}:indexpattern-datasource-layer-results`,
          type: 'index-pattern',
          id: 'log-anomalies-results-shop',
        })),
      );
    }
  },
);

it('show the first incidents in a window of 900 pixels: the figures above them are as low as they can be', () => {
  const [overview] = dashboardsOf(true);
  const figures = panelsOf(overview).filter(({ gridData: { y } }) => y === 0);
  expect(figures.map(({ gridData: { w, h }, embeddableConfig: config }) => [w, h, config])).toEqual([
    [48, 5, expect.objectContaining({ hidePanelTitles: true })],
  ]);
  expect(figures[0].embeddableConfig.savedVis?.type).toBe('log_anomalies_figures');
  const incidents = panelsOf(overview).find(
    ({ embeddableConfig: { savedVis } }) => savedVis?.type === 'log_anomalies_incidents',
  );
  expect(incidents?.gridData.y).toBe(5);
});

it('hold our own panels only where the plugin is', () => {
  const own = (hasPlugin: boolean): (string | undefined)[] =>
    dashboardsOf(hasPlugin)
      .flatMap(panelsOf)
      .filter(({ type }) => type === 'visualization')
      .map(({ embeddableConfig: { savedVis } }) => savedVis?.type);
  expect(own(false)).toEqual([]);
  expect(own(true)).toEqual(
    ['figures', 'incidents', 'values', 'swim_lane', 'patterns', 'table'].map(
      (kind) => `log_anomalies_${kind}`,
    ),
  );
});

it('holds our panels by themselves where dashboards take them', () => {
  const [overview] = resultDashboards('shop', { hasPlugin: true, takesPanels: true }).filter(
    ({ type }) => type === 'dashboard',
  );
  const ours = panelsOf(overview).filter(({ type }) => type !== 'lens');
  expect(ours.map(({ type, embeddableConfig }) => [type, embeddableConfig])).toEqual(
    ['figures', 'incidents', 'values', 'swim_lane', 'patterns', 'table'].map((kind) => [
      `log_anomalies_${kind}`,
      kind === 'figures' ? { hide_title: true } : {},
    ]),
  );
});

const lensOf = (dashboard: SavedObject) =>
  panelsOf(dashboard).flatMap(({ embeddableConfig: { attributes } }) => attributes ?? []);

it.each([true, false])(
  'leave out of Lens what it would count twice, or average wrongly (plugin: %s)',
  (hasPlugin) => {
    for (const dashboard of dashboardsOf(hasPlugin)) {
      const all = JSON.stringify(lensOf(dashboard));
      expect(all).not.toContain('bucket.logs');
      expect(all).not.toContain('bucket.mean_score');
    }
    const [overview] = dashboardsOf(false);
    expect(lensOf(overview).map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Anomalies', 'Highest confidence']),
    );
  },
);

it('keep the dashboard of HTTP to logs of requests, and name a client by whichever field a log has', () => {
  const http = dashboardsOf(false).find(({ id }) => id.includes('http'))!;
  const panels = lensOf(http);
  const queries = new Set(panels.map(({ state }) => state.query.query));
  expect([...queries]).toEqual(['result.type : "log" and (http.response.status_code : * or url.path : *)']);
  expect(panels.filter(({ title }) => /client|source/i.test(title)).map(({ title }) => title)).toEqual([
    'Clients',
  ]);
  const view = resultDashboards('shop', { hasPlugin: false }).find(({ type }) => type === 'index-pattern')!;
  const fields = JSON.parse(String(view.attributes.runtimeFieldMap)) as Record<
    string,
    { type: string; script: { source: string } }
  >;
  expect(String(http.attributes.panelsJSON)).toContain('"sourceField":"request_client"');
  expect(fields.request_client.type).toBe('keyword');
  for (const field of ['client.ip', 'source.ip']) {
    expect(fields.request_client.script.source).toContain(field);
  }
});

it('have the colours of severities that the pages have, and tell method and client of a request', () => {
  const all = JSON.stringify(dashboardsOf(false));
  for (const color of Object.values(SEVERITY_COLORS)) expect(all).toContain(color);
  const http = dashboardsOf(false).find(({ id }) => id.includes('http'))!;
  for (const field of ['http.request.method', 'url.path', 'request_client']) {
    expect(String(http.attributes.panelsJSON)).toContain(field);
  }
});

it('leave the counters out of the search for anomalies', () => {
  const search = resultDashboards('shop', { hasPlugin: false }).find(({ type }) => type === 'search')!;
  const { searchSourceJSON } = search.attributes.kibanaSavedObjectMeta as { searchSourceJSON: string };
  expect(JSON.parse(searchSourceJSON)).toMatchObject({ query: { query: 'result.type : "log"' } });
  expect(search.references).toEqual([
    expect.objectContaining({ type: 'index-pattern', id: 'log-anomalies-results-shop' }),
  ]);
});
