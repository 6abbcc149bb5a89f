import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PANEL_KINDS } from '../../common/panels';
import type { PluginInitializerContext } from '../../public/kibana/contracts';
import type { LogAnomaliesPlugin } from '../../public/plugin';
import { bundleBrowser } from '../../scripts/build/browser_bundle';
import { checkBundleSizes } from '../../scripts/build/bundle_sizes';
import { SHARED_MODULES } from '../../scripts/build/shared_modules';
import { KibanaBrowser } from './browser_stand_in';
import { KIBANAS, type KibanaFacts } from './facts';
import {
  checkDrawnWith,
  LENT_SOURCES,
  LENT_VERSIONS,
  lentNames,
  VERSIONED_MODULES,
  versionsOf,
} from './lent_modules';

const ROOT = join(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'kibana-bundle-'));
const ENTRY = 'logAnomalies.plugin.js';
beforeAll(async () => {
  await bundleBrowser({
    root: ROOT,
    outputDirectory: directory,
    pluginId: 'logAnomalies',
    requiredBundles: [],
  });
}, 180_000);
afterAll(() => rmSync(directory, { recursive: true }));
// It takes seconds; a busy machine may take its time.
jest.setTimeout(180_000);

type Load = () => { plugin(context: PluginInitializerContext): LogAnomaliesPlugin };

/** Any component, function or value that a library has: the code of chunks is evaluated, not drawn. */
const whatever = (known: object): object =>
  new Proxy(known, { get: (target, name) => Reflect.get(target, name) ?? (() => null) });

const lent = createRequire(__filename);
const MODULES: Readonly<Record<string, () => unknown>> = {
  React: () => lent('react'),
  // There is no document to draw in.
  ReactDom: () => ({ render: () => null, unmountComponentAtNode: () => true }),
  Rxjs: () => lent('rxjs'),
  Moment: () => lent('moment'),
  KbnI18n: () => ({
    i18n: {
      translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage,
      getLocale: () => 'en',
    },
  }),
  ElasticEui: () => whatever({ ICON_TYPES: [] }),
};

/** The bundle in a page of one Kibana, as its loader takes it in: a module that is not lent there is an error, which stops every page. */
function page(facts: KibanaFacts, { isTold }: { isTold: boolean }) {
  const names = lentNames(facts);
  const shared = new Proxy(
    {},
    {
      get: (_target, name) => {
        if (!names.includes(String(name)))
          throw new Error(`Kibana ${facts.version} lends no ${String(name)}`);
        return MODULES[String(name)]?.() ?? whatever({});
      },
    },
  );
  const defined = new Map<string, Load>();
  const bundles = {
    define: (name: string, load: Load) => defined.set(name, load),
    get: (name: string) => {
      throw new Error(`Definition of [${name}] not found and may not have loaded yet.`);
    },
  };
  const loaded: string[] = [];
  const globals: Record<string, unknown> = {
    __kbnSharedDeps__: shared,
    __kbnBundles__: bundles,
    ...(isTold && { __kbnPublicPath__: { logAnomalies: '/told/' } }),
  };
  globals.globalThis = globals;
  const run = (file: string): void => {
    const code = readFileSync(join(directory, file), 'utf8');
    new Function('globalThis', '__kbnSharedDeps__', '__kbnBundles__', 'document', code)(
      globals,
      shared,
      bundles,
      document,
    );
  };
  const document = {
    currentScript: { tagName: 'SCRIPT', src: `http://kibana.test/bundles/${ENTRY}` },
    getElementsByTagName: () => [],
    createElement: () => ({ setAttribute: () => undefined, getAttribute: () => null }),
    head: {
      appendChild: (script: { src: string; onload(event: object): void }) => {
        loaded.push(script.src);
        run(basename(script.src));
        setImmediate(() => script.onload({ type: 'load' }));
      },
    },
  };
  globals.document = document;
  run(ENTRY);
  return { defined, loaded, bundles };
}

const codeOf = (): string =>
  readdirSync(directory)
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');

