/** The panels that dashboards may hold. Part of saved dashboards: never rename. */
export const PANEL_KINDS = ['swim_lane', 'timeline', 'table'] as const;
export type PanelKind = (typeof PANEL_KINDS)[number];

export const PANEL_FUNCTION = 'log_anomalies_panel';
export const PANEL_RENDERER = 'log_anomalies_panel_renderer';

/** What a saved panel holds. */
export interface PanelSettings {
  readonly kind: PanelKind;
  /** Empty: all detectors of the space. */
  readonly detectorId: string;
}
/** What is drawn: the settings, and what the dashboard says. */
export interface PanelConfig extends PanelSettings {
  readonly timeRange?: { readonly from: string; readonly to: string };
}
