import type { PanelSettings } from '../../../common/panels';
import type { Query } from '../../kibana/search_contracts';

export const PANEL_FUNCTION = 'log_anomalies_panel';
export const PANEL_RENDERER = 'log_anomalies_panel_renderer';

/** Input of a panel: its settings, and the state of the dashboard. */
export interface PanelConfig extends PanelSettings {
  readonly timeRange?: { readonly from: string; readonly to: string };
  readonly query?: Query | readonly Query[];
  readonly filters?: readonly unknown[];
}