describe.each(KIBANAS.map((facts) => [facts.version, facts] as const))(
  'the built bundle in Kibana %s',
  (version, facts) => {
    it('asks for nothing that is not lent there', () => {
      const asked = [...codeOf().matchAll(/__kbnSharedDeps__\.(\w+)/g)].map(([, name]) => name);
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter((name) => !lentNames(facts).includes(name))).toEqual([]);
      expect(codeOf()).not.toContain('__kbnBundles__.get');
    });

    it.each([
      ['told where its chunks lie', true, '/told/'],
      ['not told', false, 'http://kibana.test/bundles/'],
    ])('is set up, started, stopped, and loads its chunks, %s', async (_how, isTold, path) => {
      const { defined, loaded } = page(facts, { isTold });
      expect([...defined.keys()]).toEqual(['plugin/logAnomalies/public']);
      expect(loaded).toEqual([]);
      const kibana = new KibanaBrowser(facts);
      const instance = defined
        .get('plugin/logAnomalies/public')?.()
        .plugin({ env: { packageInfo: { version } } });
      instance?.setup(kibana.setupCore(), kibana.setupPlugins());
      instance?.start(kibana.core, kibana.startPlugins());
      await Promise.all(kibana.loading);
      expect([kibana.apps, kibana.ruleTypes.length, kibana.visualizations.size]).toEqual([
        ['logAnomalies'],
        3,
        PANEL_KINDS.length,
      ]);
      // Nothing of it is loaded before somebody opens something: a page of Kibana bears the entry alone.
      expect(loaded).toEqual([]);
      kibana.visit('dashboards');
      (await kibana.mount('logAnomalies'))();
      expect(kibana.titles).toEqual(['Log Anomalies']);
      for (const { getUsedIndexPattern } of kibana.visualizations.values()) await getUsedIndexPattern?.();
      expect(new Set(kibana.dataViews)).toEqual(new Set(['log-anomalies-results.shop.*']));
      const actions = await Promise.all([...kibana.actions.values()].map((load) => load()));
      expect(actions.every(({ id }) => kibana.actions.has(id))).toBe(true);
      for (const [type, load] of kibana.embeddables) {
        const factory = await load();
        expect(factory.type).toBe(type);
        const build = async (initialState: object) => {
          const props = { initialState, uuid: 'u', finalizeApi: kibana.finalizePanel };
          const { api, Component } = await factory.buildEmbeddable(props);
          expect(Component).toEqual(expect.any(Function));
          return api as { serializeState(): object; isEditingEnabled(): boolean; onEdit(): Promise<void> };
        };
        const own = await build({ title: 'T', limit: 5 });
        expect(own.serializeState()).toEqual({ title: 'T', limit: 5 });
        await own.onEdit();
        kibana.library.set('saved', { visState: JSON.stringify({ type, params: {} }) });
        const shown = await build({ ref_id: 'saved' });
        expect([shown.serializeState(), shown.isEditingEnabled()]).toEqual([{ ref_id: 'saved' }, false]);
        await expect(build({ ref_id: 'other' })).rejects.toThrow('not found');
      }
      expect(kibana.flyouts).toEqual([...kibana.embeddables].map(() => 'logAnomaliesPanelEditor'));
      expect(loaded.length).toBeGreaterThan(0);
      expect(loaded.filter((src) => !src.startsWith(path))).toEqual([]);
      instance?.stop();
    });
  },
);

it('does nothing on the log-in page and where the plugin is disabled, where 9.6 loads it too', () => {
  const newest = KIBANAS[KIBANAS.length - 1];
  expect(newest.loadsBundlesEverywhere).toBe(true);
  const { defined, loaded } = page(newest, { isTold: false });
  // It is defined and never asked for: nothing is evaluated, so that nothing can fail.
  expect([defined.size, loaded.length]).toEqual([1, 0]);
});

it('is small: what every page loads, and each chunk', () => {
  expect(() => checkBundleSizes(directory, ENTRY)).not.toThrow();
  // Room for what is to come: of 15 KB.
  expect(readFileSync(join(directory, ENTRY)).length).toBeLessThan(14 * 1024);
});

