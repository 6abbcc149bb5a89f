import { withoutKeyword } from '../detector/entity_fields';
import type { LogDocument } from '../log_document';
import type { LogField } from '../log_features/fields/log_fields';
import { compileField } from '../log_features/fields/field_access';

/**
 * Kinds of logs that are known by name, the most particular first. `other`: logs of which nothing more is known.
 */
export const LOG_KINDS = [
  'nginx',
  'apache',
  'caddy',
  'kubernetes',
  'authentication',
  'elastic_agent',
  'system',
  'database',
  'web',
  'application',
  'other',
] as const;
export type LogKind = (typeof LOG_KINDS)[number];

/** Share of the sampled logs that must carry a sign for the source to be of a kind. */
const MOST_LOGS = 0.5;

/** Fields that name the integration, module or file set that wrote a log, in the order of their worth. */
const DATASET_FIELDS = [
  'data_stream.dataset',
  'event.dataset',
  'event.module',
  'fileset.module',
  'log.source',
];

/** By kind, how data sets are called by Elastic Agent's integrations, by Beats' modules and by people. */
const DATASETS: readonly (readonly [LogKind, RegExp])[] = [
  ['nginx', /^nginx(_ingress_controller)?([._-]|$)/],
  ['apache', /^(apache(_tomcat|2)?|httpd)([._-]|$)/],
  ['caddy', /^caddy([._-]|$)/],
  ['kubernetes', /^kubernetes([._-]|$)/],
  [
    'authentication',
    /^((system\.(auth|security)|windows\.security|sshd|auditd|okta)([._-]|$)|auth(entication)?(\.log)?$)/,
  ],
  ['elastic_agent', /^elastic_agent([._-]|$)/],
  [
    'system',
    /^(system\.(syslog|application|system)|syslog|journald?|windows\.(forwarded|powershell))([._-]|$)/,
  ],
  ['database', /^(mysql|postgresql|mongodb|mssql)([._-]|$)/],
  ['web', /^(iis|haproxy|traefik|envoyproxy|aws\.(elb|cloudfront)_?logs?)([._-]|$)/],
];

/** Fields of which one is in most logs of a kind, where no data set is named; a list in the list: all of them. */
const SIGNS: readonly (readonly [LogKind, readonly (readonly string[])[]])[] = [
  // The access log of Caddy is JSON with the request as an object of its own.
  ['caddy', [['request.uri', 'request.remote_ip']]],
  ['nginx', [['body_bytes_sent', 'remote_addr', 'status']]],
  [
    'kubernetes',
    [
      ['kubernetes.pod.name'],
      ['kubernetes.pod_name'],
      ['kubernetes.container.name'],
      ['kubernetes.container_name'],
    ],
  ],
  ['database', [['query_time'], ['mysql.slowlog.query_time.sec'], ['db.statement'], ['db.query.text']]],
  [
    'web',
    [
      ['http.response.status_code', 'url.original'],
      ['http.response.status_code', 'url.path'],
      ['http.response.status_code', 'http.request.method'],
      ['status_code', 'path'],
      ['status', 'path'],
      ['status', 'uri'],
      ['response', 'request'],
    ],
  ],
];

/** Programs that let people in, and those that say who may do something. */
const OF_LOGINS = /^(sshd|sudo|su|login|systemd-logind|passwd|useradd|groupadd|pam)\b/i;
const PROCESS_FIELDS = ['process.name', 'program', 'process', 'syslog.appname', 'log.syslog.appname'];
const LEVEL = /(^|[._])(level|loglevel|severity|severity_text)$/i;
const MESSAGE = /(^|[._])(message|msg|log|event\.original|body|text)$/i;

const textOf = (value: unknown): string => {
  const first: unknown = [value].flat()[0];
  return typeof first === 'string' ? first.toLowerCase() : '';
};

const kindOfDataset = (name: string): LogKind | undefined =>
  DATASETS.find(([, regex]) => regex.test(name))?.[0];

