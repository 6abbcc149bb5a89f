/**
 * Slices of Kibana's core and features contracts, as far as we use them, 8.12 and 9.x alike. Kibana ships no types
 * outside its own repository. Saved objects, tasks and security stand in files of their own beside this one.
 */
import type { Client } from '@elastic/elasticsearch';
import type { Observable } from 'rxjs';
import type { SavedObjectsClient, SavedObjectType } from './saved_object_contracts';
import type { Logger } from './security_contracts';

/** Source: packages/core/plugins/core-plugins-server/src/types.ts `PluginInitializerContext`, packages/kbn-config. */
export interface PluginInitializerContext<Config> {
  readonly env: { readonly packageInfo: { readonly version: string }; readonly instanceUuid: string };
  readonly logger: { get(...name: string[]): Logger };
  readonly config: { get(): Config };
}

/** Source: packages/core/plugins/core-plugins-server/src/types.ts `PluginConfigDescriptor`. */
export interface PluginConfigDescriptor {
  readonly schema: unknown;
  readonly exposeToBrowser: Readonly<Record<string, boolean>>;
}

/** Source: packages/core/elasticsearch/core-elasticsearch-server/src/client/scoped_cluster_client.ts. */
export interface ScopedClusterClient {
  readonly asCurrentUser: Client;
  readonly asInternalUser: Client;
}

/** Source: packages/core/elasticsearch/core-elasticsearch-server/src/client/cluster_client.ts `IClusterClient`. */
export interface ClusterClient {
  readonly asInternalUser: Client;
  asScoped(request: { headers: Record<string, string> } | KibanaRequest): ScopedClusterClient;
}

/** Source: packages/core/http/core-http-server/src/router/request.ts `KibanaRequest`. */
export interface KibanaRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly events: { readonly aborted$: { subscribe(listener: () => void): { unsubscribe(): void } } };
}

/** Source: packages/core/http/core-http-server/src/router/response_factory.ts. */
export interface KibanaResponseFactory {
  ok(options: { body?: unknown; headers?: Record<string, string> }): unknown;
  customError(options: {
    statusCode: number;
    body: { message: string; attributes?: Record<string, unknown> };
    headers?: Record<string, string>;
  }): unknown;
}

/** Source: packages/core/http/core-http-request-handler-context-server/src/request_handler_context.ts. */
export interface RequestHandlerContext {
  readonly core: Promise<{
    readonly elasticsearch: { readonly client: ScopedClusterClient };
    readonly savedObjects: {
      readonly client: SavedObjectsClient;
      getClient(options: { includedHiddenTypes: string[] }): SavedObjectsClient;
    };
  }>;
}

/** Source: packages/core/http/core-http-server/src/router/route_validator.ts `RouteValidationFunction`. */
export type RouteValidation = (
  data: unknown,
  result: {
    ok(value: unknown): { value: unknown };
    badRequest(error: Error | string): { error: unknown };
  },
) => { value: unknown } | { error: unknown };

/**
 * Source: packages/core/http/core-http-server/src/router/route.ts `RouteConfig`. 8.12 enforces the `access:` tags
 * and ignores `security`; 9.x enforces `security`.
 */
export interface RouteConfig {
  readonly path: string;
  readonly validate:
    | { readonly params?: RouteValidation; readonly query?: RouteValidation; readonly body?: RouteValidation }
    | false;
  readonly options?: {
    readonly tags?: readonly string[];
    readonly access?: 'public' | 'internal';
    readonly body?: { readonly maxBytes?: number; readonly parse?: false };
  };
  readonly security?: { readonly authz: { readonly requiredPrivileges: readonly string[] } };
}

export type RouteHandler = (
  context: RequestHandlerContext,
  request: KibanaRequest,
  response: KibanaResponseFactory,
) => Promise<unknown>;

/** Source: packages/core/http/core-http-server/src/router/router.ts `IRouter`. */
export interface Router {
  get(route: RouteConfig, handler: RouteHandler): void;
  post(route: RouteConfig, handler: RouteHandler): void;
  put(route: RouteConfig, handler: RouteHandler): void;
  delete(route: RouteConfig, handler: RouteHandler): void;
}

/** Source: packages/core/status/core-status-common/src/service_status.ts. */
export interface ServiceStatusLevel {
  toString(): string;
}

/** Source: packages/core/status/core-status-common/src/service_status.ts. */
export interface ServiceStatus {
  readonly level: ServiceStatusLevel;
  readonly summary: string;
}

/** Source: packages/core/lifecycle/core-lifecycle-server/src/core_setup.ts. */
export interface CoreSetup<PluginsStart> {
  readonly http: {
    createRouter(): Router;
    /** Source: packages/core/http/core-http-server/src/http_contract.ts `HttpServerInfo`. */
    getServerInfo(): { readonly name: string };
    readonly basePath: { readonly publicBaseUrl?: string; readonly serverBasePath?: string };
  };
  readonly savedObjects: { registerType(type: SavedObjectType): void };
  /** Source: packages/core/status/core-status-server/src/contracts.ts `StatusServiceSetup`. */
  readonly status: { set(status: Observable<ServiceStatus>): void };
  getStartServices(): Promise<[CoreStart, PluginsStart, unknown]>;
}

/** Source: packages/core/lifecycle/core-lifecycle-server/src/core_start.ts. */
export interface CoreStart {
  readonly elasticsearch: { readonly client: ClusterClient };
  readonly savedObjects: {
    getScopedClient(request: KibanaRequest, options?: { includedHiddenTypes: string[] }): SavedObjectsClient;
    createInternalRepository(includedHiddenTypes?: string[]): SavedObjectsClient;
  };
}

/**
 * Rule types that a feature or privilege grants. Until 8.17 the ids of rule types; from 8.18 on each with its
 * consumers. Each form is refused by the other versions.
 *
 * Source: x-pack/plugins/features/common/kibana_feature.ts and, from 8.18 on,
 * x-pack/platform/plugins/shared/features/common/alerting_kibana_privilege.ts.
 */
export type AlertingGrants =
  readonly string[] | readonly { readonly ruleTypeId: string; readonly consumers: readonly string[] }[];

/** Source: x-pack/plugins/features/common/feature_kibana_privileges.ts `FeatureKibanaPrivileges`. */
export interface FeaturePrivileges {
  readonly app: readonly string[];
  readonly catalogue: readonly string[];
  readonly management: Readonly<Record<string, readonly string[]>>;
  readonly api: readonly string[];
  readonly ui: readonly string[];
  readonly alerting: {
    readonly rule: { readonly all?: AlertingGrants; readonly read?: AlertingGrants };
    readonly alert: { readonly all?: AlertingGrants; readonly read?: AlertingGrants };
  };
  readonly savedObject: { readonly all: readonly string[]; readonly read: readonly string[] };
}

/** Source: x-pack/plugins/features/common/kibana_feature.ts `KibanaFeatureConfig`. */
export interface KibanaFeature {
  readonly id: string;
  readonly name: string;
  readonly category: {
    readonly id: string;
    readonly label: string;
    readonly euiIconType: string;
    readonly order: number;
  };
  readonly app: readonly string[];
  readonly catalogue: readonly string[];
  readonly management: Readonly<Record<string, readonly string[]>>;
  readonly alerting: AlertingGrants;
  readonly privileges: { readonly all: FeaturePrivileges; readonly read: FeaturePrivileges };
}

/** Source: x-pack/plugins/features/server/plugin.ts `FeaturesPluginSetup`. */
export interface FeaturesSetup {
  registerKibanaFeature(feature: KibanaFeature): void;
}
