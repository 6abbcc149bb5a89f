import {
  LARGEST_LIMIT,
  LONGEST_ENTITY,
  LONGEST_FEATURE,
  LONGEST_LANE,
  SEVERITY_NAMES,
  type PanelKind,
} from '../../../common/panels';
import { panelTitle } from './panel_titles';
import type { SchemaLibrary } from '../contracts/schema_library';
import type { ObjectSchema } from './panel_contracts';

/** Triggers that drilldowns of a panel may be attached to. Source: src/platform/plugins/shared/ui_actions/common/trigger_ids.ts. */
const TRIGGERS = ['on_apply_filter'];
const LONGEST_TITLE = 500;
const LONGEST_TEXT = 1_000;
const LONGEST_ID = 200;

/** Libraries of the running Kibana that schemas are made with. */
export interface SchemaLibraries {
  readonly schema: SchemaLibrary;
  /** Loads `@kbn/zod`, which old versions do not have. */
  loadZod(): unknown;
  /** Tells which of the two, where no schema of Kibana shows it. */
  readonly usesZod: boolean;
}

/** The little of zod 4 that is used. */
interface KibanaZod {
  readonly z: {
    object(shape: Readonly<Record<string, unknown>>): ZodType;
    string(): ZodType;
    boolean(): ZodType;
    number(): ZodType;
    enum(values: readonly string[]): ZodType;
    union(types: readonly ZodType[]): ZodType;
  };
}
interface ZodType {
  optional(): ZodType;
  strict(): ZodType;
  min(limit: number): ZodType;
  max(limit: number): ZodType;
  int(): ZodType;
  meta(facts: object): ZodType;
}

function drilldownsOf(getDrilldownsSchema: (triggers: string[]) => ObjectSchema): ObjectSchema | undefined {
  try {
    return getDrilldownsSchema(TRIGGERS);
  } catch {
    // No drilldown of this Kibana fits: panels have none then.
    return undefined;
  }
}

/**
 * Schema of a panel for Kibana's Dashboards API, in the library that this Kibana writes its own in: a panel without a schema is
 * refused there, and left out of what is read.
 */
export function panelSchema(
  kind: PanelKind,
  getDrilldownsSchema: (triggers: string[]) => ObjectSchema,
  { schema, loadZod, usesZod }: SchemaLibraries,
): unknown {
  const drilldowns = drilldownsOf(getDrilldownsSchema);
  if (drilldowns === undefined ? usesZod : drilldowns.shape !== undefined) {
    return zodSchema(kind, drilldowns?.shape ?? {}, (loadZod() as KibanaZod).z);
  }
  return configSchema(kind, drilldowns?.getPropSchemas?.() ?? {}, schema);
}

function configSchema(
  kind: PanelKind,
  drilldowns: Readonly<Record<string, unknown>>,
  schema: SchemaLibrary,
): unknown {
  const oneOf = (values: readonly string[]) =>
    schema.maybe(schema.oneOf(values.map((value) => schema.literal(value))));
  const frame = {
    title: schema.maybe(schema.string({ maxLength: LONGEST_TITLE })),
    description: schema.maybe(schema.string({ maxLength: LONGEST_TEXT })),
    hide_title: schema.maybe(schema.boolean()),
    hide_border: schema.maybe(schema.boolean()),
    time_range: schema.maybe(schema.object({ from: schema.string(), to: schema.string() })),
    ...drilldowns,
  };
  const value = schema.object(
    {
      ...frame,
      detector_id: schema.maybe(schema.string({ maxLength: LONGEST_ID })),
      min_severity: oneOf(SEVERITY_NAMES),
      lane_by: schema.maybe(schema.string({ minLength: 1, maxLength: LONGEST_LANE })),
      limit: schema.maybe(schema.number({ min: 1, max: LARGEST_LIMIT })),
      entity: schema.maybe(schema.string({ maxLength: LONGEST_ENTITY })),
      feature: schema.maybe(schema.string({ maxLength: LONGEST_FEATURE })),
    },
    { meta: { title: `${panelTitle(kind)}, by value` } },
  );
  const reference = schema.object(
    { ...frame, ref_id: schema.string({ minLength: 1, maxLength: LONGEST_ID }) },
    { meta: { title: `${panelTitle(kind)}, of the Visualize library` } },
  );
  // The one with a required field comes first: the other would take its panels without it.
  return schema.oneOf([reference, value], { meta: { description: panelTitle(kind) } });
}

function zodSchema(
  kind: PanelKind,
  drilldowns: Readonly<Record<string, unknown>>,
  z: KibanaZod['z'],
): unknown {
  const frame = {
    title: z.string().max(LONGEST_TITLE).optional(),
    description: z.string().max(LONGEST_TEXT).optional(),
    hide_title: z.boolean().optional(),
    hide_border: z.boolean().optional(),
    time_range: z.object({ from: z.string(), to: z.string() }).strict().optional(),
    ...drilldowns,
  };
  const value = z
    .object({
      ...frame,
      detector_id: z.string().max(LONGEST_ID).optional(),
      min_severity: z.enum(SEVERITY_NAMES).optional(),
      lane_by: z.string().min(1).max(LONGEST_LANE).optional(),
      limit: z.number().int().min(1).max(LARGEST_LIMIT).optional(),
      entity: z.string().max(LONGEST_ENTITY).optional(),
      feature: z.string().max(LONGEST_FEATURE).optional(),
    })
    .strict()
    .meta({ title: `${panelTitle(kind)}, by value` });
  const reference = z
    .object({ ...frame, ref_id: z.string().min(1).max(LONGEST_ID) })
    .strict()
    .meta({ title: `${panelTitle(kind)}, of the Visualize library` });
  return z.union([reference, value]).meta({ description: panelTitle(kind) });
}
