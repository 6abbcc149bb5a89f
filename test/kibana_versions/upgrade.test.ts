import type { schema } from './config_schema';

jest.mock('@kbn/config-schema', () => jest.requireActual('./config_schema'), { virtual: true });
jest.mock(
  '@kbn/core/server',
  () => ({ ServiceStatusLevels: { available: 'available', degraded: 'degraded' } }),
  { virtual: true },
);
jest.mock('@kbn/zod', () => ({ z: jest.requireActual<object>('zod') }), { virtual: true });
jest.mock('@elastic/eui', () => ({ ICON_TYPES: [] }));
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: { translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage },
  }),
  { virtual: true },
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf, settingsOfVisualization, type PanelSettings } from '../../common/panels';
import { plugin as browserPlugin } from '../../public';
import { config, plugin } from '../../server';
import { KibanaBrowser } from './browser_stand_in';
import { KIBANAS, type KibanaFacts } from './facts';
import { checkSavedObject, migratePanels } from './server_contracts';
import { KibanaServer } from './server_stand_in';

// It takes seconds; a busy machine may take its time.
jest.setTimeout(180_000);

/** Written by version 0.1.0: see README.md there. */
const FOLDER = join(__dirname, '../integration/fixtures/version_0_1_0');
interface SavedObject {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
const linesOf = (file: string): SavedObject[] =>
  readFileSync(join(FOLDER, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as SavedObject);

interface DashboardPanel {
  readonly type: string;
  readonly panelIndex: string;
  readonly title?: string;
  readonly embeddableConfig: { readonly savedVis?: { readonly type: string; readonly params: object } };
}
const panels = linesOf('dashboards.ndjson')
  .filter(({ type }) => type === 'dashboard')
  .flatMap(({ attributes }) => JSON.parse(String(attributes.panelsJSON)) as DashboardPanel[])
  .filter(({ embeddableConfig }) => embeddableConfig.savedVis?.type.startsWith('log_anomalies_'));
const library = linesOf('visualizations.ndjson').map(({ id, attributes }) => ({
  id,
  visState: JSON.parse(String(attributes.visState)) as { type: string; params: object },
}));

async function serverOf(facts: KibanaFacts): Promise<KibanaServer> {
  const kibana = new KibanaServer(facts);
  const settings = (config.schema as ReturnType<typeof schema.object>).validate({});
  const instance = await plugin(kibana.context(settings));
  instance.setup(kibana.setupCore() as never, kibana.setupPlugins() as never);
  const [core, plugins] = kibana.startServices();
  instance.start(core, plugins as never);
  await new Promise(setImmediate);
  return kibana;
}

it('has what version 0.1.0 wrote: detectors, dashboards with panels of ours, a library, rules of both types', () => {
  expect(panels.length).toBeGreaterThanOrEqual(3);
  expect(library.map(({ visState }) => visState.type)).toEqual(
    ['swim_lane', 'timeline', 'patterns', 'table'].map((kind) => `log_anomalies_${kind}`),
  );
  expect(new Set(linesOf('rules.ndjson').map(({ attributes }) => attributes.alertTypeId)).size).toBe(2);
});

describe.each(KIBANAS.map((facts) => [facts.version, facts] as const))(
  'what version 0.1.0 wrote, in Kibana %s',
  (version, facts) => {
    let kibana: KibanaServer;
    beforeAll(async () => {
      kibana = await serverOf(facts);
    });
    afterAll(() => kibana.stop());

    it('has its detectors read, and takes them when they are saved again', async () => {
      const detectors = linesOf('saved_objects.ndjson');
      for (const object of detectors) {
        kibana.addSavedObject(object);
        const type = kibana.types.get(object.type);
        expect(type).toBeDefined();
        expect(() => checkSavedObject(type as never, object.attributes)).not.toThrow();
      }
      expect(await kibana.call('listDetectors')).toMatchObject({ total: detectors.length });
      for (const { id, attributes } of detectors) {
        expect(await kibana.call('getDetector', { params: { id } })).toMatchObject({
          id,
          detector: { name: attributes.name },
        });
      }
    });

    it('takes the parameters of its rules', () => {
      for (const { attributes } of linesOf('rules.ndjson')) {
        const type = kibana.ruleTypes.get(String(attributes.alertTypeId));
        expect(type?.validate.params.validate(attributes.params)).toMatchObject(attributes.params as object);
      }
    });

    it('draws its panels by value and of the library, with their settings', async () => {
      const browser = new KibanaBrowser(facts);
      const instance = browserPlugin({ env: { packageInfo: { version } } });
      instance.setup(browser.setupCore(), browser.setupPlugins());
      await Promise.all(browser.loading);
      const stored = [
        ...panels.map(
          ({ embeddableConfig }) => embeddableConfig.savedVis as { type: string; params: object },
        ),
        ...library.map(({ visState }) => visState),
      ];
      for (const visualization of stored) {
        const type = browser.visualizations.get(visualization.type);
        const { chain } = type?.toExpressionAst({ params: { ...visualization.params } }) ?? { chain: [] };
        const drawn = Object.fromEntries(
          Object.entries(chain[0].arguments).map(([name, [value]]) => [name, value]),
        );
        expect(drawn).toEqual(settingsOfVisualization(visualization));
        expect(drawn).toMatchObject(visualization.params);
      }
    });

    it('has its panels taken over where Kibana does so; those of the library stay, and are shown by reference', () => {
      const { migrations } = kibana;
      if (!facts.migratesPanels) {
        expect(migrations).toEqual([]);
        return;
      }
      const ofLibrary = library.map(({ id }) => ({ id, type: 'legacy_vis', config: { ref_id: id } }));
      const given = [
        ...panels.map(({ title, embeddableConfig }, place) => ({
          id: `p${place}`,
          type: 'legacy_vis',
          config: { title, ...embeddableConfig },
        })),
        ...ofLibrary,
      ];
      const shown = migratePanels(given, migrations, kibana.panels);
      expect(shown.slice(panels.length)).toEqual(ofLibrary);
      panels.forEach(({ embeddableConfig: { savedVis } }, place) => {
        const { type, config: state } = shown[place];
        expect(kibana.panels.get(type)?.(state)).toEqual(state);
        const settings = settingsOfVisualization(savedVis) as PanelSettings;
        expect(type).toBe(savedVis?.type);
        expect(settingsOf(settings.kind, state)).toEqual(settings);
      });
    });

    it('has a place for those of the library in its Dashboards API', () => {
      if (facts.panels === 'visualizations') return;
      for (const { id, visState } of library) {
        const read = kibana.panels.get(visState.type);
        expect(read?.({ title: 'T', ref_id: id })).toEqual({ title: 'T', ref_id: id });
      }
    });
  },
);

describe('a broken contract is caught', () => {
  it('of what was written: an attribute that no schema declares, a parameter that there is not', async () => {
    const kibana = await serverOf(KIBANAS[KIBANAS.length - 1]);
    const [detector] = linesOf('saved_objects.ndjson');
    const type = kibana.types.get(detector.type);
    expect(() => checkSavedObject(type as never, { ...detector.attributes, other: 1 })).toThrow(
      '[attributes.other]',
    );
    const [rule] = linesOf('rules.ndjson');
    const ruleType = kibana.ruleTypes.get(String(rule.attributes.alertTypeId));
    expect(() =>
      ruleType?.validate.params.validate({ ...(rule.attributes.params as object), other: 1 }),
    ).toThrow();
    kibana.stop();
  });
});
