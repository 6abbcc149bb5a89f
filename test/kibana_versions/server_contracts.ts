/**
 * Contracts of Kibana's server as strict as the real ones: what a Kibana of these facts refuses throws here. Each was written from
 * reading the source that SOURCES of facts.ts names.
 */
import { z } from 'zod';
import { isDeepStrictEqual } from 'node:util';
import { ObjectType, schema, type Type } from './config_schema';
import type { KibanaFacts } from './facts';

const KNOWN_MANIFEST_KEYS = new Set([
  'id',
  'kibanaVersion',
  'type',
  'version',
  'configPath',
  'requiredPlugins',
  'optionalPlugins',
  'runtimePluginDependencies',
  'ui',
  'server',
  'extraPublicDirs',
  'requiredBundles',
  'serviceFolders',
  'owner',
  'description',
  'enabledOnAnonymousPages',
]);

/** @throws Error as Kibana does when it finds an installed plugin, and its installer before */
export function readManifest(manifest: Readonly<Record<string, unknown>>, { version }: KibanaFacts): void {
  const { id, owner, server, ui, kibanaVersion, type = 'standard', configPath } = manifest;
  if (typeof id !== 'string' || id === '') throw new Error('Plugin manifest must contain an "id" property.');
  if (!/^[a-z][a-zA-Z0-9]*$/.test(id)) throw new Error(`Plugin "id" must be camelCase, but found: ${id}.`);
  if (typeof manifest.version !== 'string' || manifest.version === '') {
    throw new Error(`Plugin manifest for "${id}" must contain a "version" property.`);
  }
  if (typeof (owner as { name?: unknown } | undefined)?.name !== 'string') {
    throw new Error(`Plugin manifest for "${id}" must contain an "owner" property with a name.`);
  }
  if (configPath !== undefined && typeof configPath !== 'string' && !Array.isArray(configPath)) {
    throw new Error(`The "configPath" in plugin manifest for "${id}" should be a string or an array.`);
  }
  if (kibanaVersion !== version) {
    throw new Error(`Plugin "${id}" is only compatible with Kibana version "${String(kibanaVersion)}".`);
  }
  if (server !== true && ui !== true) throw new Error(`Both "server" and "ui" of "${id}" are false.`);
  const unknown = Object.keys(manifest).filter((key) => !KNOWN_MANIFEST_KEYS.has(key));
  if (unknown.length > 0)
    throw new Error(`Manifest for plugin "${id}" has unrecognized properties: ${unknown.join()}.`);
  if (type !== 'preboot' && type !== 'standard')
    throw new Error(`The "type" of "${id}" is "${String(type)}".`);
}

const names = schema.arrayOf(schema.string());
const capabilities = schema.arrayOf(
  schema.string({
    validate: (name) => (/^[a-zA-Z0-9:_-]+$/.test(name) ? undefined : `Does not satisfy regexp: ${name}`),
  }),
);
const management = schema.recordOf(schema.string(), capabilities);

function privilegeSchema(grants: Type): ObjectType {
  const maybe = { all: schema.maybe(grants), read: schema.maybe(grants) };
  return schema.object({
    excludeFromBasePrivileges: schema.maybe(schema.boolean()),
    management: schema.maybe(management),
    catalogue: schema.maybe(capabilities),
    api: schema.maybe(names),
    app: schema.maybe(names),
    alerting: schema.maybe(
      schema.object({ rule: schema.maybe(schema.object(maybe)), alert: schema.maybe(schema.object(maybe)) }),
    ),
    savedObject: schema.object({ all: names, read: names }),
    ui: capabilities,
  });
}

interface Feature {
  readonly id: string;
  readonly category: { readonly id: string };
  readonly app: readonly string[];
  readonly catalogue?: readonly string[];
  readonly alerting?: readonly unknown[];
  readonly management?: Readonly<Record<string, readonly string[]>>;
  readonly privileges: Readonly<
    Record<
      'all' | 'read',
      {
        readonly app: readonly string[];
        readonly catalogue: readonly string[];
        readonly management: Readonly<Record<string, readonly string[]>>;
        readonly alerting: Readonly<Record<'rule' | 'alert', Readonly<Record<string, readonly unknown[]>>>>;
      }
    >
  >;
}

