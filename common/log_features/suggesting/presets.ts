import { featureSchema, fieldOfPart, type FeatureDefinition } from '../../detector';
import type { LogDocument } from '../../log_document';
import { DirtCounter, numberOf } from '../columns/field_value';
import { compileField } from '../fields/field_access';
import { findLabelFields } from '../fields/label_fields';
import { leafFields } from '../fields/leaf_fields';
import { ATTACK_WEIGHT } from './attack_weight';
import { isMetadata } from './metadata_fields';
import { isOrigin, isTime, timesFrom, type Numbers } from './number_kinds';
import type { z } from 'zod';

/** Features for a common kind of log. */
export interface FeaturePreset {
  /** `snake_case`, for the command line and files. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly definitions: readonly FeatureDefinition[];
  /** Within what other numbers of the logs are compared, where these are worth looking at: rows of a job, sizes of a queue. */
  readonly numbersBy?: FeatureDefinition['by'];
}

const define = (
  name: string,
  title: string,
  {
    description,
    definitions,
    numbersBy,
  }: {
    description: string;
    definitions: readonly z.input<typeof featureSchema>[];
    numbersBy?: FeatureDefinition['by'];
  },
): FeaturePreset => ({
  name,
  numbersBy,
  title,
  description,
  definitions: definitions.map((definition) => featureSchema.parse(definition)),
});

/** Statements of an application or a container: the numbers of a line are compared with those of the same one. */
const LINE_GROUP = ['service.name', 'log.logger', { masked: 'message' }];
const CONTAINER_GROUP = ['kubernetes.namespace', 'kubernetes.container.name', { masked: 'message' }];

/** A request is compared with those of its own service, method and route. */
const REQUEST_GROUP = ['service.name', 'http.request.method', { route: 'url.original' }];
const PLAIN_GROUP = ['service', 'method', { route: 'path' }];

/**
 * Presets, the most specific first. Each has few features, and each of these one column that means something: how bad, how
 * far from its own usual, how rare, how suspicious.
 */
