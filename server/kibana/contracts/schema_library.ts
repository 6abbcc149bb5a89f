/**
 * The functions of `@kbn/config-schema` that make types, for code that is given them: the module itself is that of the running
 * Kibana. Source: src/platform/packages/shared/kbn-config-schema/index.ts.
 */
export interface SchemaLibrary {
  object(
    properties: Readonly<Record<string, unknown>>,
    options?: { unknowns?: 'allow' | 'forbid' | 'ignore'; meta?: { title?: string } },
  ): unknown;
  string(options?: { minLength?: number; maxLength?: number }): unknown;
  number(options?: { min?: number; max?: number }): unknown;
  boolean(): unknown;
  literal(value: string | null): unknown;
  maybe(type: unknown): unknown;
  oneOf(types: readonly unknown[], options?: { meta?: { description?: string } }): unknown;
  arrayOf(type: unknown): unknown;
}
