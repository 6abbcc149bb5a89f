import {
  isReference,
  panelTypeOf,
  searchOf,
  settingsOfVisualization,
  type PanelKind,
  type PanelSearch,
  type PanelSettings,
  type PanelState,
} from '../../../common/panels';
import type { PluginsStart } from '../../kibana/contracts';

/**
 * The visualization of the library that a panel shows: its settings, and the query and filters that it was saved with.
 *
 * @returns undefined for a panel by value
 * @throws Error when the library has no such visualization, or it is not a panel of this kind
 */
export async function readLibrary(
  kind: PanelKind,
  state: PanelState,
  { contentManagement }: Pick<PluginsStart, 'contentManagement'>,
): Promise<{ readonly settings: PanelSettings; readonly search: PanelSearch } | undefined> {
  if (!isReference(state)) return undefined;
  if (contentManagement === undefined) throw new Error('This Kibana has no library of visualizations.');
  const { client: library } = contentManagement;
  const { item } = await library.get({ contentTypeId: 'visualization', id: state.ref_id });
  const { visState = '{}', kibanaSavedObjectMeta } = item.attributes;
  const settings = settingsOfVisualization(JSON.parse(visState));
  if (settings?.kind !== kind) {
    throw new Error(`The visualization ${state.ref_id} is no panel "${panelTypeOf(kind)}".`);
  }
  return { settings, search: searchOf(JSON.parse(kibanaSavedObjectMeta?.searchSourceJSON ?? '{}')) };
}
