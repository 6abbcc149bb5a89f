import type { PanelKind } from '../../../common/panels';

const TITLES: Readonly<Record<PanelKind, string>> = {
  figures: 'figures',
  incidents: 'incidents',
  values: 'actual against expected',
  swim_lane: 'swim lane',
  timeline: 'timeline',
  patterns: 'top patterns',
  table: 'table',
};

/** Name of a panel in the description of Kibana's Dashboards API. */
export const panelTitle = (kind: PanelKind): string => `Log anomalies: ${TITLES[kind]}`;
