import type { Severity } from '../../common/anomaly';
import type { Query } from '../kibana/search_contracts';

/** The panels that dashboards may hold. Part of saved dashboards: never rename. */
export const PANEL_KINDS = ['swim_lane', 'timeline', 'patterns', 'table'] as const;
export type PanelKind = (typeof PANEL_KINDS)[number];

/** Name of the visualization type, which saved panels hold as well. */
export const visualizationName = (kind: PanelKind): string => `log_anomalies_${kind}`;

export const PANEL_FUNCTION = 'log_anomalies_panel';
export const PANEL_RENDERER = 'log_anomalies_panel_renderer';

/** Settings of a saved panel. */
export interface PanelSettings {
  readonly kind: PanelKind;
  /** Empty: all detectors of the space. */
  readonly detectorId: string;
  /** The mildest anomalies that are shown; empty: all. */
  readonly minSeverity: Severity | '';
  /** Subject of a lane; has no effect on panels without lanes. */
  readonly laneBy: 'entity' | 'detector';
  /** Most lanes, rows or features. */
  readonly limit: number;
}

/** Most lanes, rows or features, unless the editor says otherwise. */
const DEFAULT_LIMITS: Readonly<Record<PanelKind, number>> = {
  swim_lane: 10,
  timeline: 1,
  patterns: 10,
  table: 20,
};
export const LARGEST_LIMIT = 100;

export const defaultSettings = (kind: PanelKind): PanelSettings => ({
  kind,
  detectorId: '',
  minSeverity: '',
  laneBy: 'entity',
  limit: DEFAULT_LIMITS[kind],
});

/** Input of a panel: its settings, and the state of the dashboard. */
export interface PanelConfig extends PanelSettings {
  readonly timeRange?: { readonly from: string; readonly to: string };
  readonly query?: Query | readonly Query[];
  readonly filters?: readonly unknown[];
}
