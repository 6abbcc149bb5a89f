/** Slice of Kibana's query language, 8.12 and 9.x alike. Source: packages/kbn-es-query/src/es_query/build_es_query.ts. */
declare module '@kbn/es-query' {
  /**
   * @param dataView undefined: fields are taken as they are named
   * @param queries one query or several, each `{ query, language }`
   * @throws Error when a query cannot be read
   */
  export function buildEsQuery(
    dataView: unknown,
    queries: unknown,
    filters: unknown,
    config?: {
      readonly allowLeadingWildcards?: boolean;
      readonly queryStringOptions?: object;
      readonly dateFormatTZ?: string;
    },
  ): { bool: Readonly<Record<'must' | 'filter' | 'should' | 'must_not', readonly object[]>> };
}