/** The kind that most logs name as their data set; a source may hold logs of several. */
function namedKind(documents: readonly LogDocument[]): LogKind | undefined {
  for (const field of DATASET_FIELDS) {
    const read = compileField(field);
    const counts = new Map<LogKind, number>();
    for (const document of documents) {
      const kind = kindOfDataset(textOf(read(document)));
      if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const found = [...counts].find(([, count]) => count >= MOST_LOGS * documents.length);
    if (found !== undefined) return found[0];
  }
  return undefined;
}

/** Share of the logs that are about somebody who logs in. */
function shareOfAuthentication(documents: readonly LogDocument[]): number {
  const read = compileField('event.category');
  const found = documents.filter((document) => [read(document)].flat().includes('authentication'));
  return documents.length === 0 ? 0 : found.length / documents.length;
}

function shareWith(documents: readonly LogDocument[], fields: readonly string[]): number {
  const reads = fields.map((field) => compileField(field));
  const having = documents.filter((document) =>
    reads.every((read) => {
      const value = read(document);
      return value !== undefined && value !== null && value !== '';
    }),
  );
  return documents.length === 0 ? 0 : having.length / documents.length;
}

/** Share of the logs whose program has to do with logging in. */
function shareOfLogins(documents: readonly LogDocument[]): number {
  const reads = PROCESS_FIELDS.map((field) => compileField(field));
  const found = documents.filter((document) =>
    reads.some((read) => {
      const value: unknown = [read(document)].flat()[0];
      return typeof value === 'string' && OF_LOGINS.test(value);
    }),
  );
  return documents.length === 0 ? 0 : found.length / documents.length;
}

/** Part of the name of a data stream, e.g. `nginx.access` of `logs-nginx.access-default`. */
const datasetOfName = (index: string): string | undefined => /^logs-([^-]+)-[^-]+$/.exec(index)?.[1];

/**
 * Recognises the kind of logs of a source by the data set that they name, then by their fields, then by their programs.
 *
 * @param index name or pattern of the source
 * @returns undefined for documents that are no logs, as far as anybody can see: no message, level, request or login
 */
export function logKindOf(
  index: string,
  documents: readonly LogDocument[],
  fields: readonly LogField[],
): LogKind | undefined {
  const known = kindOfDataset(datasetOfName(index) ?? '') ?? namedKind(documents);
  if (known !== undefined) return known;
  for (const [kind, signs] of SIGNS) {
    if (signs.some((sign) => shareWith(documents, sign) >= MOST_LOGS)) return kind;
  }
  if (shareOfAuthentication(documents) >= MOST_LOGS || shareOfLogins(documents) >= MOST_LOGS) {
    return 'authentication';
  }
  const isFilled = (regex: RegExp, kinds: readonly LogField['kind'][]): boolean =>
    fields.some(({ field, kind, share }) => regex.test(field) && kinds.includes(kind) && share >= MOST_LOGS);
  const hasLevel = isFilled(LEVEL, ['value', 'text']);
  if (hasLevel) return 'application';
  if (PROCESS_FIELDS.some((field) => shareWith(documents, [field]) >= MOST_LOGS)) return 'system';
  return hasSentences(documents, fields) ? 'other' : undefined;
}

/** A message has words: a code or a name alone is none. */
function hasSentences(documents: readonly LogDocument[], fields: readonly LogField[]): boolean {
  return fields
    .filter(({ field, share }) => MESSAGE.test(field.replace(/\.keyword$/, '')) && share >= MOST_LOGS)
    .some(({ field }) => {
      const read = compileField(withoutKeyword(field));
      const texts = documents
        .map((document): unknown => [read(document)].flat()[0])
        .filter((value) => typeof value === 'string');
      return texts.filter((text) => /\S \S/.test(text)).length >= MOST_LOGS * texts.length;
    });
}

/** Entities that results of a kind are best grouped by, the best first; those of any log follow. */
export const ENTITIES_OF_KIND: Readonly<Partial<Record<LogKind, readonly string[]>>> = {
  nginx: ['service.name', 'url.domain', 'host.name'],
  apache: ['service.name', 'url.domain', 'host.name'],
  caddy: ['service.name', 'request.host', 'host.name'],
  web: ['service.name', 'url.domain', 'host.name'],
  kubernetes: [
    'service.name',
    'kubernetes.deployment.name',
    'kubernetes.container.name',
    'kubernetes.container_name',
    'container.name',
  ],
  authentication: ['host.name', 'host.hostname', 'host', 'hostname'],
  elastic_agent: ['host.name', 'agent.name'],
  system: ['host.name', 'host.hostname', 'host', 'hostname'],
};
