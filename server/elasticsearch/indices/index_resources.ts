import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import type { BulkGuard } from '../transport/bulk';
import { errorTypes, errorBodyOf, REPAIR_HINT, statusOf } from '../transport/errors';
import { compareMappings } from './compare_mappings';
import {
  annotationsIndex,
  auditIndex,
  checkpointsIndex,
  DEFAULT_SPACE,
  endOfResultsIndex,
  feedbackIndex,
  incidentsIndex,
  modelsIndex,
  patternsIndex,
  resultsIndex,
  resultsPattern,
} from './names';

/** Goes up when a stored document changes in a way that older versions cannot read. */
const SCHEMA_VERSION = 1;

type Properties = Record<string, estypes.MappingProperty>;

const keyword: estypes.MappingProperty = { type: 'keyword', ignore_above: 1_024 };
const number: estypes.MappingProperty = { type: 'double', ignore_malformed: true };
const whole: estypes.MappingProperty = { type: 'long', ignore_malformed: true };
const date: estypes.MappingProperty = { type: 'date' };
const text: estypes.MappingProperty = { type: 'text' };
const stored: estypes.MappingProperty = { type: 'object', enabled: false };
const object = (properties: Properties): estypes.MappingProperty => ({ properties });

/** ECS fields that results carry along from the log; others are kept in `_source` without being indexed. */
const CONTEXT: Properties = {
  message: text,
  labels: { type: 'object', enabled: false },
  log: object({ level: keyword, logger: keyword, file: object({ path: keyword }) }),
  service: object({ name: keyword, environment: keyword, version: keyword }),
  host: object({ name: keyword, hostname: keyword }),
  container: object({ id: keyword, name: keyword }),
  client: object({ ip: { type: 'ip', ignore_malformed: true }, address: keyword }),
  url: object({ original: keyword, path: keyword, query: keyword, domain: keyword }),
  http: object({
    version: keyword,
    request: object({ method: keyword, bytes: whole, referrer: keyword, body: object({ bytes: whole }) }),
    response: object({ status_code: whole, bytes: whole, body: object({ bytes: whole }) }),
  }),
  user: object({ name: keyword }),
  user_agent: object({ original: keyword, name: keyword }),
  error: object({ message: text, type: keyword }),
  trace: object({ id: keyword }),
  response_time: number,
  status_code: whole,
  request_size: number,
};

const RESULTS: Properties = {
  ...CONTEXT,
  '@timestamp': date,
  event: object({
    ingested: date,
    kind: keyword,
    dataset: keyword,
    module: keyword,
    action: keyword,
    outcome: keyword,
    category: keyword,
    duration: whole,
  }),
  detector: object({ id: keyword, name: keyword }),
  model: object({ version: keyword }),
  anomaly: object({
    score: number,
    confidence: number,
    severity: keyword,
    threshold: number,
    reason: text,
    entity: keyword,
    entity_parts: { type: 'flattened', ignore_above: 1_024 },
    label: keyword,
    top_feature: keyword,
    top_value: keyword,
    pattern: keyword,
    change: object({ kind: keyword, pattern_id: keyword, count: whole, expected: number, chance: number }),
    attribution: object({
      feature: keyword,
      field: keyword,
      share: number,
      actual: keyword,
      typical: keyword,
    }),
  }),
  source: object({
    index: keyword,
    id: { type: 'keyword' },
    ip: { type: 'ip', ignore_malformed: true },
    address: keyword,
  }),
  run: object({ id: keyword }),
  page: object({ id: keyword }),
  bucket: object({
    logs: whole,
    anomalies: whole,
    max_score: number,
    mean_score: number,
    max_confidence: number,
    unscored: whole,
    span_ms: whole,
  }),
  drift: object({
    from: date,
    logs: whole,
    score_drift: number,
    largest: number,
    limit: number,
    over: { type: 'boolean' },
  }),
  result: object({
    type: keyword,
    space: keyword,
    reduced: { type: 'boolean' },
    reduced_because: text,
    stated_time: keyword,
    suppressed_by: keyword,
    suppressed_because: text,
    verdict: keyword,
    history: stored,
  }),
};

