import { z } from 'zod';
import { PATTERN_CHANGES, type PatternChange } from '../anomaly/comparison';
import { refuseUnboundedQuery } from '../detector/query_limits';
import { DEEPEST_JSON, isNestedTooDeeply } from '../json_values';

const LONGEST_QUERY = 16_384;
const LONGEST_LEVEL = 32;
const MOST_LEVELS = 20;

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
  // Without a default: rules saved before stay the same, and with them what they have told.
  pattern_changes: z
    .array(z.enum(PATTERN_CHANGES))
    .min(1)
    .max(PATTERN_CHANGES.length)
    .optional()
    .describe('Only these changes of patterns count; absent: all anomalies'),
  levels: z
    .array(z.string().trim().min(1).max(LONGEST_LEVEL))
    .min(1)
    .max(MOST_LEVELS)
    .optional()
    .describe('Only anomalies whose log.level is one of these count, in upper or lower case; absent: all'),
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
export function queryOf({
  query,
  pattern_changes: changes,
  levels,
}: {
  readonly query?: string;
  readonly pattern_changes?: readonly PatternChange[];
  readonly levels?: readonly string[];
}): Record<string, unknown> | undefined {
  const own = query === undefined ? undefined : readQuery(query);
  const filter = [
    ...(own === undefined ? [] : [own]),
    ...(changes === undefined ? [] : [{ terms: { 'anomaly.change.kind': [...changes] } }]),
    ...(levels === undefined
      ? []
      : [
          {
            bool: {
              should: levels.map((value) => ({ term: { 'log.level': { value, case_insensitive: true } } })),
              minimum_should_match: 1,
            },
          },
        ]),
  ];
  if (filter.length < 2) return filter[0];
  return { bool: { filter } };
}
