/** Slice of Kibana's translation module, 8.12 and 9.x alike. Source: packages/kbn-i18n/src/core/i18n.ts. */
declare module '@kbn/i18n' {
  export const i18n: {
    /** @param id below `logAnomalies.`; messages are in ICU format */
    translate(id: string, message: { defaultMessage: string; values?: Record<string, unknown> }): string;
    getLocale(): string;
  };
}
