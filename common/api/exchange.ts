import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';
import { detectorIdSchema, detectorParams } from '../parameters';

/** Largest file of detectors, characters: some hundred of them. */
const LONGEST_DETECTOR_FILE = 1024 * 1024;

/** Ways to import a detector whose name another one of the space has. */
export const NAME_CONFLICTS = ['refuse', 'overwrite', 'create'] as const;
export type NameConflict = (typeof NAME_CONFLICTS)[number];

/** Warnings about a detector that an import overwrites. */
const IMPORT_WARNINGS = ['was_running', 'has_pipeline', 'needs_training'] as const;

const importedDetectorSchema = z.object({
  document: z.number().int().describe('Place in the file, from 1'),
  name: z.string().describe('As it is saved; with on_conflict: create perhaps another one than in the file'),
  action: z.enum(['created', 'overwritten']).describe('With dry_run: what would be done'),
  id: z.string().optional().describe('Absent for a detector that a dry run would create'),
  warnings: z.array(z.object({ code: z.enum(IMPORT_WARNINGS), message: z.string() })),
});
export type ImportedDetector = z.infer<typeof importedDetectorSchema>;

const DETECTORS = `${API_ROOT}/detectors`;

const fileSchema = z
  .string()
  .describe(
    'YAML: the settings of a detector as a configuration file has them, each detector after the first begun by ---',
  );

export const exchangeEndpoints = {
  exportDetectors: endpoint({
    method: 'get',
    path: `${DETECTORS}/_export`,
    summary:
      'Settings of all detectors of this space, or of some, as a YAML file; no keys, models or results',
    privilege: 'read',
    query: z.strictObject({
      ids: z
        .string()
        .max(100_000)
        .transform((text) => text.split(',').filter((id) => id !== ''))
        .pipe(z.array(detectorIdSchema).min(1).max(1_000))
        .optional()
        .describe('Ids with commas between; absent: all'),
    }),
    response: fileSchema,
    produces: 'application/yaml',
    cost: 'search',
  }),
  exportDetector: endpoint({
    method: 'get',
    path: `${DETECTORS}/{id}/_export`,
    summary: 'Settings of one detector as a YAML file, which the command line takes as --detector as well',
    privilege: 'read',
    params: detectorParams,
    response: fileSchema,
    produces: 'application/yaml',
  }),
  importDetectors: endpoint({
    method: 'post',
    path: `${DETECTORS}/_import`,
    summary:
      'Save the detectors of a YAML file, all or none; each is stopped and has no key and no owner until somebody saves or starts it',
    privilege: 'write',
    body: z.strictObject({
      yaml: fileSchema.min(1).max(LONGEST_DETECTOR_FILE),
      on_conflict: z
        .enum(NAME_CONFLICTS)
        .default('refuse')
        .describe(
          'Action when a detector of the space has the name already. refuse: nothing is saved; overwrite: it gets these settings and keeps its id, models and results; create: a new one is saved under a free name',
        ),
      dry_run: z.boolean().default(false).describe('Only say what would be done'),
    }),
    response: z.object({ dry_run: z.boolean(), detectors: z.array(importedDetectorSchema) }),
    maxBodyBytes: 4 * LONGEST_DETECTOR_FILE,
    cost: 'search',
  }),
};
