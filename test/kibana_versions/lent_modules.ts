/**
 * Modules that Kibana lends to browser bundles, by the names under which it does, as far as plugins could ask for them, and where
 * each list was read. What a minor version lends that was not read itself is taken to be what both neighbours lend.
 */
import type { KibanaFacts } from './facts';

/** Read in the distribution of 8.12.2. */
const OF_8_12 = [
  ...['KbnUiTheme', 'KbnI18n', 'KbnI18nReact', 'EmotionCache', 'EmotionReact', 'Jquery', 'Moment'],
  ...['MomentTimezone', 'React', 'ReactDom', 'ReactDomServer', 'ReactRouter', 'ReactRouterDom'],
  ...['ReactRouterDomV5Compat', 'StyledComponents', 'KbnMonaco', 'MonacoBarePluginApi', 'IoTs'],
  ...['ReduxjsToolkit', 'ReactRedux', 'Redux', 'Immer', 'Reselect', 'Rxjs', 'RxjsOperators'],
  ...['ElasticNumeral', 'ElasticCharts', 'KbnDatemath', 'ElasticEui', 'ElasticEuiLibServices'],
  ...['ElasticEuiLibServicesFormat', 'ElasticEuiChartsTheme', 'HelloPangeaDnd', 'Lodash', 'LodashFp'],
  ...['Fflate', 'TsLib', 'Uuid', 'KbnAnalytics', 'KbnEsQuery', 'KbnStd', 'SaferLodashSet'],
  ...['KbnSharedUxErrorBoundary', 'KbnRison', 'History', 'Classnames', 'ReactQuery', 'ReactQueryDevtools'],
] as const;

const GONE_IN_9 = [
  'RxjsOperators',
  'ElasticEuiLibServices',
  'ElasticEuiLibServicesFormat',
  'ElasticEuiChartsTheme',
];
const CAME_WITH_9 = [
  ...['ElasticEuiThemeBorealis', 'FastestLevenshtein', 'KbnCryptoBrowser', 'KbnSearchErrors'],
  ...['KbnCodeEditor', 'KbnEsqlAst', 'KbnEbtTools', 'ElasticApmRumCore'],
];

/** Read at the commits of main that {@link LENT_SOURCES} names. */
const OF_9_0 = [...OF_8_12.filter((name) => !GONE_IN_9.includes(name)), ...CAME_WITH_9];
/** Read before 9.4 was branched; a part of what 9.4 lends, as far as it matters here. */
const OF_9_4 = [
  ...OF_9_0.filter((name) => name !== 'Fflate'),
  ...['ReactUse', 'ChromaJs', 'FpTs', 'KbnReactKibanaContextRender', 'KbnReactKibanaMount'],
  'KbnSharedUxRouter',
];
const OF_9_6 = [
  ...OF_9_0.filter((name) => name !== 'ReactRouterDomV5Compat' && name !== 'Fflate'),
  ...['EmotionReactJsxRuntime', 'EmotionReactJsxDevRuntime', 'ReactUse', 'Zod', 'ChromaJs', 'FpTs'],
  ...['KbnReactKibanaContextRender', 'KbnReactKibanaMount', 'KbnSharedUxRouter', 'KbnCoreDi'],
];

export const LENT_SOURCES = [
  {
    of: '8.12',
    path: 'node_modules/@kbn/ui-shared-deps-src/src/definitions.js',
    told_by: 'the distribution of 8.12.2',
  },
  {
    of: '9.0 in the making',
    path: 'packages/kbn-ui-shared-deps-src/src/definitions.js',
    commit: '0148ca7d7f14db609291becc9f54bb236d288284',
  },
  {
    of: '9.0 to 9.1',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-src/src/definitions.js',
    commit: '30c537ac53d683e5db8a668e3dde96b10be1f5bc',
  },
  {
    of: '9.2 to 9.3',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-src/src/definitions.js',
    commit: '0703cc83e8d8e6d265fc6262e964986c61798655',
  },
  {
    of: '9.4 in the making',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-src/src/definitions.js',
    commit: 'd014746e4ff1cf0c438e1b1ae708109c9138e6ff',
    told_by: 'in the fork dej611/kibana, whose package.json says 9.4.0',
  },
  {
    of: '9.6',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-src/src/definitions.js',
    commit: '24c23f43dfe045fdc59aeb0846d2ec3df4a603d8',
    told_by: 'in the fork Dosant/kibana, whose package.json says 9.6.0',
  },
] as const;

