/** Facts that the plugin depends on, of each minor version of Kibana that it is built for. A newer version is one more row. */
export interface KibanaFacts {
  /** A patch version of the minor, as zips are stamped for it. */
  readonly version: string;
  /** Rule types in a feature: their ids, or each with its consumers. Each form is refused by the others. */
  readonly ruleTypes: 'ids' | 'consumers';
  /** `security.authz` of a route: not looked at, checked on registration, or also the only thing that protects it. */
  readonly routeSecurity: 'ignored' | 'validated' | 'required';
  /** Model versions of saved objects: schemas may be left out, or must be there. */
  readonly modelVersionSchemas: 'optional' | 'required';
  /** Triggers: any name, or a fixed list of them. */
  readonly filterTrigger: 'FILTER_TRIGGER' | 'on_apply_filter';
  /** Actions of a trigger that load when they are needed. */
  readonly hasAsyncActions: boolean;
  readonly hasAsyncVisualizations: boolean;
  /** Panels of plugins in dashboards, and the library that their schemas are written with. */
  readonly panels: 'visualizations' | 'config_schema' | 'zod';
  /** Dashboards that ask a plugin to take over its visualizations. */
  readonly migratesPanels: boolean;
  /** Form for a new rule that other pages can open; later only at its address. */
  readonly hasRuleFlyout: boolean;
  /** Discover opens a data view that a link brings along also in a space that has none of its own. */
  readonly discoverTakesViews: boolean;
  /** `core.rendering.addContext`. */
  readonly rendersItself: boolean;
  /** Spaces with a solution, which disable features by their category. */
  readonly hasSolutions: boolean;
  readonly react: 17 | 18;
  /** Major version of the client of Elasticsearch that is lent. Theirs refuse each other's parameters and media types. */
  readonly searchClient: 8 | 9;
  /** Bundles of plugins are loaded on the log-in page, and where the plugin is disabled. */
  readonly loadsBundlesEverywhere: boolean;
}

/** Place in elastic/kibana where a fact was read: path and commit, or the pull request or note that tells of it. */
export interface Source {
  readonly of:
    | keyof KibanaFacts
    | 'manifest'
    | 'tasks'
    | 'rule_types'
    | 'rule_services'
    | 'security'
    | 'status'
    | 'encrypted_saved_objects'
    | 'upgrade'
    | 'panel_state'
    | 'rule_access'
    | 'application'
    | 'recent_pages'
    | 'overlays'
    | 'content_management'
    | 'discover';
  readonly path: string;
  /** Fork of elastic/kibana that was read, where it is not that itself. */
  readonly repository?: string;
  /** Commit of the version that was read. */
  readonly commit?: string;
  /** Tells what the commit alone does not show, such as the version that a change came with. */
  readonly told_by?: string;
}

const V8_12: KibanaFacts = {
  version: '8.12.2',
  ruleTypes: 'ids',
  routeSecurity: 'ignored',
  modelVersionSchemas: 'optional',
  filterTrigger: 'FILTER_TRIGGER',
  hasAsyncActions: false,
  hasAsyncVisualizations: false,
  panels: 'visualizations',
  migratesPanels: false,
  hasRuleFlyout: true,
  discoverTakesViews: false,
  rendersItself: false,
  hasSolutions: false,
  react: 17,
  searchClient: 8,
  loadsBundlesEverywhere: false,
};
const V8_16: KibanaFacts = { ...V8_12, version: '8.16.6', routeSecurity: 'validated', hasSolutions: true };
const V8_17: KibanaFacts = { ...V8_16, version: '8.17.10', rendersItself: true };
const V8_18: KibanaFacts = {
  ...V8_17,
  version: '8.18.8',
  ruleTypes: 'consumers',
  hasAsyncActions: true,
  hasRuleFlyout: false,
  discoverTakesViews: true,
};
const V9_0: KibanaFacts = {
  ...V8_18,
  version: '9.0.8',
  routeSecurity: 'required',
  hasAsyncVisualizations: true,
  searchClient: 9,
};
const V9_1: KibanaFacts = { ...V9_0, version: '9.1.10', react: 18 };
const V9_3: KibanaFacts = { ...V9_1, version: '9.3.8', modelVersionSchemas: 'required' };
const V9_4: KibanaFacts = {
  ...V9_3,
  version: '9.4.4',
  filterTrigger: 'on_apply_filter',
  panels: 'config_schema',
};

