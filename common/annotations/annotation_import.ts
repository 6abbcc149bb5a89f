import { z } from 'zod';
import { sourceSchema } from '../detector/detector_schema';
import { fieldName } from '../detector/feature_schema';
import { newSourceSchema } from '../detector/query_limits';
import { timeSchema } from '../parameters';
import { ANNOTATION_KINDS, annotationSchema } from './annotation';

export const IMPORT_LIMITS = {
  /** Newest documents of a time that are read. */
  documents: 1_000,
  /** Fields that one field of an annotation is read from. */
  fields: 5,
  /** Documents named of those with the same problem. */
  examples: 3,
  /** Annotations that an answer of the API shows. */
  rows: 100,
} as const;

/** Fields of an annotation that come from fields of a document. */
export const IMPORTED = ['at', 'ends_at', 'title', 'kind', 'entities', 'version', 'url'] as const;
export type ImportedFields = Readonly<Record<(typeof IMPORTED)[number], readonly string[]>>;

/** Fields of `observability-annotations`, which Kibana's Observability writes, and of ECS. */
export const DEFAULT_IMPORTED_FIELDS: ImportedFields = {
  at: ['event.start', '@timestamp'],
  ends_at: ['event.end'],
  title: ['annotation.title', 'message'],
  kind: ['annotation.type'],
  entities: ['service.name'],
  version: ['service.version'],
  url: ['url.full', 'event.url'],
};

const fieldsSchema = (least: number, of: keyof ImportedFields, how: string) =>
  z
    .array(fieldName)
    .min(least)
    .max(IMPORT_LIMITS.fields)
    .optional()
    .describe(`${how}; default: ${DEFAULT_IMPORTED_FIELDS[of].join(', ')}`);

const importShape = z.strictObject({
  index: sourceSchema.shape.index,
  query: sourceSchema.shape.query.describe('Only documents that match; Lucene query string or query DSL'),
  from: timeSchema.optional().describe('Begun then or later; default: the last 7 days'),
  to: timeSchema.optional().describe('Begun before; absent: those that are planned, too'),
  kind: z
    .enum(ANNOTATION_KINDS)
    .optional()
    .describe('Of all documents, but those whose fields.kind says one'),
  fields: z
    .strictObject({
      at: fieldsSchema(1, 'at', 'Start: the first of these fields that a document has'),
      ends_at: fieldsSchema(0, 'ends_at', 'End: the first'),
      title: fieldsSchema(1, 'title', 'The first; its first 200 characters'),
      kind: fieldsSchema(
        0,
        'kind',
        'The first, where it is deployment, change, incident or maintenance; else kind, or deployment. Where kind is given, none by default',
      ),
      entities: fieldsSchema(0, 'entities', 'All values of all of these; * stands for all entities'),
      version: fieldsSchema(0, 'version', 'The first'),
      url: fieldsSchema(0, 'url', 'The first'),
    })
    .prefault({})
    .describe('Fields of the documents that are read'),
});

/** Names an index, a time and the fields that annotations are read from. Times are converted to epoch milliseconds. */
export const importOrderSchema = importShape.superRefine(refuseSource);
export type ImportOrder = z.output<typeof importOrderSchema>;

export const importRequestSchema = importShape
  .extend({ dry_run: z.boolean().default(false).describe('Says what would be noted, and notes nothing') })
  .superRefine(refuseSource);

/** Documents are read as the logs of a detector are: from no hidden index, by no query without bounds. */
function refuseSource(
  { index, query }: Pick<ImportOrder, 'index' | 'query'>,
  context: z.RefinementCtx,
): void {
  const parsed = newSourceSchema.safeParse({ index, query });
  for (const { path, message } of parsed.error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [...path], message });
}

/** Returns the fields that are read: those of the order, and the default of others. */
export function importedFieldsOf({ kind, fields }: Pick<ImportOrder, 'kind' | 'fields'>): ImportedFields {
  const defaults = { ...DEFAULT_IMPORTED_FIELDS, ...(kind !== undefined && { kind: [] }) };
  const given = Object.entries(fields).filter(([, names]) => names !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

/**
 * - `noted`: it was not there
 * - `ended`: it was there without an end, and is given one
 * - `unchanged`: it is there already
 */
const IMPORT_OUTCOMES = ['noted', 'ended', 'unchanged'] as const;

export const importReportSchema = z.object({
  found: z.number().int().describe('Documents of the time'),
  left_out: z.number().int().describe('Of these the oldest, which were not read'),
  noted: z.number().int(),
  ended: z.number().int().describe('Were there without an end, and are given one'),
  unchanged: z.number().int().describe('Are there already'),
  failed: z.number().int().describe('Cannot be noted'),
  rows: z
    .array(
      z.object({
        annotation: annotationSchema.describe('As the document says it'),
        outcome: z.enum(IMPORT_OUTCOMES),
        differs: z.array(z.string()).describe('Fields in which the one that is there differs, and stays'),
      }),
    )
    .describe('Newest first'),
  problems: z
    .array(
      z.object({
        field: z.enum([...IMPORTED, 'id']).describe('Field of the annotation that could not be read'),
        count: z.number().int(),
        examples: z.array(z.object({ index: z.string(), id: z.string(), message: z.string() })),
      }),
    )
    .describe('Of documents that cannot be noted'),
});
export type ImportReport = z.output<typeof importReportSchema>;
export type ImportedRow = ImportReport['rows'][number];
export type ImportProblem = ImportReport['problems'][number];
