/** Slices of the server contract of Kibana's plugin `embeddable`, from 9.4 on. */

/** Source: src/core/packages/saved-objects/common `SavedObjectReference`. */
export interface Reference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

/**
 * An object schema of Kibana's own kind: of `@kbn/config-schema` in 9.4 and 9.5, of zod later.
 *
 * Source: src/platform/plugins/shared/embeddable/server/drilldowns/registry.ts.
 */
export interface ObjectSchema {
  /** Of `@kbn/config-schema`. */
  getPropSchemas?(): Readonly<Record<string, unknown>>;
  /** Of zod. */
  readonly shape?: Readonly<Record<string, unknown>>;
}

/** Source: src/platform/plugins/shared/embeddable/server/drilldowns/types.ts. */
export interface DrilldownTransforms {
  transformIn(state: object): { readonly state: object; readonly references?: readonly Reference[] };
  transformOut(state: object, references?: readonly Reference[]): object;
}

/** Source: src/platform/plugins/shared/embeddable/server/embeddable_transforms/types.ts `EmbeddableServerDefinition`. */
export interface EmbeddableServerDefinition {
  readonly title: string;
  /** @param getDrilldownsSchema throws where no drilldown is registered for these triggers */
  getSchema(getDrilldownsSchema: (triggers: string[]) => ObjectSchema): unknown;
  getTransforms(drilldowns: DrilldownTransforms): {
    transformIn(state: object): { state: object; references: Reference[] };
    transformOut(stored: object, panelReferences?: readonly Reference[]): object;
  };
}

/** Source: src/platform/plugins/shared/embeddable/server/panel_type_migrations/types.ts. */
export interface PanelTypeMigration {
  readonly from: string;
  readonly to: string;
  /** @returns the panels that become panels of the other type; those left out stay */
  migrateOut(
    panels: readonly { readonly id: string; readonly config: object }[],
  ): readonly { readonly panelId: string; readonly config: object }[];
}

/** Source: src/platform/plugins/shared/embeddable/server/plugin.ts `EmbeddableSetup`. */
export interface EmbeddableServerSetup {
  /** From 9.4 on. */
  registerEmbeddableServerDefinition?(type: string, definition: EmbeddableServerDefinition): void;
  /** From 9.6 on. */
  registerPanelTypeMigration?(migration: PanelTypeMigration): void;
}