/** @throws Error as `validateKibanaFeature` does */
export function registerFeature(given: unknown, facts: KibanaFacts): Feature {
  const grants =
    facts.ruleTypes === 'ids'
      ? names
      : schema.arrayOf(
          schema.object({
            ruleTypeId: schema.string(),
            consumers: schema.arrayOf(schema.string(), { minSize: 1 }),
          }),
        );
  const privilege = privilegeSchema(grants);
  schema
    .object({
      id: schema.string(),
      name: schema.string(),
      category: schema.object({
        id: schema.string(),
        label: schema.string(),
        ariaLabel: schema.maybe(schema.string()),
        euiIconType: schema.maybe(schema.string()),
        order: schema.maybe(schema.number()),
      }),
      order: schema.maybe(schema.number()),
      app: names,
      management: schema.maybe(management),
      catalogue: schema.maybe(capabilities),
      alerting: schema.maybe(grants),
      privileges: schema.object({ all: privilege, read: privilege }),
    })
    .validate(given);
  const feature = given as Feature;
  const seen = { app: new Set<string>(), catalogue: new Set<string>(), alerting: [] as unknown[] };
  for (const [name, part] of Object.entries(feature.privileges)) {
    const check = (kind: 'app' | 'catalogue', entries: readonly string[]): void => {
      for (const entry of entries) {
        if (!feature[kind]?.includes(entry)) {
          throw new Error(`Feature privilege ${feature.id}.${name} has unknown ${kind} entries: ${entry}`);
        }
        seen[kind].add(entry);
      }
    };
    check('app', part.app);
    check('catalogue', part.catalogue);
    for (const [section, entries] of Object.entries(part.management)) {
      for (const entry of entries) {
        if (!feature.management?.[section]?.includes(entry)) {
          throw new Error(
            `Feature privilege ${feature.id}.${name} has unknown management entry: ${section}.${entry}`,
          );
        }
      }
    }
    for (const grant of Object.values(part.alerting).flatMap((kinds) => Object.values(kinds).flat())) {
      if (!feature.alerting?.some((each) => isDeepStrictEqual(each, grant))) {
        throw new Error(`Feature privilege ${feature.id}.${name} has an unknown rule type.`);
      }
      seen.alerting.push(grant);
    }
  }
  const unused = [
    ...feature.app.filter((entry) => !seen.app.has(entry)),
    ...(feature.catalogue ?? []).filter((entry) => !seen.catalogue.has(entry)),
    ...(feature.alerting ?? []).filter((each) => !seen.alerting.some((one) => isDeepStrictEqual(one, each))),
  ];
  if (unused.length > 0) throw new Error(`Feature ${feature.id} has entries that no privilege grants.`);
  return feature;
}

/** Categories of features that each solution of a space disables. */
const DISABLED: Readonly<Record<'es' | 'oblt' | 'security' | 'chat', readonly string[]>> = {
  es: ['observability', 'securitySolution', 'chat'],
  oblt: ['securitySolution', 'chat'],
  security: ['observability', 'enterpriseSearch', 'chat'],
  chat: ['observability', 'securitySolution', 'enterpriseSearch'],
};

/** @throws Error naming the solutions whose spaces lack the feature; no space has a solution before 8.16 */
export function checkSolutions({ category }: Pick<Feature, 'category'>, { hasSolutions }: KibanaFacts): void {
  if (!hasSolutions) return;
  const without = Object.entries(DISABLED).filter(([, categories]) => categories.includes(category.id));
  if (without.length === 0) return;
  throw new Error(`Spaces of ${without.map(([solution]) => solution).join(', ')} lack the feature.`);
}

const privileges = schema.arrayOf(schema.string(), {
  minSize: 1,
  validate: (given) =>
    new Set(given).size < given.length ? 'allRequired privileges must contain unique values' : undefined,
});
const security = schema.object({
  authz: schema.object({ requiredPrivileges: privileges }),
  authc: schema.maybe(schema.object({ enabled: schema.boolean() })),
});

export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
  readonly validate:
    | false
    | Readonly<
        Record<string, ((data: unknown, result: object) => { value?: unknown; error?: unknown }) | undefined>
      >;
  readonly options?: { readonly tags?: readonly string[]; readonly access?: string };
  readonly security?: unknown;
}