export const PRESETS: readonly FeaturePreset[] = [
  define('web_access', 'Web access logs', {
    description:
      'Requests with ECS field names: how they failed, how slow and large they were for their route, how rare that route is, signs of attack.',
    definitions: [
      { type: 'severity', field: 'http.response.status_code', by: REQUEST_GROUP },
      { type: 'deviation', field: 'event.duration', by: REQUEST_GROUP },
      // Answers of one status are alike: an empty 304 is no small 200. Far too little is as odd as far too much.
      {
        type: 'deviation',
        field: 'http.response.body.bytes',
        by: ['http.response.status_code', 'service.name', 'http.request.method', { route: 'url.original' }],
        direction: 'both',
      },
      { type: 'deviation', field: 'http.request.body.bytes', by: REQUEST_GROUP },
      { type: 'route', field: 'url.original' },
      { type: 'combination', fields: ['http.request.method', { route: 'url.original' }], weight: 0.5 },
      // Signs of attack weigh more and come with what a text looks like, so that real attacks in real logs rank first.
      { type: 'attack_signs', field: 'url.original', weight: ATTACK_WEIGHT },
      { type: 'text', field: 'url.original', weight: 1 },
      { type: 'category', field: 'user_agent.original', encoding: 'rarity', masked: 'agent' },
      // Scanners often say who they are, as rule 913100 of the OWASP core rule set knows; of browsers new ones come all the time.
      { type: 'attack_signs', field: 'user_agent.original' },
    ],
  }),
  define('web_simple', 'Web requests with plain names', {
    description:
      'Requests with the fields response_time, status_code, request_size, method and path: the same as for web access logs.',
    definitions: [
      { type: 'severity', field: 'status_code', by: PLAIN_GROUP },
      { type: 'deviation', field: 'response_time', by: PLAIN_GROUP },
      { type: 'deviation', field: 'request_size', by: PLAIN_GROUP },
      {
        type: 'deviation',
        field: 'response_size',
        by: ['status_code', 'service', 'method', { route: 'path' }],
        direction: 'both',
      },
      { type: 'route', field: 'path' },
      { type: 'combination', fields: ['method', { route: 'path' }], weight: 0.5 },
      { type: 'attack_signs', field: 'path', weight: ATTACK_WEIGHT },
      { type: 'text', field: 'path', weight: 1 },
      { type: 'category', field: 'user_agent', encoding: 'rarity', masked: 'agent' },
      { type: 'attack_signs', field: 'user_agent' },
      { type: 'hour_of_day', field: 'hour_of_day' },
    ],
  }),
  define('kubernetes', 'Container logs of Kubernetes', {
    description:
      'Logs of containers: their level, the template of the message, and which container wrote it on which node.',
    definitions: [
      { type: 'severity', field: 'log.level', by: ['kubernetes.namespace', 'kubernetes.container.name'] },
      { type: 'template', field: 'message' },
      {
        type: 'deviation',
        field: 'event.duration',
        by: CONTAINER_GROUP,
      },
      { type: 'category', field: 'kubernetes.container.name', encoding: 'rarity' },
      { type: 'category', field: 'kubernetes.event.reason', encoding: 'rarity' },
      { type: 'category', field: 'kubernetes.node.name', encoding: 'rarity' },
      { type: 'combination', fields: ['kubernetes.container.name', 'stream'] },
    ],
    numbersBy: CONTAINER_GROUP,
  }),
  define('database_slow_log', 'Slow statements of databases', {
    description:
      'Statements with their time: how slow and how many rows for their database, the template of the statement, who sent it.',
    definitions: [
      { type: 'deviation', field: 'query_time', by: ['database', 'user.name'] },
      { type: 'deviation', field: 'lock_time', by: ['database', 'user.name'] },
      { type: 'deviation', field: 'rows_examined', by: ['database', 'user.name'] },
      { type: 'deviation', field: 'rows_sent', by: ['database', 'user.name'], direction: 'high' },
      { type: 'template', field: 'query' },
      { type: 'category', field: 'user.name', encoding: 'rarity' },
      { type: 'combination', fields: ['user.name', 'database'] },
    ],
  }),
  define('authentication', 'Log-ins and commands', {
    description:
      'sshd, sudo and Windows log-ons: what happened and how it ended, who did it where and from where, which program started which.',
    definitions: [
      { type: 'template', field: 'message' },
      { type: 'category', field: 'event.code', encoding: 'rarity' },
      { type: 'category', field: 'event.action', encoding: 'rarity' },
      { type: 'category', field: 'event.outcome', encoding: 'rarity' },
      { type: 'category', field: 'user.name', encoding: 'rarity' },
      { type: 'category', field: 'process.name', encoding: 'rarity' },
      { type: 'combination', fields: ['user.name', 'host.name'] },
      { type: 'combination', fields: ['process.parent.name', 'process.name'] },
    ],
  }),
  define('application', 'Application logs', {
    description:
      'Services with ECS field names: level, the template of the message, duration and error, compared with the same service and logger.',
    definitions: [
      { type: 'severity', field: 'log.level', by: ['service.name', 'log.logger'] },
      { type: 'template', field: 'message' },
      {
        type: 'deviation',
        field: 'event.duration',
        by: ['service.name', 'log.logger', { masked: 'message' }],
      },
      { type: 'category', field: 'error.type', encoding: 'rarity' },
      { type: 'category', field: 'host.name', encoding: 'rarity' },
      { type: 'category', field: 'user.name', encoding: 'rarity' },
      { type: 'combination', fields: ['service.name', 'host.name'] },
    ],
    numbersBy: LINE_GROUP,
  }),
];

/** Other names that the same thing goes by, tried where the preset's own field is absent. */
const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = {
  'url.original': ['url.path', 'url.full', 'request', 'path', 'uri', 'url'],
  'http.response.status_code': ['status', 'response', 'status_code'],
  'http.response.body.bytes': ['http.response.bytes', 'bytes', 'body_bytes_sent'],
  'http.request.body.bytes': ['http.request.bytes', 'request_length'],
  'http.request.method': ['method', 'verb'],
  'user_agent.original': ['agent', 'user_agent', 'http_user_agent'],
  'event.duration': [
    'http.response.time',
    'http.response_time',
    'response_time',
    'duration_ms',
    'request_time',
    'took_ms',
    'duration',
  ],
  response_time: ['duration', 'duration_ms', 'latency', 'latency_ms', 'response_time_ms', 'elapsed_ms'],
  status_code: ['status', 'http_status'],
  request_size: ['bytes_in', 'request_bytes'],
  response_size: ['bytes', 'size', 'bytes_out', 'response_bytes', 'body_bytes_sent'],
  path: ['url', 'uri', 'request_path', 'request_uri'],
  method: ['verb', 'http_method', 'request_method'],
  service: ['app', 'application', 'service_name', 'service.name'],
  user_agent: ['agent', 'http_user_agent', 'user_agent.original'],
  'log.level': ['level', 'severity', 'severity_text', 'loglevel'],
  'log.logger': ['logger', 'logger_name', 'component', 'class'],
  'service.name': ['service', 'app', 'application', 'process.name', 'kubernetes.deployment.name'],
  'error.type': ['exception', 'error.code'],
  'host.name': ['host.hostname', 'hostname', 'host', 'computer_name', 'winlog.computer_name'],
  'user.name': ['user', 'username', 'winlog.event_data.TargetUserName'],
  'process.name': ['process', 'program'],
  'event.code': ['winlog.event_id', 'event_id', 'EventID'],
  'event.outcome': ['outcome'],
  'event.action': ['action'],
  'kubernetes.container.name': ['kubernetes.container_name', 'kubernetes.deployment.name'],
  'kubernetes.namespace': ['kubernetes.namespace_name'],
  'kubernetes.node.name': ['kubernetes.host'],
  query_time: [
    'mysql.slowlog.query_time.sec',
    'Query_time',
    'query_duration',
    'duration_ms',
    'event.duration',
  ],
  lock_time: ['mysql.slowlog.lock_time.sec', 'Lock_time'],
  rows_examined: ['mysql.slowlog.rows_examined', 'Rows_examined'],
  rows_sent: ['mysql.slowlog.rows_sent', 'Rows_sent'],
  query: ['mysql.slowlog.query', 'postgresql.log.query', 'statement', 'sql', 'db.statement', 'db.query.text'],
  database: ['db', 'mysql.slowlog.schema', 'postgresql.log.database', 'db.name', 'schema'],
  message: ['msg', 'log', 'event.original'],
};

