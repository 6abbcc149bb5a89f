/**
 * The slice of Kibana's core module that we use as a value; the module itself comes from the running Kibana.
 * Source: packages/core/status/core-status-common/src/service_status.ts (8.12) and
 * src/core/packages/status/common/src/service_status.ts (9.x), exported by src/core/server.
 */
declare module '@kbn/core/server' {
  interface Level {
    toString(): string;
  }
  export const ServiceStatusLevels: { readonly available: Level; readonly degraded: Level };
}