/** @throws Error as the router does */
export function registerRoute(
  route: RegisteredRoute,
  facts: KibanaFacts,
  earlier: readonly RegisteredRoute[],
): void {
  const { method, path, validate, options = {} } = route;
  if (!path.startsWith('/')) throw new Error(`${method} ${path}: a path begins with a slash`);
  if (validate === undefined)
    throw new Error(`The [${method}] at [${path}] does not have a 'validate' specified.`);
  if (method === 'get' && validate !== false && validate.body !== undefined) {
    throw new Error(`The [get] at [${path}] has a body to validate.`);
  }
  if (earlier.some((other) => other.method === method && other.path === path)) {
    throw new Error(`New route [${method} ${path}] conflicts with an existing one.`);
  }
  if (facts.routeSecurity !== 'ignored' && route.security !== undefined) security.validate(route.security);
  const isTagged = options.tags?.some((tag) => tag.startsWith('access:')) ?? false;
  if (
    facts.routeSecurity === 'required'
      ? route.security === undefined
      : !isTagged && route.security === undefined
  ) {
    throw new Error(`[${method}] ${path} is protected by nothing.`);
  }
  if (facts.routeSecurity === 'ignored' && !isTagged)
    throw new Error(`[${method}] ${path} is protected by nothing.`);
  if (facts.routeSecurity === 'required' && options.access !== 'public') {
    throw new Error(`[${method}] ${path} is refused to callers from outside.`);
  }
}

const INTERVAL = /^[1-9][0-9]*[smhd]$/;
const interval = schema.string({
  validate: (given) => (INTERVAL.test(given) ? undefined : `Invalid timeout "${given}".`),
});

/** @throws Error for a definition that Task Manager only logs and leaves out */
export function registerTask(definition: Readonly<Record<string, unknown>>): void {
  const { createTaskRunner, ...facts } = definition;
  if (typeof createTaskRunner !== 'function') throw new Error('createTaskRunner must be a function');
  schema
    .object({
      title: schema.maybe(schema.string()),
      description: schema.maybe(schema.string()),
      timeout: schema.maybe(interval),
      maxAttempts: schema.maybe(schema.number({ min: 1 })),
    })
    .validate(facts);
}

/** @throws Error for a task that Task Manager cannot store */
export function checkTask(task: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): void {
  schema
    .object({
      id: schema.string({ minLength: 1 }),
      taskType: schema.string(),
      schedule: schema.maybe(schema.object({ interval })),
      params: schema.recordOf(schema.string(), schema.any()),
      state: schema.recordOf(schema.string(), schema.any()),
      scope: schema.maybe(names),
      runAt: schema.maybe(schema.any()),
    })
    .validate(task);
  if (!known.has(String(task.taskType))) throw new Error(`Unsupported task type "${String(task.taskType)}".`);
}

/** @throws Error for what a run may not give Task Manager, which would take the run for failed. Source: task_manager/server/task.ts. */
export function checkRunResult(outcome: unknown): void {
  if (outcome === undefined) return;
  schema
    .object({
      state: schema.recordOf(schema.string(), schema.any()),
      runAt: schema.maybe(
        schema.any({ validate: (at) => (at instanceof Date ? undefined : 'expected a Date') }),
      ),
      schedule: schema.maybe(schema.object({ interval })),
    })
    .validate(outcome);
}

const actionVariables = schema.arrayOf(
  schema.object({
    name: schema.string(),
    description: schema.string(),
    usesPublicBaseUrl: schema.maybe(schema.boolean()),
  }),
);