export const VERSIONED_MODULES = [
  ...['@elastic/eui', '@elastic/charts', '@emotion/react', 'react', 'rxjs', 'moment'],
] as const;
const NOT_READ = 'not read';

/** Versions of the modules that a minor lends, as its package.json has them: exact, or a range of which a lock file chose one. */
interface LentVersions {
  readonly minor: string;
  /** In the order of {@link VERSIONED_MODULES}. */
  readonly versions: readonly string[];
  /** elastic/kibana, or a fork of it that holds a branch of the minor. */
  readonly repository?: string;
  readonly path?: string;
  readonly commit?: string;
  readonly told_by?: string;
}

const VERSION_FILE = 'src/platform/packages/private/kbn-ui-shared-deps-npm/version_dependencies.txt';

/** A row for each minor. Pull requests are those of elastic/kibana, to the branch or with the label of the minor. */
export const LENT_VERSIONS: readonly LentVersions[] = [
  {
    minor: '8.12',
    versions: ['90.0.1', '60.0.1', '11.11.1', '17.0.2', '7.5.5', '2.29.4'],
    told_by: 'the distribution of 8.12.2',
  },
  { minor: '8.13', versions: Array<string>(6).fill(NOT_READ), told_by: 'nothing that could be had' },
  {
    minor: '8.14',
    versions: ['93.5.2', NOT_READ, NOT_READ, NOT_READ, NOT_READ, NOT_READ],
    told_by: 'pull request 179749, label v8.14.0; a later one may have followed',
  },
  {
    minor: '8.15',
    versions: ['95.3.0', NOT_READ, NOT_READ, NOT_READ, NOT_READ, NOT_READ],
    told_by: 'pull request 192764 to 8.15, label v8.15.2',
  },
  { minor: '8.16', versions: Array<string>(6).fill(NOT_READ), told_by: 'nothing that could be had' },
  {
    minor: '8.17',
    versions: ['97.3.1', NOT_READ, NOT_READ, NOT_READ, NOT_READ, NOT_READ],
    told_by: 'pull request 200052 to 8.x of 13 November 2024, after 8.16.0',
  },
  {
    minor: '8.18',
    versions: ['98.2.1-borealis.1', '68.0.3', '^11.11.0', NOT_READ, NOT_READ, NOT_READ],
    repository: 'mgadewoll/kibana',
    path: 'package.json',
    commit: '3a3203170525d45147d45d3225c989fe8d924c4f',
    told_by: 'it says 8.18.0, branch 8.x: before the release',
  },
  {
    minor: '8.19',
    versions: ['104.0.2', NOT_READ, NOT_READ, NOT_READ, NOT_READ, NOT_READ],
    told_by: 'pull request 227763 to 8.19',
  },
  {
    minor: '9.0',
    versions: ['102.3.0', NOT_READ, NOT_READ, NOT_READ, NOT_READ, NOT_READ],
    told_by: 'pull request 223091 to 9.0',
  },
  {
    minor: '9.1',
    versions: ['104.0.2', '70.1.4', '^11.11.0', NOT_READ, NOT_READ, NOT_READ],
    repository: 'edmarmoretti/kibana-pt-br',
    path: 'package.json',
    commit: '0041fd282c2eb861c61b0c5b550e424f8c8a446c',
    told_by: 'it says 9.1.5, branch 9.1; its charts are 70.1.4 with changes of that fork',
  },
  {
    minor: '9.2',
    versions: ['106.4.0', '70.1.3', '^11.11.0', NOT_READ, NOT_READ, NOT_READ],
    repository: 'elena-shostak/kibana',
    path: 'package.json',
    commit: '0f929fcc50667dc61264c99361098d5fe2d43fd1',
    told_by: 'it says 9.2.0, branch main: before the release',
  },
  { minor: '9.3', versions: Array<string>(6).fill(NOT_READ), told_by: 'nothing that could be had' },
  {
    minor: '9.4',
    versions: ['114.0.0', '71.5.0', '11.14.0', '18.2.0', '7.8.2', '2.30.1'],
    repository: 'edmarmoretti/kibana-pt-br',
    path: VERSION_FILE,
    commit: 'd8c770e0a51ecddea26d7baebfa778163863adcf',
    told_by: 'its package.json says 9.4.0, branch 9.4; its charts are 71.5.0 with changes of that fork',
  },
  { minor: '9.5', versions: Array<string>(6).fill(NOT_READ), told_by: 'nothing that could be had' },
  {
    minor: '9.6',
    versions: ['117.1.0', '71.9.0', '11.14.0', NOT_READ, NOT_READ, NOT_READ],
    repository: 'Dosant/kibana',
    path: 'package.json',
    commit: '24c23f43dfe045fdc59aeb0846d2ec3df4a603d8',
    told_by: 'it says 9.6.0: before the release',
  },
];

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/**
 * Versions of a module that a Kibana is held to: its own, or, where that could not be read, those of the nearest minors before
 * and after it that were.
 */
