// Kibana's module is the published one under another name.
jest.mock('@kbn/datemath', () => jest.requireActual('@elastic/datemath'), { virtual: true });
jest.mock('@kbn/es-query', () => ({}), { virtual: true });

import type { PanelApi } from '../kibana/panel_contracts';
import type { DataView } from '../kibana/search_contracts';
import { formFor, logsOfPanel } from './find_anomalies';

const view = { timeFieldName: '@timestamp', getIndexPattern: () => 'logs-*' } as unknown as DataView;
const published = <Value>(value: Value) => ({ getValue: () => value, value });
const kuery = (query: string) => ({ query, language: 'kuery' });
const panelOf = (change: Partial<PanelApi>): PanelApi => ({ dataViews: published([view]), ...change });
const queriesOf = (change: Partial<PanelApi>): unknown => logsOfPanel(panelOf(change))?.queries;

it('takes the query of the panel and that of the dashboard', () => {
  const parentApi = { query$: published(kuery('host.name : "a"')) };
  const own = kuery('http.response.status_code >= 500');
  const both = [own, kuery('host.name : "a"')];
  expect(queriesOf({ query$: published(own), parentApi })).toEqual(both);
  // Up to 8.13 the panel's own have other names.
  expect(queriesOf({ localQuery: published(own), parentApi })).toEqual(both);
  expect(queriesOf({ localQuery: published(own), getInput: () => ({ query: kuery('') }) })).toEqual([own]);
});

it("takes the panel's own filters and time, and no filter that is off", () => {
  const [on, off] = [{ query: { term: { a: 1 } } }, { meta: { disabled: true } }];
  const logs = logsOfPanel(
    panelOf({
      localFilters: published([on, off]),
      localTimeRange: published({ from: 'now-2d', to: 'now' }),
      getInput: () => ({ filters: [off], timeRange: { from: 'now-1h', to: 'now' } }),
    }),
  );
  expect(logs?.filters).toEqual([on]);
  expect(logs?.timeRange?.from).toBe('now-2d');
});

it('is not for panels whose conditions it cannot take over', () => {
  const esql = { esql: 'FROM logs | WHERE status >= 500' };
  expect(logsOfPanel(panelOf({ query$: published(esql) }))).toBeUndefined();
  expect(logsOfPanel(panelOf({ getInput: () => ({ query: esql }) }))).toBeUndefined();
  expect(logsOfPanel(panelOf({ dataViews: published([view, view]) }))).toBeUndefined();
  expect(logsOfPanel({})).toBeUndefined();
});

it('opens the form with index, query and time', () => {
  const logs = logsOfPanel(
    panelOf({
      localQuery: published(kuery('a : 1')),
      localTimeRange: published({ from: 'now-3d', to: 'now' }),
    }),
  );
  const place = decodeURIComponent(formFor(logs!));
  expect(place).toContain('/detectors/new');
  expect(place).toContain('logs-*');
  expect(place).toContain('kql=a+:+1');
});