/** @throws Error as the registry of rule types does, and where it fails in silence */
export function registerRuleType(type: Readonly<Record<string, unknown>>): void {
  const { validate, executor, getViewInAppRelativeUrl: link, ...facts } = type;
  if (typeof link !== 'function') throw new Error(`Rule type "${String(type.id)}" leads nowhere.`);
  if (typeof executor !== 'function') throw new Error(`Rule type "${String(type.id)}" has no executor.`);
  if (typeof (validate as { params?: { validate?: unknown } } | undefined)?.params?.validate !== 'function') {
    throw new Error(`Rule type "${String(type.id)}" has no schema of its parameters.`);
  }
  const field = schema.object({ type: schema.string(), array: schema.boolean(), required: schema.boolean() });
  schema
    .object({
      id: schema.string({
        validate: (id) => (/^[a-zA-Z0-9_\-.]*$/.test(id) ? undefined : 'invalid character'),
      }),
      name: schema.string(),
      category: schema.oneOf(
        ['management', 'observability', 'securitySolution'].map((each) => schema.literal(each)),
      ),
      producer: schema.string(),
      solution: schema.oneOf(['observability', 'security', 'stack'].map((each) => schema.literal(each))),
      actionGroups: schema.arrayOf(schema.object({ id: schema.string(), name: schema.string() }), {
        minSize: 1,
        validate: (groups) =>
          (groups as { id: string }[]).some(({ id }) => id === 'recovered')
            ? 'reserved action group: recovered'
            : undefined,
      }),
      defaultActionGroupId: schema.string(),
      minimumLicenseRequired: schema.literal('basic'),
      isExportable: schema.boolean(),
      doesSetRecoveryContext: schema.maybe(schema.boolean()),
      defaultScheduleInterval: schema.maybe(interval),
      actionVariables: schema.object({
        context: actionVariables,
        params: actionVariables,
        state: actionVariables,
      }),
      alerts: schema.object({
        context: schema.string({
          validate: (context) => (context === context.toLowerCase() ? undefined : 'must be lower case'),
        }),
        shouldWrite: schema.boolean(),
        mappings: schema.object({ fieldMap: schema.recordOf(schema.string(), field) }),
      }),
    })
    .validate(facts);
  const groups = type.actionGroups as readonly { id: string }[];
  if (!groups.some(({ id }) => id === type.defaultActionGroupId)) {
    throw new Error(`Rule type "${String(type.id)}" has no group "${String(type.defaultActionGroupId)}".`);
  }
}

/** Fields of alerts that every rule type has, of those that ours write. */
const COMMON_ALERT_FIELDS = ['kibana.alert.reason', 'kibana.alert.url'];