export function versionsOf({ version }: Pick<KibanaFacts, 'version'>, module: string): string[] {
  const column = (VERSIONED_MODULES as readonly string[]).indexOf(module);
  const place = LENT_VERSIONS.findIndex(({ minor }) => minor === minorOf(version));
  if (column < 0 || place < 0) throw new Error(`There is no row of ${module} in Kibana ${version}.`);
  const isRead = ({ versions }: LentVersions): boolean => versions[column] !== NOT_READ;
  const before = LENT_VERSIONS.slice(0, place + 1)
    .filter(isRead)
    .at(-1);
  const after = LENT_VERSIONS.slice(place).find(isRead);
  const rows = [...new Set([before, after])].filter((row) => row !== undefined);
  return rows.map(({ versions }) => versions[column]);
}

const majorOf = (version: string): number => Number(/\d+/.exec(version)?.[0]);

/**
 * Holds the modules that pages are drawn with in tests to what some Kibana lends.
 *
 * @param drawnWith versions by module, of tests with the oldest or with newer modules
 * @throws Error for a major version that lies outside of all that were read
 */
export function checkDrawnWith(drawnWith: Readonly<Record<string, string | undefined>>): void {
  VERSIONED_MODULES.forEach((module, column) => {
    const given = drawnWith[module];
    if (given === undefined) return;
    const read = LENT_VERSIONS.map(({ versions }) => versions[column]).filter((each) => each !== NOT_READ);
    const majors = read.map(majorOf);
    if (majorOf(given) < Math.min(...majors) || majorOf(given) > Math.max(...majors)) {
      throw new Error(`No Kibana lends ${module} ${given}: they lend ${read.join()}`);
    }
  });
}

const both = (left: readonly string[], right: readonly string[]): string[] =>
  left.filter((name) => right.includes(name));

/** @returns names of `__kbnSharedDeps__` that may be asked for in this Kibana */
export function lentNames({ version }: KibanaFacts): string[] {
  const [major, minor] = version.split('.').map(Number);
  if (major === 8) return minor === 12 ? [...OF_8_12] : both(OF_8_12, OF_9_0);
  if (minor <= 1) return OF_9_0;
  if (minor >= 6) return OF_9_6;
  return minor <= 3 ? both(OF_9_0, OF_9_4) : both(OF_9_4, OF_9_6);
}
