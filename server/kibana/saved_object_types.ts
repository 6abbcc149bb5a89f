import type { Detector } from '../../common/detector';
import { API_KEY_TYPE, DETECTOR_TYPE } from './identifiers';
import type { SavedObject, SavedObjectType } from './saved_object_contracts';

/** What is saved of a detector. Only `name` and `enabled` are indexed. */
export interface DetectorAttributes {
  readonly name: string;
  readonly detector: Detector;
  readonly enabled: boolean;
  /** Id of the saved object with the owner's API key; absent where security is off. */
  readonly api_key_object?: string | null;
  readonly owner?: string | null;
  readonly created_at: string;
  readonly created_by?: string | null;
  readonly updated_at: string;
  readonly updated_by?: string | null;
}

/** `api_key` is `id:key` in base64, as the Authorization header has it; encrypted. */
export interface ApiKeyAttributes {
  readonly api_key_id: string;
  readonly api_key: string;
  readonly detector_name: string;
}

export const ENCRYPTED_ATTRIBUTES: ReadonlySet<string> = new Set(['api_key']);
/** All the others: what 8.12 authenticates by default and what later versions want named. */
export const AUTHENTICATED_ATTRIBUTES: ReadonlySet<string> = new Set(['api_key_id', 'detector_name']);

const attributesOf = (object: SavedObject<never>): DetectorAttributes => object.attributes;

export const detectorSavedObjectType: SavedObjectType = {
  name: DETECTOR_TYPE,
  hidden: false,
  namespaceType: 'multiple-isolated',
  mappings: { dynamic: false, properties: { name: { type: 'text' }, enabled: { type: 'boolean' } } },
  modelVersions: { 1: { changes: [] } },
  management: {
    importableAndExportable: true,
    icon: 'outlierDetectionJob',
    defaultSearchField: 'name',
    getTitle: (object) => attributesOf(object).name,
    getInAppUrl: (object) => ({
      path: `/app/logAnomalies/detectors/${encodeURIComponent(object.id)}`,
      uiCapabilitiesPath: 'logAnomalies.show',
    }),
    /** A copy elsewhere has no task and no rights until somebody there starts it. */
    onExport: (_context, objects) =>
      objects.map((object) => {
        const { api_key_object: _key, owner: _owner, ...attributes } = attributesOf(object);
        return { ...object, attributes: { ...attributes, enabled: false } as never };
      }),
  },
};

export const apiKeySavedObjectType: SavedObjectType = {
  name: API_KEY_TYPE,
  hidden: true,
  namespaceType: 'multiple-isolated',
  mappings: { dynamic: false, properties: {} },
  modelVersions: { 1: { changes: [] } },
};
