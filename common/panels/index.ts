export {
  defaultSettings,
  LARGEST_LIMIT,
  PANEL_KINDS,
  panelTypeOf,
  type PanelKind,
  type PanelSettings,
} from './panel_settings';
export {
  isReference,
  LONGEST_ENTITY,
  LONGEST_FEATURE,
  LONGEST_LANE,
  settingsOf,
  settingsOfVisualization,
  SEVERITY_NAMES,
  stateOf,
  stateOfVisualizationPanel,
  valueStateOf,
  type PanelFrameState,
  type PanelReferenceState,
  type PanelState,
  type PanelValueState,
} from './panel_state';
