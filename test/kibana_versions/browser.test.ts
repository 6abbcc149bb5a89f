jest.mock('@elastic/eui', () => ({ ICON_TYPES: [] }));
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: { translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage },
  }),
  { virtual: true },
);

import { readFileSync } from 'node:fs';
import { PANEL_KINDS, panelTypeOf } from '../../common/panels';
import { plugin } from '../../public';
import { listsVisualizations } from '../../public/panels/add_panel_actions';
import { KibanaBrowser } from './browser_stand_in';
import { KIBANAS } from './facts';

const OURS = PANEL_KINDS.map(panelTypeOf);

describe.each(KIBANAS.map((facts) => [facts.version, facts] as const))('in Kibana %s', (version, facts) => {
  const kibana = new KibanaBrowser(facts);
  beforeAll(async () => {
    const instance = plugin({ env: { packageInfo: { version } } });
    instance.setup(kibana.setupCore(), kibana.setupPlugins());
    instance.start(kibana.core, kibana.startPlugins());
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

  it('of applications: a category that is not there', () => {
    const app = {
      id: 'a',
      title: 'A',
      category: { id: 'logs' },
      order: 1,
      mount: async () => () => undefined,
    };
    expect(() =>
      kibanaOf('9.6')
        .setupCore()
        .application.register(app as never),
    ).toThrow('no category logs');
  });
});

describe('the entry of the bundle', () => {
  const entry = (globals: Record<string, unknown>): void => {
    const code = readFileSync(`${__dirname}/../../scripts/build/browser_entry.js`, 'utf8');
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
});
