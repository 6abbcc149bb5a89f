import type { Severity } from '../anomaly';

/** The panels that dashboards may hold. Part of saved dashboards: never rename. */
export const PANEL_KINDS = [
  'incidents',
  'values',
  'swim_lane',
  'timeline',
  'patterns',
  'table',
  'figures',
] as const;
export type PanelKind = (typeof PANEL_KINDS)[number];

/**
 * Name of the panel in dashboards: of its visualization type, and from Kibana 9.4 on of its embeddable, which takes lower-case
 * letters and underscores only.
 */
export const panelTypeOf = (kind: PanelKind): string => `log_anomalies_${kind}`;

/** Settings of a saved panel. */
export interface PanelSettings {
  readonly kind: PanelKind;
  /** Empty: all detectors of the space. */
  readonly detectorId: string;
  /** The mildest anomalies that are shown; empty: all. */
  readonly minSeverity: Severity | '';
  /** Subject of a lane: the entity, the detector, or one field of entities of several; has no effect on panels without lanes. */
  readonly laneBy: string;
  /** Most lanes, rows or features. */
  readonly limit: number;
  /** Entity whose values are shown; empty: that of the most severe anomaly. Has no effect on other panels. */
  readonly entity: string;
  /** Feature whose values are shown; empty: the numeric one that stands out most. Has no effect on other panels. */
  readonly feature: string;
}

/** Most lanes, rows or features, unless the editor says otherwise. */
const DEFAULT_LIMITS: Readonly<Record<PanelKind, number>> = {
  figures: 1,
  incidents: 10,
  values: 1,
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
  entity: '',
  feature: '',
});
