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
    of: '9.6',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-src/src/definitions.js',
    commit: '24c23f43dfe045fdc59aeb0846d2ec3df4a603d8',
    told_by: 'in the fork Dosant/kibana, whose package.json says 9.6.0',
  },
] as const;

/** Versions that were read, and where. */
export const LENT_VERSIONS = [
  {
    of: '8.12.2',
    told_by: 'the distribution',
    versions: {
      '@elastic/eui': '90.0.1',
      '@elastic/charts': '60.0.1',
      react: '17.0.2',
      rxjs: '7.5.5',
      moment: '2.29.4',
    },
  },
  {
    of: 'main at that commit, which names no version: EUI tells that it is after 9.1 and before 9.4',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-npm/version_dependencies.txt',
    commit: 'd6ec69d9ce0c22e516799fdb593267a46ab171d2',
    versions: {
      '@elastic/eui': '106.6.0-backport.1',
      '@elastic/charts': '71.1.2',
      '@emotion/react': '11.14.0',
      react: '18.2.0',
      rxjs: '7.8.2',
      moment: '2.30.1',
    },
  },
  {
    of: '9.6.0 in the making',
    path: 'package.json',
    commit: '24c23f43dfe045fdc59aeb0846d2ec3df4a603d8',
    told_by: 'in the fork Dosant/kibana',
    versions: { '@elastic/eui': '117.1.0', '@elastic/charts': '71.9.0', '@emotion/react': '11.14.0' },
  },
] as const;

const both = (left: readonly string[], right: readonly string[]): string[] =>
  left.filter((name) => right.includes(name));

/** @returns names of `__kbnSharedDeps__` that may be asked for in this Kibana */
export function lentNames({ version }: KibanaFacts): string[] {
  const [major, minor] = version.split('.').map(Number);
  if (major === 8) return minor === 12 ? [...OF_8_12] : both(OF_8_12, OF_9_0);
  if (minor <= 1) return OF_9_0;
  return minor >= 6 ? OF_9_6 : both(OF_9_0, OF_9_6);
}
