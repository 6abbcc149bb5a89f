/** Slices of Kibana's saved-object contracts, 8.12 and 9.x alike. */

/** Source: src/core packages/saved-objects/core-saved-objects-api-server `SavedObject`. */
export interface SavedObject<Attributes> {
  readonly id: string;
  readonly type: string;
  readonly version?: string;
  readonly attributes: Attributes;
  readonly references?: readonly unknown[];
  readonly namespaces?: readonly string[];
  readonly error?: { readonly statusCode: number; readonly message: string };
}

/** Source: core-saved-objects-api-server `SavedObjectsClientContract`, `ISavedObjectsRepository`. */
export interface SavedObjectsClient {
  create<Attributes>(
    type: string,
    attributes: Attributes,
    options?: {
      id?: string;
      namespace?: string;
      overwrite?: boolean;
      version?: string;
      /** Default `wait_for`: the answer comes once a search finds the object, up to a second later. */
      refresh?: boolean | 'wait_for';
    },
  ): Promise<SavedObject<Attributes>>;
  get<Attributes>(
    type: string,
    id: string,
    options?: { namespace?: string },
  ): Promise<SavedObject<Attributes>>;
  delete(type: string, id: string, options?: { namespace?: string }): Promise<unknown>;
  find<Attributes>(options: {
    type: string;
    page?: number;
    perPage?: number;
    search?: string;
    searchFields?: string[];
    sortField?: string;
    sortOrder?: 'asc' | 'desc';
    namespaces?: string[];
  }): Promise<{ total: number; saved_objects: SavedObject<Attributes>[] }>;
}

/** Source: core-saved-objects-server `SavedObjectsType`. */
export interface SavedObjectType {
  readonly name: string;
  readonly hidden: boolean;
  readonly namespaceType: 'multiple-isolated' | 'agnostic';
  readonly mappings: { readonly dynamic: false; readonly properties: Record<string, unknown> };
  readonly modelVersions: Record<
    number,
    {
      readonly changes: readonly unknown[];
      /** Types of `@kbn/config-schema`; versions from 9.3 on ask for both. */
      readonly schemas?: { readonly forwardCompatibility: unknown; readonly create: unknown };
    }
  >;
}

/** Source: x-pack/plugins/encrypted_saved_objects/server `EncryptedSavedObjectsPluginSetup`. */
export interface EncryptedSavedObjectsSetup {
  readonly canEncrypt: boolean;
  registerType(registration: {
    type: string;
    attributesToEncrypt: ReadonlySet<string>;
    attributesToIncludeInAAD?: ReadonlySet<string>;
  }): void;
}

/** Source: x-pack/plugins/encrypted_saved_objects/server `EncryptedSavedObjectsClient`. */
export interface EncryptedSavedObjectsClient {
  getDecryptedAsInternalUser<Attributes>(
    type: string,
    id: string,
    options?: { namespace?: string },
  ): Promise<SavedObject<Attributes>>;
}
