import { logAnomalyParamsSchema, type LogAnomalyParams } from '../../common/rules';

/** Names the query of an address that hands parameters to the form for a new rule. */
const QUERY = 'logAnomaliesRule';

/** @returns the query of an address, with its question mark */
export const handOver = (params: LogAnomalyParams): string =>
  `?${new URLSearchParams({ [QUERY]: JSON.stringify(params) }).toString()}`;

/**
 * The parameters that an address hands over. Anybody may have written that address, so they are checked like those of a request.
 *
 * @param search query of the page's address
 * @returns undefined where there are none, or none that a rule may have
 */
export function handedOver(search: string): LogAnomalyParams | undefined {
  const given = new URLSearchParams(search).get(QUERY);
  if (given === null) return undefined;
  try {
    return logAnomalyParamsSchema.parse(JSON.parse(given));
  } catch {
    return undefined;
  }
}
