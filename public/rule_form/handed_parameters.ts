import type { z } from 'zod';

/** Names the query of an address that hands parameters to the form for a new rule. */
const QUERY = 'logAnomaliesRule';

/** @returns the query of an address, with its question mark */
export const handOver = (params: object): string =>
  `?${new URLSearchParams({ [QUERY]: JSON.stringify(params) }).toString()}`;

/**
 * The parameters that an address hands over. Anybody may have written that address, so they are checked like those of a request.
 *
 * @param search query of the page's address
 * @param schema of the rule type
 * @returns undefined where there are none, or none that a rule may have
 */
export function handedOver<Schema extends z.ZodType>(
  search: string,
  schema: Schema,
): z.output<Schema> | undefined {
  const given = new URLSearchParams(search).get(QUERY);
  if (given === null) return undefined;
  try {
    return schema.parse(JSON.parse(given));
  } catch {
    return undefined;
  }
}
