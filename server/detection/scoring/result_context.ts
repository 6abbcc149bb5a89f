import type { Attribution } from '../../../common/anomaly';
import { bucketFields } from '../../../common/buckets';
import { entityFieldsOf, type Detector } from '../../../common/detector';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { isRecord } from '../../../common/json_values';
import { fieldsOfFeature, getField } from '../../../common/log_features';
import type { LogSource } from '../ports';
import { scalarIn } from './log_values';

/** Values kept of one context field; a log line longer than this is cut in the result (never in the source). */
const CONTEXT_CHARACTERS = 8_192;

/** Whole documents of the few anomalous rows, unless reading brought all that a result shows. */
export async function contextOf(
  logs: readonly SourceLog[],
  rows: readonly number[],
  fieldsRead: readonly string[],
  { detector, source }: { readonly detector: Detector; readonly source: LogSource },
): Promise<Map<number, LogDocument>> {
  const wanted = [...new Set([...copiedFields(detector), ...fieldsRead])];
  const isWhole = detector.unit === 'bucket' || wanted.length === fieldsRead.length;
  if (rows.length === 0 || isWhole) return new Map();
  const fetched = await source.fetch(
    rows.map((row) => logs[row]),
    wanted,
  );
  const byKey = new Map(fetched.map((log) => [`${log.index}/${log.id}`, log.document]));
  return new Map(
    rows.flatMap((row): [number, LogDocument][] => {
      const document = byKey.get(`${logs[row].index}/${logs[row].id}`);
      return document === undefined ? [] : [[row, document]];
    }),
  );
}

/** Tells where and when the logs of a bucket row are, which its evidence is looked up by. */
function bucketContext(detector: Detector): string[] {
  const fields = entityFieldsOf(detector);
  return detector.unit !== 'bucket' || detector.bucket === undefined || fields.length === 0
    ? []
    : [...fields, 'event.start', 'event.end'];
}

/** Fields whose values a result may repeat, by the detector's `copy_fields`. */
export function copiedFields(detector: Detector): string[] {
  const { copy_fields: copied = 'all', context_fields: chosen, features, unit, bucket } = detector;
  switch (copied) {
    case 'none':
      return [];
    case 'chosen':
      return chosen;
    case 'all':
      return [
        ...chosen,
        ...features.map(({ field }) => field),
        ...(unit === 'bucket' && bucket !== undefined ? bucketFields(bucket).map(({ field }) => field) : []),
      ];
  }
}

/** The attribution without the values of fields that may not be repeated, also as a part or a group; these are empty then. */
export function copiedAttribution(attribution: readonly Attribution[], detector: Detector): Attribution[] {
  const fields = new Set(copiedFields(detector));
  return attribution.map((each) => {
    const { comparison, ...rest } = each;
    const isCopied = fields.has(each.field);
    const readers = detector.features.filter(({ field }) => field === each.field);
    if (isCopied && readers.every((reader) => fieldsOfFeature(reader).every((field) => fields.has(field)))) {
      return each;
    }
    const isOfOwnField = comparison?.kind === 'number' || comparison?.kind === 'status';
    if (!isCopied || !isOfOwnField) return { ...rest, actual: '', typical: '' };
    // its group is made of other fields
    const { group: _group, group_logs: _logs, ...own } = comparison;
    return { ...rest, typical: '', comparison: own };
  });
}

/** The fields of a log that its result may repeat, as nested objects, scalars only, long text cut. */
export function pickContext(document: LogDocument, detector: Detector): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const field of new Set([...copiedFields(detector), ...bucketContext(detector)])) {
    const scalar = scalarIn(getField(document, field));
    if (typeof scalar === 'string') setNested(context, field, scalar.slice(0, CONTEXT_CHARACTERS));
    else if (typeof scalar === 'boolean' || (typeof scalar === 'number' && Number.isFinite(scalar))) {
      setNested(context, field, scalar);
    }
  }
  return context;
}

/** Parts of a result that have the name of a field in some logs: what a log has there goes to `labels`. */
const OWN_PARTS = ['detector', 'model', 'anomaly', 'run', 'result', 'page', 'bucket'] as const;
/** ECS has these as objects, which a result adds to. */
const SHARED_PARTS = ['event', 'source'] as const;

/** @returns the values with others of the log among its `labels`; the log's own labels win */
export function withLabels(
  values: Readonly<Record<string, unknown>>,
  others: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { labels } = values;
  const own = isRecord(labels) ? labels : labels === undefined ? {} : { labels };
  return { ...values, labels: { ...others, ...own } };
}

/**
 * @param unit of the detector: the row of a bucket has its numbers in `bucket`
 * @returns the context with nothing in it that a part of a result would replace or mix with; `event` and `source` are objects
 */
export function besideOwnParts(
  context: Readonly<Record<string, unknown>>,
  unit: Detector['unit'],
): Record<string, unknown> {
  const clashing = [
    ...OWN_PARTS.filter((name) => name in context && !(name === 'bucket' && unit === 'bucket')),
    ...SHARED_PARTS.filter((name) => name in context && !isRecord(context[name])),
  ];
  if (clashing.length === 0) return { ...context };
  const rest = { ...context };
  for (const name of clashing) delete rest[name];
  return withLabels(rest, Object.fromEntries(clashing.map((name) => [name, context[name]])));
}

function setNested(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  if (keys.some((key) => key === '__proto__' || key === 'constructor' || key === 'prototype')) return;
  let node = target;
  for (const key of keys.slice(0, -1)) {
    const next = node[key];
    if (next === undefined) node[key] = {};
    else if (next === null || typeof next !== 'object') return; // `host` and `host.name` both given: the first wins
    node = node[key] as Record<string, unknown>;
  }
  const last = keys[keys.length - 1];
  if (node[last] === undefined) node[last] = value;
}
