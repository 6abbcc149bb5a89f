jest.mock(
  '@elastic/eui',
  () =>
    new Proxy(
      { ICON_TYPES: [], EuiFormRow: ({ children }: { children: unknown }) => children },
      { get: (known, name) => Reflect.get(known, name) ?? (name === '__esModule' ? undefined : () => null) },
    ),
);
const mockApp = { core: {}, plugins: {}, setQuery: () => undefined };
jest.mock('../../public/shared/app/app_context', () => ({ useApp: () => mockApp }));
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: { translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage },
  }),
  { virtual: true },
);

const mockDrawn: unknown[] = [];
jest.mock('react-dom', () => ({
  __esModule: true,
  default: {
    render: (element: unknown) => void mockDrawn.push(element),
    unmountComponentAtNode: () => undefined,
  },
}));
jest.mock('@kbn/es-query', () => ({}), { virtual: true });
jest.mock(
  '@kbn/datemath',
  () => ({
    __esModule: true,
    default: { parse: (text: string) => ({ valueOf: () => (text === 'now' ? 0 : -30 * 86_400_000) }) },
  }),
  { virtual: true },
);

import { readFileSync } from 'node:fs';
import { createElement, isValidElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { PANEL_KINDS, panelTypeOf } from '../../common/panels';
import { plugin } from '../../public';
import { SearchBar } from '../../public/pages/anomalies/search_bar';
import { QueryField } from '../../public/pages/detector_form/query_field';
import { listsVisualizations } from '../../public/panels/add_panel_actions';
import type { CoreStart } from '../../public/kibana/contracts';
import { renderInKibana } from '../../public/kibana/render_in_kibana';
import { noteViewed } from '../../public/shared/detector/recently_viewed';
import { discoverLink } from '../../public/shared/results/discover_link';
import { needsDataView } from '../../public/shared/results/use_discover';
import { checkFlyout, checkPanelApi, checkRuleForm, followToDiscover, getContent } from './browser_contracts';
import { BASE_PATH, KibanaBrowser } from './browser_stand_in';
import { KIBANAS } from './facts';

// It takes seconds; a busy machine may take its time.
jest.setTimeout(180_000);

const OURS = PANEL_KINDS.map(panelTypeOf);

describe.each(KIBANAS.map((facts) => [facts.version, facts] as const))('in Kibana %s', (version, facts) => {
  const kibana = new KibanaBrowser(facts);
  beforeAll(async () => {
    const instance = plugin({ env: { packageInfo: { version } } });
    instance.setup(kibana.setupCore(), kibana.setupPlugins());
    instance.start(kibana.core, kibana.startPlugins());
    for (const id of ['dashboards', 'discover', 'dashboards']) kibana.visit(id);
    await Promise.all(kibana.loading);
    instance.stop();
  });

  it('is set up, started and stopped: application, panels, rule forms', () => {
    expect(kibana.apps).toEqual(['logAnomalies']);
    expect([...kibana.visualizations.keys()]).toEqual(OURS);
    expect([...kibana.embeddables.keys()]).toEqual(facts.panels === 'visualizations' ? [] : OURS);
    expect([kibana.functions, kibana.renderers]).toEqual([
      ['log_anomalies_panel'],
      ['log_anomalies_panel_renderer'],
    ]);
    expect(kibana.ruleTypes.map(({ id }) => id)).toEqual([
      'logAnomalies.logAnomaly',
      'logAnomalies.incident',
      'logAnomalies.detectorHealth',
    ]);
  });

  it('stands in the menu of panels, and adds what dashboards of this version take', async () => {
    const actions = await Promise.all([...kibana.actions.values()].map((load) => load()));
    expect(actions).toHaveLength(listsVisualizations(version) ? 0 : OURS.length);
    const added: unknown[] = [];
    const container = { addNewPanel: async (panel: object) => void added.push(panel) };
    for (const action of actions) {
      expect(await action.isCompatible()).toBe(true);
      const executed = action.execute({ embeddable: container });
      if (facts.panels === 'visualizations')
        await expect(executed).rejects.toThrow('editor of visualizations');
      else await executed;
    }
    const expected = facts.panels === 'visualizations' ? [] : OURS;
    expect(added).toEqual(expected.map((panelType) => ({ panelType, serializedState: {} })));
  });

  it('has the search bars of its pages, with a data view of the results', async () => {
    const plugins = kibana.startPlugins();
    Object.assign(mockApp, { core: kibana.core, plugins });
    const view = await plugins.dataViews?.create({ title: 'results', allowNoIndex: true }, false, false);
    const before = kibana.searchBars.length;
    const chosen = { range: { from: 'now-1d', to: 'now' }, query: 'a : 1', language: 'kuery' };
    renderToStaticMarkup(
      createElement(SearchBar, {
        chosen: chosen as Parameters<typeof SearchBar>[0]['chosen'],
        dataView: view,
        isLoading: false,
        refresh: () => undefined,
      }),
    );
    renderToStaticMarkup(
      createElement(QueryField, {
        source: { index: 'web-*', kql: 'a : 1' },
        change: () => undefined,
        problem: undefined,
      }),
    );
    const drawn = kibana.searchBars.slice(before);
    expect(drawn.map(({ dataTestSubj }) => dataTestSubj)).toEqual([
      'logAnomaliesQueryBar',
      'logAnomaliesKql',
    ]);
    expect(drawn[0].indexPatterns).toEqual([view]);
  });

  it('filters a dashboard by a data view of the results', async () => {
    for (const { getUsedIndexPattern } of kibana.visualizations.values()) {
      expect(await getUsedIndexPattern?.()).toHaveLength(1);
    }
    expect(new Set(kibana.dataViews)).toContain('log-anomalies-results.shop.*');
  });

  it('finds anomalies in the logs of a panel, from the menu of the panel', async () => {
    // Loaded once a dashboard is opened.
    await new Promise(setImmediate);
    await Promise.all(kibana.loading);
    const menu = facts.filterTrigger === 'FILTER_TRIGGER' ? 'CONTEXT_MENU_TRIGGER' : 'on_open_panel_menu';
    expect([...kibana.panelActions.keys()]).toEqual([menu]);
    const [action] = kibana.panelActions.values();
    const dataView = { timeFieldName: '@timestamp', getIndexPattern: () => 'weblogs-*' };
    const query = { language: 'kuery', query: 'service.name : shop' };
    const timeRange = { from: 'now-30d', to: 'now' };
    const published = <Value>(value: Value) => ({ value, getValue: () => value });
    const embeddable =
      version.startsWith('8.12') || version.startsWith('8.13')
        ? {
            getOutput: () => ({ indexPatterns: [dataView] }),
            getInput: () => ({ query, timeRange, filters: [] }),
          }
        : {
            dataViews$: published([dataView]),
            parentApi: { query$: published(query), timeRange$: published(timeRange) },
          };
    expect(await action.isCompatible({ embeddable })).toBe(true);
    await action.execute({ embeddable });
    expect(kibana.opened).toEqual([
      ['logAnomalies', { path: '/detectors/new?index=weblogs-*&kql=service.name+%3A+shop&window=30d' }],
    ]);
    // A panel of text, and one over several data views.
    expect(await action.isCompatible({ embeddable: {} })).toBe(false);
    const own = { ...dataView, getIndexPattern: () => 'log-anomalies-results.default.*' };
    expect(await action.isCompatible({ embeddable: { dataViews$: published([own]) } })).toBe(false);
    const several = { dataViews$: published([dataView, dataView]) };
    expect(await action.isCompatible({ embeddable: several })).toBe(false);
    expect(await action.isCompatible({})).toBe(false);
  });

  it('leads to logs in Discover, also in a space without a data view', async () => {
    const logs = {
      index: 'weblogs-*',
      timestampField: 'time',
      timeRange: { from: '2026-01-05T10:00:00.000Z', to: '2026-01-05T11:00:00.000Z' },
      query: 'service.name : shop',
    };
    const link = discoverLink(kibana.core.http, version, logs);
    const follow = (dataViews: number, maySee = true) =>
      followToDiscover(link, facts, { basePath: BASE_PATH, dataViews, maySee });
    const needs = await needsDataView(version, kibana.startPlugins().dataViews);
    // Where Discover would show a page to make a data view, the button makes it first.
    expect([follow(1), follow(needs ? 1 : 0), needs]).toEqual(['logs', 'logs', follow(0) !== 'logs']);
    kibana.savedDataViews = 1;
    expect(await needsDataView(version, kibana.startPlugins().dataViews)).toBe(false);
    expect(follow(1, false)).toBe('application not found');
  });

  it('lists a detector among the pages viewed last', () => {
    noteViewed(kibana.core.chrome, 'd1', 'Web');
    expect(kibana.recentPages.map(({ link }) => link)).toEqual(['/app/logAnomalies/detectors/d1/anomalies']);
  });

  it('has the form for a new rule up to 8.17, later its page', () => {
    expect(kibana.startPlugins().triggersActionsUi?.getAddRuleFlyout !== undefined).toBe(facts.hasRuleFlyout);
  });

  it('draws in the context of Kibana', () => {
    const content = createElement('p');
    mockDrawn.length = 0;
    renderInKibana(kibana.core, {} as HTMLElement, content);
    expect(isValidElement(mockDrawn[0])).toBe(true);
    const drawn = expect.objectContaining({ props: { children: content } }) as unknown;
    expect(kibana.contexts).toEqual(facts.rendersItself ? [drawn] : []);
  });

  it('does nothing where nothing is lent, as on the page to log in', () => {
    const bare = plugin({ env: { packageInfo: { version } } });
    expect(() => bare.setup(kibana.setupCore.call(new KibanaBrowser(facts)), {})).not.toThrow();
    expect(() => bare.start(kibana.core, {})).not.toThrow();
  });
});

describe('a broken contract is caught', () => {
  const kibanaOf = (version: string): KibanaBrowser =>
    new KibanaBrowser(KIBANAS.find((facts) => facts.version.startsWith(version)) ?? KIBANAS[0]);

  it('of triggers: names of before 9.4', async () => {
    const old = kibanaOf('8.12');
    plugin({ env: { packageInfo: { version: '8.12.2' } } }).setup(old.setupCore(), old.setupPlugins());
    const [visualization] = old.visualizations.values();
    const young = kibanaOf('9.4');
    const { visualizations } = young.setupPlugins();
    visualizations?.createBaseVisualizationAsync?.(visualization.name, async () => visualization);
    await expect(Promise.all(young.loading)).rejects.toThrow(
      'No trigger [triggerId = FILTER_TRIGGER] exists',
    );
  });

  it('of embeddables: other signs in a type, registered after the setup', () => {
    const kibana = kibanaOf('9.4');
    const { embeddable } = kibana.setupPlugins();
    const load = async () => ({}) as never;
    expect(() => embeddable?.registerEmbeddablePublicDefinition?.('swimLane', load)).toThrow('lower case');
    kibana.startPlugins();
    expect(() => embeddable?.registerEmbeddablePublicDefinition?.('swim_lane', load)).toThrow('setup phase');
  });

  it('of applications: one that cannot be taken away, a category or an icon that is not there', async () => {
    const lasting = kibanaOf('9.6');
    const icon = { euiIconType: 'outlierDetectionJob' };
    const fields = { title: 'A', category: { id: 'kibana' }, order: 1, keywords: [], ...icon };
    lasting.setupCore().application.register({ ...fields, id: 'a', mount: async () => undefined } as never);
    await expect(lasting.mount('a')).rejects.toThrow('cannot be taken away');
    const app = { ...fields, id: 'a', mount: async () => () => undefined };
    const registering = (change: object) => () =>
      kibanaOf('9.6')
        .setupCore()
        .application.register({ ...app, ...change } as never);
    expect(registering({})).not.toThrow();
    expect(registering({ category: { id: 'logs' } })).toThrow('no category logs');
    expect(registering({ navLinkStatus: 1 })).toThrow('has navLinkStatus, unknown here');
    // The second has another name in newer EUI.
    for (const euiIconType of ['none', 'beaker']) {
      expect(registering({ euiIconType })).toThrow(`EUI has no icon ${euiIconType}`);
    }
  });
});

describe('a broken contract is caught', () => {
  const kibana = new KibanaBrowser(KIBANAS[KIBANAS.length - 1]);
  const core: CoreStart = kibana.core;
  const { dataViews, unifiedSearch } = kibana.startPlugins();

  it('of data views: a property that there is not, a flag left out', async () => {
    const create = dataViews?.create as (...given: unknown[]) => Promise<unknown>;
    await expect(create({ title: 'a', timeField: 't' }, false, false)).rejects.toThrow('[timeField]');
    await expect(create({ title: '' }, false, false)).rejects.toThrow('[title]');
    await expect(create({ title: 'a' })).rejects.toThrow('two booleans');
    expect(core.http.basePath.get()).toBe('/kibana/s/shop');
  });

  it('of the search bar: a property that there is not, a query in a language that there is not', () => {
    const bar = unifiedSearch?.ui.SearchBar as (props: object) => unknown;
    expect(() => bar({ appName: 'a', indexPatterns: [], showQueryBar: true })).toThrow('[showQueryBar]');
    expect(() => bar({ appName: 'a', indexPatterns: [], displayStyle: 'wide' })).toThrow('[displayStyle]');
    const query = { query: 'a', language: 'sql' };
    expect(() => bar({ appName: 'a', indexPatterns: [], query })).toThrow('[query.language]');
  });

  it('of expressions, visualizations and rule forms: what is not whole, or registered twice', () => {
    const { expressions, visualizations, triggersActionsUi } = new KibanaBrowser(KIBANAS[0]).setupPlugins();
    const argument = { types: ['date'], help: 'H' };
    const definition = { name: 'f', type: 'render', inputTypes: [], help: 'H', args: { a: argument } };
    expect(() => expressions?.registerFunction({ ...definition, fn: () => null } as never)).toThrow(
      'argument a',
    );
    expect(() => expressions?.registerRenderer(() => ({ name: 'r' }) as never)).toThrow('draws nothing');
    const type = { name: 't', title: 'T', icon: 'i' };
    expect(() => visualizations?.createBaseVisualization?.(type as never)).toThrow('not whole');
    const model = { id: 'r', validate: () => ({ errors: {} }), ruleParamsExpression: () => null };
    triggersActionsUi?.ruleTypeRegistry.register(model as never);
    expect(() => triggersActionsUi?.ruleTypeRegistry.register(model as never)).toThrow('already');
    expect(() => triggersActionsUi?.ruleTypeRegistry.register({ id: 's' } as never)).toThrow('no form');
  });

  it('of recently viewed pages: a link with the base path, or to no application, a page without a name', () => {
    const { recentlyAccessed } = core.chrome;
    const add = (link: string, label = 'Web') => recentlyAccessed?.add(link, label, 'd');
    expect(() => add('/app/logAnomalies')).not.toThrow();
    expect(() => add(`${BASE_PATH}/app/logAnomalies`)).toThrow('no application');
    expect(() => add('https://kibana.test/app/logAnomalies')).toThrow('no application');
    expect(() => add('/app/logAnomalies', ' ')).toThrow('no label');
  });

  it('of overlays: an element in place of a function, an option that there is not', () => {
    const mount = () => () => undefined;
    expect(() => checkFlyout(mount, { size: 's', 'data-test-subj': 'a' })).not.toThrow();
    expect(() => checkFlyout(createElement('p'), {})).toThrow('by a function');
    expect(() => checkFlyout(mount, { size: 'xl' })).toThrow('[size]');
    expect(() => checkFlyout(mount, { title: 'T' })).toThrow('[title]');
    expect(() => checkFlyout(mount, { session: 'start' })).toThrow('[session]');
  });

  it('of content management: a type, a property, a version or an object that there is not', () => {
    const library = new Map([['saved', { visState: '{}' }]]);
    const query = { contentTypeId: 'visualization', id: 'saved' };
    expect(getContent(query, library)).toMatchObject({ item: { attributes: { visState: '{}' } } });
    expect(() => getContent({ ...query, contentTypeId: 'vis' }, library)).toThrow(
      'Unknown content type [vis]',
    );
    expect(() => getContent({ ...query, type: 'vis' }, library)).toThrow('[type]');
    expect(() => getContent({ ...query, version: 2 }, library)).toThrow('Latest version is [1]');
    expect(() => getContent({ ...query, id: 'other' }, library)).toThrow('not found');
  });

  it('of the state of panels: nothing to save, members that Kibana gives, the trigger of before 9.4', () => {
    const observable = { subscribe: () => ({ unsubscribe: () => undefined }) };
    const api = {
      serializeState: () => ({}),
      applySerializedState: () => undefined,
      anyStateChange$: observable,
      latestState$: observable,
      hasUnsavedChanges$: observable,
    };
    expect(() => checkPanelApi(api)).not.toThrow();
    expect(() => checkPanelApi({ ...api, serializeState: undefined })).toThrow('no serializeState');
    expect(() => checkPanelApi({ ...api, latestState$: {} })).toThrow('no latestState$');
    expect(() => checkPanelApi({ ...api, uuid: 'u' })).toThrow('uuid');
    expect(() => checkPanelApi({ ...api, isEditingEnabled: () => true })).toThrow('onEdit');
    expect(() => checkPanelApi({ ...api, supportedTriggers: () => ['FILTER_TRIGGER'] })).toThrow(
      'No trigger',
    );
  });

  it('of the form for a new rule: a property that there is not, no way to close it', () => {
    const form = { consumer: 'logAnomalies', ruleTypeId: 'r', onClose: () => undefined };
    expect(() => checkRuleForm(form)).not.toThrow();
    expect(() => checkRuleForm({ ...form, ruleType: 'r' })).toThrow('[ruleType]');
    expect(() => checkRuleForm({ ...form, onClose: undefined })).toThrow('closed by onClose');
  });

  it('of links to Discover: a property that there is not, of another space or version', () => {
    const facts = KIBANAS[KIBANAS.length - 1];
    const around = { basePath: '', dataViews: 1, maySee: true };
    const linkOf = (parameters: object, version = facts.version) =>
      `/app/r?${new URLSearchParams({ l: 'DISCOVER_APP_LOCATOR', v: version, p: JSON.stringify(parameters) }).toString()}`;
    const view = { title: 'a', timeFieldName: 't' };
    expect(followToDiscover(linkOf({ dataViewSpec: view }), facts, around)).toBe('logs');
    const none = { ...around, dataViews: 0 };
    expect(followToDiscover(linkOf({}), facts, none)).toBe('page to make a data view');
    expect(
      followToDiscover(
        linkOf({ dataViewSpec: view }),
        KIBANAS[0].version === '8.12.2' ? { ...KIBANAS[0], version: facts.version } : facts,
        none,
      ),
    ).toBe('page to make a data view');
    expect(() =>
      followToDiscover(linkOf({ dataViewSpec: { title: 'a', timeField: 't' } }), facts, around),
    ).toThrow('[dataViewSpec.timeField]');
    expect(() => followToDiscover(linkOf({ index: 'a' }), facts, around)).toThrow('[index]');
    expect(() => followToDiscover(`/s/a${linkOf({})}`, facts, around)).toThrow('no redirect of this space');
    expect(() => followToDiscover(linkOf({}, ''), facts, around)).toThrow('version not specified');
  });

  it('of the context of Kibana: content that is no element', () => {
    expect(() => core.rendering?.addContext(() => null)).toThrow('no element');
  });

  it('of what loads later: another type than its name says, actions of before 8.18', async () => {
    const { visualizations } = kibana.setupPlugins();
    const other = async () => ({ name: 'other' }) as never;
    visualizations?.createBaseVisualizationAsync?.('mine', other);
    await expect(Promise.all(kibana.loading)).rejects.toThrow('mine loads other');
    expect(kibana.startPlugins().uiActions?.addTriggerAction).toBeUndefined();
  });

  it('of the menu of panels: a trigger that there is not, an action twice', () => {
    const { uiActions } = kibana.startPlugins();
    const load = async () => ({}) as never;
    expect(() => uiActions?.addTriggerActionAsync?.('FILTER_TRIGGER', 'a', load)).toThrow('No trigger');
    uiActions?.addTriggerActionAsync?.('ADD_PANEL_TRIGGER', 'a', load);
    expect(() => uiActions?.addTriggerActionAsync?.('ADD_PANEL_TRIGGER', 'a', load)).toThrow('already');
  });
});

describe('the entry of the bundle', () => {
  const ENTRY = readFileSync(`${__dirname}/../../scripts/build/browser_entry.js`, 'utf8');
  const entry = (globals: Record<string, unknown>, code = ENTRY): void => {
    new Function('globalThis', '__kbnBundles__', '__webpack_require__', 'require', code)(
      globals,
      globals.__kbnBundles__,
      globals.__webpack_require__,
      () => {
        throw new Error('evaluated');
      },
    );
  };

  it.each([
    ['webpack, which says where chunks lie', { __kbnPublicPath__: { logAnomalies: '/b/' } }, '/b/'],
    ['Rspack, which does not', {}, 'own'],
  ])('runs nothing of the plugin until it is asked for: %s', (_loader, given, path) => {
    const defined: [string, () => unknown][] = [];
    const webpack = { p: 'own' };
    entry({
      ...given,
      __webpack_require__: webpack,
      __kbnBundles__: { define: (name: string, load: () => unknown) => defined.push([name, load]) },
    });
    expect(defined.map(([name]) => name)).toEqual(['plugin/logAnomalies/public']);
    expect(webpack.p).toBe(path);
    expect(() => defined[0][1]()).toThrow('evaluated');
  });

  it('is caught where it evaluates the plugin at once, as on the page to log in', () => {
    const hasty = ENTRY.replace(/\(\)\s*=>\s*require/, 'require');
    expect(hasty).not.toBe(ENTRY);
    const globals = { __webpack_require__: {}, __kbnBundles__: { define: () => undefined } };
    expect(() => entry(globals, hasty)).toThrow('evaluated');
    expect(() => entry(globals)).not.toThrow();
  });
});