describe('a broken contract is caught', () => {
  it('of shared modules: one that 9.x lends no more', () => {
    const asked = ['RxjsOperators', 'ElasticEuiLibServices'];
    const lendersOf = (name: string): string[] =>
      KIBANAS.filter((facts) => lentNames(facts).includes(name)).map(({ version }) => version);
    for (const name of asked) expect(lendersOf(name)).toEqual(['8.12.2']);
    for (const global of Object.values(SHARED_MODULES)) {
      expect(lendersOf(global.replace('__kbnSharedDeps__.', ''))).toHaveLength(KIBANAS.length);
    }
  });

  it('of their versions: pages drawn with what no Kibana lends, a minor without a row', () => {
    expect(() => checkDrawnWith({ '@elastic/eui': '122.1.0' })).toThrow(
      'No Kibana lends @elastic/eui 122.1.0',
    );
    expect(() => checkDrawnWith({ react: '16.14.0' })).toThrow('No Kibana lends react');
    expect(() => versionsOf({ version: '9.7.0' }, 'react')).toThrow('no row of react in Kibana 9.7.0');
  });

  it('of the loader: a bundle of another plugin, which stops every page', () => {
    const bundles = page(KIBANAS[0], { isTold: true }).bundles;
    expect(() => bundles.get('plugin/kibanaReact/public')).toThrow('not found');
  });
});

const json = (file: string) =>
  JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, Record<string, string>>;

it('names where the lists of modules and their versions were read, a row for each minor', () => {
  for (const { path, ...source } of LENT_SOURCES) {
    expect(path).toMatch(/definitions\.js$/);
    expect('commit' in source || 'told_by' in source).toBe(true);
  }
  expect(LENT_VERSIONS.map(({ minor }) => minor)).toEqual(
    KIBANAS.map(({ version }) => version.split('.').slice(0, 2).join('.')),
  );
  for (const { versions, path, commit, told_by } of LENT_VERSIONS) {
    expect(versions).toHaveLength(VERSIONED_MODULES.length);
    expect(told_by).toEqual(expect.any(String));
    expect(path === undefined).toBe(commit === undefined);
    if (commit !== undefined) expect(commit).toMatch(/^[0-9a-f]{40}$/);
    for (const version of versions) expect(version).toMatch(/^(not read|\^?\d+\.\d+\.\d+[\w.-]*)$/);
  }
});

it('takes the versions of both neighbours where those of a minor were not read', () => {
  const of = (version: string, module: string) => versionsOf({ version }, module);
  expect(of('8.14.3', '@elastic/eui')).toEqual(['93.5.2']);
  expect(of('8.13.4', '@elastic/eui')).toEqual(['90.0.1', '93.5.2']);
  expect(of('9.3.8', '@elastic/charts')).toEqual(['70.1.3', '71.5.0']);
  expect(of('9.6.0', 'moment')).toEqual(['2.30.1']);
  for (const facts of KIBANAS) {
    const majors = versionsOf(facts, 'react').map((version) => Number(version.split('.')[0]));
    expect(facts.react).toBeGreaterThanOrEqual(Math.min(...majors));
    expect(facts.react).toBeLessThanOrEqual(Math.max(...majors));
  }
});

it('draws pages in tests with the modules of the oldest, and with modules near those of the newest', () => {
  const { devDependencies } = json('package.json');
  for (const [place, module] of VERSIONED_MODULES.entries()) {
    // The command line has rxjs of its own, newer than that of 8.12, of which pages use what both have.
    if (module === 'rxjs') continue;
    expect([module, devDependencies[module]]).toEqual([module, LENT_VERSIONS[0].versions[place]]);
  }
  const { dependencies } = json('test/browser/kibana_9/package.json');
  expect(() => checkDrawnWith(dependencies)).not.toThrow();
  const newest = Object.fromEntries(
    VERSIONED_MODULES.map((module) => [module, versionsOf({ version: '9.4.4' }, module)[0]]),
  );
  for (const module of ['react', 'moment', '@emotion/react']) {
    expect([module, dependencies[module]]).toEqual([module, newest[module]]);
  }
  // Charts 71 and EUI 114 and later, as 9.4 to 9.6 lend them.
  for (const module of ['@elastic/eui', '@elastic/charts']) {
    expect(parseInt(dependencies[module])).toBeGreaterThanOrEqual(parseInt(newest[module]));
  }
});