const MODELS: Properties = {
  type: keyword,
  space: keyword,
  detector_id: { type: 'keyword' },
  version: { type: 'keyword' },
  created_at: date,
  threshold: number,
  rows: whole,
  note: text,
  evaluation: stored,
  gate: stored,
  sha256: keyword,
  parts: whole,
  part: whole,
  content: stored,
  promoted_at: date,
  history: stored,
};

/** Beside the places that detectors have reached: what they tell of their runs, and what was announced of them. */
const CHECKPOINTS: Properties = {
  type: keyword,
  detector_id: { type: 'keyword' },
  at: date,
  checkpoint: stored,
  status: stored,
  channel: stored,
};

/** Verdicts and suppressions, told apart by `kind`. */
const FEEDBACK: Properties = {
  kind: keyword,
  detector_id: { type: 'keyword' },
  source: object({ index: keyword, id: { type: 'keyword' } }),
  verdict: keyword,
  comment: text,
  by: keyword,
  at: date,
  scope: keyword,
  expires_at: date,
  judged: stored,
  origin: keyword,
  suppression: stored,
};

const AUDIT: Properties = {
  kind: keyword,
  detector_id: { type: 'keyword' },
  at: date,
  by: keyword,
  action: keyword,
  from: keyword,
  to: keyword,
  reason: text,
  details: stored,
  recorded: object({ at: date, user: object({ username: keyword }) }),
};

/** One document an incident; `kept` holds what nobody searches for. */
const INCIDENTS: Properties = {
  title: text,
  scope: object({ kind: keyword, value: keyword, parts: { type: 'flattened', ignore_above: 1_024 } }),
  place: keyword,
  entity: keyword,
  detectors: object({ id: keyword, name: keyword, results: whole }),
  start: date,
  end: date,
  from: date,
  to: date,
  state: keyword,
  closed_because: keyword,
  merged_into: keyword,
  opened_at: date,
  closed_at: date,
  closes_at: date,
  updated_at: date,
  counts: object({ logs: whole, buckets: whole }),
  results: whole,
  detector_count: whole,
  score: number,
  confidence: number,
  severity: keyword,
  assignee: keyword,
  reasons: stored,
  first_line: stored,
  last_line: stored,
  sources: stored,
  counted: stored,
  comments: stored,
  history: stored,
  kept: stored,
};

/** Patterns, their counts of a day, and what was found of them, told apart by `kind`. */
const PATTERNS: Properties = {
  kind: keyword,
  detector_id: { type: 'keyword' },
  pattern_id: { type: 'keyword' },
  text: { ...text, fields: { keyword: { type: 'keyword', ignore_above: 600 } } },
  level: keyword,
  state: keyword,
  state_since: date,
  states: keyword,
  entities: keyword,
  first_seen: date,
  last_seen: date,
  merged_into: keyword,
  is_joining: { type: 'boolean' },
  is_ignored: { type: 'boolean' },
  ignored: stored,
  example: stored,
  model: stored,
  day: date,
  until: date,
  logs: whole,
  applied: whole,
  cells: stored,
  sums: stored,
  '@timestamp': date,
  change: keyword,
  entity: keyword,
  count: whole,
  usual: number,
  chance: number,
};

/** Calendar of changes, one document each. */
const ANNOTATIONS: Properties = {
  kind: keyword,
  title: text,
  at: date,
  ends_at: date,
  entities: keyword,
  version: keyword,
  by: keyword,
  recorded_at: date,
};

const RESOURCES = {
  results: RESULTS,
  models: MODELS,
  checkpoints: CHECKPOINTS,
  feedback: FEEDBACK,
  audit: AUDIT,
  incidents: INCIDENTS,
  patterns: PATTERNS,
  annotations: ANNOTATIONS,
};
export type Resource = keyof typeof RESOURCES;

