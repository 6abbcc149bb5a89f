/** Id of the plugin, its application, its Kibana feature and its capabilities; also its prefix in kibana.yml. */
export const PLUGIN_ID = 'logAnomalies';

/** The name that people see. */
export const PLUGIN_NAME = 'Log Anomalies';

/** Category of the application in Kibana's navigation and among the privileges of a role: Observability. */
export const PLUGIN_CATEGORY = {
  id: 'observability',
  label: 'Observability',
  euiIconType: 'logoObservability',
  order: 3000,
} as const;

/** Capabilities of a user, as the browser sees them: `capabilities.logAnomalies.show` and `.save`. */
export const CAPABILITIES = { read: ['show'], write: ['show', 'save'] } as const;
