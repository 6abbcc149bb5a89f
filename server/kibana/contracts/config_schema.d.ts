/**
 * The slice of Kibana's configuration schemas that we use; the module itself comes from the running Kibana.
 * Source: packages/kbn-config-schema/index.ts, src/types/object_type.ts and src/types/type.ts (8.12 and 9.x).
 */
declare module '@kbn/config-schema' {
  export interface Type<Value> {
    validate(value: unknown): Value;
  }
  export const schema: {
    object<Properties extends Record<string, Type<unknown>>>(
      properties: Properties,
      options?: {
        /** Treatment of keys that are not declared. */
        unknowns?: 'allow' | 'forbid' | 'ignore';
        meta?: { title?: string };
        /** @returns what is wrong, or undefined */
        validate?: (value: Record<string, unknown>) => string | undefined;
      },
    ): Type<{ [Key in keyof Properties]: Properties[Key] extends Type<infer Value> ? Value : never }>;
    maybe<Value>(type: Type<Value>): Type<Value | undefined>;
    string(options?: { minLength?: number; maxLength?: number }): Type<string>;
    number(options?: { min?: number; max?: number }): Type<number>;
    boolean(): Type<boolean>;
    literal(value: string | null): Type<string | null>;
    oneOf(types: readonly Type<unknown>[], options?: { meta?: { description?: string } }): Type<unknown>;
    arrayOf<Value>(type: Type<Value>): Type<Value[]>;
  };
}