/** Names of the values of a document, `a.b` for what lies in another. */
const fieldsOf = (document: object, above = ''): string[] =>
  Object.entries(document).flatMap(([name, value]: [string, unknown]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? fieldsOf(value, `${above}${name}.`)
      : value === undefined
        ? []
        : [`${above}${name}`],
  );

interface ReportedAlert {
  readonly id: string;
  readonly actionGroup: string;
  readonly state?: object;
  readonly context: object;
  readonly payload: object;
}

/**
 * The alerts of one run of a rule, as strict as the alerting plugin's own client.
 *
 * @param maximum alerts of one run
 * @param before ids of the alerts of the run before: those that are not reported again have recovered
 */
export function alertsClientOf(
  type: Readonly<Record<string, unknown>>,
  { maximum = 1_000, before = [] }: { maximum?: number; before?: readonly string[] } = {},
) {
  const reported = new Map<string, ReportedAlert>();
  const asked = { limit: false, recovered: false };
  let isLimitTold = false;
  const { actionGroups, doesSetRecoveryContext, alerts } = type as {
    actionGroups: readonly { id: string }[];
    doesSetRecoveryContext?: boolean;
    alerts: { mappings: { fieldMap: object } };
  };
  const fields = [...COMMON_ALERT_FIELDS, ...Object.keys(alerts.mappings.fieldMap)];
  const client = {
    report: (alert: ReportedAlert): { start: string } => {
      if (asked.recovered) throw new Error("Can't create new alerts after calling done() in AlertsFactory.");
      if (reported.size >= maximum) throw new Error(`Rule reported more than ${maximum} alerts.`);
      if (reported.has(alert.id)) throw new Error('Alert instance execution has already been scheduled');
      if (!actionGroups.some(({ id }) => id === alert.actionGroup)) {
        throw new Error(`There is no action group ${alert.actionGroup}.`);
      }
      const unknown = fieldsOf(alert.payload).filter((name) => !fields.includes(name));
      if (unknown.length > 0) throw new Error(`The index of alerts has no field ${unknown.join()}.`);
      reported.set(alert.id, alert);
      return { start: new Date(0).toISOString() };
    },
    getRecoveredAlerts: () => {
      asked.recovered = true;
      const recovered = doesSetRecoveryContext === true ? before.filter((id) => !reported.has(id)) : [];
      return recovered.map((id) => ({ alert: { getId: () => id } }));
    },
    setAlertData: ({ id }: { id: string }): void => {
      if (reported.has(id) || before.includes(id)) return;
      throw new Error(
        `Cannot set alert data for alert ${id} because it has not been reported and it is not recovered.`,
      );
    },
    getAlertLimitValue: () => {
      asked.limit = true;
      return maximum;
    },
    setAlertLimitReached: (): void => void (isLimitTold = true),
  };
  return {
    client,
    reported,
    /** @throws Error as Kibana does once the run is over */
    finish: (): void => {
      if (asked.limit && !isLimitTold) {
        throw new Error(
          'Rule has not reported whether alert limit has been reached after requesting limit value!',
        );
      }
    },
  };
}

const apiKeySchema = schema.object({
  type: schema.maybe(schema.literal('rest')),
  name: schema.string({ minLength: 1 }),
  expiration: schema.maybe(
    schema.string({
      validate: (given) => (/^[1-9][0-9]*(s|m|h|d)$/.test(given) ? undefined : 'no duration'),
    }),
  ),
  role_descriptors: schema.recordOf(schema.string(), schema.recordOf(schema.string(), schema.any())),
  metadata: schema.maybe(schema.recordOf(schema.string(), schema.any())),
});

/** @throws Error for a key that Elasticsearch refuses to grant */
export const grantApiKey = (given: unknown): unknown => apiKeySchema.validate(given);

/** @throws Error for what names no keys */
export const invalidateApiKeys = (given: unknown): unknown =>
  schema.object({ ids: schema.arrayOf(schema.string({ minLength: 1 }), { minSize: 1 }) }).validate(given);

/** @throws Error for a status that Kibana's page of statuses cannot show */
export const checkStatus = (given: unknown): unknown =>
  schema
    .object({
      level: schema.oneOf(
        ['available', 'degraded', 'unavailable', 'critical'].map((each) => schema.literal(each)),
      ),
      summary: schema.string({ minLength: 1 }),
      detail: schema.maybe(schema.string()),
      documentationUrl: schema.maybe(schema.string()),
      meta: schema.maybe(schema.recordOf(schema.string(), schema.any())),
    })
    .validate(given);

export interface SavedObjectTypeGiven {
  readonly name: string;
  readonly mappings: { readonly dynamic?: unknown; readonly properties: Readonly<Record<string, unknown>> };
  readonly modelVersions: Readonly<
    Record<string, { changes: unknown[]; schemas?: { create?: unknown; forwardCompatibility?: unknown } }>
  >;
}

/** @throws Error as the registry of types and the migrator do */
export function registerSavedObjectType(
  type: SavedObjectTypeGiven,
  { modelVersionSchemas }: KibanaFacts,
): void {
  if (!/^[a-z][a-z0-9_-]*$/.test(type.name)) throw new Error(`Type ${type.name}: a name is in lower case`);
  if (type.mappings.properties === undefined)
    throw new Error(`Type ${type.name} is missing mappings.properties`);
  const versions = Object.keys(type.modelVersions).map(Number);
  versions.forEach((version, place) => {
    if (version !== place + 1)
      throw new Error(`Type ${type.name}: model versions start with 1 and have no gaps`);
    const { changes, schemas } = type.modelVersions[version];
    if (!Array.isArray(changes)) throw new Error(`Type ${type.name}: version ${version} has no changes`);
    const isWhole =
      schemas?.create instanceof ObjectType && schemas.forwardCompatibility instanceof ObjectType;
    if (schemas !== undefined ? !isWhole : modelVersionSchemas === 'required') {
      throw new Error(`Type ${type.name}: version ${version} has no schemas create and forwardCompatibility`);
    }
  });
}

/** @throws Error as saving does when the newest model version has a schema */
export function checkSavedObject(type: SavedObjectTypeGiven, attributes: unknown): void {
  const newest = type.modelVersions[Math.max(...Object.keys(type.modelVersions).map(Number))];
  (newest.schemas?.create as ObjectType | undefined)?.validate(attributes, {}, 'attributes');
}

/**
 * Check that an upgrade of Kibana begins with, before any plugin is started.
 *
 * @param known types that the plugins have registered
 * @throws Error for an object of another type, with which that Kibana does not start
 */
export function checkUpgrade(
  objects: Iterable<{ readonly type: string; readonly id: string }>,
  known: ReadonlySet<string>,
): void {
  const unknown = [...objects].filter(({ type }) => !known.has(type));
  if (unknown.length === 0) return;
  const named = unknown.map(({ type, id }) => `"${type}:${id}" (type: "${type}")`);
  throw new Error(`Migration failed because some documents use unknown types: ${named.join(', ')}`);
}

/** @throws Error as the registry of encrypted types does */
export function registerEncryptedType(registration: {
  type: string;
  attributesToEncrypt: ReadonlySet<string>;
  attributesToIncludeInAAD?: ReadonlySet<string>;
}): void {
  const { type, attributesToEncrypt, attributesToIncludeInAAD = new Set() } = registration;
  if (attributesToEncrypt.size === 0)
    throw new Error(`The "attributesToEncrypt" array for "${type}" is empty.`);
  for (const name of attributesToEncrypt) {
    if (attributesToIncludeInAAD.has(name))
      throw new Error(`${type}: "${name}" is encrypted and authenticated.`);
  }
}

/** A schema of drilldowns in the library of this Kibana. */
export const drilldownsSchema = ({ panels }: KibanaFacts): object =>
  panels === 'zod'
    ? z.object({ drilldowns: z.array(z.unknown()).optional() })
    : schema.object({ drilldowns: schema.maybe(schema.arrayOf(schema.any())) });

/** @throws Error as the registry of panels and the Dashboards API do */
export function registerPanel(
  type: string,
  definition: { title: string; getSchema(drilldowns: () => object): unknown; getTransforms?: unknown },
  facts: KibanaFacts,
): (panel: object) => unknown {
  if (!/^[a-z_]+$/.test(type)) throw new Error('Type must be lower case and snake cased.');
  if (definition.title === '') throw new Error(`Panel ${type} has no title.`);
  const made = definition.getSchema(() => drilldownsSchema(facts)) as { parse?: unknown; validate?: unknown };
  if (typeof (facts.panels === 'zod' ? made.parse : made.validate) !== 'function') {
    throw new Error(`The schema of panel ${type} is of another library than ${facts.panels}.`);
  }
  return facts.panels === 'zod'
    ? (panel) => (made as { parse(given: object): unknown }).parse(panel)
    : (panel) => (made as { validate(given: object): unknown }).validate(panel);
}

interface MigratedPanel {
  readonly id: string;
  readonly type: string;
  readonly config: object;
}
export interface PanelMigration {
  readonly from: string;
  readonly to: string;
  migrateOut(
    panels: readonly { readonly id: string; readonly config: object }[],
  ): readonly { readonly panelId: string; readonly config?: object; readonly error?: Error }[];
}

/** @throws Error as the registry of migrations does */
export function registerPanelMigration(migration: PanelMigration, earlier: readonly PanelMigration[]): void {
  const { from, to, migrateOut } = migration;
  if (earlier.some((other) => other.from === from && other.to === to)) {
    throw new Error(`Panel type migration ("${from}" -> "${to}") is already registered.`);
  }
  if (typeof migrateOut !== 'function') throw new Error(`The migration to ${to} does nothing.`);
}

/**
 * The panels of a dashboard as the Dashboards API hands them over.
 *
 * @param schemas by type of panel; what has none is handed over as it is, unless it was migrated
 * @throws Error where Kibana would leave a panel out: two migrations claim it, or the schema of its new type refuses it
 */
export function migratePanels(
  panels: readonly MigratedPanel[],
  migrations: readonly PanelMigration[],
  schemas: ReadonlyMap<string, (config: object) => unknown>,
): MigratedPanel[] {
  return panels.map((panel) => {
    const claims = migrations
      .filter(({ from }) => from === panel.type)
      .flatMap(({ to, migrateOut }) =>
        migrateOut(panels.filter(({ type }) => type === panel.type))
          .filter(({ panelId }) => panelId === panel.id)
          .map(({ config, error }) => {
            if (error !== undefined) throw new Error(`Unable to migrate panel type. Error: ${error.message}`);
            return { id: panel.id, type: to, config: config as object };
          }),
      );
    if (claims.length > 1) {
      throw new Error(`Multiple migrations claimed this panel: ${claims.map(({ type }) => type).join(', ')}`);
    }
    const [migrated = panel] = claims;
    const read = schemas.get(migrated.type);
    if (read === undefined && migrated !== panel) {
      throw new Error(`Panel schema not available for migrated panel type: ${migrated.type}`);
    }
    read?.(migrated.config);
    return migrated;
  });
}