export const KIBANAS: readonly KibanaFacts[] = [
  V8_12,
  { ...V8_12, version: '8.13.4' },
  { ...V8_12, version: '8.14.3' },
  { ...V8_12, version: '8.15.5' },
  V8_16,
  V8_17,
  V8_18,
  { ...V8_18, version: '8.19.19', react: 18 },
  V9_0,
  V9_1,
  { ...V9_1, version: '9.2.8' },
  V9_3,
  V9_4,
  { ...V9_4, version: '9.5.4' },
  {
    ...V9_4,
    version: '9.6.0',
    panels: 'zod',
    migratesPanels: true,
    loadsBundlesEverywhere: true,
  },
];

const SHARED = 'src/platform/plugins/shared';
const XPACK = 'x-pack/platform/plugins/shared';
const CORE = 'src/core/packages';

export const SOURCES: readonly Source[] = [
  {
    of: 'manifest',
    path: `${CORE}/plugins/server-internal/src/discovery/plugin_manifest_parser.ts`,
    commit: '4926f7c08828a5e33b42b3381021c9c522c98425',
  },
  {
    of: 'version',
    path: `${CORE}/plugins/server-internal/src/discovery/plugin_manifest_parser.ts`,
    commit: '4926f7c08828a5e33b42b3381021c9c522c98425',
  },
  {
    of: 'ruleTypes',
    path: `${XPACK}/features/server/feature_schema.ts`,
    commit: '2549770c4f9162dec00f1a23fe758c6764417ec3',
    told_by: 'the older form: run on 8.12.2; from 8.18 on: other plugins',
  },
  {
    of: 'routeSecurity',
    path: `${CORE}/http/router-server-internal/src/security_route_config_validator.ts`,
    commit: '1d7f15d1af13b25128a61e6d14513dd92d29d46e',
    told_by: 'the versions: pull requests 193994 and 209756',
  },
  {
    of: 'modelVersionSchemas',
    path: `${CORE}/saved-objects/api-server-internal/src/lib/apis/helpers/validation.ts`,
    commit: '580fbec0be1959152edf46f96b5217d3dd9e1acb',
    told_by: 'the version: pull request 240919',
  },
  {
    of: 'modelVersionSchemas',
    path: `${CORE}/saved-objects/migration-server-internal/src/document_migrator/validate_migrations.ts`,
    commit: '309432f0c25f6ecf50056f882c740f4cd6e2e0ed',
  },
  {
    of: 'filterTrigger',
    path: `${SHARED}/ui_actions/common/trigger_ids.ts`,
    commit: '1c37eb0cda868ff81b3c4ef7329e36510452094c',
    told_by: 'the version: pull requests 251964 and 253544',
  },
  {
    of: 'hasAsyncActions',
    path: `${SHARED}/ui_actions/public/service/ui_actions_service.ts`,
    commit: '0316d128bf259cadd7b79bb29da8d162c864bc78',
    told_by:
      'that it came with 8.18: read in an earlier round, not in code of 8.17; an older Kibana is asked for what it has',
  },
  {
    of: 'hasAsyncVisualizations',
    path: `${SHARED}/visualizations/public/vis_types/types_service.ts`,
    commit: '0290b6fe6b5c1db0230db2642c7fad61c12ee1d6',
    told_by: 'that it came with 9.0: read in an earlier round; an older Kibana is asked for what it has',
  },
  {
    of: 'panels',
    path: `${SHARED}/embeddable/server/embeddable_transforms/registry.ts`,
    commit: '0940cfc923ac30edd876c6103cc218c271d2e06f',
    told_by: 'the version: pull requests 245306 and 262396',
  },
  {
    of: 'panels',
    path: `${SHARED}/embeddable/server/drilldowns/registry.ts`,
    commit: '121830ab810796a5c3b50bcbae8d68f0a80b4d55',
    told_by: 'that zod comes with 9.6: it is not in what was read of 9.5',
  },
  {
    of: 'panels',
    path: `${SHARED}/dashboard/server/api/scope_tooling.ts`,
    commit: '027ff216065546db312b553bd5287a4012b22f12',
  },
  {
    of: 'panel_state',
    path: `${SHARED}/embeddable/public/react_embeddable_system/build_embeddable.tsx`,
    commit: '06288ffc05560804348e06a2737ead917bf6efe8',
  },
  {
    of: 'panel_state',
    path: 'src/platform/packages/shared/presentation/presentation_publishing/interfaces/containers/container_state/initialize_state_api.ts',
    commit: '07f45eac5193f82fb446aa24b40ddb3987e74b3a',
  },
  {
    of: 'migratesPanels',
    path: `${SHARED}/embeddable/server/panel_type_migrations/registry.ts`,
    commit: '2eb9d42b2a5727b8d4c4ace140b1b6d74a25f30b',
    told_by: 'the version: pull request 283945',
  },
  {
    of: 'migratesPanels',
    path: `${SHARED}/embeddable/server/panel_type_migrations/types.ts`,
    commit: '01409372585b24de28d7dd7b880ebbf36eab2085',
    told_by: 'that a panel which two migrations claim is dropped: transformPanelsOut of the dashboard plugin',
  },
  {
    of: 'hasRuleFlyout',
    path: `${XPACK}/triggers_actions_ui/public/application/sections/rule_form/rule_form_route.tsx`,
    commit: '0434c9b20329ff3a4917ac6b72ff19429d4bed66',
    told_by: 'until 8.17: run on 8.12.2',
  },
  {
    of: 'discoverTakesViews',
    path: 'src/plugins/discover/public/application/main/discover_main_route.tsx',
    commit: '00669f76f91ee89f84700816a91d313b6a87eb85',
    told_by:
      'there it asks for a view of the space, as it does in the distribution of 8.12.2; that it takes one of a link from 8.18 on: pull request 205991, label v8.18.0',
  },
  {
    of: 'discoverTakesViews',
    path: `${SHARED}/discover/public/application/main/discover_main_route.tsx`,
    commit: '00725e6767a63d464e66015b297ddbfecad940eb',
  },
  {
    of: 'discover',
    path: `${SHARED}/discover/common/app_locator.ts`,
    commit: '0867c61cce06bfa4820e0cde96f80c8ae4b4770e',
  },
  {
    of: 'discover',
    path: `${SHARED}/share/common/url_service/locators/redirect/parse_search_params.ts`,
    commit: '7d915d1e2e5db711714399e076605c6cda0d1646',
  },
  {
    of: 'rule_access',
    path: `${XPACK}/alerting/server/authorization/alerting_authorization.ts`,
    commit: '2587e3ff05f5e4ff2c076c9b8182fbc528e2b721',
    told_by:
      'the older form: alerting_authorization.js of the distribution of 8.12.2, and a review of pull request 105333',
  },
  {
    of: 'application',
    path: `${CORE}/application/browser-internal/src/ui/app_container.tsx`,
    commit: '126fe97b36db4d5e8cc1e412dba2137362ee5fb1',
  },
  {
    of: 'recent_pages',
    path: `${CORE}/chrome/browser/src/recently_accessed.ts`,
    commit: '3fbe2a4eb7c35d392345b7b0b6b84c16878479f2',
  },
  {
    of: 'overlays',
    path: `${CORE}/overlays/browser/src/flyout.ts`,
    commit: '027ff216065546db312b553bd5287a4012b22f12',
    told_by: 'openFlyout of OverlayStart: overlays.ts beside it, 2fcc3ed23ea0c92aef7e5db55abd1673526a61f8',
  },
  {
    of: 'content_management',
    path: `${SHARED}/content_management/public/content_client/content_client.tsx`,
    commit: '284eb872d86fd9faddc020905c2133ba5c04a4d7',
    told_by:
      'what it may be asked with: common/rpc/get.ts, 5c21ead6bb4b947b2e0aca67fdf84c2120460ade; that visualizations are one of its types: public/plugin.ts of visualizations, 016aa1ea6e08fbdf31a60cca3df19633b19374f0',
  },
  {
    of: 'rendersItself',
    path: `${CORE}/rendering/browser/src/rendering_service.ts`,
    commit: '077dad2d924121822fec03edecb8c4d192734181',
    told_by: 'that it came with 8.17: read in an earlier round; an older Kibana is asked for what it has',
  },
  {
    of: 'hasSolutions',
    path: `${XPACK}/spaces/server/lib/utils/space_solution_disabled_features.ts`,
    commit: '057dcf9cdc63289f79e1eaac4e8872e3bc6b23c9',
  },
  { of: 'react', path: 'package.json', told_by: '18 with 9.1 and 8.19: pull requests 209337 and 255852' },
  {
    of: 'react',
    path: 'src/platform/packages/private/kbn-ui-shared-deps-npm/version_dependencies.txt',
    repository: 'edmarmoretti/kibana-pt-br',
    commit: 'd8c770e0a51ecddea26d7baebfa778163863adcf',
    told_by: '18.2.0 in 9.4.0',
  },
  {
    of: 'searchClient',
    path: 'package.json',
    commit: '24c23f43dfe045fdc59aeb0846d2ec3df4a603d8',
    told_by:
      'there 9.4.0 for Kibana 9.6.0, read in the fork Dosant/kibana; 8.12.2 has 8.9.1-canary.1 (its distribution); that 9 came with 9.0: pull request 208776 and the label elasticsearch-js-9',
  },
  {
    of: 'searchClient',
    path: 'package.json',
    repository: 'edmarmoretti/kibana-pt-br',
    commit: '0041fd282c2eb861c61b0c5b550e424f8c8a446c',
    told_by: '9.1.1 in 9.1.5, and 9.3.4 in 9.4.0 at d8c770e0',
  },
  {
    of: 'searchClient',
    path: 'package.json',
    repository: 'mgadewoll/kibana',
    commit: '3a3203170525d45147d45d3225c989fe8d924c4f',
    told_by: '^8.16.0 in 8.18.0',
  },
  {
    of: 'loadsBundlesEverywhere',
    path: 'packages/kbn-rspack-optimizer/src/config/create_external_plugin_config.ts',
    commit: '027ff216065546db312b553bd5287a4012b22f12',
    told_by: 'the build of external plugins; that all pages load them: pull request 292506 alone',
  },
  {
    of: 'tasks',
    path: `${XPACK}/task_manager/server/task_scheduling.ts`,
    commit: '0086c4b627f24a254edaa731e7439c87f1d4c164',
  },
  {
    of: 'rule_types',
    path: `${XPACK}/alerting/server/rule_type_registry.ts`,
    commit: '0bbac85b7395b49564373d8508da2c98447a25e7',
  },
  {
    of: 'rule_services',
    path: `${XPACK}/alerting/server/alerts_client/legacy_alerts_client.ts`,
    commit: '023dbe9a5732a251d589a468e6e35f1802afa8b7',
    told_by:
      'alerts_client.js, alert/create_alert_factory.js and alert/alert.js of the distribution of 8.12.2',
  },
  {
    of: 'security',
    path: `${CORE}/security/server/src/authentication/api_keys/api_keys.ts`,
    commit: '0b22416ad53d8a6445c90313c7a755c6437f59cc',
  },
  {
    of: 'status',
    path: `${CORE}/status/server-internal/src/plugins_status.ts`,
    commit: '8137d1cdb0b7fa60624f5ecf6ea9fc21cbdebae4',
  },
  {
    of: 'upgrade',
    path: `${CORE}/saved-objects/migration-server-internal/src/actions/cleanup_unknown_and_excluded.ts`,
    commit: '226b3599f5544d61a075be0d43371f734476bfa3',
    told_by:
      'that Kibana does not start then, and does where its version is the same: model/model.ts beside it, 05fb6d9baaf669d3a6f8dfdf537a3283cde33051; from 8.0 on: issue 119944',
  },
  {
    of: 'encrypted_saved_objects',
    path: 'x-pack/plugins/encrypted_saved_objects/server/crypto/encrypted_saved_objects_service.ts',
    told_by: 'run on 8.12.2',
  },
];
