import { SEVERITIES, type Severity } from '../anomaly';
import {
  defaultSettings,
  LARGEST_LIMIT,
  PANEL_KINDS,
  panelTypeOf,
  type PanelKind,
  type PanelSettings,
} from './panel_settings';

/** Fields that every panel of a dashboard has from Kibana 9.4 on. Source: src/platform/packages/shared/presentation/presentation_publishing_schemas. */
export interface PanelFrameState {
  readonly title?: string;
  readonly description?: string;
  readonly hide_title?: boolean;
  readonly hide_border?: boolean;
  readonly time_range?: { readonly from: string; readonly to: string };
  readonly drilldowns?: readonly object[];
}

/** Settings of a panel as Kibana's Dashboards API takes and gives them; what is left out has its default. */
export interface PanelValueState {
  readonly detector_id?: string;
  readonly min_severity?: Severity;
  readonly lane_by?: PanelSettings['laneBy'];
  readonly limit?: number;
  readonly entity?: string;
  readonly feature?: string;
}
/** Names of {@link PanelValueState}. */
const VALUES = ['detector_id', 'min_severity', 'lane_by', 'limit', 'entity', 'feature'] as const;

/** A panel that shows one of the Visualize library. */
export interface PanelReferenceState {
  /** Id of the saved visualization. */
  readonly ref_id: string;
}

export type PanelState = PanelFrameState & (PanelValueState | PanelReferenceState);

export const isReference = (state: PanelState): state is PanelFrameState & PanelReferenceState =>
  'ref_id' in state && state.ref_id !== undefined;

export const SEVERITY_NAMES: readonly Severity[] = SEVERITIES.map(({ name }) => name);
/** Characters of the subject of lanes: `entity`, `detector` or the name of a field, as entities of several fields have them. */
export const LONGEST_LANE = 256;
/** Characters of an entity and of the name of a feature, as the API takes them. */
export const LONGEST_ENTITY = 256;
export const LONGEST_FEATURE = 200;
const FIELD_NAME = /^[^_*\p{Cc}][^*\p{Cc}]*$/u;
const isLane = (lane: unknown): lane is string =>
  typeof lane === 'string' && FIELD_NAME.test(lane) && lane.length <= LONGEST_LANE;

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest;

export function settingsOf(kind: PanelKind, state: PanelValueState): PanelSettings {
  const defaults = defaultSettings(kind);
  return {
    kind,
    detectorId: state.detector_id ?? defaults.detectorId,
    minSeverity: state.min_severity ?? defaults.minSeverity,
    laneBy: state.lane_by ?? defaults.laneBy,
    limit: state.limit ?? defaults.limit,
    entity: state.entity ?? defaults.entity,
    feature: state.feature ?? defaults.feature,
  };
}

/** Returns what a state says of the settings, without what is undefined and without the frame of the panel. */
export function valueStateOf(state: PanelState): PanelValueState {
  if (isReference(state)) return {};
  const named = VALUES.map((name) => [name, state[name]] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/** The state of these settings, without what is as by default. */
export function stateOf(settings: PanelSettings): PanelValueState {
  const defaults = defaultSettings(settings.kind);
  const { detectorId, minSeverity, laneBy, limit, entity, feature } = settings;
  return {
    ...(detectorId !== '' && { detector_id: detectorId }),
    ...(minSeverity !== '' && { min_severity: minSeverity }),
    ...(laneBy !== defaults.laneBy && { lane_by: laneBy }),
    ...(limit !== defaults.limit && { limit }),
    ...(entity !== '' && { entity }),
    ...(feature !== '' && { feature }),
  };
}

const kindOfType = (type: unknown): PanelKind | undefined =>
  PANEL_KINDS.find((kind) => panelTypeOf(kind) === type);

/**
 * The settings of a saved visualization of ours, as versions up to Kibana 9.3 make them. Nothing in it is trusted: a parameter
 * that a panel may not have is as by default.
 *
 * @param visualization `visState` of a saved object, or `savedVis` of a panel by value
 * @returns undefined for the visualization of somebody else
 */
export function settingsOfVisualization(visualization: unknown): PanelSettings | undefined {
  const { type, params } = (visualization ?? {}) as { type?: unknown; params?: Record<string, unknown> };
  const kind = kindOfType(type);
  if (kind === undefined) return undefined;
  const { detectorId, minSeverity, laneBy, limit, entity, feature } = params ?? {};
  return settingsOf(kind, {
    ...(typeof detectorId === 'string' && { detector_id: detectorId }),
    ...(SEVERITY_NAMES.includes(minSeverity as Severity) && { min_severity: minSeverity as Severity }),
    ...(isLane(laneBy) && { lane_by: laneBy }),
    ...(Number.isInteger(limit) &&
      Number(limit) >= 1 &&
      Number(limit) <= LARGEST_LIMIT && { limit: Number(limit) }),
    ...(isText(entity, LONGEST_ENTITY) && { entity }),
    ...(isText(feature, LONGEST_FEATURE) && { feature }),
  });
}

/** Query and filters of a visualization's own, as its editor sets them; those of a dashboard come on top. */
export interface PanelSearch {
  readonly query?: { readonly query: string | Readonly<Record<string, unknown>>; readonly language: string };
  readonly filters?: readonly object[];
}

/**
 * @param source `searchSource` of a visualization by value, or what `searchSourceJSON` of one in the library says
 * @returns without what is empty
 */
export function searchOf(source: unknown): PanelSearch {
  const { query, filter } = (source ?? {}) as {
    readonly query?: PanelSearch['query'];
    readonly filter?: object | readonly object[];
  };
  const isBlank = typeof query?.query === 'string' ? query.query.trim() === '' : query?.query === undefined;
  const filters = [filter ?? []].flat();
  return { ...(!isBlank && { query }), ...(filters.length > 0 && { filters }) };
}

/** Panel of a dashboard that holds a visualization: by value, or by the id of one in the library. */
interface VisualizationPanel extends PanelFrameState {
  readonly savedVis?: {
    readonly title?: string;
    readonly description?: string;
    readonly data?: { readonly searchSource?: unknown };
  };
  readonly hidePanelTitles?: boolean;
  readonly timeRange?: PanelFrameState['time_range'];
}

/**
 * @param config of a panel `legacy_vis`
 * @returns undefined for a panel that is not of this kind; for one by reference, whose kind is not known without the library; and
 *   for one with a query or filters of its own, which has no place for them but its visualization
 */
export function stateOfVisualizationPanel(kind: PanelKind, config: object): PanelState | undefined {
  const panel = config as VisualizationPanel;
  const settings = settingsOfVisualization(panel.savedVis);
  const search = searchOf(panel.savedVis?.data?.searchSource);
  if (settings?.kind !== kind || Object.keys(search).length > 0) return undefined;
  const title = panel.title ?? (panel.savedVis?.title || undefined);
  const description = panel.description ?? (panel.savedVis?.description || undefined);
  const isTitleHidden = panel.hide_title ?? panel.hidePanelTitles;
  const timeRange = panel.time_range ?? panel.timeRange;
  return {
    ...stateOf(settings),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(isTitleHidden !== undefined && { hide_title: isTitleHidden }),
    ...(panel.hide_border !== undefined && { hide_border: panel.hide_border }),
    ...(timeRange !== undefined && { time_range: { from: timeRange.from, to: timeRange.to } }),
    ...(panel.drilldowns !== undefined && { drilldowns: panel.drilldowns }),
  };
}