/** Fields beyond `properties` stay in `_source` and are never a reason to refuse a document. */
export const mappingsOf = (resource: Resource): estypes.MappingTypeMapping => ({
  dynamic: false,
  _meta: { schema_version: SCHEMA_VERSION, resource },
  properties: RESOURCES[resource],
});

/** One shard; the replica goes where there is a second node. */
export const INDEX_SETTINGS: estypes.IndicesIndexSettings = {
  number_of_shards: 1,
  auto_expand_replicas: '0-1',
};

/** Fields that every document of an index has. */
const GUARDED_FIELDS: Readonly<Record<Resource, string>> = {
  results: '@timestamp',
  models: 'type',
  checkpoints: 'detector_id',
  feedback: 'kind',
  audit: 'kind',
  incidents: 'state',
  patterns: 'kind',
  annotations: 'kind',
};

interface EnsureOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

/**
 * Guards bulk writes against an index that was deleted since it was looked for, and made anew by the write itself: nothing is written
 * there before it has its mapping.
 */
export const guardOf = (
  client: ElasticsearchClient,
  resource: Resource,
  options: EnsureOptions = {},
): BulkGuard => ({
  field: GUARDED_FIELDS[resource],
  restore: (index) => ensureIndex(client, index, resource, options),
});

/**
 * Makes the index with its mapping unless it exists. No templates: they would need a right on the whole cluster. An index that a write
 * has made without our mapping gets it, as long as no field of ours is mapped otherwise.
 *
 * @throws DetectionError `refused` when a newer version of this software has made the index, or when it has lost its mapping
 */
export async function ensureIndex(
  client: ElasticsearchClient,
  index: string,
  resource: Resource,
  options: EnsureOptions = {},
): Promise<void> {
  const { policy, signal } = options;
  const found = await attempt(
    () =>
      client.indices.getMapping({ index }, { signal }).catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }),
    { what: `look for the index "${index}"`, policy, signal },
  );
  if (found === undefined) {
    await attempt(
      () =>
        client.indices
          .create({ index, mappings: mappingsOf(resource), settings: INDEX_SETTINGS }, { signal })
          .catch((error: unknown) => {
            if (!errorTypes(errorBodyOf(error)).includes('resource_already_exists_exception')) throw error;
          }),
      { what: `make the index "${index}"`, policy, signal },
    );
    return;
  }
  for (const [name, { mappings }] of Object.entries(found)) {
    const fault = faultOf(name, resource, mappings);
    if (fault === undefined) {
      const version = Number(mappings._meta?.schema_version);
      if (version <= SCHEMA_VERSION) {
        await addMissingFields(client, { index: name, resource, mappings }, options);
        continue;
      }
      throw new DetectionError(
        'refused',
        `The index "${index}" has schema version ${version}; this software knows up to ${SCHEMA_VERSION}. Use a newer one.`,
      );
    }
    if (fault.fields.length > 0) {
      throw new DetectionError('refused', faultText(fault), { details: { hint: REPAIR_HINT } });
    }
    await attempt(() => client.indices.putMapping({ index: name, ...mappingsOf(resource) }, { signal }), {
      what: `give the index "${name}" its mapping again`,
      policy,
      signal,
    });
  }
}

/** An index as it is there. */
interface FoundIndex {
  readonly index: string;
  readonly resource: Resource;
  readonly mappings: estypes.MappingTypeMapping;
}

/**
 * Maps fields that this version has and an index of an earlier one has not. Where that is not allowed or does not fit the index stays as it is: the
 * fields are stored all the same, and are found once an index of today takes the place of this one.
 */
async function addMissingFields(
  client: ElasticsearchClient,
  { index, resource, mappings }: FoundIndex,
  { policy, signal }: EnsureOptions,
): Promise<void> {
  const { missing, wrong } = compareMappings(mappingsOf(resource), mappings);
  if (missing.length === 0 || wrong.length > 0) return;
  const { properties } = mappingsOf(resource);
  await attempt(
    () =>
      client.indices.putMapping({ index, properties }, { signal }).catch((error: unknown) => {
        if (![400, 403].includes(statusOf(error) ?? 0)) throw error;
      }),
    { what: `add ${missing.join(', ')} to the mapping of the index "${index}"`, policy, signal },
  );
}