/** Documents of a sample that are looked at. */
const SAMPLE_SIZE = 1_000;
/** Share of documents from which a field counts as present. */
const PRESENT_SHARE = 0.01;
/** These are in logs of many kinds, and tell nothing of which. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'message',
  'host.name',
  'user.name',
  'request_size',
  'response_size',
]);
const isTelling = (definition: FeatureDefinition): boolean =>
  !EVERYWHERE.has(definition.field) &&
  (definition.type !== 'hour_of_day' || definition.field !== '@timestamp');

function coverage(documents: readonly LogDocument[], field: string): number {
  const read = compileField(field);
  const present = documents.filter((document) => {
    const value = read(document);
    return (
      value !== undefined && value !== null && value !== '' && value !== '-' && typeof value !== 'object'
    );
  });
  return documents.length === 0 ? 0 : present.length / documents.length;
}

/** Chooses the field of a sample that stands for each field of a preset, under its own or another name, one for one. */
function createFieldFinder(documents: readonly LogDocument[]): (name: string) => string | undefined {
  const found = new Map<string, string | undefined>();
  const taken = new Set<string>();
  return (own) => {
    if (!found.has(own)) {
      const names = [own, ...(ALTERNATIVES[own] ?? [])];
      const field = names.find((name) => !taken.has(name) && coverage(documents, name) >= PRESENT_SHARE);
      if (field !== undefined) taken.add(field);
      found.set(own, field);
    }
    return found.get(own);
  };
}

type Part = NonNullable<FeatureDefinition['fields']>[number];

/** The parts that a sample has, under its own names. */
const partsIn = (parts: readonly Part[], find: (name: string) => string | undefined): Part[] =>
  parts.flatMap((part): Part[] => {
    const field = find(fieldOfPart(part));
    if (field === undefined) return [];
    if (typeof part === 'string') return [field];
    return 'route' in part ? [{ route: field }] : 'masked' in part ? [{ masked: field }] : [];
  });

/**
 * The definition with the fields that a sample has.
 *
 * @returns undefined without its own field; a deviation without anything to compare within is a number
 */
function fitted(
  definition: FeatureDefinition,
  find: (name: string) => string | undefined,
): FeatureDefinition | undefined {
  const { by, fields, method, ...rest } = definition;
  if (fields !== undefined) {
    const parts = partsIn(fields, find);
    return parts.length < fields.length
      ? undefined
      : featureSchema.parse({ ...rest, field: '', fields: parts });
  }
  const field = find(definition.field);
  if (field === undefined) return undefined;
  const groups = by === undefined ? [] : partsIn([by].flat(), find);
  const methodField = method === undefined ? undefined : find(method);
  return featureSchema.parse({
    ...rest,
    field,
    ...(definition.type === 'deviation' && groups.length === 0 && { type: 'number' }),
    ...(groups.length > 0 && { by: groups }),
    ...(methodField !== undefined && { method: methodField }),
  });
}

/** Names of the presets, and the choice of the one that fits. */
export const PRESET_NAMES: readonly string[] = ['auto', ...PRESETS.map(({ name }) => name)];

/**
 * The preset that fits a sample best: most of its telling fields are there, under their own or an alternative name.
 * Fields that the sample lacks are left out of its definitions.
 *
 * @param name one of {@link PRESET_NAMES}
 * @returns undefined when no preset has at least two telling fields in the sample, of requests their status among them; see `suggestFeatures` then
 */
