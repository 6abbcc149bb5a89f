import { z } from 'zod';
import { refuseUnboundedQuery } from '../detector/query_limits';
import { fieldName } from '../detector/feature_schema';
import { readPartFilter } from '../detector/entity_fields';
import { DEEPEST_JSON, isNestedTooDeeply } from '../json_values';
import { SEVERITIES, type Severity } from '../anomaly';
import { comparisonSchema } from '../explanations';
import { API_ROOT, endpoint } from './endpoint';
import { detectorIdSchema, timeSchema } from '../parameters';

export const severitySchema = z.enum(
  SEVERITIES.map((band) => band.name) as unknown as readonly [Severity, ...Severity[]],
);
export const attributionSchema = z.object({
  feature: z.string(),
  field: z.string(),
  share: z.number(),
  actual: z.string(),
  typical: z.string(),
  unseen: z.literal(true).optional().describe('Present where training never held such a value'),
  trained_on: z
    .number()
    .optional()
    .describe('Training logs that held another value, where this one is unseen'),
  comparison: comparisonSchema.optional(),
});

/** A document of `log-anomalies-results.*`; beside these it carries context fields of the log. */
const resultSchema = z.looseObject({
  '@timestamp': z.string(),
  event: z.looseObject({ ingested: z.string() }),
  detector: z.object({ id: z.string(), name: z.string() }),
  model: z.object({ version: z.string() }),
  anomaly: z.looseObject({
    score: z.number(),
    confidence: z.number(),
    severity: severitySchema,
    threshold: z.number(),
    attribution: z.array(attributionSchema),
    reason: z.string(),
    entity: z.string().optional(),
    entity_parts: z
      .record(z.string(), z.string())
      .optional()
      .describe('Parts of an entity of several fields, by field'),
    top_feature: z.string().optional(),
    pattern: z.string().optional().describe('Pattern shared by similar results'),
  }),
  result: z.looseObject({
    type: z.enum(['log', 'suppressed', 'withdrawn']),
    suppressed_by: z.array(z.string()).optional(),
    suppressed_because: z.string().optional(),
    verdict: z.enum(['real', 'not_an_anomaly']).optional().describe('Verdict of a person'),
    history: z
      .array(
        z.looseObject({
          at: z.string(),
          by: z.string().optional(),
          because: z.string(),
          from: z.looseObject({
            type: z.string(),
            score: z.number().optional(),
            confidence: z.number().optional(),
          }),
        }),
      )
      .optional()
      .describe('Changes since it was written, newest last'),
  }),
  source: z.looseObject({ index: z.string(), id: z.string() }),
  run: z.object({ id: z.string() }),
});
export const foundResultSchema = z.object({ id: z.string(), result: resultSchema });

/** A URL holds no more. */
const LONGEST_FILTER = 6_000;

/** Elasticsearch query DSL as JSON text, such as Kibana makes of a query bar and filters. */
const dslSchema = z
  .string()
  .max(LONGEST_FILTER)
  .transform((text, context): Record<string, unknown> => {
    try {
      const query: unknown = JSON.parse(text);
      const isFlat = !isNestedTooDeeply(query);
      if (isFlat && query !== null && typeof query === 'object' && !Array.isArray(query)) {
        return query as Record<string, unknown>;
      }
    } catch {
      // Said below.
    }
    context.addIssue({
      code: 'custom',
      message: `must be one query of Elasticsearch as a JSON object, nested at most ${DEEPEST_JSON} levels deep`,
    });
    return z.NEVER;
  })
  .superRefine(refuseUnboundedQuery)
  .describe('One query of Elasticsearch, as JSON, that anomalous logs must match');

/** Parts of entities, each as `field=value`. */
export const entityPartSchema = z
  .union([partFilterSchema(), z.array(partFilterSchema()).max(100)])
  .describe(
    'Entities of several fields by a part of them, as field=value, such as service.name=checkout: any of the values of a field, and each of the fields',
  );

function partFilterSchema() {
  return z
    .string()
    .max(600)
    .refine(
      (text) => fieldName.safeParse(readPartFilter(text)?.field).success,
      'must be field=value, such as service.name=checkout',
    );
}

export const resultFilters = {
  detector_id: detectorIdSchema.optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  entity: z
    .union([z.string().max(256), z.array(z.string().max(256)).max(100)])
    .optional()
    .describe('One entity, or any of several'),
  entity_part: entityPartSchema.optional(),
  min_confidence: z.coerce.number().min(0).max(1).optional(),
  severity: severitySchema.optional().describe('Results of exactly this severity'),
  min_severity: severitySchema
    .optional()
    .describe('Results that are at least as severe, as rules count them'),
  feature: z.string().max(200).optional().describe('Results that this feature stands out in'),
  text: z.string().max(1_000).optional().describe('Words of the log line'),
  filter: dslSchema.optional(),
  incident_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be the id of an incident')
    .optional()
    .describe('Results of this incident'),
};

/** Result ids are SHA-256 digests or made of simple characters. */
export const resultIdSchema = z.string().regex(/^[A-Za-z0-9_.:=-]{1,512}$/, 'must be the id of a result');

export const resultEndpoints = {
  searchResults: endpoint({
    method: 'get',
    path: `${API_ROOT}/results`,
    summary: 'Anomalous logs of this space',
    privilege: 'read',
    query: z.strictObject({
      ...resultFilters,
      written_from: timeSchema.optional(),
      written_to: timeSchema.optional(),
      status: z
        .enum(['open', 'suppressed', 'all'])
        .default('open')
        .describe('Results that count, those that are hidden, or both'),
      sort: z.enum(['time', 'score', 'severity', 'entity']).default('time'),
      order: z
        .enum(['asc', 'desc'])
        .optional()
        .describe('desc: newest or highest first; default: desc, for entity asc'),
      page: z.coerce.number().int().min(1).max(1_000).default(1),
      size: z.coerce.number().int().min(0).max(1_000).default(50),
    }),
    response: z.object({ total: z.number(), results: z.array(foundResultSchema) }),
  }),
  getResult: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/{result_id}`,
    summary: 'One anomalous log, also one that is hidden or withdrawn',
    privilege: 'read',
    params: z.strictObject({ result_id: resultIdSchema }),
    response: foundResultSchema,
  }),
  summarizeResults: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/_buckets`,
    summary:
      'Logs scored, anomalies and highest score for each time bucket and, if asked, entity; whatever chooses among results chooses among the anomalies, not the logs scored',
    privilege: 'read',
    query: z.strictObject({
      ...resultFilters,
      buckets: z.coerce.number().int().min(1).max(500).default(100),
      by: z.enum(['all', 'entity', 'detector']).default('all'),
      entity_field: fieldName
        .optional()
        .describe('With by: entity: this one of the fields of the entity alone'),
      groups: z.coerce.number().int().min(1).max(100).default(10),
    }),
    response: z.object({
      interval_ms: z.number(),
      groups: z.array(
        z.object({
          key: z.string(),
          logs: z.number(),
          anomalies: z.number(),
          buckets: z.array(
            z.object({
              time: z.string(),
              logs: z.number(),
              anomalies: z.number(),
              filtered_out: z
                .number()
                .optional()
                .describe('Anomalies that the choice among them leaves out; absent without one'),
              max_score: z.number().nullable(),
              max_confidence: z.number().nullable(),
            }),
          ),
        }),
      ),
    }),
  }),
};
