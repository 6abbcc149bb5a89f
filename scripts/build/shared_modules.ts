/**
 * Modules that Kibana lends to a plugin's browser bundle, and the name under which it does: only those that both
 * 8.12 and 9.x have. A bundle that asks for one that is missing stops the whole Kibana UI, so anything else from
 * Kibana fails the build here.
 *
 * Source: Kibana 8.12 `packages/kbn-ui-shared-deps-src/src/definitions.js`, 9.x
 * `src/platform/packages/private/kbn-ui-shared-deps-src/src/definitions.js`.
 */
export const SHARED_MODULES: Readonly<Record<string, string>> = {
  '@elastic/charts': '__kbnSharedDeps__.ElasticCharts',
  '@elastic/eui': '__kbnSharedDeps__.ElasticEui',
  '@emotion/cache': '__kbnSharedDeps__.EmotionCache',
  '@emotion/react': '__kbnSharedDeps__.EmotionReact',
  '@kbn/datemath': '__kbnSharedDeps__.KbnDatemath',
  '@kbn/es-query': '__kbnSharedDeps__.KbnEsQuery',
  '@kbn/i18n': '__kbnSharedDeps__.KbnI18n',
  '@kbn/i18n-react': '__kbnSharedDeps__.KbnI18nReact',
  '@kbn/rison': '__kbnSharedDeps__.KbnRison',
  lodash: '__kbnSharedDeps__.Lodash',
  moment: '__kbnSharedDeps__.Moment',
  'moment-timezone': '__kbnSharedDeps__.MomentTimezone',
  react: '__kbnSharedDeps__.React',
  'react-dom': '__kbnSharedDeps__.ReactDom',
  'react-router-dom': '__kbnSharedDeps__.ReactRouterDom',
  rxjs: '__kbnSharedDeps__.Rxjs',
};

/** Packages of which Kibana has its own copy; a subpath that is not shared must not bring in a second one. */
const LENT_PACKAGES =
  /^((react|react-dom|react-router|react-router-dom|rxjs|moment|moment-timezone|lodash)(\/|$)|@(elastic|emotion|kbn)\/)/;

const PLUGIN_BUNDLE = /^@kbn\/([a-z0-9-]+)-plugin\/public$/;

/**
 * @param request what an import statement names
 * @param requiredBundles ids of the plugins whose browser code the manifest declares
 * @returns the expression that gives the module at run time, or undefined when it is to be bundled
 * @throws Error when Kibana 8.12 and 9.x do not both lend it
 */
export function lentBy(request: string, requiredBundles: readonly string[]): string | undefined {
  const shared = SHARED_MODULES[request];
  if (shared) return shared;
  const plugin = PLUGIN_BUNDLE.exec(request)?.[1];
  if (plugin) {
    const id = plugin.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
    if (requiredBundles.includes(id)) return `__kbnBundles__.get("plugin/${id}/public")`;
    throw new Error(`${request} is imported, but requiredBundles of kibana.jsonc does not name ${id}`);
  }
  if (LENT_PACKAGES.test(request)) {
    throw new Error(`${request} is not among the modules that both Kibana 8.12 and 9.x lend to a plugin`);
  }
  return undefined;
}
