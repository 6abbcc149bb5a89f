import { isReference, type PanelState } from '../../../common/panels';
import type { DrilldownTransforms, EmbeddableServerDefinition, Reference } from './panel_contracts';

/** Name of the reference to the visualization in the library that a panel shows. */
const LIBRARY_REFERENCE = 'savedObjectRef';
const LIBRARY_TYPE = 'visualization';

/** A stored panel names other objects by references alone, so that export, import and copies to other spaces know of them. */
export const transformsOf = (
  drilldowns: DrilldownTransforms,
): ReturnType<EmbeddableServerDefinition['getTransforms']> => ({
  transformIn: (given) => {
    const { state, references = [] } = drilldowns.transformIn(given);
    const panel = state as PanelState;
    if (!isReference(panel)) return { state, references: [...references] };
    const { ref_id: id, ...stored } = panel;
    const library: Reference = { name: LIBRARY_REFERENCE, type: LIBRARY_TYPE, id };
    return { state: stored, references: [...references, library] };
  },
  transformOut: (stored, references = []) => {
    const state = drilldowns.transformOut(stored, references);
    const library = references.find(({ name, type }) => name === LIBRARY_REFERENCE && type === LIBRARY_TYPE);
    return library === undefined ? state : { ...state, ref_id: library.id };
  },
});
