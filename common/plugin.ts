/** Id of the plugin, its application, its Kibana feature and its capabilities; also its prefix in kibana.yml. */
export const PLUGIN_ID = 'logAnomalies';

/** The name that people see. */
export const PLUGIN_NAME = 'Log Anomalies';

/**
 * Category of the application in Kibana's navigation and among the privileges of a role. A space with a solution disables the
 * features in the categories of the other solutions, so it is Kibana's own one, beside Discover, dashboards and machine learning.
 *
 * Source: src/core/packages/application/common/src/default_app_categories.ts, and for spaces from 8.16 on
 * x-pack/platform/plugins/shared/spaces/server/lib/utils/space_solution_disabled_features.ts.
 */
export const PLUGIN_CATEGORY = {
  id: 'kibana',
  label: 'Analytics',
  euiIconType: 'logoKibana',
  order: 1000,
} as const;

/** Capabilities of a user, as the browser sees them: `capabilities.logAnomalies.show` and `.save`. */
export const CAPABILITIES = { read: ['show'], write: ['show', 'save'] } as const;
