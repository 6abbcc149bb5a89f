import { SEVERITY_COLORS } from '../anomaly/severity_colors';
import { resultDashboards, toNdjson, type SavedObject } from './index';

interface Panel {
  readonly type: string;
  readonly panelIndex: string;
  readonly gridData: { x: number; y: number; w: number; h: number };
  readonly embeddableConfig: { savedVis?: { type: string; params: { kind: string } } };
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
  expect(figures.map(({ gridData: { h } }) => h)).toEqual([5, 5, 5, 5]);
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
    ['incidents', 'values', 'swim_lane', 'patterns', 'table'].map((kind) => `log_anomalies_${kind}`),
  );
});

it('holds our panels by themselves where dashboards take them', () => {
  const [overview] = resultDashboards('shop', { hasPlugin: true, takesPanels: true }).filter(
    ({ type }) => type === 'dashboard',
  );
  const ours = panelsOf(overview).filter(({ type }) => type !== 'lens');
  expect(ours.map(({ type, embeddableConfig }) => [type, embeddableConfig])).toEqual(
    ['incidents', 'values', 'swim_lane', 'patterns', 'table'].map((kind) => [`log_anomalies_${kind}`, {}]),
  );
});

it('have the colours of severities that the pages have, and tell method and client of a request', () => {
  const all = JSON.stringify(dashboardsOf(false));
  for (const color of Object.values(SEVERITY_COLORS)) expect(all).toContain(color);
  const http = dashboardsOf(false).find(({ id }) => id.includes('http'))!;
  for (const field of ['http.request.method', 'url.path', 'client.ip']) {
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