export function presetFor(
  documents: readonly LogDocument[],
  timestampField = '@timestamp',
  name = 'auto',
): FeaturePreset | undefined {
  const sample = documents.slice(0, SAMPLE_SIZE);
  let best: { preset: FeaturePreset; own: number; found: number; by: readonly Part[] } | undefined;
  for (const preset of PRESETS.filter((own) => name === 'auto' || own.name === name)) {
    const find = createFieldFinder(sample);
    // Features choose their fields before the fields that they are compared within.
    for (const { field } of preset.definitions) find(field);
    const definitions: FeatureDefinition[] = [];
    const telling = new Map<string, boolean>();
    for (const definition of preset.definitions) {
      const fit = fitted(definition, find);
      if (fit === undefined) continue;
      definitions.push(fit);
      if (isTelling(definition)) telling.set(definition.field, fit.field === definition.field);
    }
    // A service or a method tells the kind of log as well, though they are only compared within.
    for (const { by } of preset.definitions) {
      for (const part of [by ?? []].flat()) {
        const own = fieldOfPart(part);
        const field = find(own);
        if (field !== undefined && !EVERYWHERE.has(own)) telling.set(own, field === own);
      }
    }
    const found = telling.size;
    const own = [...telling.values()].filter(Boolean).length;
    if (found < 2 || !ratesRequests(preset, definitions)) continue;
    const better = best === undefined || own > best.own || (own === best.own && found > best.found);
    const by = partsIn([preset.numbersBy ?? []].flat(), find);
    if (better) best = { preset: { ...preset, definitions }, own, found, by };
  }
  if (best === undefined) return undefined;
  const { preset, by } = best;
  return by.length === 0
    ? preset
    : {
        ...preset,
        definitions: [...preset.definitions, ...otherNumbers(sample, preset.definitions, by, timestampField)],
      };
}

/** Returns false for requests without a status that was found: what looks at their paths alone knows little of them. */
const ratesRequests = (preset: FeaturePreset, fitted: readonly FeatureDefinition[]): boolean =>
  !preset.definitions.some(({ type }) => type === 'route') || fitted.some(({ type }) => type === 'severity');

/** Numbers that no definition reads are looked at up to so many, those that most logs hold first. */
const MOST_NUMBERS = 4;
/** Of fewer different values a number is a code or a flag. */
const FEWEST_NUMBERS = 12;

function otherNumbers(
  sample: readonly LogDocument[],
  definitions: readonly FeatureDefinition[],
  by: readonly Part[],
  timestampField: string,
): FeatureDefinition[] {
  const times = timesFrom(sample.map(compileField(timestampField)));
  const read = new Set(
    definitions.flatMap(({ field, by: groups, fields, method }) => [
      field,
      ...[groups ?? [], fields ?? [], method ?? []].flat().map((part) => fieldOfPart(part)),
    ]),
  );
  const labels = new Set(findLabelFields(sample).map(({ field }) => field));
  return leafFields(sample)
    .filter(
      (field) =>
        !read.has(field) &&
        !labels.has(field) &&
        !isMetadata(field) &&
        !isOrigin(field) &&
        field !== timestampField,
    )
    .flatMap((field) => {
      const numbers = numbersOf(sample, field);
      if (numbers === undefined || isTime(field, numbers, times)) return [];
      const values = numbers.filter((number) => number !== undefined);
      return new Set(values).size >= FEWEST_NUMBERS ? [{ field, count: values.length }] : [];
    })
    .sort((one, other) => other.count - one.count || (one.field < other.field ? -1 : 1))
    .slice(0, MOST_NUMBERS)
    .map(({ field }) => featureSchema.parse({ type: 'deviation', field, by }));
}

/** Share of the values of a field that have to be numbers. */
const NUMBER_SHARE = 0.9;

/** The numbers of a field, one a document; undefined where it holds something else, or is in too few logs. */
function numbersOf(sample: readonly LogDocument[], field: string): Numbers | undefined {
  const get = compileField(field);
  const dirt = new DirtCounter();
  const values = sample.map((document) => {
    const value = get(document);
    return value === null || typeof value === 'boolean' ? undefined : value;
  });
  const numbers = values.map((value) => (value === undefined ? undefined : numberOf(value, dirt)));
  const [held, read] = [values, numbers].map((all) => all.filter((value) => value !== undefined).length);
  return held >= PRESENT_SHARE * sample.length && read >= NUMBER_SHARE * held ? numbers : undefined;
}
