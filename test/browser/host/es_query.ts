/** Stands in for `@kbn/es-query`: of the query language only `field : value`, joined by `and`. */
interface Query {
  readonly query: string;
}
interface Filter {
  readonly query: object;
  readonly meta?: { readonly negate?: boolean; readonly disabled?: boolean };
}

const CLAUSE = /^\s*([\w.@]+)\s*:\s*(?:"([^"]*)"|([^\s"]+))\s*$/;

const listOf = <Value>(given: Value | readonly Value[] | undefined): readonly Value[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as readonly Value[]) : [given as Value];

export function buildEsQuery(
  _dataView: undefined,
  queries: Query | readonly Query[] | undefined,
  filters: Filter | readonly Filter[] | undefined,
) {
  const clauses = listOf(queries)
    .filter(({ query }) => query.trim() !== '')
    .flatMap(({ query }) => query.split(/\s+and\s+/i))
    .map((text) => {
      const match = CLAUSE.exec(text);
      if (match === null) throw new Error(`Expected a field and a value but "${text}" found.`);
      return { match: { [match[1]]: match[2] ?? match[3] } };
    });
  const enabled = listOf(filters).filter(({ meta }) => meta?.disabled !== true);
  const chosen = (isNegated: boolean): object[] =>
    enabled.filter(({ meta }) => (meta?.negate ?? false) === isNegated).map(({ query }) => query);
  return {
    bool: { must: [], filter: [...clauses, ...chosen(false)], should: [], must_not: chosen(true) },
  };
}