/** One of our indices that was not made by this software: deleted, and made anew by a write, by hand or from a backup. */
export interface IndexFault {
  readonly index: string;
  readonly resource: Resource;
  /** Fields that are mapped otherwise, so that the mapping cannot be given back in place; none where it can. */
  readonly fields: readonly string[];
}

function faultOf(
  index: string,
  resource: Resource,
  mappings: estypes.MappingTypeMapping,
): IndexFault | undefined {
  if (mappings._meta?.schema_version !== undefined) return undefined;
  return { index, resource, fields: compareMappings(mappingsOf(resource), mappings).wrong };
}

const SHOWN_FIELDS = 3;

/** Returns sentences: what is wrong with the index, and what helps. */
export function faultText({ index, fields }: IndexFault): string {
  const more = fields.length - SHOWN_FIELDS;
  const listed = `${fields.slice(0, SHOWN_FIELDS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return (
    `The index "${index}" has lost its mapping${fields.length > 0 ? ` (${listed})` : ''}: it was deleted and made anew by a write, or restored without it. ` +
    (fields.length > 0
      ? 'Nothing is written to it until somebody with all rights on log-anomalies-* has copied it into a proper one.'
      : 'The next write gives it back.')
  );
}

const singleIndices = (space: string): ReadonlyMap<string, Resource> =>
  new Map<string, Resource>([
    [modelsIndex(space), 'models'],
    [checkpointsIndex(space), 'checkpoints'],
    [feedbackIndex(space), 'feedback'],
    [incidentsIndex(space), 'incidents'],
    [patternsIndex(space), 'patterns'],
    [annotationsIndex(space), 'annotations'],
    [auditIndex(space), 'audit'],
  ]);

/** Returns what an index of this space holds; undefined where it is none of its indices. */
export const resourceOf = (index: string, space: string): Resource | undefined =>
  endOfResultsIndex(space, index) === undefined ? singleIndices(space).get(index) : 'results';

/** Returns those of our indices of a space that have lost their mapping. Takes one request and `view_index_metadata`. */
export async function findIndexFaults(
  client: ElasticsearchClient,
  { space = DEFAULT_SPACE, policy, signal }: EnsureOptions & { readonly space?: string } = {},
): Promise<IndexFault[]> {
  const found = await attempt(
    () =>
      client.indices.getMapping(
        {
          index: [...singleIndices(space).keys(), resultsPattern(space)],
          ignore_unavailable: true,
          allow_no_indices: true,
        },
        { signal },
      ),
    { what: `look at the indices of space "${space}"`, policy, signal },
  );
  const sorted = Object.entries(found).sort(([left], [right]) => left.localeCompare(right, 'en'));
  return sorted.flatMap(([index, { mappings }]) => {
    const resource = resourceOf(index, space);
    const fault = resource && faultOf(index, resource, mappings);
    return fault === undefined ? [] : [fault];
  });
}

/**
 * Makes all indices that a detector writes to: the first write does it as well; this finds a missing right early.
 *
 * @param options.now epoch milliseconds: decides the month of the results index
 */
export async function ensureIndexResources(
  client: ElasticsearchClient,
  options: { space?: string; now?: number; policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<void> {
  const { space = DEFAULT_SPACE, now = Date.now(), policy, signal } = options;
  const indices: [name: string, resource: Resource][] = [
    // Detectors only read the calendar of changes.
    ...[...singleIndices(space)].filter(([, resource]) => resource !== 'annotations'),
    [resultsIndex(space, now), 'results'],
  ];
  // Side by side: Elasticsearch answers each once its shard is there.
  const made = await Promise.allSettled(
    indices.map(([name, resource]) => ensureIndex(client, name, resource, { policy, signal })),
  );
  const failed = made.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
