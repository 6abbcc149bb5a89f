import { z } from 'zod';
import { refuseUnboundedQuery } from '../detector/query_limits';
import { DEEPEST_JSON, isNestedTooDeeply } from '../json_values';

const LONGEST_QUERY = 16_384;

function readQuery(text: string): Record<string, unknown> | undefined {
  try {
    const query: unknown = JSON.parse(text);
    const isObject = query !== null && typeof query === 'object' && !Array.isArray(query);
    return isObject && !isNestedTooDeeply(query) ? (query as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Parameters of a rule that choose among results. Kibana keeps what the schema gives: texts stay texts. */
export const queryParams = {
  kql: z
    .string()
    .max(4_096)
    .optional()
    .describe('The KQL that the form has made query of; shown there again, and not read otherwise'),
  query: z
    .string()
    .max(LONGEST_QUERY)
    .superRefine((text, context) => {
      const query = readQuery(text);
      if (query !== undefined) refuseUnboundedQuery(query, context);
      else
        context.addIssue({
          code: 'custom',
          message: `must be one query of Elasticsearch as a JSON object, nested at most ${DEEPEST_JSON} levels deep`,
        });
    })
    .optional()
    .describe('One query of Elasticsearch, as JSON text: results that do not match do not count'),
};

/** Refuses KQL without the query that it stands for: the rule would take all results. */
export function refuseUnreadKql(
  { kql, query }: { readonly kql?: string; readonly query?: string },
  context: z.RefinementCtx,
): void {
  if ((kql ?? '').trim() !== '' && query === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['kql'],
      message: 'is for showing only: give the query of Elasticsearch that it stands for as query, too',
    });
  }
}

/** @returns the query of a rule whose parameters were checked; undefined where all results count */
export const queryOf = ({ query }: { readonly query?: string }): Record<string, unknown> | undefined =>
  query === undefined ? undefined : readQuery(query);
